"""The things that are indexed: a document as its source gives it, and a chunk of it."""

from dataclasses import dataclass, field
from datetime import datetime

from retrieval.audience import PUBLIC


@dataclass(frozen=True, slots=True)
class Document:
    """One document as a source yields it, its text already plain Markdown.

    `key` names it within its source (a path, a URL); `version` changes whenever its content may
    have changed (an mtime and size, a commit), so that an unchanged one need not be read again.
    """

    key: str
    title: str
    text: str
    version: str
    url: str | None = None
    readers: frozenset[str] = field(default_factory=lambda: frozenset({PUBLIC}))
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of a document's text: `text == document.text[start:end]`, under its headings.

    `context` is what stands above the run and is embedded with it, never quoted: the title, the
    headings, and the header of a table that began in an earlier chunk.
    """

    position: int
    headings: tuple[str, ...]
    text: str
    start: int
    end: int
    context: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that a search found, with what a citation needs and its fused score.

    `key` and `readers` are those of its document; `start` is where it begins in its text.
    """

    chunk_id: int
    document_id: int
    key: str
    title: str
    url: str | None
    headings: tuple[str, ...]
    text: str
    score: float
    modified_at: datetime | None
    readers: frozenset[str] = frozenset({PUBLIC})
    start: int = 0
