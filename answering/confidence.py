"""The probability that an answer is right, from its signals, and fitting it. Asks no model."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from answering.errors import UnreadableWeights

_SHIPPED = "confidence.json"
ANY = "*"
"""Stands for every model that has no fit of its own."""

# The weight of the penalty for each answer: what was fitted on many more holds better than what a
# few hundred would say.
_STRENGTH, _STRENGTH_BEFORE = 0.05, 0.5
_BEFORE = 25.0
_ROUNDS = 50
_SETTLED = 1e-8
_FARTHEST = 4.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Confidence:
    """A logistic regression on standardised signals, and the bar that an answer has to reach.

    `names`, `centres`, `scales` and `weights` have an entry for each signal. `model` and `prompt`
    are those it was fitted on.
    """

    names: tuple[str, ...]
    centres: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float
    bar: float = 0.5
    model: str = ANY
    prompt: str = ANY

    def of(self, signals: Mapping[str, float]) -> float:
        """The probability, from 0 to 1, that the answer with these signals is right.

        A signal that is missing counts as its mean did when this was fitted; one far outside of
        what was seen then counts as its border.
        """
        return float(self.of_all([signals])[0])

    def of_all(self, rows: Sequence[Mapping[str, float]]) -> Floats:
        """The probability of each."""
        logits: Floats = self.scaled(rows) @ np.array(self.weights) + self.intercept
        return expit(logits)

    def never_refusing(self) -> "Confidence":
        """The same without a bar: what is to be fitted anew must see every draft."""
        return replace(self, bar=0.0)

    def spread(self, slope: float, shift: float) -> "Confidence":
        """The same with each logit multiplied by `slope`, and `shift` added to it."""
        return replace(
            self,
            weights=tuple(slope * weight for weight in self.weights),
            intercept=slope * self.intercept + shift,
        )

    def scaled(self, rows: Sequence[Mapping[str, float]]) -> Floats:
        """Answers by signals: how many standard deviations each is from the mean, 4 at most."""
        found = np.array(
            [
                [
                    row.get(name, centre)
                    for name, centre in zip(self.names, self.centres, strict=True)
                ]
                for row in rows
            ],
            dtype=np.float64,
        ).reshape(len(rows), len(self.names))
        scaled = (found - np.array(self.centres)) / np.array(self.scales)
        return np.asarray(np.clip(np.nan_to_num(scaled), -_FARTHEST, _FARTHEST))


def fit_confidence(
    rows: Sequence[Mapping[str, float]],
    right: Sequence[bool],
    names: Sequence[str] | None = None,
    strength: float | None = None,
    before: Confidence | None = None,
) -> Confidence:
    """Weights for these answers' signals by penalised maximum likelihood (Newton's method).

    `names` are the signals to use, all by default. `strength` is the weight of the L2 penalty for
    each answer, the intercept free of it: on the weights, or where they were `before` on how far
    they move from there, so that few answers are enough. Raises ValueError where all are right or
    none is.
    """
    if len(rows) != len(right) or len(set(map(bool, right))) < 2:
        raise ValueError("a fit needs right answers and wrong ones, with signals for each")
    wanted = tuple(names) if names is not None else sorted({name for row in rows for name in row})
    start = _extended(before or Confidence((), (), (), (), 0.0), rows, wanted)
    if strength is None:
        strength = _STRENGTH_BEFORE if before else _STRENGTH
    penalties = np.full(len(start.names) + 1, strength * len(rows))
    penalties[0] = _SETTLED
    return _moved(start, rows, right, penalties)


def refit_confidence(
    confidence: Confidence, rows: Sequence[Mapping[str, float]], right: Sequence[bool]
) -> Confidence:
    """The same moved by further answers, such as those that people have judged.

    The weights so far count as much as some tens of answers would: a few new ones move them little,
    hundreds rule them. The bar stays. Nothing changes without new ones.
    """
    return _moved(confidence, rows, right, np.full(len(confidence.names) + 1, _BEFORE))


def choose_bar(
    probabilities: Sequence[float], wanted: Sequence[bool], refused_at_most: float
) -> float:
    """The highest bar that refuses no more than this share of the answers that are wanted.

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


def open_confidence(path: Path | None = None, model: str = ANY, prompt: str = ANY) -> Confidence:
    """The weights for a model and a prompt: from the file at `path` if it has them, else shipped.

    Weights fitted with another prompt are passed over; the last choice are the shipped ones for any
    model. Raises UnreadableWeights.
    """
    shipped = Path(str(files("answering").joinpath(_SHIPPED)))
    fits: list[Confidence] = [
        *(_read(path) if path is not None and path.exists() else ()),
        *_read(shipped),
    ]
    for wanted in (model, ANY):
        for fit in fits:
            if fit.model == wanted and fit.prompt in (prompt, ANY):
                return fit
    return next(fit for fit in fits if fit.model == ANY)


def _read(path: Path) -> list[Confidence]:
    try:
        rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        return [_from_row(row) for row in rows]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UnreadableWeights(
            f"{path} does not hold the weights of the confidence. Remove it to use the shipped "
            "ones, or write it anew with `houselore eval calibrate`."
        ) from error


def _from_row(row: Mapping[str, Any]) -> Confidence:
    lists = {name: tuple(row[name]) for name in ("names", "centres", "scales", "weights")}
    if len({len(values) for values in lists.values()}) != 1:
        raise ValueError("the lists are of different lengths")
    return Confidence(**{**row, **lists})


def _extended(
    before: Confidence, rows: Sequence[Mapping[str, float]], names: Sequence[str]
) -> Confidence:
    """`before` with the signals that it lacks, scaled by these answers, at the weight 0."""
    lacking = tuple(name for name in names if name not in before.names)
    found = np.array([[row.get(name, np.nan) for name in lacking] for row in rows])
    centres, scales = [], []
    for column in found.reshape(len(rows), len(lacking)).T:
        known = column[~np.isnan(column)]
        spread = float(known.std()) if len(known) else 0.0
        centres.append(float(known.mean()) if len(known) else 0.0)
        scales.append(spread if spread > _SETTLED else 1.0)
    return replace(
        before,
        names=before.names + lacking,
        centres=(*before.centres, *centres),
        scales=(*before.scales, *scales),
        weights=(*before.weights, *([0.0] * len(lacking))),
    )


def _moved(
    start: Confidence,
    rows: Sequence[Mapping[str, float]],
    right: Sequence[bool],
    penalties: Floats,
) -> Confidence:
    """The weights at the maximum of the likelihood, less the penalties on their distance from here.

    `penalties` has the intercept's first.
    """
    columns = np.hstack([np.ones((len(rows), 1)), start.scaled(rows)])
    wanted, origin = (
        np.asarray(right, dtype=np.float64),
        np.array([start.intercept, *start.weights]),
    )
    weights = origin.copy()
    for _ in range(_ROUNDS):
        said = expit(columns @ weights)
        slope = columns.T @ (wanted - said) - penalties * (weights - origin)
        curve = (columns.T * (said * (1 - said))) @ columns + np.diag(penalties)
        step = np.linalg.solve(curve, slope)
        weights += step
        if np.abs(step).max() < _SETTLED:
            break
    return replace(start, weights=tuple(weights[1:].tolist()), intercept=float(weights[0]))


def expit(x: Floats) -> Floats:
    """The probabilities of these logits."""
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))), dtype=np.float64)


def logit(p: Sequence[float]) -> Floats:
    """The logits of these probabilities, those of 0 and 1 as far as a fit goes."""
    kept = np.clip(np.asarray(p, dtype=np.float64), 1e-9, 1 - 1e-9)
    return np.asarray(np.log(kept / (1 - kept)))
