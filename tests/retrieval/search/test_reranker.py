"""A cross-encoder behind HTTP: its order, and what happens when it is away or odd."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from database.database import Database
from retrieval.audience import everyone
from retrieval.documents import Passage
from retrieval.embeddings.embedder import Embedder
from retrieval.errors import RerankerUnavailable
from retrieval.indexing.sync import index_source
from retrieval.search.hybrid_retriever import HybridRetriever
from retrieval.search.reranker import Reranker
from tests.retrieval.documents import Library

PASSAGES = [
    Passage(n, n, f"{n}.md", f"Page {n}", None, ("Part",), text, 1.0 / n, None)
    for n, text in enumerate(("about lunch", "about deploying", "about holidays"), 1)
]


def by_words(asked: dict[str, Any]) -> dict[str, Any]:
    """A tiny cross-encoder: it counts the words that question and passage share."""
    words = set(asked["query"].split())
    scores = [len(words & set(text.split())) for text in asked["documents"]]
    order = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)
    return {"results": [{"index": at, "relevance_score": scores[at]} for at in order]}


@contextmanager
def server(
    answer: Callable[[dict[str, Any]], Any], status: int = 200
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A server of /v1/rerank, and what it was asked."""
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append({**body, "path": self.path, "key": self.headers.get("Authorization")})
            said = json.dumps(answer(body)).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.server_port}/v1#judge", asked
    finally:
        listening.shutdown()
        listening.server_close()


async def test_its_order_is_taken() -> None:
    """The passage that it scores highest comes first; equals stay as they came."""
    with server(by_words) as (url, asked):
        ordered = await Reranker(url, "secret").order("how is deploying done", PASSAGES)
    assert [passage.chunk_id for passage in ordered] == [2, 1, 3]
    assert asked[0]["path"] == "/v1/rerank"
    assert asked[0]["model"] == "judge"
    assert asked[0]["key"] == "Bearer secret"
    assert asked[0]["documents"][1] == "Page 2\nPart\nabout deploying"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({}, 200),
        ({"results": []}, 200),
        ({"results": [{"index": 0, "relevance_score": "high"}]}, 200),
        ([1], 200),
        ({"results": []}, 503),
    ],
)
async def test_an_odd_answer_leaves_the_order(answer: object, status: int) -> None:
    """It is said in a sentence, and a search goes on without it."""
    with server(lambda _: answer, status) as (url, _):
        reranker = Reranker(url)
        with pytest.raises(RerankerUnavailable, match="does not answer"):
            await reranker.order("deploying", PASSAGES)
        assert await reranker.order_if_up("deploying", PASSAGES) == PASSAGES


async def test_a_server_that_is_away_leaves_the_order() -> None:
    """Nobody listens on the discard port."""
    reranker = Reranker("http://127.0.0.1:9/v1#judge", "a-secret-key")
    with pytest.raises(RerankerUnavailable) as said:
        await reranker.order("deploying", PASSAGES)
    assert "a-secret-key" not in str(said.value)
    assert await reranker.order_if_up("deploying", PASSAGES) == PASSAGES


async def test_one_passage_needs_no_order() -> None:
    """The server is not asked."""
    with server(by_words) as (url, asked):
        assert await Reranker(url).order("deploying", PASSAGES[:1]) == PASSAGES[:1]
    assert asked == []


@pytest.mark.parametrize("url", ["judge", "http://host/v1", "ftp://host#judge", ""])
def test_a_wrong_url_says_what_to_write(url: str) -> None:
    """Before anything is asked."""
    with pytest.raises(RerankerUnavailable, match="https://host/v1#model-name"):
        Reranker(url)


async def test_a_search_reads_more_and_keeps_the_best(database: Database, minilm: Embedder) -> None:
    """The retriever gives what the cross-encoder prefers, though search ranks it low."""
    texts = {f"{n}": f"The office number {n} is for meetings of team {n}." for n in range(8)}
    texts["odd"] = "Zebra stripes."
    await index_source(database, Library(texts), minilm)

    def prefers_zebras(asked: dict[str, Any]) -> dict[str, Any]:
        scores = ["Zebra" in text for text in asked["documents"]]
        return {"results": [{"index": n, "relevance_score": s} for n, s in enumerate(scores)]}

    with server(prefers_zebras) as (url, _):
        retriever = HybridRetriever(
            database=database,
            embedder=minilm,
            audience=everyone("home"),
            k=1,
            reranker=Reranker(url),
        )
        (found,) = await retriever.ainvoke("office for meetings")
    assert found.page_content == "Zebra stripes."
