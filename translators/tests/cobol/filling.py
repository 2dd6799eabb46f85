def boxed(s: str, w: int) -> str:
    return s.center(w, "*")

def zeros(s: str, w: int) -> str:
    return s.zfill(w)

def cut(s: str, sep: str, n: int) -> list[str]:
    return s.split(sep, n)

def cut_last(s: str) -> list[str]:
    return s.rsplit(":", 1)

def cut_all(s: str, sep: str) -> list[str]:
    return s.split(sep)

def trim(s: str, chars: str) -> str:
    return s.strip(chars)

def few(s: str) -> str:
    return s.replace("a", "bb", 2)

assert boxed("abc", 8) == "**abc***"
assert boxed("abc", 7) == "**abc**"
assert boxed("abcd", 7) == "**abcd*"
assert boxed("abcd", 2) == "abcd"
assert zeros("-5", 4) == "-005"
assert zeros("42", 5) == "00042"
assert zeros("+", 3) == "+00"
assert zeros("abc", 2) == "abc"
assert cut("a,b,c,d", ",", 2) == ["a", "b", "c,d"]
assert cut("a,b", ",", -1) == ["a", "b"]
assert cut("a--b--c", "--", 1) == ["a", "b--c"]
assert cut("a,b", ",", 0) == ["a,b"]
assert cut_last("a:b:c") == ["a:b", "c"]
assert cut_last("abc") == ["abc"]
assert cut_all("a--b--", "--") == ["a", "b", ""]
assert cut_all("", ",") == [""]
assert trim("xxabcyx", "xy") == "abc"
assert trim("xyx", "xy") == ""
assert few("banana") == "bbbnbbna"
