from typing import Optional


def first_free(taken: list[bool]) -> Optional[int]:
    """Return the first seat that is not taken."""
    for seat, is_taken in enumerate(taken):
        if not is_taken:
            return seat
    return None


def describe(taken: list[bool]) -> str:
    seat = first_free(taken)
    if seat is None:
        return "sold out"
    return "seat " + str(seat + 1)


assert first_free([True, False, False]) == 1
assert first_free([True]) is None
assert describe([True, True, False]) == "seat 3"
assert describe([]) == "sold out"
