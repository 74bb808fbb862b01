"""Find the note of an answer that supports a sentence."""

from collections.abc import Sequence

from answering.claims import denies
from answering.evidence.notes import Evidence
from answering.grounding.parse.propositions import keys_of
from answering.grounding.support import check_sentence
from answering.marks import marks_in, strip_marks
from retrieval.lexical.analyzer import terms

# The share of the question's words that a note must have; the confidence judges the rest.
_ASKED = 0.2
_ANYWHERE = 0.8  # share of the words of a sentence that a person calls right, in its note


class Grounding:
    """The notes of one question, to check the sentences of its answer against.

    `is_right` means that a person called the answer right: a note then need not share the
    question's words, and its words may be in other sentences.
    """

    def __init__(
        self, question: str, evidence: Sequence[Evidence], *, is_right: bool = False
    ) -> None:
        self._question, self._is_right = "" if is_right else question, is_right
        asked = set(terms(question))
        self._notes = [note for note in evidence if is_right or _bears(note, asked)]

    def support(self, sentence: str) -> int | None:
        """Return the number of the note that supports a sentence, or None.

        Notes that the sentence cites come first.
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
    """Return whether a note with its label has enough of the question's words."""
    known = set(terms(f"{note.label} {note.quote}"))
    return len(asked & known) >= _ASKED * len(asked)


def _holds(note: Evidence, plain: str) -> bool:
    """Return whether a note has the words of a sentence known to be right, in any order."""
    said, known = keys_of(plain), keys_of(f"{note.label}. {note.quote}")
    new = said - keys_of(note.label)
    numbers = {key for key in said if key.startswith("#")}
    shares = len(said & known) >= _ANYWHERE * len(said)
    return bool(new & known) and shares and numbers <= known and denies(plain) == denies(note.quote)
