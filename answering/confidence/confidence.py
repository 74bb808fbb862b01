"""The probability that a reply is right, from its signals, and the file of its weights. No fit."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from answering.confidence.logistic_regression import Regression, logit, move_regression
from answering.errors import UnreadableWeights

_SHIPPED = "confidence.json"
ANY = "*"
"""Stands for every model that has no fit of its own."""
HELD = "held"
"""The signal that says how sure it is that the evidence holds the answer, as a logit."""
DRAFTED = "draft_words"
"""A signal that every draft has that is shown, and nothing else."""
SUPPORTED = "supported"
"""A signal that no probability is made of: a note supports what the model wrote, shown or not."""

# A few words are read sooner than a sentence.
_WORTH = 0.5


def prefers_draft(draft: float, sentence: float) -> bool:
    """Whether the draft is shown: where it is at least half as likely right as the sentence."""
    return draft >= _WORTH * sentence


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure it is that a question can be answered, and that a reply is right; and the bar.

    `evidence` says whether one of its sentences holds the answer, from what it shows. The others
    know that as the signal `HELD` and say whether a reply is right: `sentence` is of the one that
    bears most on the question, `draft` of what a model wrote. `model` and `prompt` are those whose
    drafts it was fitted on.
    """

    evidence: Regression
    sentence: Regression
    draft: Regression
    bar: float = 0.5
    model: str = ANY
    prompt: str = ANY

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "Confidence":
        """One as the file keeps it. Raises ValueError, TypeError and KeyError where it is none."""
        fits = {name: Regression.from_row(row[name]) for name in ("evidence", "sentence", "draft")}
        return cls(**{**row, **fits})

    def held(self, seen: Mapping[str, float]) -> dict[str, float]:
        """The signal `HELD` for what the evidence shows."""
        return {HELD: float(logit([self.evidence.of(seen)])[0])}

    def never_refusing(self) -> "Confidence":
        """The same without a bar: what is to be fitted anew must see every draft."""
        return replace(self, bar=0.0)

    def moved(self, rows: Sequence[Mapping[str, float]], right: Sequence[bool]) -> "Confidence":
        """The same moved by replies that people judged, each by its own kind.

        What the evidence says, and so the bar, stays.
        """
        judged = list(zip(rows, right, strict=True))
        drafts = [one for one in judged if DRAFTED in one[0]]
        sentences = [one for one in judged if DRAFTED not in one[0]]
        return replace(
            self,
            sentence=_moved(self.sentence, sentences),
            draft=_moved(self.draft, drafts),
        )


def _moved(fit: Regression, judged: Sequence[tuple[Mapping[str, float], bool]]) -> Regression:
    return move_regression(fit, [row for row, _ in judged], [good for _, good in judged])


def choose_bar(
    probabilities: Sequence[float], wanted: Sequence[bool], refused_at_most: float
) -> float:
    """The highest bar that refuses no more than this share of the replies that are wanted.

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


def open_confidence(
    path: Path | None = None, model: str = ANY, prompt: str = ANY, made_from: str = ANY
) -> Confidence:
    """The weights for a model and a prompt: from the file at `path` if it has them, else shipped.

    One without weights of its own has those of the model that it was `made_from`. Weights fitted
    with another prompt are passed over; the last choice are the shipped ones for any model. Raises
    UnreadableWeights.
    """
    shipped = Path(str(files("answering").joinpath("confidence", _SHIPPED)))
    fits: list[Confidence] = [
        *(_read(path) if path is not None and path.exists() else ()),
        *_read(shipped),
    ]
    for wanted in (model, made_from, ANY):
        for fit in fits:
            if fit.model == wanted and fit.prompt in (prompt, ANY):
                return fit
    return next(fit for fit in fits if fit.model == ANY)


def _read(path: Path) -> list[Confidence]:
    try:
        rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        return [Confidence.from_row(row) for row in rows]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UnreadableWeights(
            f"{path} does not hold the weights of the confidence. Remove it to use the shipped "
            "ones, or write it anew with `houselore eval calibrate`."
        ) from error
