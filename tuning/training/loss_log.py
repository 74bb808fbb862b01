"""Keep the losses of a training beside its adapter, and plot them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tuning.errors import TuningError

LOSSES = "losses.json"


def write_losses(adapter: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the rows, each with at least its `step` and `loss`."""
    text = json.dumps([dict(row) for row in rows], indent=1)
    (adapter / LOSSES).write_text(text + "\n", encoding="utf-8")


def read_losses(adapter: Path) -> list[dict[str, Any]]:
    """Read what `write_losses` wrote. Raises OSError if there is nothing."""
    rows: list[dict[str, Any]] = json.loads((adapter / LOSSES).read_text(encoding="utf-8"))
    return rows


def plot_losses(adapter: Path, to: Path) -> Path:
    """Plot the losses by step to `to`, a PNG or an SVG. Raises TuningError without matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise TuningError("The loss curve needs `pip install matplotlib`.") from error
    rows = read_losses(adapter)
    figure = Figure(figsize=(6, 3), layout="constrained")
    axes = figure.add_subplot(xlabel="step", ylabel="loss of an answer's token")
    axes.plot([row["step"] for row in rows], [row["loss"] for row in rows])
    axes.set_ylim(bottom=0)
    figure.savefig(to)
    return to
