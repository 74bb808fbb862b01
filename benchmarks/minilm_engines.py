"""Open engines that run MiniLM without torch, each from token numbers to vectors."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import ctranslate2  # type: ignore[import-untyped]  # it comes without types
import numpy as np
import numpy.typing as npt
import onnxruntime
import openvino
import xllamacpp  # type: ignore[import-untyped]  # as above

Tokens = Sequence[Sequence[int]]
Vectors = npt.NDArray[np.float32]
Engine = Callable[[Tokens], Vectors]
"""Maps texts' tokens to one vector of length 1 each, on all cores."""

CORES = len(os.sched_getaffinity(0))
"""Batches at a time, each on one core: no engine was slower that way."""
_BATCH_TOKENS = 512
"""As in `retrieval.embeddings.minilm`; the engines were no faster with other sizes."""
_LLAMA_BATCH = 2048


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts of similar length: their positions, their tokens, and the padded arrays."""

    places: list[int]
    tokens: list[list[int]]

    @property
    def padded(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Tokens, padded with 0, and mask, both (texts, longest)."""
        longest = max(map(len, self.tokens))
        ids = np.zeros((len(self.tokens), longest), dtype=np.int32)
        mask = np.zeros_like(ids)
        for row, tokens in enumerate(self.tokens):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        return ids, mask


def batched(run: Callable[[Batch], npt.NDArray[np.float32]], threads: int) -> Engine:
    """Make an engine of a function that returns a batch's last hidden states.

    These have the shape (texts, tokens, 384); the engine averages and normalizes them.
    """
    database = ThreadPoolExecutor(threads)

    def embed(texts: Tokens) -> Vectors:
        vectors = np.zeros((len(texts), 384), dtype=np.float32)
        batches = list(_batches(texts, _BATCH_TOKENS))
        for batch, hidden in zip(batches, database.map(run, batches), strict=True):
            for place, tokens, rows in zip(batch.places, batch.tokens, hidden, strict=True):
                mean = rows[: len(tokens)].mean(axis=0)
                vectors[place] = mean / np.linalg.norm(mean)
        return vectors

    return embed


def open_onnxruntime(path: Path) -> Engine:
    """Open an ONNX Runtime session, one core a batch."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    types = {given.name for given in session.get_inputs()}

    def run(batch: Batch) -> npt.NDArray[np.float32]:
        ids, mask = batch.padded
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        if "token_type_ids" in types:  # a graph by an exporter, which takes 64-bit integers
            given = {name: array.astype(np.int64) for name, array in given.items()}
        else:
            del given["token_type_ids"]
        return np.asarray(session.run(None, given)[0])

    return batched(run, CORES)


def open_openvino(path: Path) -> Engine:
    """Open an OpenVINO model, tuned for throughput."""
    core = openvino.Core()
    model = core.compile_model(
        core.read_model(path), "CPU", {"PERFORMANCE_HINT": "THROUGHPUT", "NUM_STREAMS": CORES}
    )

    def run(batch: Batch) -> npt.NDArray[np.float32]:
        ids, mask = batch.padded
        request = model.create_infer_request()
        return np.array(request.infer({"input_ids": ids, "attention_mask": mask})[0])

    return batched(run, CORES)


def open_ctranslate2(encoder: ctranslate2.Encoder) -> Engine:
    """Wrap a CTranslate2 encoder, one core a batch."""

    def run(batch: Batch) -> npt.NDArray[np.float32]:
        return np.array(encoder.forward_batch(batch.tokens).last_hidden_state)

    return batched(run, CORES)


def open_llama(path: Path) -> Engine:
    """Open llama.cpp's server, with its own batching, threads and pooling."""
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.embedding = True
    parameters.n_parallel = 4
    parameters.n_ctx = 512 * parameters.n_parallel
    parameters.n_batch = _LLAMA_BATCH
    parameters.n_ubatch = 512
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = CORES
    parameters.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    parameters.port = 0
    parameters.verbosity = 0
    return partial(_ask_llama, xllamacpp.Server(parameters))


def _ask_llama(server: Any, texts: Tokens) -> Vectors:
    vectors = np.zeros((len(texts), 384), dtype=np.float32)
    for batch in _batches(texts, _LLAMA_BATCH):
        answer = server.handle_embeddings({"input": batch.tokens})
        for row in answer["data"]:
            vectors[batch.places[row["index"]]] = row["embedding"]
    return vectors


def _batches(texts: Tokens, most: int) -> Iterator[Batch]:
    places: list[int] = []
    for place in sorted(range(len(texts)), key=lambda at: len(texts[at])):
        if places and (len(places) + 1) * len(texts[place]) > most:
            yield Batch(places, [list(texts[at]) for at in places])
            places = []
        places.append(place)
    if places:
        yield Batch(places, [list(texts[at]) for at in places])
