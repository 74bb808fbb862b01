"""The measure of a splitter is Chroma's."""

from benchmarks.splitting import Piece, cover


def test_what_is_found_is_held_against_what_was_asked_for() -> None:
    """Half of the answer in a piece twice as long: recall 1/2, precision 1/4, union 1/5."""
    assert cover([Piece(5, 25, "")], [(0, 10)]) == {"recall": 0.5, "precision": 0.25, "iou": 0.2}


def test_what_two_pieces_share_is_found_once_and_given_twice() -> None:
    """Chunks that overlap gain nothing by it."""
    found = [Piece(0, 10, ""), Piece(0, 10, "")]
    assert cover(found, [(0, 10)]) == {"recall": 1.0, "precision": 0.5, "iou": 0.5}
    assert cover([], [(0, 10)]) == {"recall": 0.0, "precision": 0.0, "iou": 0.0}
