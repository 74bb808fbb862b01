"""The reader as a LangChain document compressor, for any chain."""

from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import Callbacks
from langchain_core.documents import BaseDocumentCompressor, Document
from pydantic import ConfigDict

from retrieval.reader.reader import Reader, ReaderInput, Reading


class ReaderCompressor(BaseDocumentCompressor):
    """Orders documents by how likely each answers the question, and keeps the `top_n` best.

    Each result is a copy whose metadata has `reader_score`, the logit that it answers, and
    `reader_span`, start and end of the likeliest answer in its text. `heading_keys` name the
    metadata with a text's headings: strings or lists of them, outermost first.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    reader: Reader
    top_n: int | None = None
    heading_keys: tuple[str, ...] = ("title", "headings")

    def compress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks | None = None
    ) -> Sequence[Document]:
        """Return the `top_n` documents, best first."""
        return self._order(documents, self.reader.read(query, self._inputs(documents)))

    async def acompress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks | None = None
    ) -> Sequence[Document]:
        """Like `compress_documents`, in a thread."""
        return self._order(documents, await self.reader.aread(query, self._inputs(documents)))

    def _inputs(self, documents: Sequence[Document]) -> list[ReaderInput]:
        return [
            ReaderInput(self._headings(document.metadata), document.page_content)
            for document in documents
        ]

    def _headings(self, metadata: dict[str, Any]) -> tuple[str, ...]:
        found: list[str] = []
        for key in self.heading_keys:
            value = metadata.get(key) or ()
            found.extend([value] if isinstance(value, str) else (str(one) for one in value))
        return tuple(dict.fromkeys(found))

    def _order(self, documents: Sequence[Document], readings: list[Reading]) -> list[Document]:
        order = sorted(range(len(documents)), key=lambda at: (-readings[at].answers, at))
        return [_scored(documents[at], readings[at]) for at in order[: self.top_n]]


def _scored(document: Document, reading: Reading) -> Document:
    scored = {"reader_score": reading.answers, "reader_span": (reading.start, reading.end)}
    return document.model_copy(update={"metadata": {**document.metadata, **scored}})
