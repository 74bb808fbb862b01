"""Report what training changed on held-out examples, from both models' log-likelihoods."""

from collections.abc import Mapping, Sequence
from math import exp
from statistics import mean
from typing import Any

from tuning.datasets.formats import DatasetRow

Likely = Sequence[tuple[float, float | None]]
"""For each row, the mean log-probability of its answer's tokens, and of the rejected answer's."""


def compare(rows: Sequence[DatasetRow], before: Likely, after: Likely) -> dict[str, Any]:
    """Return what changed from one model to the other, by kind of row; missing kinds are left out.

    `answers`: mean log-probability of a token of the right answers. `pairs`: how much each model
    prefers the better of two, 0 to 1, pair by pair. `thumbs`: how much more good answers gained
    than bad ones, in nats a token.
    """
    found: dict[str, Any] = {}
    each = list(zip(rows, before, after, strict=True))
    if right := [(b[0], a[0]) for row, b, a in each if row.kind == "sft"]:
        found["answers"] = {
            "n": len(right),
            "before": mean(b for b, _ in right),
            "after": mean(a for _, a in right),
        }
    if pairs := [(b, a) for row, b, a in each if row.kind == "preference"]:
        found["pairs"] = {
            "n": len(pairs),
            "before": [_preferred(b) for b, _ in pairs],
            "after": [_preferred(a) for _, a in pairs],
        }
    gains = {
        label: [a[0] - b[0] for row, b, a in each if row.label is label] for label in (True, False)
    }
    if gains[True] and gains[False]:
        found["thumbs"] = {
            "n": len(gains[True]) + len(gains[False]),
            "margin": mean(gains[True]) - mean(gains[False]),
        }
    return found


def _preferred(likely: tuple[float, float | None]) -> float:
    chosen, rejected = likely
    assert rejected is not None  # noqa: S101 - a pair has two answers
    return 1 / (1 + exp(rejected - chosen))


def describe_change(found: Mapping[str, Any]) -> list[str]:
    """Describe the result of `compare`, one line a kind."""
    lines = []
    if one := found.get("answers"):
        lines.append(
            f"Right answers that it never saw: {one['after']:.2f} nats a token after "
            f"{one['before']:.2f} ({one['n']:,})."
        )
    if one := found.get("pairs"):
        lines.append(
            f"The better of two answers is preferred by {mean(one['after']):.3f} after "
            f"{mean(one['before']):.3f} ({one['n']:,})."
        )
    if one := found.get("thumbs"):
        lines.append(
            f"Good answers gained {one['margin']:+.3f} nats a token more than bad ones "
            f"({one['n']:,})."
        )
    return lines
