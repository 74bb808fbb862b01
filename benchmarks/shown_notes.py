"""Choose the notes that a small model is given from passages outside any index, by the chain."""

from collections.abc import Sequence
from dataclasses import replace

from answering.confidence.confidence import open_confidence
from answering.confidence.decide import decide
from answering.conversation.understand import Understood
from answering.evidence.notes import Evidence, note_of
from answering.evidence.read import read
from answering.evidence.retrieve import Retrieved
from answering.types.questions import Question
from houselore.services import load_reader
from retrieval.audience import everyone
from retrieval.documents import Passage
from retrieval.embeddings.embedder import Embedder
from retrieval.index.generations import Generation
from retrieval.reader.reader import Reader
from retrieval.search.pages import ChunkSpan, Page

_NO_INDEX = Generation(0, "", "", 0, "", "", "live", "", None)


class NoteFinder:
    """Reads passages as if a search had found them in this order, without the threshold."""

    def __init__(self, embedder: Embedder) -> None:
        self.reader: Reader | None = load_reader()
        self._chain = read(embedder, self.reader) | decide(open_confidence().never_refusing())

    async def find(self, question: str, passages: Sequence[Passage]) -> tuple[Evidence, ...]:
        """Return the excerpts that would be shown, as notes; each passage counts as a page.

        A note's passage has the key of the passage it was cut from.
        """
        found = tuple(
            replace(passage, chunk_id=n, document_id=n, score=1 / n, start=0)
            for n, passage in enumerate(passages, start=1)
        )
        understood = Understood(Question(question, everyone("")), question)
        pages = tuple(page_of(passage) for passage in found)
        decided = await self._chain.ainvoke(Retrieved(understood, _NO_INDEX, found, pages))
        return tuple(note_of(one, n) for n, one in enumerate(decided.shown, start=1))


def page_of(passage: Passage) -> Page:
    """Wrap a passage as a page of its own."""
    return Page(
        document_id=passage.document_id,
        key=passage.key,
        title=passage.title,
        url=passage.url,
        modified_at=passage.modified_at,
        readers=passage.readers,
        text=passage.text,
        chunks=(ChunkSpan(passage.chunk_id, 0, len(passage.text)),),
    )
