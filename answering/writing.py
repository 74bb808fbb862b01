"""A model's tokens to sentences that were checked, each with its citation. Asks no model."""

from collections.abc import Iterator, Sequence

from answering.evidence import Evidence
from answering.grounding import Grounding, strip_marks
from retrieval.sentences import split_sentences


class Writer:
    """Turns a stream of tokens into a stream of supported sentences.

    A sentence is shown once it is whole and the evidence supports it, so nothing that was shown has
    to be taken back. What is not supported is left out, and so is a sentence that was said before.
    """

    def __init__(self, question: str, evidence: Sequence[Evidence]) -> None:
        self._grounding = Grounding(question, evidence)
        self._waiting = ""
        self._said: list[str] = []

    @property
    def text(self) -> str:
        """What has been said so far."""
        return "".join(self._said)

    def feed(self, token: str) -> Iterator[str]:
        """The sentences that this token completes."""
        self._waiting += token
        spans = split_sentences(self._waiting)
        for span in spans[:-1]:
            yield from self._say(self._waiting[span.start : span.end])
        if len(spans) > 1:
            self._waiting = self._waiting[spans[-1].start :]

    def close(self, *, cut_off: bool = False) -> Iterator[str]:
        """The last sentence, unless the model was cut off in the middle of it."""
        if not cut_off:
            for span in split_sentences(self._waiting):
                yield from self._say(self._waiting[span.start : span.end])
        self._waiting = ""

    def _say(self, sentence: str) -> Iterator[str]:
        plain = strip_marks(sentence).strip()
        note = self._grounding.support(plain)
        if note is None or any(plain in said for said in self._said):
            return
        words = f"{' ' if self._said else ''}{plain} [{note}]"
        self._said.append(words)
        yield words
