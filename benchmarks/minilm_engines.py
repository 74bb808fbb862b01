"""What can run MiniLM without torch, each as token numbers to vectors. Measures none."""

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
"""The tokens of texts to a row of length 1 for each; uses all cores."""

CORES = len(os.sched_getaffinity(0))
"""Batches at a time, each on one core: for every engine that was as fast or faster so."""
_BATCH_TOKENS = 512
"""As in `retrieval.embeddings.minilm`; the engines were no faster with other sizes."""
_LLAMA_BATCH = 2048


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts of about one length: their places, their tokens padded with 0, and the mask."""

    places: list[int]
    tokens: list[list[int]]

    @property
    def padded(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Tokens and mask, both (texts, tokens of the longest)."""
        longest = max(map(len, self.tokens))
        ids = np.zeros((len(self.tokens), longest), dtype=np.int32)
        mask = np.zeros_like(ids)
        for row, tokens in enumerate(self.tokens):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        return ids, mask


def batched(run: Callable[[Batch], npt.NDArray[np.float32]], threads: int) -> Engine:
    """An engine from what makes the last hidden states (texts, tokens, 384) of one batch."""
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
    """One core a batch."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    types = {given.name for given in session.get_inputs()}

    def run(batch: Batch) -> npt.NDArray[np.float32]:
        ids, mask = batch.padded
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        if "token_type_ids" in types:  # an exporter's graph, which reads 64 bits
            given = {name: array.astype(np.int64) for name, array in given.items()}
        else:
            del given["token_type_ids"]
        return np.asarray(session.run(None, given)[0])

    return batched(run, CORES)


def open_openvino(path: Path) -> Engine:
    """Its own streams, tuned for throughput."""
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
    """One core a batch."""

    def run(batch: Batch) -> npt.NDArray[np.float32]:
        return np.array(encoder.forward_batch(batch.tokens).last_hidden_state)

    return batched(run, CORES)


def open_llama(path: Path) -> Engine:
    """Its own batches and threads, and its own pooling."""
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
