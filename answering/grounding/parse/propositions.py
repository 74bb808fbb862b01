"""Split a block into propositions: sentences, items with their lead-in, rows with their heads."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from answering.evidence.excerpts import split_row
from answering.grounding.parse.tokens import Token, tokens_of
from text.markdown_blocks import ITEM_MARK, TABLE_RULE, MarkdownBlock, scan_blocks
from text.sentences import split_prose

_FENCE = re.compile(r"^[ \t>]*(?:`{3,}|~{3,})[^\n]*$", re.MULTILINE)
_MOST_STATEMENTS = 200
_LEADING = 3  # sentences before code that belong to it
_WHOLE_LIST = 40  # items of the proposition for the whole list


@dataclass(frozen=True, slots=True)
class Cell:
    """The keys of a row's cell, and of its column's head."""

    head: frozenset[str]
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Proposition:
    """A sentence, item or row: one thing that a block states.

    `lead_in` is the sentence that leads in a list or code, `before` the sentence before, `behind`
    the next one in the same paragraph, `after` the first one of the next paragraph; each may be "".
    `parts` is the number of its parts between semicolons; those are propositions too. `cells` are
    a table row's, `rows` the keys of the other rows' first cells; `step` is an item's number in
    its list, 0 elsewhere.
    """

    text: str
    tokens: tuple[Token, ...]
    lead_in: str = ""
    before: str = ""
    behind: str = ""
    after: str = ""
    cells: tuple[Cell, ...] = ()
    rows: tuple[frozenset[str], ...] = ()
    step: int = 0
    parts: int = 1


@lru_cache(64)
def propositions_of(block: str) -> tuple[Proposition, ...]:
    """Return the propositions of a block in order; a list as a whole follows its items."""
    return tuple(_limited(_read(block)))


def _limited(found: Iterator[Proposition]) -> Iterator[Proposition]:
    for _, statement in zip(range(_MOST_STATEMENTS), found, strict=False):
        yield statement


def _read(text: str) -> Iterator[Proposition]:
    blocks = [block for block in scan_blocks(text) if block.kind != "rule"]
    lead_in, items = "", list[tuple[MarkdownBlock, str]]()
    for at, block in enumerate(blocks):
        own = text[block.start : block.end]
        if block.kind == "item":
            items.append((block, own))
            continue
        after = blocks[at + 1] if at + 1 < len(blocks) else None
        yield from _of_list(items, lead_in, own)
        items = []
        if block.kind == "table":
            yield from _of_table(own)
        elif block.kind == "code":
            yield _stated(f"{lead_in} {_FENCE.sub('', own)}", lead_in)
        else:
            sentences = _sentences(own)
            behind = text[after.start : after.end] if after and after.kind == "paragraph" else ""
            yield from _in_a_row(sentences, "", next(iter(_sentences(behind)), ""))
            lead_in = _lead_in(sentences, after)
    yield from _of_list(items, lead_in, "")


def _lead_in(sentences: Sequence[str], after: MarkdownBlock | None) -> str:
    """Return the part of a paragraph that leads in the list or code after it, or ""."""
    if after is None or not sentences:
        return ""
    if after.kind == "code":
        return " ".join(sentences[-_LEADING:])
    leads = after.kind == "item" and sentences[-1].rstrip("*_ ").endswith(":")
    return sentences[-1] if leads else ""


def _stated(text: str, lead_in: str = "", step: int = 0) -> Proposition:
    return Proposition(text, tokens_of(text), lead_in, step=step)


def _sentences(text: str) -> list[str]:
    return [text[one.start : one.end] for one in split_prose(text, 0, len(text))]


def _in_a_row(sentences: Sequence[str], lead_in: str, after: str) -> Iterator[Proposition]:
    for at, sentence in enumerate(sentences):
        is_last = at + 1 == len(sentences)
        whole = Proposition(
            sentence,
            tokens_of(sentence),
            lead_in,
            before=sentences[at - 1] if at else "",
            behind="" if is_last else sentences[at + 1],
            after=after if is_last else "",
        )
        parts = _parts(sentence)
        if len(parts) < 2:
            yield whole
            continue
        yield replace(whole, parts=len(parts))
        yield from (replace(whole, text=part, tokens=tokens_of(part)) for part in parts)


def _parts(sentence: str) -> list[str]:
    """Split at semicolons; a part of fewer than two keys stays with the one before."""
    parts: list[str] = []
    for part in sentence.split(";"):
        if parts and len(keys_of(part)) < 2:
            parts[-1] += f";{part}"
        else:
            parts.append(part)
    return parts


def _of_list(
    items: Sequence[tuple[MarkdownBlock, str]], lead_in: str, after: str
) -> Iterator[Proposition]:
    """Yield each item's sentences with the lead-in and the items above it, then the whole list."""
    if not items:
        return
    above: list[tuple[int, str]] = []
    bare = []
    behind = next(iter(_sentences(after)), "") if not after.startswith(("|", "`", "#")) else ""
    for _, own in items:
        mark = ITEM_MARK.match(own)
        depth = len(own) - len(own.lstrip())
        text = own[mark.end() :] if mark else own
        above = [(deep, words) for deep, words in above if deep < depth]
        leading = " ".join((lead_in, *(words for _, words in above))).strip()
        yield from _of_item(text, leading, int(mark[1]) if mark and mark[1] else 0, behind)
        above.append((depth, text.rstrip()))
        bare.append(text.strip().rstrip(".;,"))
    if len(bare) > 1:
        together = f"{lead_in} {'; '.join(bare[:_WHOLE_LIST])}"
        yield replace(_stated(together, lead_in), after=behind)


def _of_item(text: str, leading: str, step: int, behind: str) -> Iterator[Proposition]:
    sentences = _sentences(text)
    for at, statement in enumerate(_in_a_row(sentences, leading, behind)):
        whole = f"{leading} {statement.text}" if leading and at == 0 else statement.text
        yield replace(statement, tokens=tokens_of(whole), step=step)


def _of_table(text: str) -> Iterator[Proposition]:
    lines = [line for line in text.split("\n") if line.strip()]
    heads = split_row(lines[0])
    rows = [split_row(line) for line in lines[1:] if not TABLE_RULE.match(line)]
    firsts = [keys_of(row[0]) for row in rows]
    for at, values in enumerate(rows):
        pairs = [(heads[n] if n < len(heads) else "", value) for n, value in enumerate(values)]
        said = "; ".join(f"{head}: {value}" if head else value for head, value in pairs if value)
        cells = tuple(Cell(keys_of(head), keys_of(value)) for head, value in pairs)
        others = tuple(firsts[:at] + firsts[at + 1 :])
        yield Proposition(said, tokens_of(said), cells=cells, rows=others)


def keys_of(text: str) -> frozenset[str]:
    """Return the keys of a text's content tokens."""
    return frozenset(token.key for token in tokens_of(text) if token.is_content)
