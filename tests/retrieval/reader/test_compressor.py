"""The reader in somebody else's LangChain chain."""

from collections.abc import Sequence

from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda

from retrieval.reader.compressor import ReaderCompressor
from retrieval.reader.reader import Reader

DOCUMENTS = [
    Document("The car park opens at 7:30.", metadata={"title": "Office", "source": "a"}),
    Document("Lea Okafor approves them.", metadata={"title": "Travel", "headings": ["Fares"]}),
    Document("Trains need no approval.", metadata={"title": "Travel", "headings": ["Trains"]}),
]


async def test_a_chain_gets_the_documents_best_first(reader: Reader) -> None:
    """In a chain of Runnables, sync and async: ordered, scored, the rest of the metadata kept."""
    compressor = ReaderCompressor(reader=reader, top_n=2)

    def retrieve(question: str) -> Sequence[Document]:
        return compressor.compress_documents(DOCUMENTS, question)

    def show(documents: Sequence[Document]) -> list[str]:
        return [one.page_content for one in documents]

    found = (RunnableLambda(retrieve) | RunnableLambda(show)).invoke("who approves fares?")
    assert found[0] == "Lea Okafor approves them." and len(found) == 2
    first, *_ = await compressor.acompress_documents(DOCUMENTS, "when does the car park open?")
    start, end = first.metadata["reader_span"]
    assert first.page_content[start:end].endswith("7:30")
    assert first.metadata["source"] == "a" and "reader_score" not in DOCUMENTS[0].metadata


def test_scores_fall(reader: Reader) -> None:
    """Each document has the logit it was ordered by; none to compress gives none."""
    compressor = ReaderCompressor(reader=reader)
    scores = [
        one.metadata["reader_score"]
        for one in compressor.compress_documents(DOCUMENTS, "do trains need approval?")
    ]
    assert len(scores) == 3 and scores == sorted(scores, reverse=True)
    assert compressor.compress_documents([], "do trains need approval?") == []
