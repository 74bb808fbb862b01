"""How an excerpt is chosen, and the probability that what is shown answers the question."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from answering.confidence.logistic_regression import Regression, move_regression
from answering.errors import UnreadableWeights

_SHIPPED = "confidence.json"
ANY = "*"
"""Stands for every model that has no fit of its own."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """The fitted weights, and the thresholds that go with them.

    `choice` says of one excerpt how likely it answers, `answer` of all that is shown. From `bar`
    on it is an answer, from `related` on the closest that was found, below it nothing is quoted;
    nor where no excerpt is as `near` to the question in meaning.
    """

    choice: Regression
    answer: Regression
    bar: float = 0.5
    related: float = 0.1
    near: float = 0.25
    model: str = ANY

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "Confidence":
        """One as the file keeps it. Raises ValueError, TypeError and KeyError where it is none."""
        fits = {name: Regression.from_row(row[name]) for name in ("choice", "answer")}
        return cls(**{**row, **fits})

    def never_refusing(self) -> "Confidence":
        """The same without thresholds: what is fitted anew must see every answer."""
        return replace(self, bar=0.0, related=0.0, near=-1.0)

    def moved(self, rows: Sequence[Mapping[str, float]], right: Sequence[bool]) -> "Confidence":
        """The same moved by answers that people judged; the thresholds stay.

        `rows` are the features of those answers; of older versions' there is nothing to learn.
        """
        known = [
            (row, good)
            for row, good in zip(rows, right, strict=True)
            if not set(self.answer.names).isdisjoint(row)
        ]
        moved = move_regression(self.answer, [row for row, _ in known], [good for _, good in known])
        return replace(self, answer=moved)


def choose_bar(
    probabilities: Sequence[float], wanted: Sequence[bool], refused_at_most: float
) -> float:
    """The highest threshold that refuses no more than this share of the replies that are wanted.

    0, which refuses nothing, where none is wanted.
    """
    kept = np.sort([p for p, want in zip(probabilities, wanted, strict=True) if want])
    if not len(kept):
        return 0.0
    return float(kept[min(int(refused_at_most * len(kept)), len(kept) - 1)])


def save_confidence(path: Path, confidence: Confidence) -> None:
    """Put these weights into a file, in the place of those for the same model."""
    fits = [fit for fit in _read(path) if fit.model != confidence.model] if path.exists() else []
    text = json.dumps([asdict(fit) for fit in (*fits, confidence)], indent=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".half")
    half.write_text(text + "\n", encoding="utf-8")
    half.replace(path)


def open_confidence(path: Path | None = None, model: str = ANY, made_from: str = ANY) -> Confidence:
    """The weights for a model: from the file at `path` if it has them, else the shipped ones.

    One without weights of its own has those of the model that it was `made_from`. Raises
    UnreadableWeights.
    """
    shipped = Path(str(files("answering").joinpath("confidence", _SHIPPED)))
    fits: list[Confidence] = [
        *(_read(path) if path is not None and path.exists() else ()),
        *_read(shipped),
    ]
    wanted = (fit for name in (model, made_from, ANY) for fit in fits if fit.model == name)
    if (found := next(wanted, None)) is None:
        raise UnreadableWeights(
            f"{shipped} holds no weights for any model: install Houselore again."
        )
    return found


def _read(path: Path) -> list[Confidence]:
    try:
        rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        # Weights that were fitted before excerpts were read say nothing about them.
        return [Confidence.from_row(row) for row in rows if "evidence" not in row]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UnreadableWeights(
            f"{path} does not hold the weights of the confidence. Remove it to use the shipped "
            "ones, or write it anew with `houselore eval calibrate`."
        ) from error
