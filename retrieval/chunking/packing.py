"""Pieces of a document packed into units of a chunk's size, small sections joined. Cuts no text."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial, reduce
from itertools import groupby

CHUNK_TOKENS = 180
"""The most tokens a chunk's text and a repeated table header may have, read as plain words."""
CHARACTERS_A_TOKEN = 10
"""At the most; a megabyte of base64 is one token to some embedders, but not to us."""
_PACKED_TOKENS = 160  # leaves room for a heading that would else stand alone
_SMALL_TOKENS = 60


@dataclass(frozen=True, slots=True)
class Piece:
    """A run that fits a chunk; `header` is the first line of the table or code it continues.

    `block_tokens` is what its whole block has where it is the first of it, else 0.
    """

    start: int
    end: int
    tokens: int
    header: str = ""
    header_tokens: int = 0
    binds: bool = False
    block_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Unit:
    """Pieces in a row that become one chunk, under the headings they share.

    `path` holds the places of the headings, so that two of one name are told apart.
    """

    path: tuple[int, ...]
    start: int
    end: int
    tokens: int
    header: str = ""

    def tokens_with(self, start: int, tokens: int) -> int:
        """Its tokens with `tokens` more that begin at `start`, the blanks between them counted."""
        return self.tokens + tokens + (start - self.end) // CHARACTERS_A_TOKEN


def pack(path: tuple[int, ...], pieces: list[Piece]) -> Iterator[Unit]:
    """Pieces of one section in units of about the same size, as few as the budget allows.

    A block that does not fit into what is left of a unit half full begins the next one: measured,
    that finds more of what is asked for with fewer words around it.
    """
    total = sum(piece.tokens for piece in pieces)
    share = total / max(1, -(-total // _PACKED_TOKENS))
    unit: Unit | None = None
    bound = False
    for piece in pieces:
        if unit:
            tokens = unit.tokens_with(piece.start, piece.tokens)
            splits = unit.tokens + piece.block_tokens > _PACKED_TOKENS and 2 * unit.tokens >= share
            enough = not bound and (splits or tokens - piece.tokens / 2 > share)
            if enough or tokens > (CHUNK_TOKENS if bound else _PACKED_TOKENS):
                yield unit
                unit = None
            else:
                unit = Unit(path, unit.start, piece.end, tokens, unit.header)
        if unit is None:
            tokens = piece.tokens + piece.header_tokens
            unit = Unit(path, piece.start, piece.end, tokens, piece.header)
        bound = piece.binds
    if unit:
        yield unit


def merge(units: list[Unit]) -> list[Unit]:
    """Units of small sections joined with their siblings, the deepest first."""
    for depth in range(max((len(unit.path) for unit in units), default=0), -1, -1):
        families = [list(g) for _, g in groupby(units, key=lambda unit: unit.path[:depth])]
        units = [unit for family in families for unit in _joined(family, depth)]
    return units


def _joined(family: list[Unit], depth: int) -> list[Unit]:
    """All units of a section as one where they fit a chunk; else the small ones with neighbours."""
    if len(family) == 1 or (depth and _fit(family)):
        return [reduce(partial(_both, depth=depth), family)]
    among_small = _paired(family, depth, lambda a, b: max(a, b) < _SMALL_TOKENS)
    return _paired(among_small, depth, lambda a, b: min(a, b) < _SMALL_TOKENS)


def _fit(family: list[Unit]) -> bool:
    """Whether units in a row fit one chunk, the blanks between them counted."""
    tokens, end = 0, family[0].start
    for unit in family:
        tokens += unit.tokens + (unit.start - end) // CHARACTERS_A_TOKEN
        if tokens > CHUNK_TOKENS:
            return False
        end = unit.end
    return True


def _paired(family: list[Unit], depth: int, joins: Callable[[int, int], bool]) -> list[Unit]:
    """Neighbours as one where both fit a chunk and `joins` says so of their own tokens."""
    units = family[:1]
    tokens = family[0].tokens
    for unit in family[1:]:
        last = units[-1]
        if joins(tokens, unit.tokens) and _fit([last, unit]):
            units[-1] = _both(last, unit, depth)
        else:
            units.append(unit)
        tokens = unit.tokens
    return units


def _both(first: Unit, second: Unit, depth: int) -> Unit:
    path = first.path if first.path == second.path else first.path[:depth]
    tokens = first.tokens_with(second.start, second.tokens)
    return Unit(path, first.start, second.end, tokens, first.header)
