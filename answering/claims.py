"""What a text claims that can be checked by the letter: names, numbers, denials. Judges nothing."""

import re
from collections.abc import Sequence

from retrieval.lexical.analyzer import terms

_NAME = re.compile(r"\b[^\W\d_]*[A-Z]\w*(?:['\u2019]\w+)*")
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
NEGATION = re.compile(
    r"\b(?:no|not|never|none|nobody|nothing|neither|nor|without|cannot)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
"""A word that denies."""
_AGAINST = re.compile(
    r"\b(?:except|other than|besides|least|against|rarely|unable|deny|deni\w*|ended|end|oppos\w*"
    r"|(?:fail|lack|refus|reject|avoid|prevent|prohibit|stop|declin)\w*)\b",
    re.IGNORECASE,
)


def names_in(text: str, language: str | None = None) -> set[str]:
    """The terms of what is written with a capital letter; stop words have none."""
    return {term for name in _NAME.findall(text) for term in terms(name, language)}


def numbers_in(text: str) -> set[str]:
    """The numbers, dates, times and versions in digits, as they are written."""
    return set(_NUMBER.findall(text))


def denies(text: str) -> bool:
    """Whether something is denied."""
    return NEGATION.search(text) is not None


def in_order(words: Sequence[str], stated: Sequence[str]) -> int:
    """How many of `words` stand in `stated` in the same order: the longest common subsequence."""
    row = [0] * (len(stated) + 1)
    for word in words:
        above, row = row, [0]
        for at, other in enumerate(stated):
            row.append(above[at] + 1 if word == other else max(above[at + 1], row[at]))
    return row[-1]


def speaks_against(text: str) -> bool:
    """Whether something fails, is refused, prevented, ended or left out, in English."""
    return _AGAINST.search(text) is not None
