"""Check a small model's draft, and show its supported sentences once it has ended."""

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
    """The draft so far; checked at its end, since the last sentence may state an exception."""

    grounds: Grounds
    decision: Decision
    waiting: Unchecked = field(default_factory=Unchecked)
    supported: bool = False

    def settle(
        self, words: str, *, ended: bool = False, cut_off: bool = False
    ) -> tuple[str, "ShortDraft"]:
        """Add the model's next words; once they ended, return the text to show, and the draft."""
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
        """Return the text shown below the draft, which may state an exception to it."""
        return self.decision.shown[0].excerpt.plain if needs_block(self.decision) else ""

    def _words(self, supported: list[CheckedSentence]) -> str:
        """Return the sentences with marks, each once, beginning with the first that answers."""
        text, said = "", set[str]()
        for one in supported:
            if one.text in said or not (text or holds_answer(one.claim, self.decision)):
                continue
            said.add(one.text)
            text += f"{(one.before or ' ') if text else ''}{one.text} [{one.note}]"
        return text
