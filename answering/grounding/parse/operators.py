"""Compare the operators of two sentences: negation, bounds, order in time and modality."""

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from answering.grounding.parse.tokens import Token
from answering.grounding.parse.vocabulary import HARD_BREAKS

_ENDS_SCOPE = HARD_BREAKS | {",", ";", ")", "\u2014", "\u2013", "-"}
_FARTHEST = 6  # content words that an operator reaches
_DENIALS = ("NOT", "WITHOUT")
_SHARED = 0.6  # share of a negation's words that must be in the scope of the statement's negation
# Operators that a sentence may not add. Those of _NOT_LOST it may not lose either.
_ADDS = """
    ONLY ALL BEFORE AFTER SINCE UNTIL OVER UNDER MORE LESS ATLEAST ATMOST SOME FEW MOST EXCEPT
    ADVANCE NON
"""
_NOT_ADDED = frozenset(_ADDS.split())
_NOT_LOST = {
    "NON": "denial",
    "ONLY": "exception",
    "BEFORE": "number",
    "AFTER": "number",
    "SINCE": "number",
    "UNTIL": "number",
    "OVER": "number",
    "UNDER": "number",
    "ATLEAST": "number",
    "ATMOST": "number",
    "FEW": "modality",
    "MOST": "modality",
    "SOME": "modality",
    "MORE": "modality",
    "LESS": "modality",
}
_WAYS = {  # operators that may express the same obligation, advice or permission
    "MUST": ("MUST", "NEED"),
    "NEED": ("NEED", "MUST"),
    "SHOULD": ("SHOULD",),
    "MAY": ("MAY", "CAN"),
}
_PERIODS = frozenset(("year", "month", "week", "day", "hour", "time"))


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator with the keys after it (`behind`) and `before` it, the nearest first."""

    name: str
    behind: tuple[str, ...]
    before: tuple[str, ...]

    @property
    def scope(self) -> tuple[str, ...]:
        """Return the keys it is about: those after it, else the nearest three before it."""
        return self.behind or self.before[:3]

    @property
    def near(self) -> frozenset[str]:
        """Return the nearest keys: three on each side."""
        return frozenset((*self.behind[:3], *self.before[:3]))


def operators_in(tokens: Sequence[Token]) -> list[Operator]:
    """Return the operators of a sentence in order."""
    return [
        Operator(
            token.key,
            tuple(_reach(tokens[at + 1 :], _ENDS_SCOPE)),
            tuple(_reach(tokens[:at][::-1], _ends_before(tokens, at))),
        )
        for at, token in enumerate(tokens)
        if token.kind == "operator"
    ]


def _ends_before(tokens: Sequence[Token], at: int) -> Collection[str]:
    """Return the breaks that end an operator's reach backwards; "but not" reaches the verb."""
    behind = tokens[at + 1 : at + 2]
    is_but_not = any(one.key == "EXCEPT" and one.start == tokens[at].start for one in behind)
    return HARD_BREAKS if is_but_not else _ENDS_SCOPE | {"and", "or"}


def _reach(tokens: Sequence[Token], ends: Collection[str]) -> Iterator[str]:
    count = 0
    for token in tokens:
        if count == _FARTHEST or (token.kind == "break" and token.key in ends):
            return
        if token.is_content:
            count += 1
            yield token.key


def compare_operators(
    said: Sequence[Token], stated: Sequence[Token], keys: AbstractSet[str]
) -> str:
    """Return how a sentence's operators differ from the statement's; "" if they agree.

    The differences are "denial", "exception", "number" and "modality". `keys` are the sentence's:
    an operator of the statement counts only if it is about them.
    """
    ours, theirs = operators_in(said), operators_in(stated)
    known = {token.key for token in stated if token.is_content}
    if _denials_differ(ours, theirs, keys, known):
        return "denial"
    for one in ours:
        if one.name in _NOT_ADDED and not _is_stated(one, theirs):
            return _NOT_LOST.get(one.name, "modality")
    left = list(ours)
    for one in theirs:
        if one.name in _NOT_LOST and _is_lost(one, left, keys):
            return _NOT_LOST[one.name]
    return "modality" if _modality_differs(said, stated, ours, theirs, keys) else ""


def _denials_differ(
    ours: Sequence[Operator],
    theirs: Sequence[Operator],
    keys: AbstractSet[str],
    known: AbstractSet[str],
) -> bool:
    open_ones = [one for one in theirs if one.name in _DENIALS]
    excepted = [one for one in theirs if one.name == "EXCEPT" and keys & set(one.behind[:3])]
    for one in ours:
        if one.name not in _DENIALS:
            continue
        partner = next((other for other in open_ones if _denies_alike(one, other, known)), None)
        if partner:
            open_ones.remove(partner)
        elif excepted and not any(other.name == "EXCEPT" for other in ours):
            excepted.pop()
        else:
            return True
    if any(keys & set(one.scope[:3]) for one in open_ones):
        return True
    against = [one for one in theirs if one.name == "AGAINST"]
    if any(one.name == "AGAINST" for one in ours) != bool(against):
        return not against or any(keys & set(one.scope[:2]) for one in against)
    return False


def _denies_alike(one: Operator, other: Operator, known: AbstractSet[str]) -> bool:
    about = [key for key in one.scope[:4] if key in known]
    held = {*other.behind, *other.before}
    return not about or sum(key in held for key in about) >= _SHARED * len(about)


def _is_stated(one: Operator, theirs: Sequence[Operator]) -> bool:
    if one.name == "ALL" and one.behind and one.behind[0] in _PERIODS:
        return True
    alike = [other for other in theirs if other.name == one.name]
    return any(not one.near or one.near & other.near for other in alike)


def _is_lost(one: Operator, left: list[Operator], keys: AbstractSet[str]) -> bool:
    """Return whether the sentence has the word next to an operator, but not the operator.

    `left` are the sentence's operators that are not matched yet; a match is removed from it.
    """
    beside = set(one.behind[:1] or one.before[:1])
    if one.name in ("ATLEAST", "ATMOST"):  # "5 or more"
        beside.update(key for key in one.before[:1] if key.startswith("#"))
    if not beside & keys:
        return False
    alike = [other for other in left if other.name == one.name]
    mine = next((other for other in alike if other.near & one.near), None)
    if mine:
        left.remove(mine)
    return mine is None


def _modality_differs(
    said: Sequence[Token],
    stated: Sequence[Token],
    ours: Sequence[Operator],
    theirs: Sequence[Operator],
    keys: AbstractSet[str],
) -> bool:
    orders = _is_order(stated, said)
    for name, ways in _WAYS.items():
        mine = [one for one in ours if one.name == name]
        other = [one for one in theirs if one.name in ways]
        if not orders and any(not any(a.near & b.near for b in other) for a in mine):
            return True
        if any(one.name in ways for one in ours) or _is_order(said, stated):
            continue
        if any(set(one.behind[:1] or one.before[:1]) & keys for one in theirs if one.name == name):
            return True
    return False


def _is_order(one: Sequence[Token], other: Sequence[Token]) -> bool:
    """Return whether a text orders what the other says must or should be done."""
    first = next((token for token in one if token.kind != "break"), None)
    if first is None or first.kind != "word":
        return False
    for at, token in enumerate(other[:-1]):
        if token.is_content:
            return False  # somebody else's duty
        if token.key in ("MUST", "NEED", "SHOULD") and other[at + 1].key == first.key:
            return True
    return False
