"""Where sources disagree: the same statement with another value. Says which, decides none."""

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

# Two sentences say the same about the same when so many of their words, values aside, are the same
# in order, and so many of the question's stand in both.
_SAME, _ASKED = 0.7, 0.5
_FEWEST_WORDS = 3
_MOST_EXTRA = 1  # words that one of two sentences may have beyond the other's
_MOST_SIDES = 40  # of a statement; each is compared with all of the others
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
    """What one section says: a sentence or block in Markdown, and where it stands.

    `label` names the document and its section; `n` is the note that it is cited by.
    """

    label: str
    text: str
    modified_at: datetime | None
    n: int


def find_conflict(
    question: str, statements: Sequence[Statement]
) -> tuple[Statement, Statement] | None:
    """The two statements on what is asked that cannot both hold, the newest first.

    They are of two notes, be it of one document, and alike but for one thing: a number, a name, or
    that one denies it; and it is not what the question itself names. Of a table, two rows disagree
    that begin with the same and differ in one column. Undated ones come last. Where the question
    names the section of one of the two and not of the other, it asks for that one.
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
    """The statements as quotations with their sections and dates, each citing its note."""
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
        """Its statement, cut to it."""
        return replace(self.source, text=" ".join(self.said.text.split()))


def _read(statements: Sequence[Statement], asked: AbstractSet[str]) -> Iterator[_Side]:
    """The first sides of each statement that have a word of what is asked."""
    for statement in statements:
        said = (one for one in propositions_of(statement.text) if _may_disagree(one, asked))
        yield from (_Side(statement, one) for one in islice(said, _MOST_SIDES))


def _may_disagree(said: Proposition, asked: AbstractSet[str]) -> bool:
    if said.parts > 1 or "\n" in said.text.strip():
        return False
    words = _content(said.tokens)
    return len(words) >= _FEWEST_WORDS and any(token.key in asked for token in words)


@lru_cache(64)  # all sides of two statements ask it
def _asks_for_one(asked: frozenset[str], one: Statement, other: Statement) -> bool:
    """Whether the question names the subject of one section alone, as its heading says it."""
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
    """The numbers and names of one sentence that the other has not."""
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
    """Whether two sentences have one subject, and the same words besides what changed."""
    values = {token.key for side in changed for token in side}
    words = [token.key for token in ours if not token.quantity and token.key not in values]
    others = [token.key for token in theirs if not token.quantity and token.key not in values]
    extra, missing = set(words) - set(others), set(others) - set(words)
    if (extra and missing) or len(extra | missing) > _MOST_EXTRA:
        return False
    same = in_order(words, others) >= _SAME * max(len(words), len(others))
    return bool(words) and words[:1] == others[:1] and same


def _is_other_value(changed: tuple[list[Token], list[Token]], asked: AbstractSet[str]) -> bool:
    """Whether one value stands for another of its kind, and neither is what is asked about."""
    one, other = changed
    if len(one) != 1 or len(other) != 1 or {one[0].key, other[0].key} & asked:
        return False
    ours, theirs = one[0].quantity, other[0].quantity
    if ours and theirs:
        return ours.kind == theirs.kind and bool(ours.until) == bool(theirs.until)
    return ours is None and theirs is None


def _rows_disagree(one: Proposition, other: Proposition, asked: AbstractSet[str]) -> bool:
    """Whether two rows of the same thing differ in one column, the one that is asked about."""
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
