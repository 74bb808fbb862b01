"""Sentences against the evidence: which note supports one, if any. Asks no model."""

import re
from collections.abc import Sequence

from answering.evidence import Evidence
from retrieval.lexical import terms

# Of the words of a sentence, at least so many must stand in its note or in the question.
_SUPPORTED = 0.8
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_MARK = re.compile(r"(?<!\s)\s*+\[\d+\]")


class Grounding:
    """The notes of one question, ready to check the sentences of its answer against them."""

    def __init__(self, question: str, evidence: Sequence[Evidence]) -> None:
        self._asked = _words(question)
        self._numbers = set(_NUMBER.findall(question))
        self._notes = [
            (note.n, _words(f"{note.label} {note.quote}"), set(_NUMBER.findall(note.quote)))
            for note in evidence
        ]

    def support(self, sentence: str) -> int | None:
        """The number of the note that a sentence stands on, or None for no note.

        A sentence is supported when it says something that the question did not, nearly all of its
        words stand in that one note or in the question, and so does every one of its numbers.
        """
        plain = strip_marks(sentence)
        words, numbers = _words(plain), set(_NUMBER.findall(plain))
        new = words - self._asked
        if not new or plain.rstrip().endswith("?"):
            return None
        shares = {
            n: len(words & (note_words | self._asked)) / len(words)
            for n, note_words, note_numbers in self._notes
            if new & note_words and numbers <= note_numbers | self._numbers
        }
        best = max(shares, key=shares.__getitem__, default=None)
        return best if best is not None and shares[best] >= _SUPPORTED else None


def strip_marks(text: str) -> str:
    """The text without the `[n]` marks that a model wrote: ours are checked, its are not."""
    return _MARK.sub("", text)


def _words(text: str) -> set[str]:
    return set(terms(text))
