"""Cut a long draft into blocks while the model writes it."""

from dataclasses import dataclass

from text.markdown_blocks import Kind, MarkdownBlock, scan_blocks
from text.sentences import split_prose


@dataclass(frozen=True, slots=True)
class DraftBlock:
    """Whole lines of a draft: a paragraph, an item, a table, code, or a heading of `level` 1 to 6.

    The blanks before its first character are kept.
    """

    kind: Kind
    text: str
    level: int = 0

    @property
    def indent(self) -> int:
        """Return the columns of blanks before its first character."""
        line = self.text.expandtabs(4)
        return len(line) - len(line.lstrip(" "))


def take_blocks(text: str, *, ended: bool) -> tuple[list[DraftBlock], str]:
    """Return the complete blocks and the rest; unless the text has `ended`, the last may go on.

    A list is complete once something else begins.
    """
    # Items wait for the whole list, since its last item may state an exception to the others.
    found = scan_blocks(text)
    whole = len(found) if ended else _settled(found)
    blocks = [DraftBlock(one.kind, text[one.start : one.end], one.level) for one in found[:whole]]
    if ended:
        return blocks, ""
    return blocks, text[found[whole].start :] if found else text


def cut_torn(text: str) -> str:
    """Remove the incomplete sentence, item, row or code at the end of a text."""
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
