"""A reply while it is written: the draft, the sentence instead of it, or neither. Asks no model."""

from collections.abc import Iterator, Mapping, Sequence

from langchain_core.messages.ai import UsageMetadata

from answering.confidence.confidence import SUPPORTED, Confidence, prefers_draft
from answering.confidence.features import signals_of_draft, signals_of_evidence
from answering.evidence.retrieve import Found
from answering.grounding.sentence_checker import Said, Writer
from answering.model.token_logprobs import Token, claim_logprobs
from answering.model.voice import NO_VOICE, Voice
from answering.writing.abstention import quote_best, quote_closest, says_unknown


class Draft:
    """What a model writes from evidence, shown as far as it is supported and surely right.

    Whether to answer is decided before the model is asked: the probability that the evidence holds
    the answer has to reach the bar. Whether the model's
    words are the answer, or the sentence that bears most on the question, is decided once, at the
    first sentence of the draft that a note supports. Nothing has been shown before, and nothing is
    taken back afterwards. Sentences without support are left out.
    """

    def __init__(
        self,
        found: Found,
        confidence: Confidence,
        bar: float | None = None,
        voice: Voice = NO_VOICE,
    ) -> None:
        """`bar` replaces that of the confidence; what is of the `voice` needs no note."""
        self._found = found
        self._confidence = confidence
        self._bar = confidence.bar if bar is None else bar
        self._writer = Writer(found.asked, found.evidence, voice)
        self._voice = voice
        self._pieces: list[tuple[str, Sequence[Token]]] = []
        self._shown: list[str] = []
        self._instead = ""
        self.abstains = False
        self.messages: Sequence[Mapping[str, str]] = ()
        self.prompt_tokens = self.completion_tokens = 0
        self.signals: Mapping[str, float] = {}
        self.probability: float | None = None
        self.is_refused = False

    @property
    def text(self) -> str:
        """What is shown."""
        return "".join(self._shown) or self._instead

    @property
    def withheld(self) -> str:
        """What the model wrote where something else is shown instead."""
        return self._writer.written.strip() if self._instead else ""

    def begin(self) -> Iterator[str]:
        """Whether the evidence, which must be some, is worth an answer; if not, what is shown."""
        found, confidence = self._found, self._confidence
        seen = signals_of_evidence(found.asked, found.passages, found.condensed)
        self.signals = {**seen, **confidence.held(seen)}
        self.probability = confidence.sentence.of(self.signals)
        if confidence.evidence.of(seen) < self._bar:
            yield self.settle(quote_closest(self._found.evidence), abstains=True)

    def count(self, usage: UsageMetadata | None) -> None:
        """Take the model's own count of tokens, which comes with its last words, if at all."""
        if usage:
            self.prompt_tokens = usage["input_tokens"]
            self.completion_tokens = usage["output_tokens"]

    def feed(self, words: str, tokens: Sequence[Token]) -> Iterator[str]:
        """Take what the model wrote next; the words that can be shown now."""
        self._pieces.append((words, tokens))
        for said in self._writer.feed(words):
            yield from self._show(said)

    def close(self, *, cut_off: bool) -> Iterator[str]:
        """The model has ended, in the middle of a sentence if `cut_off`; the last words to show."""
        for said in self._writer.close(cut_off=cut_off):
            yield from self._show(said)
        if not self._shown and says_unknown(self._writer.written):
            yield self.settle(quote_closest(self._found.evidence), abstains=True)
        elif not self._shown:
            yield self.settle(quote_best(self._found.evidence), abstains=False)

    def settle(self, text: str, *, abstains: bool) -> str:
        """Show this text instead of what a model would write or has written."""
        self._instead, self.abstains = text, abstains
        return text

    def _show(self, said: Said) -> Iterator[str]:
        if said.note is None or self.is_refused:
            return
        if not self._shown:
            self._decide(said.claim, said.note)
        if not self.is_refused:
            words = f"{' ' if self._shown else ''}{said.text} [{said.note}]"
            self._shown.append(words)
            yield words

    def _decide(self, sentence: str, cited: int) -> None:
        found = self._found
        note = next(note for note in found.evidence if note.n == cited)
        # How surely a house says "Ahoy" tells nothing of whether it is right.
        logprobs = list(claim_logprobs(self._pieces, self._voice))
        signals = {
            **self.signals,
            **signals_of_draft(
                *(found.asked, found.passages, found.condensed), sentence, note, logprobs
            ),
        }
        probability = self._confidence.draft.of(signals)
        self.is_refused = not prefers_draft(probability, self.probability or 0.0)
        if not self.is_refused:
            self.signals, self.probability = signals, probability
        self.signals = {**self.signals, SUPPORTED: 1.0}
