"""Show of what a small model writes the sentences that are supported, once it has ended."""

from dataclasses import dataclass, field, replace

from answering.confidence.decide import Decision
from answering.grounding.block_checker import Grounds
from answering.grounding.sentence_checker import (
    CheckedSentence,
    Unchecked,
    check_all,
    take_sentences,
)
from answering.writing.drafts import holds_answer, needs_block


@dataclass(frozen=True, slots=True)
class ShortDraft:
    """What was written so far: an exception may be said in the sentence behind."""

    grounds: Grounds
    decision: Decision
    waiting: Unchecked = field(default_factory=Unchecked)
    supported: bool = False

    def settle(
        self, words: str, *, ended: bool = False, cut_off: bool = False
    ) -> tuple[str, "ShortDraft"]:
        """What may be shown next, and what is left, when these words are written."""
        waiting = self.waiting.add(words)
        if not ended:
            return "", replace(self, waiting=waiting)
        sentences, waiting = take_sentences(waiting, ended=not cut_off)
        grounds = self.grounds
        checked, _ = check_all(
            sentences,
            waiting,
            grounds.question,
            grounds.notes,
            grounds.voice,
            beside=self._below(),
        )
        supported = [one for one in checked if one.note is not None]
        return self._words(supported), replace(self, supported=bool(supported))

    def _below(self) -> str:
        """What is shown below the draft, where an exception to it may stand."""
        return self.decision.shown[0].excerpt.plain if needs_block(self.decision) else ""

    def _words(self, supported: list[CheckedSentence]) -> str:
        """The sentences with their marks, each once, from the first on that answers."""
        text, said = "", set[str]()
        for one in supported:
            if one.text in said or not (text or holds_answer(one.claim, self.decision)):
                continue
            said.add(one.text)
            text += f"{(one.before or ' ') if text else ''}{one.text} [{one.note}]"
        return text
