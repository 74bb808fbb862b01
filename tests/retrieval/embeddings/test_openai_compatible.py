"""An embedder behind an OpenAI-like endpoint, over real HTTP."""

import math
from collections.abc import Iterator

import pytest

from retrieval.embeddings.open import open_embedder
from retrieval.errors import EmbedderUnavailable
from tests.retrieval.embeddings_endpoint import embeddings_endpoint


@pytest.fixture
def address() -> Iterator[str]:
    """The address of a running endpoint."""
    with embeddings_endpoint() as url:
        yield url


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
