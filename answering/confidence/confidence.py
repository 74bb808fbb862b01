"""The fitted models that choose excerpts and give the probability that they answer."""

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
"""The name for all chat models without weights of their own."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """Fitted weights and their thresholds.

    `choice` gives the probability that one excerpt answers, `answer` that everything shown does.
    At `bar` or more it is shown as an answer, at `related` or more as the closest that was found,
    below that nothing is quoted. Nothing is quoted either if the excerpts' highest cosine with the
    question is below `near`.
    """

    choice: Regression
    answer: Regression
    bar: float = 0.5
    related: float = 0.1
    near: float = 0.25
    model: str = ANY

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "Confidence":
        """Make one of the file's JSON. Raises ValueError, TypeError and KeyError if it is wrong."""
        fits = {name: Regression.from_row(row[name]) for name in ("choice", "answer")}
        return cls(**{**row, **fits})

    def never_refusing(self) -> "Confidence":
        """Return the same without thresholds, because fitting must see every answer."""
        return replace(self, bar=0.0, related=0.0, near=-1.0)

    def moved(self, rows: Sequence[Mapping[str, float]], right: Sequence[bool]) -> "Confidence":
        """Return the same, updated by answers that people rated; the thresholds stay.

        `rows` are the features of those answers, `right` whether each was good.
        """
        # Answers of older versions have other features: nothing can be learned from them.
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
    """Return the highest threshold that refuses at most this share of the wanted replies.

    0, which refuses nothing, if none is wanted.
    """
    kept = np.sort([p for p, want in zip(probabilities, wanted, strict=True) if want])
    if not len(kept):
        return 0.0
    return float(kept[min(int(refused_at_most * len(kept)), len(kept) - 1)])


def save_confidence(path: Path, confidence: Confidence) -> None:
    """Save these weights to a file, replacing those of the same model."""
    fits = [fit for fit in _read(path) if fit.model != confidence.model] if path.exists() else []
    text = json.dumps([asdict(fit) for fit in (*fits, confidence)], indent=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    # A crash must not leave half a file under the final name.
    half = path.with_suffix(".half")
    half.write_text(text + "\n", encoding="utf-8")
    half.replace(path)


def open_confidence(path: Path | None = None, model: str = ANY, made_from: str = ANY) -> Confidence:
    """Load the weights for a model from the file at `path` if it has them, else the bundled ones.

    A model without weights of its own gets those of the model it was `made_from`. Raises
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
        # Rows with "evidence" are of an older version, which had other features.
        return [Confidence.from_row(row) for row in rows if "evidence" not in row]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UnreadableWeights(
            f"{path} does not hold the weights of the confidence. Remove it to use the shipped "
            "ones, or write it anew with `houselore eval calibrate`."
        ) from error
