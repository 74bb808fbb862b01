"""The embedder of an index, opened again beside another."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from retrieval.embeddings.embedder import EMBEDDED, Embedder
from retrieval.index.embedder_resolver import embedder_of
from retrieval.index.generations import Generation
from tests.retrieval.hash_embedder import Hashed


def generation(embedder: str, dimensions: int, url: str) -> Generation:
    """A live generation of this embedder."""
    return Generation(1, "home", embedder, dimensions, "s", "a", "live", url, None)


async def test_what_is_at_hand_is_taken(minilm: Embedder) -> None:
    """Nothing is opened where the vectors are those of the embedder at hand."""
    assert await embedder_of(generation(minilm.name, 384, EMBEDDED), minilm) is minilm


async def test_the_bundled_one_is_opened_again_once(minilm: Embedder) -> None:
    """Beside any other embedder, and only when it is the one that filled the index."""
    found = await embedder_of(generation(minilm.name, 384, EMBEDDED), Hashed())
    assert found is not None
    assert found.name == minilm.name
    assert await embedder_of(generation(minilm.name, 384, EMBEDDED), Hashed()) is found
    assert await embedder_of(generation("an-earlier-minilm", 384, EMBEDDED), Hashed()) is None


@pytest.fixture
def visits() -> Iterator[tuple[str, list[str]]]:
    """A server's address, and what it was asked."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        """Notes each request."""

        def do_POST(self) -> None:
            """Refuse it."""
            seen.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    import threading

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1", seen
    server.shutdown()
    server.server_close()


async def test_no_text_goes_to_a_server_that_was_left(
    minilm: Embedder, visits: tuple[str, list[str]]
) -> None:
    """An index of a server's model is searched by words once another place is set."""
    address, seen = visits
    assert await embedder_of(generation("big-model", 768, f"{address}#big-model"), minilm) is None
    assert await embedder_of(generation("test", 64, ""), minilm) is None
    assert seen == []
