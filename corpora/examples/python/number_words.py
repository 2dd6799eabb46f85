SMALL = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
         "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def in_words(number: int) -> str:
    """Spell a number from 0 to 999.

    >>> in_words(342)
    'three hundred forty-two'
    """
    if number < 20:
        return SMALL[number]
    if number < 100:
        word = TENS[number // 10]
        if number % 10 != 0:
            word += "-" + SMALL[number % 10]
        return word
    word = SMALL[number // 100] + " hundred"
    if number % 100 != 0:
        word += " " + in_words(number % 100)
    return word


def test_in_words():
    assert in_words(0) == "zero"
    assert in_words(19) == "nineteen"
    assert in_words(40) == "forty"
    assert in_words(99) == "ninety-nine"
    assert in_words(342) == "three hundred forty-two"
    assert in_words(500) == "five hundred"
