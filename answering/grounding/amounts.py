"""Compare the numbers of a sentence with a statement's: value, unit, range, what they count."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from answering.grounding.parse.propositions import Proposition
from answering.grounding.parse.quantities import Quantity, same_value
from answering.grounding.parse.tokens import Token
from answering.grounding.parse.units import UNITS

_OVER_BREAK = 3  # the distance in words that a comma or an "and" counts as
_DISCOURSE = re.compile(r"\s*,")


def compare_amounts(
    text: str, said: Sequence[Token], stated: Proposition, around: Sequence[Token], asked: str = ""
) -> str:
    """Return what is wrong with the numbers of a sentence: "number", "unit", or "" if nothing is.

    `around` are the tokens of the headings, whose numbers are allowed too; `asked` is the question,
    which may contain the unit.
    """
    left = [token for token in stated.tokens if token.quantity]
    free = [token.quantity for token in around if token.quantity]
    found: list[tuple[Token, Token]] = []
    for token in said:
        if token.quantity is None or _only_orders(text, token.quantity):
            continue
        alike = [one for one in left if one.quantity and same_value(token.quantity, one.quantity)]
        fitting = [
            one for one in alike if _units_agree(token.quantity, one.quantity, stated, asked)
        ]
        if fitting:
            best = min(fitting, key=lambda one: not _near_same(token, one, said, stated.tokens))
            left.remove(best)
            found.append((token, best))
        elif alike:
            return "unit"
        elif not _may_be_said(token.quantity, text, stated, free):
            return "number"
    if any(_half_of_range(one.quantity, other.quantity, said) for one, other in found):
        return "number"
    return _misplaced(found, said, stated)


def _only_orders(text: str, quantity: Quantity) -> bool:
    """Return whether an ordinal only structures the text: "First, …"."""
    is_first = not text[: quantity.start].strip("\"'*_ ")
    return quantity.kind == "ordinal" and is_first and bool(_DISCOURSE.match(text, quantity.end))


def _may_be_said(
    quantity: Quantity, text: str, stated: Proposition, free: Sequence[Quantity | None]
) -> bool:
    if any(one and same_value(quantity, one) for one in free):
        return True
    if stated.step and quantity.value == str(stated.step):
        return True
    if quantity.value != "1":
        return False
    behind = re.match(r"[\s-]*(\w+)", text[quantity.start + len("one") :])
    word = (quantity.unit or (behind[1] if behind else "")).split(" ")[-1]
    return (
        bool(word) and re.search(rf"\b(?:an?|single)\s+{re.escape(word)}", stated.text) is not None
    )


def _units_agree(
    said: Quantity, stated: Quantity | None, statement: Proposition, asked: str
) -> bool:
    if stated is None or said.unit == stated.unit or said.kind != "number":
        return True
    if not stated.unit:
        words = {UNITS.get(word.lower(), "") for word in re.findall(r"\w+", statement.text)}
        words.update(UNITS.get(word.lower(), "") for word in re.findall(r"\w+", statement.lead_in))
        return said.unit in words or (said.unit == "person")
    if not said.unit:
        return any(UNITS.get(word.lower()) == stated.unit for word in re.findall(r"\w+", asked))
    return False


def _half_of_range(said: Quantity | None, stated: Quantity | None, tokens: Sequence[Token]) -> bool:
    if said is None or stated is None or said.until == stated.until:
        return False
    if said.until:
        return True
    values = {token.quantity.value for token in tokens if token.quantity}
    return stated.until not in values


def _misplaced(
    found: Sequence[tuple[Token, Token]], said: Sequence[Token], stated: Proposition
) -> str:
    """Return "number" if a number is said of something that another number belongs to, else ""."""
    values = {token.key for token in said if token.quantity}
    for token, other in found:
        if stated.cells:
            if _other_column(token, said, stated):
                return "number"
            continue
        rivals = [one for one in stated.tokens if _are_comparable(one.quantity, other.quantity)]
        if len({one.key for one in rivals}) < 2:
            continue
        if not _near_same(token, other, said, stated.tokens):
            return "number"
        names = [one.key for one in said if one.kind in ("name", "code")]
        for name in names:
            nearest = _nearest(name, rivals, stated.tokens)
            if nearest and values.isdisjoint(nearest):
                return "number"
    return ""


def _are_comparable(one: Quantity | None, other: Quantity | None) -> bool:
    return bool(one and other and one.kind == other.kind and one.unit == other.unit)


def _other_column(token: Token, said: Sequence[Token], stated: Proposition) -> bool:
    """Return whether a sentence names columns of a row, but not the one with the number."""
    named = frozenset(one.key for one in said if one.is_content and one is not token)
    heads = [cell.head for cell in stated.cells[1:]]
    own = [cell for cell in stated.cells if token.key in cell.keys]
    if not own or any(cell is stated.cells[0] for cell in own):
        return False
    shared = {key for head in heads for key in head if sum(key in other for other in heads) > 1}
    mentions = [head for head in heads if named & (head - shared)]
    return bool(mentions) and not any(named & (cell.head - shared) for cell in own if cell.head)


def _near_same(token: Token, other: Token, said: Sequence[Token], stated: Sequence[Token]) -> bool:
    """Return whether a word beside a number is also nearest to it in the statement."""
    places = {one.key for one in stated if one.is_content}
    beside = [key for key in _beside(token, said) if key in places]
    rivals = [one for one in stated if _are_comparable(one.quantity, other.quantity)]
    return not beside or any(other.key in _nearest(key, rivals, stated) for key in beside)


def _beside(token: Token, said: Sequence[Token]) -> AbstractSet[str]:
    at = said.index(token)
    before = [one for one in said[:at] if one.is_content][-1:]
    behind = [one for one in said[at + 1 :] if one.is_content][:1]
    return {one.key for one in (*before, *behind) if not one.quantity}


def _nearest(key: str, numbers: Sequence[Token], stated: Sequence[Token]) -> set[str]:
    """Return the keys of the numbers nearest to any occurrence of a word."""
    order = {id(token): at for at, token in enumerate(stated)}
    nearest: set[str] = set()
    for token in stated:
        if token.key == key and token.is_content and not token.quantity:
            far = {one: _distance(order[id(token)], order[id(one)], stated) for one in numbers}
            least = min(far.values(), default=0)
            nearest.update(one.key for one, distance in far.items() if distance == least)
    return nearest


def _distance(one: int, other: int, stated: Sequence[Token]) -> int:
    low, high = sorted((one, other))
    return sum(
        (_OVER_BREAK if token.kind == "break" else 1)
        for token in stated[low + 1 : high]
        if token.is_content or token.kind == "break"
    )
