"""Sentences against the evidence: which note supports one, if any. Asks no model."""

import re
from collections.abc import Sequence

from answering.evidence import Evidence
from retrieval.lexical import terms

# Of the words of a sentence, at least so many must stand in one sentence of a note in the same
# order, and of the question's words so many there at all: else it answers something else.
_SUPPORTED, _ASKED = 0.6, 0.5
_NAME = re.compile(r"\b[^\W\d_]*[A-Z]\w*")
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_NEGATION = re.compile(
    r"\b(?:no|not|never|none|nobody|nothing|neither|nor|without|cannot)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
_MARK = re.compile(r"(?<!\s)\s*+\[\d+\]")


class Grounding:
    """The notes of one question, ready to check the sentences of its answer against them."""

    def __init__(self, question: str, evidence: Sequence[Evidence]) -> None:
        self._asked = set(terms(question))
        self._numbers = _numbers(question)
        self._stated = [
            _Stated(note, text)
            for note in evidence
            for text in note.sentences
            if self._bears_on(f"{note.label} {text}")
        ]

    def support(self, sentence: str) -> int | None:
        """The number of the note that a sentence stands on, or None for no note.

        A sentence is supported by one sentence of a note that bears on the question: when it says
        something that the question did not, most of its words stand there in the same order, each
        of its numbers and names stands there or in the question, and it denies something exactly
        when that one does.
        """
        plain = strip_marks(sentence)
        words, numbers = terms(plain), _numbers(plain) - self._numbers
        new, names = set(words) - self._asked, _names(plain) - self._asked
        denies = _denies(plain)
        if not new or plain.rstrip().endswith("?"):
            return None
        shares = [
            (_in_order(words, one.words) / len(words), one.n)
            for one in self._stated
            if not new.isdisjoint(one.words)
            and numbers <= one.numbers
            and names <= one.known
            and denies == one.denies
        ]
        share, n = max(shares, key=lambda found: found[0], default=(0.0, None))
        return n if share >= _SUPPORTED else None

    def _bears_on(self, text: str) -> bool:
        return len(self._asked.intersection(terms(text))) >= _ASKED * len(self._asked)


class _Stated:
    """One sentence of a note; the label above it names what it is about, and states nothing."""

    def __init__(self, note: Evidence, text: str) -> None:
        self.n = note.n
        self.words = terms(text)
        self.known = set(self.words).union(terms(note.label))
        self.numbers = _numbers(text)
        self.denies = _denies(text)


def strip_marks(text: str) -> str:
    """The text without the `[n]` marks that a model wrote: ours are checked, its are not."""
    return _MARK.sub("", text)


def _in_order(words: Sequence[str], stated: Sequence[str]) -> int:
    """The length of the longest common subsequence."""
    row = [0] * (len(stated) + 1)
    for word in words:
        above, row = row, [0]
        for at, other in enumerate(stated):
            row.append(above[at] + 1 if word == other else max(above[at + 1], row[at]))
    return row[-1]


def _numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(text))


def _names(text: str) -> set[str]:
    """The terms of what is written with a capital letter; stop words have none."""
    return {term for name in _NAME.findall(text) for term in terms(name)}


def _denies(text: str) -> bool:
    return _NEGATION.search(text) is not None
