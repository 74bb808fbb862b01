"""Fit a query adapter, a linear map of the question's vector, to lessons by gradient descent."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.search.fusion import DENSE_WEIGHT
from retrieval.search.query_adapter import Adapter
from tuning.retriever.features import Case

_TEMPERATURE = 0.05
# Of 3 to 100, the one that lost least on new documents and still gained on known ones.
_PENALTY = 30.0
_STEPS = 60
_SETTLED = 1e-4
_FAR = 0.1  # a cosine: the best chunk counts as at least so near

Floats = NDArray[np.float32]


def fit_adapter(
    cases: Sequence[Case], dense: float = DENSE_WEIGHT, penalty: float = _PENALTY
) -> Adapter | None:
    """Fit the residual matrix that brings a question's vector nearer to what answered it.

    Minimizes a contrastive loss (van den Oord et al. 2018): the negative log-probability of the
    chunks that answered among all that the search found; where nothing is known to have answered,
    of all that did not mislead. `dense` is the weight of the dense arm in the fused score.
    `penalty` weighs the matrix' squares, whatever the number of lessons, so that a few lessons move
    it little. Deterministic. Returns None without cases.
    """
    if not cases:
        return None
    # The loss is on the fused score, so that nothing is learned that the lexical arm already knows.
    batch = _Batch.of(cases, dense)
    matrix = np.zeros((batch.questions.shape[1],) * 2, dtype=np.float32)
    best, least = matrix, np.inf
    before: tuple[Floats, Floats] | None = None
    for _ in range(_STEPS):
        loss, slope = batch.loss(matrix)
        loss, slope = loss + penalty * float((matrix**2).sum()), slope + 2 * penalty * matrix
        # Barzilai-Borwein steps do not always descend, so keep the best matrix.
        if loss < least:
            best, least = matrix, loss
        if np.abs(slope).max() < _SETTLED:
            break
        step = 0.1 / (penalty + len(cases))
        if before is not None:  # Barzilai and Borwein 1988
            moved, turned = matrix - before[0], slope - before[1]
            along = float((moved * turned).sum())
            step = float((moved**2).sum()) / along if along > 0 else step
        before = matrix, slope
        matrix = matrix - np.float32(step) * slope
    return Adapter(best)


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """All cases at once: questions (n, d), chunks (n, m, d), masks (n, m) of real and wanted ones.

    A chunk's fused score is its cosine times `scales` (n, 1) plus its `terms` (n, m).
    """

    questions: Floats
    chunks: Floats
    there: NDArray[np.bool_]
    wanted: NDArray[np.bool_]
    scales: Floats
    terms: Floats

    @classmethod
    def of(cls, cases: Sequence[Case], dense: float) -> "_Batch":
        """Pad the cases to the longest. If nothing answered, all that did not mislead is wanted."""
        most = max(len(case.vectors) for case in cases)
        size = (len(cases), most)
        chunks = np.zeros((*size, cases[0].question.shape[0]), dtype=np.float32)
        there, wanted = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
        terms = np.zeros(size, dtype=np.float32)
        scales = np.zeros((len(cases), 1), dtype=np.float32)
        for row, case in enumerate(cases):
            count = len(case.vectors)
            chunks[row, :count], there[row, :count] = case.vectors, True
            terms[row, :count] = (1 - dense) * case.shares[:, 1]
            scales[row] = dense / max(_FAR, float((case.vectors @ case.question).max()))
            avoids = not case.answered.any()
            wanted[row, :count] = ~case.misled if avoids else case.answered
        questions = np.array([case.question for case in cases], dtype=np.float32)
        return cls(questions, chunks, there, wanted, scales, terms)

    def loss(self, matrix: Floats) -> tuple[float, Floats]:
        """Return the summed loss and its gradient."""
        moved = self.questions + self.questions @ matrix
        lengths = np.linalg.norm(moved, axis=1, keepdims=True)
        unit = moved / lengths
        cosines = np.einsum("nmd,nd->nm", self.chunks, unit)
        logits = np.where(self.there, (self.scales * cosines + self.terms) / _TEMPERATURE, -np.inf)
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        good = np.where(self.wanted, powers, 0.0)
        all_, right = powers.sum(axis=1, keepdims=True), good.sum(axis=1, keepdims=True)
        right = np.maximum(right, 1e-20)
        pulls = (powers / all_ - good / right) * self.scales / _TEMPERATURE
        towards = np.einsum("nm,nmd->nd", pulls, self.chunks)
        towards -= (pulls * cosines).sum(axis=1, keepdims=True) * unit
        slope = self.questions.T @ (towards / lengths)
        return float(np.log(all_ / right).sum()), slope.astype(np.float32)
