"""An embedder `provider:model`, by LangChain's integration packages."""

import math
from collections.abc import Iterator

import pytest

from retrieval.embeddings.open import open_embedder
from retrieval.errors import EmbedderUnavailable
from tests.retrieval.embeddings_endpoint import embeddings_endpoint


@pytest.fixture
def openai_is_here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The provider's own variables lead to an endpoint of ours."""
    with embeddings_endpoint() as url:
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        monkeypatch.setenv("OPENAI_API_KEY", "secret")
        yield


@pytest.mark.usefixtures("openai_is_here")
async def test_a_provider_s_model_is_opened_by_its_package() -> None:
    """With the provider's own variable for the key; its vectors are made one long."""
    embedder = open_embedder("openai:m")
    assert (embedder.name, embedder.url, embedder.dimensions) == ("openai:m", "openai:m", 3)
    for vector in (await embedder.aembed_query("twelve chars"), embedder.embed_query("two")):
        assert math.hypot(*vector) == pytest.approx(1.0)
    assert await embedder.aembed_documents(["a", "bb"]) == embedder.embed_documents(["a", "bb"])


@pytest.mark.usefixtures("openai_is_here")
def test_another_model_of_the_provider_is_a_neighbour() -> None:
    """Of another provider there is none: texts go to no other server."""
    embedder = open_embedder("openai:m", "secret")
    again = embedder.neighbour("openai:m")
    assert again is not None
    assert again.name == "openai:m"
    assert embedder.neighbour("cohere:m") is None


@pytest.mark.usefixtures("openai_is_here")
@pytest.mark.parametrize(
    ("name", "key", "sentence"),
    [
        ("cohere:embed-v4.0", None, "needs the package langchain-cohere, .*pip install"),
        ("nowhere:m", None, "cannot be used: Provider 'nowhere' is not supported"),
        ("openai:m", "wrong", "does not answer: .*no such model"),
        ("openai:other", None, "does not answer: .*no such model"),
    ],
    ids=["package", "provider", "key", "model"],
)
def test_what_cannot_be_opened_is_said(name: str, key: str | None, sentence: str) -> None:
    """With the command that mends it, where there is one."""
    with pytest.raises(EmbedderUnavailable, match=sentence):
        open_embedder(name, key)


def test_a_missing_key_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the variable that holds it."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(EmbedderUnavailable, match="HOUSELORE_EMBEDDINGS_API_KEY"):
        open_embedder("openai:m")
