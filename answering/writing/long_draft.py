"""Check an able model's draft block by block, keeping the form of lists, tables and code."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from answering.grounding.block_checker import (
    Grounds,
    check_code,
    check_item,
    check_table,
    may_introduce,
)
from answering.grounding.draft_blocks import DraftBlock, cut_torn, take_blocks
from answering.grounding.sentence_checker import Unchecked, check_all, sentences_with_marks
from answering.marks import strip_marks

_BOLD_LINE = re.compile(r"\s*(?:\*\*|__)[^*_\n]+(?:\*\*|__):?\s*$")
_BOLD, _LEAD_IN, _ITEM, _INNERMOST = 7, 8, 9, 1_000  # levels, where a heading's are 1 to 6


@dataclass(frozen=True, slots=True)
class Above:
    """A heading or lead-in: shown with the first block below it, valid until its level ends."""

    text: str
    level: int
    is_shown: bool = False


@dataclass(frozen=True, slots=True)
class LongDraft:
    """The text not checked yet, the headings and lead-ins above it, and what was shown before."""

    grounds: Grounds
    waiting: str = ""
    above: tuple[Above, ...] = ()
    said: frozenset[str] = frozenset()
    last: str = ""
    opening: str = ""

    @property
    def supported(self) -> bool:
        """Return whether any of it was supported."""
        return bool(self.said)

    def settle(
        self, words: str, *, ended: bool = False, cut_off: bool = False
    ) -> tuple[str, "LongDraft"]:
        """Add the model's next words; return the text to show now, and the remaining draft."""
        text = self.waiting + words
        if not ended and "\n" not in words:
            return "", replace(self, waiting=text)
        blocks, rest = take_blocks(cut_torn(text) if cut_off else text, ended=ended)
        shown, draft = "", replace(self, waiting=rest)
        for block in blocks:
            beside = " ".join(strip_marks(one.text) for one in blocks if one is not block)
            more, draft = draft._with(block, beside)
            shown += more
        return shown, draft

    def _with(self, block: DraftBlock, beside: str) -> tuple[str, "LongDraft"]:
        """Return the text to show for one block, and the draft after it."""
        level = _level(block)
        draft = replace(self, above=tuple(one for one in self.above if one.level < level))
        if level <= _BOLD or (block.kind == "item" and _leads_in(block.text)):
            return "", draft._under(strip_marks(block.text).rstrip(), level)
        if block.kind == "paragraph":
            return draft._with_prose(block, beside)
        return draft._show(block.kind, *draft._check(block, beside))

    def _check(self, block: DraftBlock, beside: str) -> tuple[str, Sequence[int]]:
        """Return the supported part of a block under its headings, and the notes' numbers."""
        lead = " ".join(one.text.lstrip(" \t#*_-") for one in self.above)
        if block.kind == "item":
            return check_item(block.text, lead, beside, self.grounds)
        if block.kind == "table":
            return check_table(block.text, lead, self.grounds)
        return check_code(block.text, self.grounds) if block.kind == "code" else ("", ())

    def _with_prose(self, block: DraftBlock, beside: str) -> tuple[str, "LongDraft"]:
        sentences = sentences_with_marks(block.text)
        lead = sentences.pop() if sentences and _leads_in(sentences[-1]) else ""
        grounds = self.grounds
        checked, left = check_all(
            sentences, Unchecked("", self.opening), grounds.question, grounds.notes, grounds.voice,
            beside=beside,
        )  # fmt: skip
        good = [one for one in checked if one.note and one.text not in self.said]
        text = "".join(f"{one.before}{one.text} [{one.note}]" for one in good).lstrip()
        notes = [one.note for one in good if one.note]
        shown, draft = replace(self, opening=left.opening)._show("paragraph", text, notes)
        draft = replace(draft, said=draft.said.union(one.text for one in good))
        return shown, draft._under(strip_marks(lead).strip(), _LEAD_IN) if lead else draft

    def _under(self, text: str, level: int) -> "LongDraft":
        return replace(self, above=(*self.above, Above(text, level)))

    def _show(self, kind: str, text: str, notes: Sequence[int]) -> tuple[str, "LongDraft"]:
        """Return a checked block after the headings and lead-ins that waited for it."""
        if not text or text in self.said:
            return "", self
        waiting = [
            one
            for one in self.above
            if not one.is_shown and may_introduce(one.text, self.grounds, notes)
        ]
        parts = [(_kind(one), one.text) for one in waiting] + [(kind, text)]
        if kind in ("table", "code"):
            parts = _marked(parts, " ".join(f"[{n}]" for n in notes))
        shown, last = "", self.last
        for one, words in parts:
            shown, last = f"{shown}{_between(last, one)}{words}", one
        above = tuple(replace(one, is_shown=True) for one in self.above)
        return shown, replace(self, above=above, last=last, said=self.said | {text})


def _level(block: DraftBlock) -> int:
    if block.kind == "heading":
        return block.level
    if block.kind == "paragraph" and _BOLD_LINE.match(block.text):
        return _BOLD
    if block.kind == "item" or block.indent:
        return _ITEM + block.indent if block.kind in ("item", "paragraph") else _INNERMOST
    return _LEAD_IN if block.kind in ("paragraph", "rule") else _INNERMOST


def _leads_in(text: str) -> bool:
    return strip_marks(text).rstrip(" \t\n*_").endswith(":")


def _kind(above: Above) -> str:
    return "item" if above.level >= _ITEM else "paragraph"


def _marked(parts: list[tuple[str, str]], marks: str) -> list[tuple[str, str]]:
    """Put the marks of a table or code on its lead-in, or on a line below it."""
    *before, last = parts
    if before and _leads_in(before[-1][1]):
        kind, words = before[-1]
        return [*before[:-1], (kind, f"{words} {marks}"), last]
    return [*parts, ("paragraph", marks)]


def _between(last: str, kind: str) -> str:
    if not last:
        return ""
    return "\n" if last == kind == "item" else "\n\n"
