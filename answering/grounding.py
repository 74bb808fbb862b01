"""Sentences against the evidence: which note supports one, if any. Asks no model."""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from answering.evidence import Evidence
from retrieval.lexical import terms

# Of the words of a sentence, at least so many must stand in one sentence of a note, and of the
# question's words so many: else it answers something else.
_SUPPORTED, _ASKED = 0.7, 0.5
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_NEGATION = re.compile(
    r"\b(?:no|not|never|none|nobody|nothing|neither|nor|without|cannot)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
_MARK = re.compile(r"(?<!\s)\s*+\[\d+\]")


class Grounding:
    """The notes of one question, ready to check the sentences of its answer against them."""

    def __init__(self, question: str, evidence: Sequence[Evidence]) -> None:
        self._asked = _words(question)
        self._numbers = _numbers(question)
        stated = [_Stated.of(note, text) for note in evidence for text in note.sentences]
        self._stated = [
            one for one in stated if len(self._asked & one.words) >= _ASKED * len(self._asked)
        ]

    def support(self, sentence: str) -> int | None:
        """The number of the note that a sentence stands on, or None for no note.

        A sentence is supported by one sentence of a note that bears on the question: when it says
        something that the question did not, most of its words stand there, each of its numbers
        stands there or in the question, and it denies something exactly when that one does.
        """
        plain = strip_marks(sentence)
        words, numbers = _words(plain), _numbers(plain) - self._numbers
        new, denies = words - self._asked, _denies(plain)
        if not new or plain.rstrip().endswith("?"):
            return None
        shares = [
            (len(words & one.words) / len(words), one.n)
            for one in self._stated
            if new & one.words and numbers <= one.numbers and denies == one.denies
        ]
        share, n = max(shares, key=lambda found: found[0], default=(0.0, None))
        return n if share >= _SUPPORTED else None


@dataclass(frozen=True, slots=True)
class _Stated:
    """One sentence of a note, its label counted in."""

    n: int
    words: Set[str]
    numbers: Set[str]
    denies: bool

    @classmethod
    def of(cls, note: Evidence, text: str) -> "_Stated":
        """What a model's sentence is held against."""
        return cls(note.n, _words(f"{note.label} {text}"), _numbers(text), _denies(text))


def strip_marks(text: str) -> str:
    """The text without the `[n]` marks that a model wrote: ours are checked, its are not."""
    return _MARK.sub("", text)


def _words(text: str) -> set[str]:
    return set(terms(text))


def _numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(text))


def _denies(text: str) -> bool:
    return _NEGATION.search(text) is not None
