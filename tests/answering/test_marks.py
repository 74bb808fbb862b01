"""The `[n]` marks of a text: read in their order, and taken out with the blanks before them."""

from answering.marks import marks_in, strip_marks


def test_marks_are_read_in_their_order() -> None:
    """A note that is cited twice is named twice; a year in brackets is no mark."""
    assert marks_in("Tea [2] and cake [1][2], since [2024].") == [2, 1, 2]


def test_text_without_marks_reads_on() -> None:
    """The blanks before a mark go with it, those behind it stay."""
    assert strip_marks("Tea [2] and  cake [1][2].") == "Tea and  cake."
    assert strip_marks("No mark") == "No mark"
