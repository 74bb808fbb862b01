"""A small model's sentence before a block that is shown as it stands: its voice, no facts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from answering.confidence.decide import Decision
from answering.evidence.blocks import blocks_in
from answering.evidence.excerpts import Excerpt
from answering.evidence.notes import Evidence, announce
from answering.grounding.block_checker import Grounds, may_introduce
from answering.marks import strip_marks

_MOST_WORDS = 25


def shows_block(decision: Decision) -> bool:
    """Whether what is shown first is one list, procedure, table or block of code."""
    return bool(decision.shown) and bool(_announcement(decision.shown[0].excerpt))


def announced(decision: Decision, notes: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The first note as what stands before the block that is shown."""
    quote = _announcement(decision.shown[0].excerpt)
    return (replace(notes[0], quote=quote, sentences=(quote,), best=quote),)


def _announcement(excerpt: Excerpt) -> str:
    """The lead-in of a list, steps, a table or code, and what it is; "" for anything else."""
    if excerpt.head:
        return announce(excerpt.lead, "table", max(1, len(excerpt.rows)))
    blocks = blocks_in(excerpt.text)
    if len(blocks) != 1 or blocks[0].kind == "paragraph":
        return ""
    (block,) = blocks
    lead = excerpt.text[block.lead.start : block.lead.end] if block.lead else ""
    return announce(" ".join(lead.split()), block.kind, len(block.parts))


@dataclass(frozen=True, slots=True)
class LeadInDraft:
    """What was written so far; the block below says what is so, whatever stands here."""

    grounds: Grounds
    written: str = ""
    supported: bool = False

    def settle(
        self, words: str, *, ended: bool = False, cut_off: bool = False
    ) -> tuple[str, "LeadInDraft"]:
        """Its first line once it has ended, if its words are those of the note or claim nothing."""
        written = self.written + words
        if not ended:
            return "", replace(self, written=written)
        line, note = strip_marks(written.strip().partition("\n")[0]).strip(), self.grounds.notes[0]
        is_short = 0 < len(line.split()) <= _MOST_WORDS and not cut_off
        if not (is_short and may_introduce(line, self.grounds, (note.n,))):
            return "", replace(self, written=written)
        return f"{line} [{note.n}]", replace(self, written=written, supported=True)
