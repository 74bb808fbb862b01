"""Find two sources that contradict each other: the same statement with another value."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import combinations, islice

from answering.claims import in_order
from answering.grounding.parse.propositions import Proposition, keys_of, propositions_of
from answering.grounding.parse.quantities import Quantity, same_value
from answering.grounding.parse.tokens import Token, tokens_of
from text.plain import shorten

# Two sentences are about the same if they share this part of their words in order, values aside,
# and both have this part of the question's words.
_SAME, _ASKED = 0.7, 0.5
_FEWEST_WORDS = 3  # shorter sentences are alike by chance
_MOST_EXTRA = 1  # words that only one of the two sentences has
_MOST_SIDES = 40  # sentences of a statement; each is compared with all others
_QUOTE_CHARACTERS = 300
_DISAGREE = "The sources disagree, the newest first:"
_IN_ONE_UNIT = {
    **{"second": (1, "second"), "minute": (60, "second"), "hour": (3600, "second")},
    **{"day": (86_400, "second"), "week": (604_800, "second"), "fortnight": (1_209_600, "second")},
    **{"year": (12, "month"), "month": (1, "month"), "quarter": (3, "month")},
    **{"kb": (1, "kb"), "mb": (10**3, "kb"), "gb": (10**6, "kb"), "tb": (10**9, "kb")},
}


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence or block in Markdown, and where it is from.

    `label` names the document and its section; `n` is the number of the note that cites it.
    """

    label: str
    text: str
    modified_at: datetime | None
    n: int


def find_conflict(
    question: str, statements: Sequence[Statement]
) -> tuple[Statement, Statement] | None:
    """Find two statements about the question that cannot both be true, the newest first.

    They are from two notes, and alike except for a negation, or for one number or name that is not
    in the question. Two table rows conflict if they begin alike and differ in one column. Undated
    statements come last. There is no conflict if the question names the section of only one of the
    two. Returns None if there is none.
    """
    asked = tokens_of(question)
    keys = frozenset(token.key for token in asked if token.is_content)
    for one, other in combinations(_read(statements, keys), 2):
        if one.source.n == other.source.n or _asks_for_one(keys, one.source, other.source):
            continue
        if _disagree(one, other, keys):
            found = (one.narrowed(), other.narrowed())
            newest, older = sorted(found, key=_date, reverse=True)
            return newest, older
    return None


def say_conflict(statements: Sequence[Statement]) -> str:
    """Format the statements as quotations with section and date, each citing its note."""
    lines = [_DISAGREE]
    for statement in statements:
        day = f", {statement.modified_at:%Y-%m-%d}" if statement.modified_at else ""
        quote = shorten(statement.text, _QUOTE_CHARACTERS)
        lines.append(f"- {statement.label}{day}: {quote} [{statement.n}]")
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class _Side:
    """A sentence or row of a statement."""

    source: Statement
    said: Proposition

    def narrowed(self) -> Statement:
        """Return its statement, cut to this sentence or row."""
        return replace(self.source, text=" ".join(self.said.text.split()))


def _read(statements: Sequence[Statement], asked: AbstractSet[str]) -> Iterator[_Side]:
    """Yield the first sentences of each statement that have a word of the question."""
    for statement in statements:
        said = (one for one in propositions_of(statement.text) if _may_disagree(one, asked))
        yield from (_Side(statement, one) for one in islice(said, _MOST_SIDES))


def _may_disagree(said: Proposition, asked: AbstractSet[str]) -> bool:
    if said.parts > 1 or "\n" in said.text.strip():
        return False
    words = _content(said.tokens)
    return len(words) >= _FEWEST_WORDS and any(token.key in asked for token in words)


@lru_cache(64)  # asked again for each pair of sentences of two statements
def _asks_for_one(asked: frozenset[str], one: Statement, other: Statement) -> bool:
    """Return whether the question has words of only one of the two labels."""
    said = keys_of(one.text) | keys_of(other.text)
    ours, theirs = keys_of(one.label) - said, keys_of(other.label) - said
    return bool(asked & (ours - theirs)) != bool(asked & (theirs - ours))


def _disagree(one: _Side, other: _Side, asked: AbstractSet[str]) -> bool:
    if one.said.cells or other.said.cells:
        return _rows_disagree(one.said, other.said, asked)
    ours, theirs = _content(one.said.tokens), _content(other.said.tokens)
    words, others = [token.key for token in ours], [token.key for token in theirs]
    if not asked or len(asked & set(words) & set(others)) < _ASKED * len(asked):
        return False
    changed = _changed(ours, theirs), _changed(theirs, ours)
    if not _are_about_one(ours, theirs, changed):
        return False
    flips = _operators(one.said) ^ _operators(other.said)
    if flips:
        return flips == {"NOT"} and not any(changed)
    return _is_other_value(changed, asked)


def _content(tokens: Sequence[Token]) -> list[Token]:
    return [token for token in tokens if token.is_content]


def _operators(said: Proposition) -> set[str]:
    return {token.key for token in said.tokens if token.kind == "operator"}


def _changed(ours: Sequence[Token], theirs: Sequence[Token]) -> list[Token]:
    """Return the numbers and names of one sentence that the other does not have."""
    keys = {token.key for token in theirs}
    quantities = [token.quantity for token in theirs if token.quantity]
    return [
        token
        for token in ours
        if (token.quantity and not any(_same(token.quantity, one) for one in quantities))
        or (token.kind in ("name", "code") and token.key not in keys)
    ]


def _same(one: Quantity, other: Quantity) -> bool:
    if one.unit == other.unit or not one.unit or not other.unit:
        return same_value(one, other) or same_value(other, one)
    ours, theirs = _IN_ONE_UNIT.get(one.unit), _IN_ONE_UNIT.get(other.unit)
    if ours is None or theirs is None or ours[1] != theirs[1]:
        return False
    return float(one.value) * ours[0] == float(other.value) * theirs[0]


def _are_about_one(
    ours: Sequence[Token], theirs: Sequence[Token], changed: tuple[list[Token], list[Token]]
) -> bool:
    """Return whether two sentences begin alike, and have the same words apart from the changes."""
    values = {token.key for side in changed for token in side}
    words = [token.key for token in ours if not token.quantity and token.key not in values]
    others = [token.key for token in theirs if not token.quantity and token.key not in values]
    extra, missing = set(words) - set(others), set(others) - set(words)
    if (extra and missing) or len(extra | missing) > _MOST_EXTRA:
        return False
    same = in_order(words, others) >= _SAME * max(len(words), len(others))
    return bool(words) and words[:1] == others[:1] and same


def _is_other_value(changed: tuple[list[Token], list[Token]], asked: AbstractSet[str]) -> bool:
    """Return whether one value replaces another of its kind, and the question names neither."""
    one, other = changed
    if len(one) != 1 or len(other) != 1 or {one[0].key, other[0].key} & asked:
        return False
    ours, theirs = one[0].quantity, other[0].quantity
    if ours and theirs:
        return ours.kind == theirs.kind and bool(ours.until) == bool(theirs.until)
    return ours is None and theirs is None


def _rows_disagree(one: Proposition, other: Proposition, asked: AbstractSet[str]) -> bool:
    """Return whether two rows of the same thing differ in one column, which is asked about."""
    if not one.cells or not other.cells or not one.cells[0].keys:
        return False
    if one.cells[0] != other.cells[0] or not one.cells[0].keys & asked:
        return False
    theirs = {cell.head: cell.keys for cell in other.cells[1:] if cell.head}
    shared = [cell for cell in one.cells[1:] if cell.head in theirs]
    differ = [cell for cell in shared if cell.keys != theirs[cell.head]]
    if len(differ) != 1 or not differ[0].keys or not theirs[differ[0].head]:
        return False
    return len(shared) == 1 or bool(differ[0].head & asked)


def _date(statement: Statement) -> datetime:
    return statement.modified_at or datetime.min.replace(tzinfo=UTC)
