"""Write the section "Nearest neighbours" of docs/benchmarks.md, with its picture."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.page import PAGE, write_section

_PICTURE = Path("images/benchmark-ann.svg")
_TEXT = Path(__file__).with_name("ann_section.md")
_COLOURS = {1: "#9cc5e8", 10: "#4a90c8", 50: "#e08e45", 100: "#0b4f8a"}
_LINES = {"random": "-", "topic": "--"}

Sizes = Sequence[Mapping[str, Any]]


def write_page(machine: str, sizes: Sizes) -> None:
    """Write the section and the picture of these sizes."""
    picture = PAGE.parent / _PICTURE
    picture.parent.mkdir(exist_ok=True)
    _draw(sizes, picture)
    text = _TEXT.read_text(encoding="utf-8").format(
        machine=machine,
        picture=_PICTURE,
        filtered=_table(
            ("chunks", "may be read", "spread", "recall@10", "p50 ms", "p95 ms"),
            [_filtered(size, each) for size in sizes for each in size["filtered"]],
        ),
        whole=_table(
            ("chunks", "p50 ms", "p95 ms", "with the embedding p50 ms", "p95 ms"),
            [
                (f"{size['chunks']:,}", *_numbers(size["whole"].values()))
                for size in sizes
                if size["whole"]
            ],
        ),
        weights=_table(
            ("chunks", *sizes[0]["bytes"], "written in s", "graph built in s"),
            [_weights(size) for size in sizes],
        ),
    )
    write_section("ann", text)


def _filtered(size: Mapping[str, Any], each: Mapping[str, Any]) -> tuple[str, ...]:
    visible = f"{each['share']}% ({each['chunks']:,})"
    figures = f"{each['recall']:.3f}", f"{each['p50_ms']:.1f}", f"{each['p95_ms']:.1f}"
    return f"{size['chunks']:,}", visible, each["kind"], *figures


def _weights(size: Mapping[str, Any]) -> tuple[str, ...]:
    a_chunk = (f"{weight / size['chunks']:,.0f}" for weight in size["bytes"].values())
    seconds = (f"{size['seconds'][name]:.0f}" for name in ("writing", "building"))
    return f"{size['chunks']:,}", *a_chunk, *seconds


def _numbers(values: Any) -> tuple[str, ...]:
    return tuple(f"{value:.1f}" for value in values)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _draw(sizes: Sizes, path: Path) -> None:
    """Draw a curve for each audience: recall and time over the size of the index."""
    with mpl.rc_context({"svg.hashsalt": "houselore", "font.size": 9}):
        figure = Figure(figsize=(10, 4), layout="constrained")
        panels = figure.subplots(1, 2)
        for kind, share in ((each["kind"], each["share"]) for each in sizes[0]["filtered"]):
            rows = [
                (size["chunks"], each)
                for size in sizes
                for each in size["filtered"]
                if (each["kind"], each["share"]) == (kind, share)
            ]
            for axes, metric in zip(panels, ("recall", "p50_ms"), strict=True):
                axes.plot(
                    [chunks for chunks, _ in rows],
                    [each[metric] for _, each in rows],
                    _LINES[kind],
                    marker="o",
                    color=_COLOURS[share],
                    label=f"{share}%, {kind}",
                )
        panels[0].set(ylabel="recall@10", xscale="log", xlabel="chunks", ylim=(0.9, 1.002))
        panels[1].set(ylabel="median, ms", xscale="log", yscale="log", xlabel="chunks")
        for axes in panels:
            axes.grid(alpha=0.3)
            axes.spines[["top", "right"]].set_visible(False)
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=4)
        figure.savefig(path, metadata={"Date": None}, facecolor="white")
