"""Sentences against the notes of an answer: which note supports one, if any. Asks no model."""

from collections.abc import Sequence

from answering.claims import denies
from answering.evidence.notes import Evidence
from answering.grounding.parse.propositions import keys_of
from answering.grounding.support import check_sentence
from answering.marks import marks_in, strip_marks
from retrieval.lexical.analyzer import terms

# Whether a note answers what was asked is for the confidence to say; this much it must share.
_ASKED = 0.2
_ANYWHERE = 0.8  # of the words of what a person calls right, in the note that is to hold it


class Grounding:
    """The notes of one question, ready to check the sentences of its answer against them.

    `is_right`: a person says that the answer is; then a note need not share the question's words.
    """

    def __init__(
        self, question: str, evidence: Sequence[Evidence], *, is_right: bool = False
    ) -> None:
        self._question, self._is_right = "" if is_right else question, is_right
        asked = set(terms(question))
        self._notes = [note for note in evidence if is_right or _bears(note, asked)]

    def support(self, sentence: str) -> int | None:
        """The number of the note that a sentence stands on, or None for no note.

        The first that the sentence itself cites is taken if it supports it, else the first that
        does.
        """
        plain = strip_marks(sentence)
        good = [note.n for note in self._notes if self._supports(note, plain)]
        return next((n for n in marks_in(sentence) if n in good), good[0] if good else None)

    def _supports(self, note: Evidence, plain: str) -> bool:
        headings = (note.passage.title, *note.passage.headings)
        if check_sentence(plain, note.quote, self._question, headings).supported:
            return True
        return self._is_right and _holds(note, plain)


def _bears(note: Evidence, asked: set[str]) -> bool:
    """Whether a note, or the label above it, shares enough of the question's words."""
    known = set(terms(f"{note.label} {note.quote}"))
    return len(asked & known) >= _ASKED * len(asked)


def _holds(note: Evidence, plain: str) -> bool:
    """Whether a note has the words of what is known to be right, in other sentences of its own."""
    said, known = keys_of(plain), keys_of(f"{note.label}. {note.quote}")
    new = said - keys_of(note.label)
    numbers = {key for key in said if key.startswith("#")}
    shares = len(said & known) >= _ANYWHERE * len(said)
    return bool(new & known) and shares and numbers <= known and denies(plain) == denies(note.quote)
