"""Documentation as Markdown to examples: headings as people ask for what stands under them."""

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from retrieval.blocks import Block, scan_blocks
from tuning.errors import CannotTrain
from tuning.reader.cutting import Cut
from tuning.reader.examples import ReaderExample
from tuning.reader.haste import type_hastily
from tuning.reader.headings import ask_for, clean_heading
from tuning.reader.words import Nearest

_FEWEST, _MOST = 12, 150
"""Words of a section that is asked for; of a longer one the first blocks are taken."""
_LEFT_OUT = re.compile(r"histor|release|changelog|/blog/|license|thank", re.IGNORECASE)
_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_TITLE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)
_NOISE = re.compile(r"<!--.*?-->|^\s*\{[:#][^}]*\}\s*$|\{:? *[#.][^}]*\}", re.DOTALL | re.MULTILINE)
_HASTY = 0.4


@dataclass(frozen=True, slots=True)
class GuideSection:
    """A section of a page: the headings above it, its own, and its text without sections below."""

    page: str
    above: tuple[str, ...]
    heading: str
    text: str


def read_guides(folder: Path) -> list[GuideSection]:
    """The sections of all Markdown files under `folder`, in the order of their names.

    Raises CannotTrain where there is none.
    """
    pages = sorted(folder.rglob("*.md"))
    sections = [
        section
        for page in pages
        if not _LEFT_OUT.search(str(page.relative_to(folder)))
        for section in _sections(str(page.relative_to(folder)), page.read_text(encoding="utf-8"))
    ]
    if not sections:
        raise CannotTrain(
            f"There is no documentation in {folder}: MODEL_CARD.md says which repositories to put "
            "there, and at which commits."
        )
    return sections


def make_guide_examples(
    sections: Sequence[GuideSection], draw: random.Random
) -> Iterator[ReaderExample]:
    """For each section questions for it, with it and with other sections of its page and others."""
    by_page: dict[str, list[GuideSection]] = defaultdict(list)
    for section in sections:
        by_page[section.page].append(section)
    for page in by_page.values():
        nearest = Nearest([one.text for one in page])
        for section in page:
            for question in ask_for(section.heading, section.above, draw):
                typed = type_hastily(question, draw) if draw.random() < _HASTY else question
                yield _example(typed, section, True, "section", draw)
                if draw.random() < 0.85 and (other := _sibling(section, page, nearest, typed)):
                    yield _example(typed, other, False, "sibling section", draw)
                if draw.random() < 0.3:
                    yield _example(typed, draw.choice(sections), False, "any section", draw)


def _sibling(
    section: GuideSection, page: list[GuideSection], nearest: Nearest, question: str
) -> GuideSection | None:
    """The nearest other section of the page that does not stand above or under this one."""
    for at in nearest.rank(question, 5):
        other = page[at]
        apart = section.heading not in other.above and other.heading not in section.above
        if other is not section and other.heading != section.heading and apart:
            return other
    return None


def _example(
    question: str, section: GuideSection, answers: bool, made: str, draw: random.Random
) -> ReaderExample:
    """The section, whole or its lists and code with what leads to them; sometimes without heading.

    Half of the time the section's own heading is not shown, so that its words are not enough.
    """
    cut = _cut(section.text, draw)
    own = () if draw.random() < 0.5 else (section.heading,)
    return ReaderExample(question, (*section.above, *own), cut.text, answers, None, None, made)


def _cut(text: str, draw: random.Random) -> Cut:
    blocks = scan_blocks(text)
    structured = [at for at, one in enumerate(blocks) if one.kind in ("code", "item", "table")]
    if structured and structured[0] and draw.random() < 0.4:
        first = last = structured[0]
        while last + 1 in structured and blocks[last + 1].kind == blocks[first].kind == "item":
            last += 1
        return Cut(_short(text, blocks[first - 1 : last + 1]), None)
    return Cut(_short(text, blocks), None)


def _short(text: str, blocks: Sequence[Block]) -> str:
    """The text of the blocks up to about 150 words, at least one."""
    end = blocks[0].end
    for block in blocks:
        if len(text[blocks[0].start : block.end].split()) > _MOST:
            break
        end = block.end
    return " ".join(text[blocks[0].start : end].split(" ")[: 2 * _MOST])


def _sections(page: str, source: str) -> Iterator[GuideSection]:
    front = _FRONT.match(source)
    titled = _TITLE.search(front.group(1)) if front else None
    text = _NOISE.sub("", source[front.end() :] if front else source)
    above: list[tuple[int, str]] = [(0, titled.group(1))] if titled else []
    blocks = scan_blocks(text)
    headings = [at for at, one in enumerate(blocks) if one.kind == "heading"]
    for at, following in pairwise([*headings, len(blocks)]):
        block = blocks[at]
        heading = clean_heading(text[block.start : block.end])
        above = [one for one in above if one[0] < block.level]
        body = blocks[at + 1 : following]
        if body and heading:
            words = text[body[0].start : body[-1].end]
            if len(words.split()) >= _FEWEST:
                yield GuideSection(page, tuple(one for _, one in above), heading, words)
        above.append((block.level, heading))
