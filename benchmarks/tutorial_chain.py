"""The chain of LangChain's RAG tutorial on PGVectorStore, as a baseline."""

import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from langchain_core.documents import Document as LangChainDocument
from langchain_core.language_models import BaseChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnablePassthrough

from answering.evaluation.document_threads import Respond
from answering.evaluation.documents import DocumentQuestion, DocumentReply
from answering.types.questions import Turn
from retrieval.documents import Document
from retrieval.embeddings.embedder import Embedder

_TABLE = "tutorial"
_CHUNK_CHARACTERS, _OVERLAP_CHARACTERS = 1000, 200
_PASSAGES = 4
# The tutorial's own prompt, `rlm/rag-prompt` of its hub.
_PROMPT = ChatPromptTemplate.from_messages(
    [
        (
            "human",
            "You are an assistant for question-answering tasks. Use the following pieces of "
            "retrieved context to answer the question. If you don't know the answer, just say "
            "that you don't know. Use three sentences maximum and keep the answer concise.\n"
            "Question: {question} \nContext: {context} \nAnswer:",
        )
    ]
)
_UNKNOWN = re.compile(r"\b(?:don['\u2019]t|do not) know\b", re.IGNORECASE)


@asynccontextmanager
async def tutorial_retriever(
    url: str, documents: Sequence[Document], embedder: Embedder
) -> AsyncIterator[BaseRetriever]:
    """Yield a retriever of four chunks of `documents`, in a table of its own at `url`."""
    # in the bench extra, which a test of the chain does not need
    from langchain_postgres import PGEngine, PGVectorStore
    from langchain_text_splitters import RecursiveCharacterTextSplitter
    from sqlalchemy.ext.asyncio import create_async_engine

    splitter = RecursiveCharacterTextSplitter(
        chunk_size=_CHUNK_CHARACTERS, chunk_overlap=_OVERLAP_CHARACTERS
    )
    chunks = splitter.split_documents(
        [LangChainDocument(one.text, metadata={"source": one.key}) for one in documents]
    )
    connections = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    engine = PGEngine.from_engine(connections)
    try:
        await engine.ainit_vectorstore_table(_TABLE, embedder.dimensions, overwrite_existing=True)
        store = await PGVectorStore.create(engine, embedder, _TABLE)
        await store.aadd_documents(chunks)
        yield store.as_retriever(search_kwargs={"k": _PASSAGES})
        await engine.adrop_table(_TABLE)
    finally:
        await connections.dispose()


def tutorial_chain(retriever: BaseRetriever, model: BaseChatModel) -> Respond:
    """Return the tutorial's chain as a system.

    As in the tutorial's first part, each question stands alone and the thread is ignored.
    """
    written = RunnablePassthrough.assign(context=lambda given: _joined(given["documents"]))
    chain = RunnablePassthrough.assign(
        documents=(lambda given: given["question"]) | retriever
    ).assign(answer=written | _PROMPT | model | StrOutputParser())

    async def respond(question: DocumentQuestion, _: tuple[Turn, ...]) -> DocumentReply:
        started = time.perf_counter()
        came = await chain.ainvoke({"question": question.text})
        said = str(came["answer"]).strip()
        sources = dict.fromkeys(str(one.metadata["source"]) for one in came["documents"])
        return DocumentReply(
            id=question.id,
            reply=said,
            abstained=not said or _UNKNOWN.search(said) is not None,
            sources=tuple(sources),
            seconds=time.perf_counter() - started,
            shown="phrased",
        )

    return respond


def _joined(documents: Sequence[LangChainDocument]) -> str:
    return "\n\n".join(document.page_content for document in documents)
