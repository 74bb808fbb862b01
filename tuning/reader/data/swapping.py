"""Change a question by rule so that its passage no longer answers it."""

import random
import re
from collections.abc import Sequence

_NAME = re.compile(r"(?<![.?!]\s)(?<!^)\b[A-Z][\w'’-]+(?:\s+(?:of\s+|the\s+)?[A-Z][\w'’-]+)*")
_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
_PAIRS = """
    first last; most least; more less; before after; largest smallest; highest lowest; oldest
    youngest; older younger; largest smallest; biggest smallest; best worst; earliest latest;
    increase decrease; increased decreased; rise fall; rose fell; north south; northern
    southern; east west; eastern western; minimum maximum; always never; allowed forbidden;
    begin end; began ended; started ended; win lose; won lost; early late; long short; longest
    shortest; high low; higher lower; large small; old new; public private; male female; men
    women; positive negative; internal external; inside outside; enter leave; entered left; buy
    sell; bought sold; open close; opened closed; above below; rich poor; success failure; like
    dislike; liked disliked; good bad; easy hard; cheap expensive; enable disable; allow
    prevent; include exclude; mother father; son daughter; brother sister; husband wife; king
    queen; day night; summer winter; support oppose; supported opposed; accept reject; accepted
    rejected; attack defend; same different; with without; strong weak; hot cold; heavy light;
    fast slow; recommend avoid; right wrong; permanent temporary; required optional; mandatory
    optional; personal anonymous; collect delete
"""
_OPPOSITES = {
    one: other
    for pair in _PAIRS.replace("\n", " ").split(";")
    for one, other in (pair.split(), reversed(pair.split()))
}
_OPPOSED = re.compile(r"\b(" + "|".join(sorted(_OPPOSITES)) + r")\b")


def find_names(text: str) -> list[str]:
    """Return the capitalised word sequences of `text` that begin no sentence."""
    return [match.group() for match in _NAME.finditer(text)]


def swap(question: str, text: str, names: Sequence[str], draw: random.Random) -> str | None:
    """Return `question` with a name, a number or a word replaced by one that `text` lacks.

    The new name is one of `names`, a word is replaced by its opposite. None if nothing can be
    swapped.
    """
    ways = [_swap_name, _swap_number, _swap_opposite]
    draw.shuffle(ways)
    for way in ways:
        swapped = way(question, text, names, draw)
        if swapped is not None and swapped != question:
            return swapped
    return None


def _swap_name(question: str, text: str, names: Sequence[str], draw: random.Random) -> str | None:
    found = [match for match in _NAME.finditer(question) if match.group().lower() in text.lower()]
    other = [name for name in names if name.lower() not in text.lower()]
    if not found or not other:
        return None
    match = draw.choice(found)
    size = len(match.group().split())
    alike = [name for name in other if len(name.split()) == size] or other
    return question[: match.start()] + draw.choice(alike) + question[match.end() :]


def _swap_number(question: str, text: str, names: Sequence[str], draw: random.Random) -> str | None:
    found = list(_NUMBER.finditer(question))
    if not found:
        return None
    match = draw.choice(found)
    for _ in range(8):
        value = "".join(
            draw.choice("123456789" if at == 0 else "0123456789") if sign.isdigit() else sign
            for at, sign in enumerate(match.group())
        )
        if match.group()[:2] in ("19", "18", "20") and len(match.group()) == 4:
            value = match.group()[:2] + value[2:]
        if value not in text and value != match.group():
            return question[: match.start()] + value + question[match.end() :]
    return None


def _swap_opposite(
    question: str, text: str, names: Sequence[str], draw: random.Random
) -> str | None:
    found = [
        match
        for match in _OPPOSED.finditer(question)
        if not re.search(rf"\b{_OPPOSITES[match.group()]}\b", text)
    ]
    if not found:
        return None
    match = draw.choice(found)
    return question[: match.start()] + _OPPOSITES[match.group()] + question[match.end() :]
