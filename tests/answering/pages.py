"""Pages, passages and excerpts that a test makes of a text, as if a search had found them."""

from datetime import UTC, datetime
from itertools import groupby

from answering.evidence.blocks import Block, cut_blocks
from answering.evidence.candidates import Candidate, find_candidates
from answering.evidence.excerpts import Excerpt, cut_excerpts
from answering.evidence.read import ReadExcerpt
from retrieval.documents import Passage
from retrieval.reader.reader import Reading
from retrieval.search.pages import ChunkSpan, Page
from text.markdown_blocks import scan_blocks

NOTHING_READ = Reading(0.0, 0.0, 0, 0)


def page(text: str, title: str = "Handbook", document_id: int = 1) -> Page:
    """A page that is one chunk."""
    return Page(
        document_id=document_id,
        key=f"{title.lower()}.md",
        title=title,
        url=f"https://docs.example.com/{document_id}",
        modified_at=datetime(2026, 3, document_id, tzinfo=UTC),
        readers=frozenset({"public"}),
        text=text,
        chunks=(ChunkSpan(10 * document_id, 0, len(text)),),
    )


def passage(found: Page, words: str = "", score: float = 1.0) -> Passage:
    """The passage of a page that has these words alone, or all of it."""
    start = found.text.index(words) if words else 0
    text = words or found.text
    return Passage(
        chunk_id=found.chunks[0].id,
        document_id=found.document_id,
        key=found.key,
        title=found.title,
        url=found.url,
        headings=(found.title,),
        text=text,
        score=score,
        modified_at=found.modified_at,
        readers=found.readers,
        start=start,
    )


def blocks(text: str) -> list[Block]:
    """The blocks of a text, those between two headings together."""
    runs = groupby(scan_blocks(text), lambda piece: piece.kind == "heading")
    return [
        block for is_heading, run in runs if not is_heading for block in cut_blocks(text, list(run))
    ]


def excerpts(text: str) -> list[Excerpt]:
    """The excerpts of a page with this text."""
    return cut_excerpts(page(text))


def candidates(question: str, *pages: Page, background: str = "") -> list[Candidate]:
    """What is worth reading of these pages, each found whole, the first one best."""
    found = [passage(one, score=1 / n) for n, one in enumerate(pages, start=1)]
    return find_candidates(question, found, pages, background)


def read_excerpt(
    excerpt: Excerpt, found: str = "", answers: float = 0.0, **features: float
) -> ReadExcerpt:
    """An excerpt whose answer the reader takes to be the words `found`."""
    start = excerpt.plain.index(found) if found else 0
    reading = Reading(answers, 1.0 if found else 0.0, start, start + len(found))
    return ReadExcerpt(excerpt, reading, features)
