"""The interface of a source: list its documents cheaply, and read one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from retrieval.documents import Document


@dataclass(frozen=True, slots=True)
class Listed:
    """A document's key and version, found without reading it.

    `left_out` is the reason why it is not read, for example that it is a picture; None otherwise.
    """

    key: str
    version: str
    left_out: str | None = None


class Source(Protocol):
    """A place that has documents. `kind` and `location` identify it within a workspace."""

    @property
    def kind(self) -> str:
        """The kind of source, such as `files`."""

    @property
    def location(self) -> str:
        """Its path or URL."""

    @property
    def readers(self) -> frozenset[str]:
        """The principals that may read its documents."""

    @property
    def url_prefix(self) -> str | None:
        """The prefix that makes a document's key its URL; None if documents have no URL."""

    def listing(self) -> Iterator[Listed]:
        """List everything in it now. Raises SourceNotFound."""

    def read(self, key: str) -> Document:
        """Read one document. Raises UnreadableDocument with a sentence that names it."""
