"""Pack pieces of a document into units of a chunk's size, and merge small sections."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial, reduce
from itertools import groupby

CHUNK_TOKENS = 180
"""The most tokens of a chunk's text and its repeated table header, as plain words."""
CHARACTERS_A_TOKEN = 10
"""Count at least one token for so many characters: some embedders see base64 as one token."""
# Measured: 130, 145 and 175 have a lower recall (docs/log.md).
_PACKED_TOKENS = 160  # leaves room for a heading that would otherwise be alone in a chunk
_SMALL_TOKENS = 60


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that fits a chunk; `header` is the first line of a table or code it continues.

    A piece that `binds` (a heading) stays with the next one. `block_tokens` are the tokens of the
    whole block if this is its first piece of several, else 0.
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
    """Consecutive pieces that become one chunk, under the headings they share.

    `path` has the offsets of these headings, since two headings may have the same words.
    """

    path: tuple[int, ...]
    start: int
    end: int
    tokens: int
    header: str = ""

    def tokens_with(self, start: int, tokens: int) -> int:
        """Return its tokens plus `tokens` that begin at `start` and the blanks between them."""
        return self.tokens + tokens + (start - self.end) // CHARACTERS_A_TOKEN


def pack(path: tuple[int, ...], pieces: list[Piece]) -> Iterator[Unit]:
    """Pack the pieces of one section into as few units as fit, of about the same size."""
    total = sum(piece.tokens for piece in pieces)
    share = total / max(1, -(-total // _PACKED_TOKENS))
    unit: Unit | None = None
    bound = False
    for piece in pieces:
        if unit:
            tokens = unit.tokens_with(piece.start, piece.tokens)
            # A block that would be split begins a new unit if this one is at least half full:
            # measured, that finds more, with fewer words around it.
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
    """Merge the units of small sections with their siblings, deepest sections first."""
    for depth in range(max((len(unit.path) for unit in units), default=0), -1, -1):
        families = [list(g) for _, g in groupby(units, key=lambda unit: unit.path[:depth])]
        units = [unit for family in families for unit in _joined(family, depth)]
    return units


def _joined(family: list[Unit], depth: int) -> list[Unit]:
    """Merge all units of a section if they fit one chunk, else the small ones with neighbours."""
    if len(family) == 1 or (depth and _fit(family)):
        return [reduce(partial(_both, depth=depth), family)]
    among_small = _paired(family, depth, lambda a, b: max(a, b) < _SMALL_TOKENS)
    return _paired(among_small, depth, lambda a, b: min(a, b) < _SMALL_TOKENS)


def _fit(family: list[Unit]) -> bool:
    """Return whether consecutive units fit one chunk, with the blanks between them."""
    tokens, end = 0, family[0].start
    for unit in family:
        tokens += unit.tokens + (unit.start - end) // CHARACTERS_A_TOKEN
        if tokens > CHUNK_TOKENS:
            return False
        end = unit.end
    return True


def _paired(family: list[Unit], depth: int, joins: Callable[[int, int], bool]) -> list[Unit]:
    """Merge neighbours that fit one chunk if `joins`, given the tokens of each, returns True."""
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
