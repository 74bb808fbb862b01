"""What a model writes at length, cut into blocks while it is written. Checks none."""

from dataclasses import dataclass

from text.markdown_blocks import Kind, MarkdownBlock, scan_blocks
from text.sentences import split_prose


@dataclass(frozen=True, slots=True)
class DraftBlock:
    """Whole lines of a draft: a paragraph, an item, a table, code, or a heading of `level` 1 to 6.

    The blanks before its first sign are kept.
    """

    kind: Kind
    text: str
    level: int = 0

    @property
    def indent(self) -> int:
        """The columns before its first sign."""
        line = self.text.expandtabs(4)
        return len(line) - len(line.lstrip(" "))


def take_blocks(text: str, *, ended: bool) -> tuple[list[DraftBlock], str]:
    """The blocks that are whole, and what is left; without `ended` the last block may go on.

    A list is whole once something else begins: an exception may be said in its last item.
    """
    found = scan_blocks(text)
    whole = len(found) if ended else _settled(found)
    blocks = [DraftBlock(one.kind, text[one.start : one.end], one.level) for one in found[:whole]]
    if ended:
        return blocks, ""
    return blocks, text[found[whole].start :] if found else text


def cut_torn(text: str) -> str:
    """The text without the sentence, item, row or code at its end, which was broken off."""
    found = scan_blocks(text)
    if not found:
        return ""
    last = found[-1]
    if last.kind == "paragraph":
        *_, torn = split_prose(text, last.start, last.end)
        return text[: torn.start]
    if last.kind == "table":
        return text[: text.rstrip().rfind("\n") + 1]
    return text[: last.start]


def _settled(found: list[MarkdownBlock]) -> int:
    at = max(0, len(found) - 1)
    while at > 0 and found[at].kind == "item" == found[at - 1].kind:
        at -= 1
    return at
