"""What every source can do: list its documents cheaply, and read one. Holds no source."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from retrieval.documents import Document


@dataclass(frozen=True, slots=True)
class Listed:
    """A document's name within its source, and its version, known without reading it.

    `left_out` says why it is not to be read, such as a picture among texts.
    """

    key: str
    version: str
    left_out: str | None = None


class Source(Protocol):
    """A place that holds documents. `kind` and `location` name it within a workspace."""

    @property
    def kind(self) -> str:
        """The word for this sort of source, such as `files`."""

    @property
    def location(self) -> str:
        """Where it is: a path, a URL."""

    @property
    def readers(self) -> frozenset[str]:
        """Who may read its documents."""

    @property
    def url_prefix(self) -> str | None:
        """What stands before a document's key in its URL, if the documents have URLs."""

    def listing(self) -> Iterator[Listed]:
        """Everything in it now. Raises SourceNotFound."""

    def read(self, key: str) -> Document:
        """One document. Raises UnreadableDocument with a sentence that names it."""
