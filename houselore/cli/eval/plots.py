"""Plot a calibration: risk by coverage, and reliability."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from answering.evaluation.calibration import Calibrated
from houselore.errors import WrongUse

RISK, RELIABILITY = "confidence-risk.svg", "confidence-reliability.svg"


def check_plotting() -> None:
    """Raise WrongUse if matplotlib is not installed."""
    if find_spec("matplotlib") is None:
        raise WrongUse("Plots need matplotlib: install `houselore[bench]`, or leave out --plots.")


def draw_calibration(folder: Path, found: Calibrated) -> tuple[Path, Path]:
    """Draw both plots as SVG in `folder` and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    return (
        _draw(folder / RISK, lambda axes: _risk(axes, found)),
        _draw(folder / RELIABILITY, lambda axes: _reliability(axes, found)),
    )


def _draw(path: Path, fill: Callable[[Any], None]) -> Path:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    # The same figures give the same file: no random ids, no date.
    with rc_context({"svg.hashsalt": "houselore"}):
        figure = Figure(figsize=(4.6, 3.4), layout="constrained")
        axes = figure.add_subplot()
        axes.spines[["top", "right"]].set_visible(False)
        fill(axes)
        figure.savefig(path, metadata={"Date": None})
    return path


def _risk(axes: Any, found: Calibrated) -> None:
    coverage, risk = zip(*found.risk_by_coverage(), strict=True)
    axes.plot(coverage, risk, color="#2f6f8f")
    given = sum(p >= found.confidence.bar for p in found.probabilities) / len(found.probabilities)
    axes.axvline(given, color="#b5523b", linestyle="--", label=f"bar {found.confidence.bar:.2f}")
    axes.set(xlim=(0, 1), ylim=(0, None), xlabel="share of questions answered")
    axes.set_ylabel("share of those answers that are wrong")
    axes.legend(frameon=False)


def _reliability(axes: Any, found: Calibrated) -> None:
    said, was, counts = zip(*found.reliability(), strict=True)
    axes.plot((0, 1), (0, 1), color="#999999", linewidth=1)
    axes.plot(said, was, color="#2f6f8f")
    axes.scatter(said, was, s=[10 + 200 * n / sum(counts) for n in counts], color="#2f6f8f")
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence", ylabel="share that is right")
    axes.set_title(f"calibration error {found.error:.3f}", fontsize=10)
