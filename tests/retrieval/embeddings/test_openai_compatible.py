"""An embedder behind an OpenAI-like endpoint, over real HTTP."""

import json
import math
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from retrieval.embeddings.embedder import open_embedder
from retrieval.errors import EmbedderUnavailable


class Endpoint(BaseHTTPRequestHandler):
    """Answers with vectors of the text's length; knows the model `m` and the key `secret`.

    A text that says `shrink` or `nan` gets a vector with two numbers, or with one that is none.
    """

    def do_POST(self) -> None:
        """`/v1/embeddings` as OpenAI has it."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = asked["model"] == "m" and self.headers["Authorization"] == "Bearer secret"
        data = [
            {"object": "embedding", "index": at, "embedding": self.vector(text)}
            for at, text in enumerate(asked["input"])
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        answer = {"object": "list", "model": "m", "data": data, "usage": usage}
        body = json.dumps(answer if known else {"error": {"message": "no such model"}}).encode()
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def vector(self, text: str) -> list[float]:
        """A text's vector."""
        whole = [3.0, 4.0, math.nan if "nan" in text else float(len(text))]
        return whole[:2] if "shrink" in text else whole

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    """The address of a running endpoint."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()


async def test_a_server_s_vectors_are_asked_for_in_text_and_made_one_long(address: str) -> None:
    """Name and size come from the server's model; texts are sent as they are."""
    embedder = open_embedder(f"{address}#m", "secret")
    assert (embedder.name, embedder.dimensions) == ("m", 3)
    (vector,) = await embedder.aembed_documents(["twelve chars"])
    assert vector == pytest.approx([3 / 13, 4 / 13, 12 / 13])
    assert math.isclose(math.hypot(*embedder.embed_query("question")), 1)


def test_tokens_are_reckoned_on_the_safe_side(address: str) -> None:
    """Four characters of ASCII, or one other, are a token."""
    embedder = open_embedder(f"{address}#m", "secret")
    assert embedder.count_tokens("abcdefgh") == 2
    assert embedder.count_tokens("東京") == 2
    assert embedder.count_tokens("") == 0


@pytest.mark.parametrize("model", ["other", "m"])
def test_a_server_that_refuses_is_said_without_the_key(address: str, model: str) -> None:
    """A wrong model or key gives a sentence with the address and no secret."""
    with pytest.raises(EmbedderUnavailable, match="does not answer") as caught:
        open_embedder(f"{address}#{model}", "wrong-key")
    assert address in str(caught.value)
    assert "wrong-key" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"), [("shrink", "numbers; they had 3 before"), ("nan", "numbers that are none")]
)
async def test_a_server_whose_vectors_change_is_refused(address: str, text: str, said: str) -> None:
    """A vector that cannot be compared never gets as far as the index."""
    embedder = open_embedder(f"{address}#m", "secret")
    with pytest.raises(EmbedderUnavailable, match=said):
        await embedder.aembed_documents(["one", text])
    with pytest.raises(EmbedderUnavailable, match=said):
        await embedder.aembed_query(text)
    assert await embedder.aembed_documents([]) == []
