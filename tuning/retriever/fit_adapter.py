"""An adapter of a question's vector, fitted to lessons by gradient descent. Searches nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.search.fusion import DENSE_WEIGHT
from retrieval.search.query_adapter import Adapter
from tuning.retriever.features import Case

_TEMPERATURE = 0.05
# Of 3 to 100 the one that lost least where documents were new, and still won where they were not.
_PENALTY = 30.0
_STEPS = 60
_SETTLED = 1e-4
_FAR = 0.1  # a cosine: nearer than so the best chunk always counts as

Floats = NDArray[np.float32]


def fit_adapter(
    cases: Sequence[Case], dense: float = DENSE_WEIGHT, penalty: float = _PENALTY
) -> Adapter | None:
    """The residual matrix under which what answered is nearer than what else was found.

    The loss is contrastive (van den Oord et al. 2018), on the score that is fused with the weight
    `dense`, so that nothing is learned of what the terms know already: of each question the chance
    of what answered among all chunks that its search found, those that misled included; where
    nothing is known to have answered, the chance of what misled. `penalty` is the weight of the
    matrix' squares, the same for ten lessons as for a thousand, so that a few move it little. None
    without cases. The same cases give the same adapter.
    """
    if not cases:
        return None
    batch = _Batch.of(cases, dense)
    matrix = np.zeros((batch.questions.shape[1],) * 2, dtype=np.float32)
    best, least = matrix, np.inf
    before: tuple[Floats, Floats] | None = None
    for _ in range(_STEPS):
        loss, slope = batch.loss(matrix)
        loss, slope = loss + penalty * float((matrix**2).sum()), slope + 2 * penalty * matrix
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
    """All cases at once: questions (n, d), chunks (n, m, d), and which of these count.

    A chunk's fused score is its cosine times `scales` (n, 1) and what `terms` (n, m) say of it.
    """

    questions: Floats
    chunks: Floats
    there: NDArray[np.bool_]
    wanted: NDArray[np.bool_]
    scales: Floats
    terms: Floats

    @classmethod
    def of(cls, cases: Sequence[Case], dense: float) -> "_Batch":
        """The cases, padded to the longest. Without an answer, what misled is what to avoid."""
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
        """The summed loss, and its slope."""
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
