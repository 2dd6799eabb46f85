import unittest


def average(marks: list[float]) -> float:
    """Return the mean of the marks; raise ValueError when there are none."""
    if not marks:
        raise ValueError("no marks")
    return sum(marks) / len(marks)


def letter_grade(mark: float) -> str:
    """Translate a mark from 0 to 100 into a letter."""
    if mark >= 90:
        return "A"
    elif mark >= 80:
        return "B"
    elif mark >= 70:
        return "C"
    elif mark >= 60:
        return "D"
    return "F"


def passed(marks: list[float], threshold: float = 60.0) -> int:
    """Count the marks that reach the threshold."""
    return len([mark for mark in marks if mark >= threshold])


class GradeBookTest(unittest.TestCase):
    def test_average(self):
        self.assertAlmostEqual(average([70.0, 80.0, 95.0]), 81.6666666667)
        with self.assertRaises(ValueError):
            average([])

    def test_letter_grade(self):
        self.assertEqual(letter_grade(93.5), "A")
        self.assertEqual(letter_grade(60.0), "D")
        self.assertEqual(letter_grade(12.0), "F")

    def test_passed(self):
        self.assertEqual(passed([59.5, 60.0, 100.0]), 2)
        self.assertEqual(passed([59.5, 60.0, 100.0], 99.0), 1)


if __name__ == "__main__":
    unittest.main()
