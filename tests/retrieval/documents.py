"""Documents in a dictionary as a source, to change at will between two runs."""

from collections.abc import Callable, Iterator

from retrieval.audience import PUBLIC
from retrieval.documents import Document
from retrieval.errors import EmptyDocument, UnreadableDocument
from retrieval.sources.source import Listed


class Library:
    """A source whose `texts` a test edits; it counts what was read. An empty text is empty."""

    kind = "library"
    url_prefix = None

    def __init__(self, texts: dict[str, str], *readers: str, location: str = "shelf") -> None:
        self.texts = texts
        self.location = location
        self.readers = frozenset(readers or {PUBLIC})
        self.read_keys: list[str] = []
        self.on_read: Callable[[str], None] = lambda key: None

    def listing(self) -> Iterator[Listed]:
        """Every text; its version is its text."""
        return (Listed(key, text) for key, text in self.texts.items())

    def read(self, key: str) -> Document:
        """The text under a title of its own."""
        self.on_read(key)
        self.read_keys.append(key)
        text = self.texts[key]
        if not text:
            raise EmptyDocument(f"{key} is empty.")
        if text == "broken":
            raise UnreadableDocument(f"{key} is broken.")
        return Document(key, f"About {key}", text, text, readers=self.readers)
