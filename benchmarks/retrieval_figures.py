"""The figures of search on one set, and how they compare with the bars."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from retrieval.evaluation.datasets import Corpus
from retrieval.evaluation.metrics import Difference, Ranked, difference

WAYS: Mapping[str, str] = MappingProxyType(
    {
        "dense": "dense",
        "lexical": "lexical",
        "fused": "fused",
        "peer_dense": "PGVectorStore dense",
        "peer_weighted": "PGVectorStore hybrid",
        "peer_rrf": "PGVectorStore hybrid, RRF",
    }
)
"""The compared searches, as the page names them."""
_ARMS, _PEERS = ("dense", "lexical"), ("peer_weighted", "peer_rrf")
_SCIFACT, _RECALL, _LOSS = 0.70, 0.95, 0.02


@dataclass(frozen=True, slots=True)
class SetFigures:
    """The figures of one set. `ways` holds each search's summary; seconds and bytes are by store.

    `all_documents` is the size of the whole set, of which a part may be indexed. `over_arm` and
    `over_peer` are the difference in nDCG@10 from the fused search to its better arm and to the
    peer's better hybrid search.
    """

    name: str
    documents: int
    all_documents: int
    passages: int
    questions: int
    embedding_s: float
    index_s: Mapping[str, float]
    bytes: Mapping[str, int]
    ways: Mapping[str, Mapping[str, float]]
    over_arm: Difference
    over_peer: Difference

    @classmethod
    def of(
        cls,
        name: str,
        corpus: Corpus,
        all_documents: int,
        ranked: Mapping[str, Ranked],
        *,
        passages: int,
        embedding_s: float,
        index_s: Mapping[str, float],
        size: Mapping[str, int],
    ) -> "SetFigures":
        """Compute the figures from the rankings."""
        gains = {way: of.figures(corpus.grades)["ndcg@10"] for way, of in ranked.items()}
        return cls(
            name=name,
            documents=len(corpus.documents),
            all_documents=all_documents,
            passages=passages,
            questions=len(corpus.questions),
            embedding_s=round(embedding_s, 2),
            index_s={store: round(seconds, 2) for store, seconds in index_s.items()},
            bytes=dict(size),
            ways={way: of.summary(corpus.grades) for way, of in ranked.items()},
            over_arm=_over(gains, _ARMS),
            over_peer=_over(gains, _PEERS),
        )

    def as_object(self) -> dict[str, Any]:
        """Return the figures for JSON."""
        return asdict(self)

    def in_brief(self) -> str:
        """Return one line for the console."""
        scores = ", ".join(f"{way} {of['ndcg@10']:.3f}" for way, of in self.ways.items())
        return f"{self.name}: {scores}"


def _over(gains: Mapping[str, Sequence[float]], others: Sequence[str]) -> Difference:
    """Return how far the fused search is above the best of the others."""
    best = max(others, key=lambda way: sum(gains[way]))
    return difference(gains["fused"], gains[best])


def judge_bars(measured: Sequence[SetFigures]) -> list[str]:
    """Return a sentence for each bar that these sets measure."""
    by_name = {figures.name: figures for figures in measured}
    said = []
    if scifact := by_name.get("scifact"):
        said.append(_verdict("nDCG@10 on scifact", scifact.ways["fused"]["ndcg@10"], _SCIFACT))
    if squad2 := by_name.get("squad2"):
        said.append(_verdict("recall@5 on squad2", squad2.ways["fused"]["recall@5"], _RECALL))
    worst = min(measured, key=lambda figures: figures.over_arm.mean)
    what = f"nDCG@10 beside the better arm alone, where it gains least ({worst.name})"
    return [*said, _verdict(what, worst.over_arm.mean, -_LOSS)]


def _verdict(what: str, found: float, bar: float) -> str:
    met = "met" if found >= bar else "missed"
    return f"{what}: **{found:.3f}**; the bar is {bar:.2f}, {met}."
