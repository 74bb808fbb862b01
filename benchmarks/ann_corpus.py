"""Generate any number of chunks from real ones: vectors, texts, allowed principals."""

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pgvector.psycopg import HalfVector

from benchmarks.sets import SETS
from benchmarks.shared import DATA
from retrieval.chunking.splitter import embedded_text, split
from retrieval.documents import Chunk, Document
from retrieval.embeddings.embedder import Embedder
from retrieval.index.document_store import Embedded, Ready, hash_text
from text.sentences import split_sentences

Vectors = npt.NDArray[np.float32]
SHARES = (1, 10, 50, 100)
"""Per cent of the chunks that an audience may read."""
KINDS = ("random", "topic")
"""How the readable chunks are spread: over all topics, or gathered at one end."""
CHUNKS_A_DOCUMENT = 10

_SETS = ("scifact", "squad2")
_HANDBOOK = DATA / "handbook_18f" / "snapshot-2022-06-28.jsonl.gz"
_TEXTS = 5_000
_QUESTIONS = 200
_NEIGHBOURS = 10
_NOISE = 1.5  # at most this many times the spread of real vectors
_SENTENCES = 2  # as many as a real chunk has


@dataclass(frozen=True, slots=True)
class Real:
    """The sentences and vectors of 5,000 real chunks, and questions with their vectors."""

    sentences: Sequence[Sequence[str]]
    vectors: Vectors
    questions: Sequence[str]
    asked: Vectors


def read_real(embedder: Embedder, kept: Path) -> Real:
    """Read chunks of scifact, squad2 and a handbook, and questions of the first two.

    Embedding takes minutes: `kept` is the file that caches the vectors.
    """
    chance = random.Random(7)  # noqa: S311 - a sample, not a secret
    corpora = [SETS[name]() for name in _SETS]
    documents = [document for corpus in corpora for document in corpus.documents] + _handbook()
    chunks = [chunk for each in documents for chunk in split(each, embedder.count_tokens)]
    chunks = chance.sample(chunks, _TEXTS)
    questions = [
        question
        for corpus in corpora
        for question in chance.sample(list(corpus.questions.values()), _QUESTIONS // len(corpora))
    ]
    if not kept.is_file():
        texts = [embedded_text(chunk) for chunk in chunks]
        np.save(kept, np.array(embedder.embed_documents(texts + questions), dtype=np.float32))
    vectors = np.load(kept)
    sentences = [_sentences(chunk.text) for chunk in chunks]
    return Real(sentences, vectors[:_TEXTS], questions, vectors[_TEXTS:])


def make_documents(real: Real, count: int, seed: int, at_once: int = 200) -> Iterator[list[Ready]]:
    """Yield documents of ten chunks, `at_once` at a time, `count` chunks in all.

    A chunk's vector lies between a real one and one of its ten nearest, on the first one's side,
    plus normal noise with the real vectors' covariance and a random strength, and has length 1. Its
    text mixes sentences of both. The chunks of a document have neighbouring topics: positions along
    the principal direction of the vectors.
    """
    likeness = real.vectors @ real.vectors.T
    np.fill_diagonal(likeness, -1)
    near = np.argsort(-likeness, axis=1)[:, :_NEIGHBOURS]
    spread, directions = np.linalg.eigh(np.cov(real.vectors.T))
    spread = directions * np.sqrt(np.maximum(spread, 0))
    by_topic = np.argsort(real.vectors @ directions[:, -1])
    chance = np.random.default_rng(seed)
    for first in range(0, count // CHUNKS_A_DOCUMENT, at_once):
        numbers = range(first, min(first + at_once, count // CHUNKS_A_DOCUMENT))
        topics = chance.integers(len(by_topic), size=len(numbers))
        places = np.repeat(topics, CHUNKS_A_DOCUMENT)
        places += chance.integers(-50, 51, size=len(places))
        one = by_topic[np.clip(places, 0, len(by_topic) - 1)]
        other = near[one, chance.integers(_NEIGHBOURS, size=len(one))]
        vectors = _between(real.vectors[one], real.vectors[other], spread, chance)
        texts = [
            _mixed([*real.sentences[a], *real.sentences[b]], chance)
            for a, b in zip(one, other, strict=True)
        ]
        rows = list(zip(texts, vectors, strict=True))
        yield [
            _document(
                f"{seed}-{number}",
                rows[at * CHUNKS_A_DOCUMENT : (at + 1) * CHUNKS_A_DOCUMENT],
                (int(chance.integers(100)), int(topic * 100 // len(by_topic))),
            )
            for at, (number, topic) in enumerate(zip(numbers, topics, strict=True))
        ]


def readers_of(kind: str, share: int) -> frozenset[str]:
    """Return the principals of an audience that may read `share` per cent, spread by `kind`."""
    return frozenset(f"channel:{kind}{each}" for each in SHARES if each <= share)


def _document(key: str, rows: Sequence[tuple[str, Vectors]], places: tuple[int, int]) -> Ready:
    """Build one document; `places`, 0 to 99, decide by kind who may read it."""
    readers = frozenset(
        f"channel:{kind}{next(share for share in SHARES if place < share)}"
        for kind, place in zip(KINDS, places, strict=True)
    )
    text = "\n\n".join(text for text, _ in rows)
    document = Document(key, f"Document {key}", text, key, readers=readers)
    chunks, start = [], 0
    for position, (words, vector) in enumerate(rows):
        chunk = Chunk(position, (), words, start, start + len(words), document.title)
        start = chunk.end + 2
        read = embedded_text(chunk)
        chunks.append(Embedded(chunk, read, hash_text(read), HalfVector(vector)))
    return Ready(document, hash_text(text), chunks)


def _between(one: Vectors, other: Vectors, spread: Vectors, chance: np.random.Generator) -> Vectors:
    weight = chance.uniform(0.5, 1, size=(len(one), 1))
    strength = chance.uniform(0, _NOISE, size=(len(one), 1))
    noise = strength * (chance.normal(size=one.shape) @ spread.T)
    mixed = weight * one + (1 - weight) * other + noise
    unit: Vectors = (mixed / np.linalg.norm(mixed, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _mixed(sentences: Sequence[str], chance: np.random.Generator) -> str:
    order = chance.permutation(len(sentences))[:_SENTENCES]
    return " ".join(sentences[at] for at in order)


def _sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text)] or [text]


def _handbook() -> list[Document]:
    with gzip.open(_HANDBOOK, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    pages = [row for row in rows if row["path"].endswith(".md")]
    return [Document(page["path"], "", page["text"], "1") for page in pages]
