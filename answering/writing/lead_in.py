"""Lead in a block that is shown as written with a small model's sentence, for its voice only."""

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
    """Return whether the first excerpt shown is one list, procedure, table or block of code."""
    return bool(decision.shown) and bool(_announcement(decision.shown[0].excerpt))


def announced(decision: Decision, notes: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Return the first note, reduced to the lead-in and kind of the block shown."""
    quote = _announcement(decision.shown[0].excerpt)
    return (replace(notes[0], quote=quote, sentences=(quote,), best=quote),)


def _announcement(excerpt: Excerpt) -> str:
    """Return the lead-in and kind of a list, steps, a table or code; "" for anything else."""
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
    """The lead-in as written so far. The facts are in the block below it."""

    grounds: Grounds
    written: str = ""
    supported: bool = False

    def settle(
        self, words: str, *, ended: bool = False, cut_off: bool = False
    ) -> tuple[str, "LeadInDraft"]:
        """Add words; once it has ended, return its first line if that claims nothing new."""
        written = self.written + words
        if not ended:
            return "", replace(self, written=written)
        line, note = strip_marks(written.strip().partition("\n")[0]).strip(), self.grounds.notes[0]
        is_short = 0 < len(line.split()) <= _MOST_WORDS and not cut_off
        if not (is_short and may_introduce(line, self.grounds, (note.n,))):
            return "", replace(self, written=written)
        return f"{line} [{note.n}]", replace(self, written=written, supported=True)
