"""A model's tokens to sentences that were checked, each with its citation. Asks no model."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from answering.evidence import Evidence
from answering.grounding.notes import Grounding, strip_marks
from answering.model.voice import NO_VOICE, Voice
from retrieval.sentences import split_sentences

# Marks after the end of a sentence belong to it.
_MARKS_BEHIND = re.compile(r"([.!?\u3002\uff01\uff1f]+)(\s*(?:\[\d+\])+)")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence without the model's marks, and the note that supports it, if one does.

    `claim` is what it says besides the house's voice.
    """

    text: str
    note: int | None
    claim: str


class Writer:
    """Turns a stream of tokens into checked sentences, each once and once it is whole.

    What is of the `voice` needs no support; a sentence that is nothing else joins the one behind.
    """

    def __init__(
        self, question: str, evidence: Sequence[Evidence], voice: Voice = NO_VOICE
    ) -> None:
        self._grounding = Grounding(question, evidence)
        self._voice = voice
        self._opening = ""
        self._waiting = ""
        self._said: set[str] = set()
        self._written: list[str] = []

    @property
    def written(self) -> str:
        """All that the model wrote so far, checked or not."""
        return "".join(self._written)

    def feed(self, token: str) -> Iterator[Said]:
        """The sentences that this token completes."""
        self._written.append(token)
        self._waiting = _MARKS_BEHIND.sub(r"\2\1 ", self._waiting + token)
        spans = split_sentences(self._waiting)
        if len(spans) < 2 or self._waiting[spans[-1].start] == "[":
            return  # what has begun may be a mark of the sentence before
        ready, self._waiting = self._waiting[: spans[-1].start], self._waiting[spans[-1].start :]
        for span in spans[:-1]:
            yield from self._check(ready[span.start : span.end])

    def close(self, *, cut_off: bool = False) -> Iterator[Said]:
        """The last sentence, unless the model was cut off in the middle of it."""
        if not cut_off:
            for span in split_sentences(self._waiting):
                yield from self._check(self._waiting[span.start : span.end])
        self._waiting = ""

    def _check(self, sentence: str) -> Iterator[Said]:
        plain = strip_marks(sentence).strip()
        if not plain or plain in self._said:
            return
        self._said.add(plain)
        if self._voice.is_all(plain):
            self._opening = f"{plain} "
            return
        note = self._grounding.support(self._voice.claim(sentence))
        yield Said(self._opening + plain, note, self._voice.claim(plain).strip())
        self._opening = ""
