"""Extract what can be compared literally from a text: names, numbers, negations."""

import re
from collections.abc import Sequence

from retrieval.lexical.analyzer import terms

_NAME = re.compile(r"\b[^\W\d_]*[A-Z]\w*(?:['\u2019]\w+)*")
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
NEGATION = re.compile(
    r"\b(?:no|not|never|none|nobody|nothing|neither|nor|without|cannot)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
"""Matches a negation."""
_AGAINST = re.compile(
    r"\b(?:except|other than|besides|least|against|rarely|unable|deny|deni\w*|ended|end|oppos\w*"
    r"|(?:fail|lack|refus|reject|avoid|prevent|prohibit|stop|declin)\w*)\b",
    re.IGNORECASE,
)


def names_in(text: str, language: str | None = None) -> set[str]:
    """Return the terms of capitalised words, without stop words."""
    return {term for name in _NAME.findall(text) for term in terms(name, language)}


def numbers_in(text: str) -> set[str]:
    """Return the numbers, dates, times and versions in digits, as written."""
    return set(_NUMBER.findall(text))


def denies(text: str) -> bool:
    """Return whether the text has a negation."""
    return NEGATION.search(text) is not None


def in_order(words: Sequence[str], stated: Sequence[str]) -> int:
    """Return the length of the longest common subsequence of `words` and `stated`."""
    row = [0] * (len(stated) + 1)
    for word in words:
        above, row = row, [0]
        for at, other in enumerate(stated):
            row.append(above[at] + 1 if word == other else max(above[at + 1], row[at]))
    return row[-1]


def speaks_against(text: str) -> bool:
    """Return whether English text says that something fails, or is refused, ended or excepted."""
    return _AGAINST.search(text) is not None
