from figures.areas import square
from figures.ranking import describe, ranked


def test_ranked():
    assert ranked([(3, 3), (1, 8), (2, 2)]) == [(2, 2), (1, 8), (3, 3)]
    assert square(2) == 4


def test_describe():
    assert describe(5, 1) == "area 5, longest side 5"
