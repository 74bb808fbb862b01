"""Pieces packed into units, and the units of small sections joined."""

from hypothesis import given
from hypothesis import strategies as st

from retrieval.chunking.packing import CHUNK_TOKENS, Piece, Unit, merge, pack


def row(*tokens: int) -> list[Piece]:
    """Pieces of these sizes, one after the other."""
    return [Piece(at * 10, at * 10 + 10, each) for at, each in enumerate(tokens)]


def sizes(units: list[Unit]) -> list[int]:
    """The tokens of each."""
    return [unit.tokens for unit in units]


def test_units_of_a_section_are_of_about_one_size() -> None:
    """What does not fit one unit is shared out, not filled up with a rest behind it."""
    assert sizes(list(pack((), row(*[20] * 10)))) == [100, 100]


def test_a_block_that_does_not_fit_begins_a_unit() -> None:
    """Once a unit is half full."""
    pieces = [*row(60, 20), Piece(20, 30, 50, block_tokens=110), *row(0, 0, 0, 60)[3:]]
    assert sizes(list(pack((), pieces))) == [80, 110]


def test_small_sections_are_joined_and_large_ones_are_not() -> None:
    """Neighbours under one heading, as long as they fit a chunk."""
    small = [Unit((0, at), at, at + 1, 30) for at in range(1, 4)]
    assert merge(small) == [Unit((0,), 1, 4, 90)]
    large = [Unit((0, at), at, at + 1, 150) for at in range(1, 4)]
    assert merge(large) == large


@given(st.lists(st.integers(1, 120), max_size=60))
def test_units_hold_every_piece_in_order_and_fit_a_chunk(tokens: list[int]) -> None:
    """Whatever the sizes."""
    units = list(pack((), row(*tokens)))
    assert sum(sizes(units)) == sum(tokens)
    assert all(unit.tokens <= CHUNK_TOKENS for unit in units)
    assert [unit.start for unit in units] == sorted({unit.start for unit in units})
    assert not tokens or (units[0].start, units[-1].end) == (0, len(tokens) * 10)
