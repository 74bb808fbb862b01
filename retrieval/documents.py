"""A document as its source gives it, a chunk of it, and a passage that a search found."""

from dataclasses import dataclass, field
from datetime import datetime

from retrieval.audience import PUBLIC


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a source, its text converted to Markdown.

    `key` names it within its source (a path, a URL). `version` changes whenever the content may
    have changed (mtime and size, a commit): a document with a known version is not read again.
    `readers` are the principals that may read it.
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
    """A run of a document's text: `text == document.text[start:end]`, with its heading path.

    `context` is embedded together with the text but never quoted: the title, the headings, and the
    header row of a table that began in an earlier chunk.
    """

    position: int
    headings: tuple[str, ...]
    text: str
    start: int
    end: int
    context: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that a search found, with its fused score and the document's data for a citation.

    `key` and `readers` are the document's; `start` is the chunk's offset in the document's text.
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
