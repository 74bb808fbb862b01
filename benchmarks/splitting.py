"""Compare our splitter with LangChain's: how exactly the found chunks cover the answers."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import mean

import numpy as np
import numpy.typing as npt

from benchmarks.machine import describe_machine
from benchmarks.page import write_section
from benchmarks.shared import DATA, write_result
from retrieval.chunking.packing import CHUNK_TOKENS
from retrieval.chunking.splitter import embedded_text, split
from retrieval.documents import Document
from retrieval.embeddings.embedder import EMBEDDED, Embedder
from retrieval.embeddings.open import open_embedder
from retrieval.evaluation.metrics import Difference, difference

_FOLDER = DATA / "chunking_eval"
_CORPORA = ("state_of_the_union", "wikitexts")
_METRICS = ("recall", "precision", "iou")
_FOUND = 5
OURS = "Houselore"


@dataclass(frozen=True, slots=True)
class Piece:
    """A chunk of a corpus: its span, and the text that is embedded."""

    start: int
    end: int
    read: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about one corpus, and the spans of the passages that answer it."""

    corpus: str
    text: str
    places: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """One splitter's figures; the metrics are means over the questions."""

    chunks: int
    tokens: float
    recall: float
    precision: float
    iou: float
    megabytes_a_second: float


Splitter = Callable[[str], list[Piece]]
"""Splits a corpus into pieces."""


def ours(text: str, *, embedder: Embedder) -> list[Piece]:
    """Return our chunks as they are embedded; the corpora have no titles."""
    chunks = split(Document("corpus", "", text, "1"), embedder.count_tokens)
    return [Piece(chunk.start, chunk.end, embedded_text(chunk)) for chunk in chunks]


def theirs(text: str, *, embedder: Embedder, size: int, overlap: int) -> list[Piece]:
    """Return the chunks of LangChain's splitter at `size` tokens of the same embedder."""
    from langchain_text_splitters import (
        RecursiveCharacterTextSplitter,  # in the bench extra, which a test of `cover` does not need
    )

    splitter = RecursiveCharacterTextSplitter(
        chunk_size=size,
        chunk_overlap=overlap,
        length_function=embedder.count_tokens,
    )
    pieces: list[Piece] = []
    start = 0
    for read in splitter.split_text(text):  # its start_index is -1 for some with overlap
        start = text.index(read, start)
        pieces.append(Piece(start, start + len(read), read))
    return pieces


def cover(found: Sequence[Piece], places: Sequence[tuple[int, int]]) -> dict[str, float]:
    """Return recall, precision and intersection over union of the found pieces, in characters.

    As Smith and Troynikov define them (Evaluating Chunking Strategies for Retrieval, Chroma 2024):
    text that two pieces share counts once as found, and twice as retrieved.
    """
    wanted = {at for start, end in places for at in range(start, end)}
    hit = len(wanted & {at for piece in found for at in range(piece.start, piece.end)})
    given = sum(piece.end - piece.start for piece in found)
    return {
        "recall": hit / len(wanted),
        "precision": hit / given if given else 0.0,
        "iou": hit / (len(wanted) + given - hit),
    }


def measure(
    splitter: Splitter, asked: Sequence[Asked], embedder: Embedder
) -> tuple[Figures, dict[str, list[float]]]:
    """Return a splitter's figures, and each metric by question, for the five nearest chunks."""
    texts = {name: _text(name) for name in _CORPORA}
    started = time.process_time()
    pieces = {name: splitter(text) for name, text in texts.items()}
    seconds = time.process_time() - started
    vectors = {
        name: np.asarray(embedder.embed_documents([piece.read for piece in found]))
        for name, found in pieces.items()
    }
    covers = [
        cover(_nearest(pieces[each.corpus], vectors[each.corpus], embedder, each.text), each.places)
        for each in asked
    ]
    by_metric = {metric: [figures[metric] for figures in covers] for metric in _METRICS}
    tokens = [
        embedder.count_tokens(texts[name][piece.start : piece.end])
        for name, found in pieces.items()
        for piece in found
    ]
    figures = Figures(
        chunks=len(tokens),
        tokens=round(mean(tokens), 1),
        megabytes_a_second=round(sum(map(len, texts.values())) / 1e6 / seconds, 2),
        **{metric: round(mean(values), 4) for metric, values in by_metric.items()},
    )
    return figures, by_metric


def read_questions() -> list[Asked]:
    """Read the questions with the spans of their answers."""
    rows = map(json.loads, _path("questions.jsonl").read_text(encoding="utf-8").splitlines())
    return [
        Asked(
            row["corpus_id"],
            row["question"],
            tuple((place["start_index"], place["end_index"]) for place in row["references"]),
        )
        for row in rows
    ]


def compare(embedder: Embedder) -> tuple[dict[str, Figures], dict[str, dict[str, Difference]]]:
    """Return every splitter's figures, and how far ours is above each other one."""
    asked = read_questions()
    figures: dict[str, Figures] = {}
    over: dict[str, dict[str, Difference]] = {}
    figures[OURS], best = measure(partial(ours, embedder=embedder), asked, embedder)
    for size, overlap in _peers(embedder, figures[OURS].tokens):
        name = f"LangChain's recursive, {size} tokens, overlap {overlap}"
        splitter = partial(theirs, embedder=embedder, size=size, overlap=overlap)
        figures[name], values = measure(splitter, asked, embedder)
        over[name] = {metric: difference(best[metric], values[metric]) for metric in _METRICS}
    return figures, over


def describe(figures: dict[str, Figures], over: dict[str, dict[str, Difference]]) -> str:
    """Return the section of the page."""
    rows = [
        f"| {name} | {of.chunks} | {of.tokens:.0f} | {of.recall:.3f} | {of.precision:.3f} "
        f"| {of.iou:.3f} | {of.megabytes_a_second:.2f} |"
        for name, of in figures.items()
    ]
    differences = [
        f"| {name} | {' | '.join(_interval(by_metric[metric]) for metric in _METRICS)} |"
        for name, by_metric in over.items()
    ]
    machine = describe_machine(("langchain-text-splitters", "tokenizers", "onnxruntime"))
    return "\n".join(
        (
            "## Splitting",
            "",
            "`make bench-splitting`: the corpora of Chroma's chunking evaluation that "
            "are here (a speech, and encyclopedia articles), cut by each splitter and measured in "
            "the tokens of MiniLM. The five chunks nearest to a question are held against the "
            "passages that answer it, character by character, with Chroma's recall, precision and "
            "intersection over union. One row has the size that gives LangChain's splitter chunks "
            "as long as ours.",
            "",
            f"Measured on {machine}.",
            "",
            "| splitter | chunks | mean tokens | recall | precision | IoU | MB/s |",
            "| --- | --- | --- | --- | --- | --- | --- |",
            *rows,
            "",
            "Ours above each, with 95% paired bootstrap intervals; a difference whose interval "
            "holds 0 is none that was shown:",
            "",
            "| splitter | recall | precision | IoU |",
            "| --- | --- | --- | --- |",
            *differences,
        )
    )


def _interval(of: Difference) -> str:
    return f"{of.mean:+.3f} ({of.low:+.3f} to {of.high:+.3f})"


def _peers(embedder: Embedder, tokens: float) -> list[tuple[int, int]]:
    """Return sizes and overlaps: our limit without and with overlap, and our mean size."""
    text = "".join(map(_text, _CORPORA))

    def distance(size: int) -> float:
        found = theirs(text, embedder=embedder, size=size, overlap=0)
        return abs(mean(embedder.count_tokens(piece.read) for piece in found) - tokens)

    same = min(range(CHUNK_TOKENS, CHUNK_TOKENS + 51, 5), key=distance)
    return [(CHUNK_TOKENS, 0), (CHUNK_TOKENS, CHUNK_TOKENS // 5), (same, 0)]


def _nearest(
    pieces: Sequence[Piece], vectors: npt.NDArray[np.float64], embedder: Embedder, question: str
) -> list[Piece]:
    scores = vectors @ np.asarray(embedder.embed_query(question))
    return [pieces[int(at)] for at in np.argsort(-scores, kind="stable")[:_FOUND]]


def _path(name: str) -> Path:
    path = _FOLDER / name
    if not path.is_file():
        sys.exit(f"The measuring data is not here: {path} (set SHARED_DATA to its folder).")
    return path


def _text(name: str) -> str:
    return _path(f"{name}.md").read_bytes().decode()


def main() -> None:
    """Measure; write the results and the page."""
    figures, over = compare(open_embedder(EMBEDDED))
    write_result(
        "splitting",
        {
            "machine": describe_machine(("langchain-text-splitters",)),
            "splitters": {name: asdict(of) for name, of in figures.items()},
            "ours_above": {
                name: {metric: asdict(of) for metric, of in by_metric.items()}
                for name, by_metric in over.items()
            },
        },
    )
    write_section("splitting", describe(figures, over))


if __name__ == "__main__":
    main()
