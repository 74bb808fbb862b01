"""Remove prompt injections from a page: sentences, rows, items and headings that address a bot."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby

from answering.evidence.blocks import Block
from answering.evidence.injection import speaks_to_assistant
from answering.evidence.sections import Section
from retrieval.search.pages import Page
from text.sentences import Span, split_prose

IsBarred = Callable[[str], bool]
"""Tells whether a text is to be left out."""

_SCANNED, _OVERLAP = 20_000, 1_000  # characters searched at once, and shared by two searches


def barred_on(page: Page) -> IsBarred | None:
    """Return the test for texts of this page that address an assistant; None if none does."""
    return speaks_to_assistant if _speaks_anywhere(page.text) else None


@lru_cache(64)  # pages that many questions hit are scanned once
def _speaks_anywhere(text: str) -> bool:
    starts = range(0, len(text), _SCANNED - _OVERLAP)
    return any(speaks_to_assistant(text[at : at + _SCANNED]) for at in starts)


def without_barred(text: str, section: Section, is_barred: IsBarred) -> Section:
    """Return a section without the blocks, parts of blocks and headings that are barred."""
    headings = tuple(heading for heading in section.headings if not is_barred(heading))
    blocks: list[Block] = []
    for block in section.blocks:
        before = blocks[-1] if blocks else None
        if before is not None and _is_barred_with(text, before, block, is_barred):
            blocks.pop()  # an injection split over two blocks is removed from both
            continue
        blocks.extend(_clean(text, block, is_barred))
    return replace(section, headings=headings, blocks=tuple(blocks), inner=range(0))


def _is_barred_with(text: str, before: Block, block: Block, is_barred: IsBarred) -> bool:
    """Return whether two blocks are barred together, and the second is not barred alone."""
    said = text[block.start : block.end]
    return not is_barred(said) and is_barred(f"{text[before.start : before.end]}\n\n{said}")


def _clean(text: str, block: Block, is_barred: IsBarred) -> Iterator[Block]:
    """Yield what is left of a block: a table's clean rows, else the runs of its clean parts."""
    if not is_barred(text[block.start : block.end]):
        yield block
        return
    if block.lead is not None:
        lead = Block("paragraph", block.lead.start, block.lead.end)
        yield from _clean(text, lead, is_barred)
    if block.kind == "table":
        if block.head is None or is_barred(text[block.head.start : block.head.end]):
            return
        rows = tuple(row for row in block.parts if not is_barred(text[row.start : row.end]))
        if rows:
            yield replace(block, parts=rows, lead=None)
    elif block.kind == "paragraph":
        sentences = _clean_start(text, list(split_prose(text, block.start, block.end)), is_barred)
        if sentences:
            yield replace(block, start=sentences[0].start, end=sentences[-1].end)
    else:
        for is_clean, run in groupby(
            block.parts, lambda part: not is_barred(text[part.start : part.end])
        ):
            parts = tuple(run)
            if is_clean and not is_barred(text[parts[0].start : parts[-1].end]):
                yield replace(
                    block, start=parts[0].start, end=parts[-1].end, parts=parts, lead=None
                )


def _clean_start(text: str, sentences: Sequence[Span], is_barred: IsBarred) -> Sequence[Span]:
    """Return the sentences before the first that is barred, alone or with the one before it."""
    for at, sentence in enumerate(sentences):
        if is_barred(text[sentence.start : sentence.end]):
            return sentences[:at]
        before = sentences[max(0, at - 1)]
        if is_barred(text[before.start : sentence.end]):
            return sentences[: max(0, at - 1)]
    return ()  # barred as a whole, but no sentence or pair of sentences is
