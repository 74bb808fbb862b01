"""Sentences against the evidence: which notes support one, if any. Asks no model."""

import re
from collections.abc import Sequence

from answering.evidence import Evidence
from retrieval.lexical import terms

# Of the words of a sentence, at least so many must stand in the notes or in the question.
_SUPPORTED = 0.75
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_MARK = re.compile(r"\s*\[\d+\]")
_FUNCTION_WORDS = frozenset(
    terms(
        """
        a about after again all also am an and answer any are as at be because been before being but
        by can could did do does doing down during each for from further had has have having he her
        here hers him his how i if in into is it its just me more most my no nor not notes of off on
        once only or other our out over own question s same she should so some such t than that the
        their them then there these they this those through to too under until up very was we were
        what when where which while who whom why will with would yes you your
        """
    )
)


class Grounding:
    """The notes of one question, ready to check the sentences of its answer against them."""

    def __init__(self, question: str, evidence: Sequence[Evidence]) -> None:
        self._asked = _content(question)
        self._numbers = set(_NUMBER.findall(question))
        self._notes = [
            (note.n, _content(f"{note.label} {note.quote}"), set(_NUMBER.findall(note.quote)))
            for note in evidence
        ]

    def support(self, sentence: str) -> tuple[int, ...]:
        """The numbers of the notes that a sentence stands on, fewest first needed; () for none.

        A sentence is supported when it says something the question did not, nearly all of its words
        stand in the notes it would cite or in the question, and every one of its numbers does.
        """
        plain = _MARK.sub("", sentence)
        words, numbers = _content(plain), set(_NUMBER.findall(plain))
        new = words - self._asked
        if not new or plain.rstrip().endswith("?"):
            return ()
        cited: list[int] = []
        known, known_numbers = set(self._asked), set(self._numbers)
        for n, note_words, note_numbers in sorted(
            self._notes, key=lambda note: (-len(new & note[1]), note[0])
        ):
            if not (new & note_words) - known and not (numbers & note_numbers) - known_numbers:
                continue
            cited.append(n)
            known |= note_words
            known_numbers |= note_numbers
        if not cited or not numbers <= known_numbers:
            return ()
        return tuple(sorted(cited)) if len(words & known) >= _SUPPORTED * len(words) else ()


def strip_marks(text: str) -> str:
    """The text without the `[n]` marks that a model wrote: ours are checked, its are not."""
    return _MARK.sub("", text)


def _content(text: str) -> set[str]:
    return set(terms(text)) - _FUNCTION_WORDS
