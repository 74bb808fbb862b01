"""An answer while it is written: what is shown of it, or what instead. Asks no model."""

from collections.abc import Iterator, Mapping, Sequence

from answering.confidence import Confidence
from answering.evidence import Evidence
from answering.signals import gather_signals
from answering.writing import Said, Writer
from retrieval.documents import Passage


class Draft:
    """What a model writes from evidence, shown as far as it is supported and surely right.

    Whether anything is shown is decided once, at the first sentence that a note supports: there the
    probability of being right has to reach the bar. Nothing has been shown before, and nothing is
    taken back afterwards. Sentences without support are left out.
    """

    def __init__(
        self,
        question: str,
        passages: Sequence[Passage],
        evidence: Sequence[Evidence],
        confidence: Confidence,
        bar: float | None = None,
    ) -> None:
        """`bar` replaces that of the confidence."""
        self._question = question
        self._passages = passages
        self._evidence = evidence
        self._confidence = confidence
        self._bar = confidence.bar if bar is None else bar
        self._writer = Writer(question, evidence)
        self._logprobs: list[float] = []
        self._shown: list[str] = []
        self._instead = ""
        self.abstains = False
        self.messages: Sequence[Mapping[str, str]] = ()
        self.signals: Mapping[str, float] = {}
        self.probability: float | None = None

    @property
    def text(self) -> str:
        """What is shown."""
        return "".join(self._shown) or self._instead

    @property
    def withheld(self) -> str:
        """What the model wrote where something else is shown instead."""
        return self._writer.written.strip() if self._instead else ""

    @property
    def is_refused(self) -> bool:
        """Whether it has been decided to show nothing: the model need not go on."""
        return self.probability is not None and self.probability < self._bar

    def feed(self, words: str, logprobs: Sequence[float]) -> Iterator[str]:
        """Take what the model wrote next; the words that can be shown now."""
        self._logprobs += logprobs
        for said in self._writer.feed(words):
            yield from self._show(said)

    def close(self, *, cut_off: bool) -> Iterator[str]:
        """The model has ended, in the middle of a sentence if `cut_off`; the last words to show."""
        for said in self._writer.close(cut_off=cut_off):
            yield from self._show(said)
        if self.probability is None and self._writer.written.strip():
            self._decide(Said(self._writer.written, None))

    def settle(self, text: str, *, abstains: bool) -> str:
        """Show this text instead of what a model would write or has written."""
        self._instead, self.abstains = text, abstains
        return text

    def _show(self, said: Said) -> Iterator[str]:
        if said.note is None:
            return
        if self.probability is None:
            self._decide(said)
        if not self.is_refused:
            words = f"{' ' if self._shown else ''}{said.text} [{said.note}]"
            self._shown.append(words)
            yield words

    def _decide(self, said: Said) -> None:
        self.signals = gather_signals(
            *(self._question, self._passages, self._evidence, said.text, said.note, self._logprobs)
        )
        self.probability = self._confidence.of(self.signals)
