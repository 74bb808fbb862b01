"""The embedder that runs in this process."""

import asyncio
import math
from pathlib import Path

import pytest

from retrieval.embeddings import minilm as module
from retrieval.embeddings.embedder import Embedder
from retrieval.embeddings.open import open_embedder
from retrieval.errors import EmbedderUnavailable


def cosine(one: list[float], other: list[float]) -> float:
    """The cosine of two vectors of length 1."""
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_vectors_have_length_one_and_near_means_alike(minilm: Embedder) -> None:
    """A question is nearer to its answer than to anything else."""
    question, answer, other = minilm.embed_documents(
        ["How do I take vacation?", "Request time off in the calendar.", "The moon is far away."]
    )
    assert len(question) == minilm.dimensions == 384
    assert math.isclose(cosine(question, question), 1, abs_tol=1e-4)
    assert cosine(question, answer) > cosine(question, other) + 0.1


def test_a_text_has_the_same_vector_alone_and_in_a_batch(minilm: Embedder) -> None:
    """Batching by length keeps the order, and a batch bears on no vector but by rounding.

    Eight bits round otherwise in a batch than alone, on some processors by .002.
    """
    texts = [f"Number {n} " + "and more words " * (n * 7 % 40) for n in range(20)]
    together = minilm.embed_documents(texts)
    for text, vector in zip(texts, together, strict=True):
        assert cosine(minilm.embed_query(text), vector) > 0.997


@pytest.mark.parametrize("text", ["", " ", "\x00", "🙂" * 10, "x" * 300_000, "word " * 50_000])
def test_any_text_has_a_vector(minilm: Embedder, text: str) -> None:
    """Empty, odd and huge texts are embedded like others, cut to what the model reads."""
    assert math.isclose(math.hypot(*minilm.embed_query(text)), 1, abs_tol=1e-4)


def test_no_texts_have_no_vectors(minilm: Embedder) -> None:
    """An empty batch is no error."""
    assert minilm.embed_documents([]) == []


async def test_embedding_leaves_the_event_loop_free(minilm: Embedder) -> None:
    """Other tasks go on while a batch is embedded."""
    turns = 0
    embedding = asyncio.create_task(minilm.aembed_documents(["some words " * 60] * 8))
    while not embedding.done():
        turns += 1
        await asyncio.sleep(0.005)
    assert turns > 3


async def test_a_question_does_not_wait_for_documents(minilm: Embedder) -> None:
    """While many documents are embedded, a question's vector comes before theirs."""
    documents = asyncio.create_task(minilm.aembed_documents(["some words " * 60] * 40))
    await asyncio.sleep(0.01)
    assert len(await minilm.aembed_query("How do I take vacation?")) == minilm.dimensions
    assert not documents.done()
    assert len(await documents) == 40


def test_a_changed_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with another hash than the pinned one is not loaded."""
    (tmp_path / "made_up_model").mkdir()
    (tmp_path / "made_up_model" / "model.safetensors").write_bytes(b"something else")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(module, "_WEIGHTS", ("made_up_model", "model.safetensors"))
    with pytest.raises(EmbedderUnavailable, match="is not the file"):
        module.MiniLM()


def test_a_missing_model_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence names the package."""
    monkeypatch.setattr(module, "_WEIGHTS", ("no_such_model", "model.safetensors"))
    with pytest.raises(EmbedderUnavailable, match="no-such-model, which is not installed"):
        module.MiniLM()


@pytest.mark.parametrize(
    "url", ["", "embedded", "ftp://x#m", "https://host/v1", "https://host/v1#"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    """What is neither `embedded:` nor an address with a model is said to be so."""
    with pytest.raises(EmbedderUnavailable, match="is not understood"):
        open_embedder(url)
