"""Train retrieval weights on feedback, evaluate them, and register a candidate."""

from collections.abc import Sequence
from dataclasses import dataclass

from database.database import Database
from retrieval.embeddings.embedder import Embedder
from retrieval.index.generations import Generation, live_generation
from retrieval.indexing.golden_questions import refresh_golden
from retrieval.search.query_adapter import Adapter
from retrieval.search.weights import SHIPPED, Weights, served_weights
from tuning.errors import CannotTrain
from tuning.evaluation.gate import Verdict
from tuning.feedback.erasure import sweep, weights_to_relearn
from tuning.feedback.source_spans import Search
from tuning.retriever.features import Case, gather_cases
from tuning.retriever.fit_adapter import fit_adapter
from tuning.retriever.fit_fusion import fit_dense_weight
from tuning.retriever.gate import FEWEST_HELD_OUT, hold_out, judge_weights
from tuning.retriever.registry import SearchLearned, register_weights
from tuning.retriever.training_data import read_lessons, teachable


@dataclass(frozen=True, slots=True)
class SearchTrained:
    """The result of a training: the weights, the incumbent, what they learned from, the verdict.

    Weights without an id and a verdict equal those of `rival`, and nothing was registered. `stale`
    is the number of the served weights if they learned from data that was erased since.
    """

    weights: Weights
    rival: Weights
    lessons: int
    held_out: int
    verdict: Verdict | None = None
    stale: int | None = None


async def train_search(
    database: Database,
    embedder: Embedder,
    find: Search,
    public_channels: frozenset[str],
    by: str,
    *,
    with_adapter: bool = False,
) -> SearchTrained:
    """Fit the dense arm's weight, and on request a query adapter; evaluate; register.

    Golden questions of about half of the documents are held out; no lesson shares a document, a
    question or a thread with them. Stale weights are no incumbent: the candidate is then compared
    with the shipped ones. Raises CannotTrain if there is no index, no lesson or too few held-out
    questions, EmbedderUnavailable and DatabaseUnavailable.
    """
    generation = await _live(database, embedder)
    await sweep(database)
    golden = await refresh_golden(database)
    held_out = hold_out(golden)
    if len(held_out) < FEWEST_HELD_OUT:
        raise CannotTrain(
            f"{FEWEST_HELD_OUT} golden questions have to be held out to judge what the search "
            f"learns, about half of all; there are {len(held_out)} so far. They grow from answers "
            "that people found good, and by `houselore golden add`."
        )
    told = await read_lessons(database, find, golden, public_channels)
    lessons = teachable(told, held_out)
    hidden = frozenset(one.document_id for one in held_out)
    cases = await gather_cases(database, embedder, generation, lessons, hidden)
    if not cases:
        raise CannotTrain(
            "Nobody has said anything yet that the search could learn from and is not held out."
        )
    served = await served_weights(database, generation)
    stale = served.id if served.id in await weights_to_relearn(database) else None
    rival = served if stale is None else SHIPPED
    candidate = fit_weights(cases, with_adapter=with_adapter)
    if _are_same(candidate, rival):
        return SearchTrained(candidate, rival, len(lessons), len(held_out), stale=stale)
    verdict = await judge_weights(database, embedder, generation, held_out, rival, candidate)
    number = await register_weights(
        database, generation, candidate, SearchLearned(lessons, verdict, rival.id, by)
    )
    kept = Weights(candidate.dense, candidate.adapter, number)
    return SearchTrained(kept, rival, len(lessons), len(held_out), verdict, stale)


def fit_weights(cases: Sequence[Case], *, with_adapter: bool = False) -> Weights:
    """Return the weights fitted to the cases; the shipped ones without cases."""
    dense = fit_dense_weight(cases)
    adapter = fit_adapter(cases, dense) if with_adapter else None
    if adapter is None:
        return Weights(dense)
    # Through bytes and back, so that the gate sees the same rounded adapter that is served later.
    return Weights(dense, Adapter.from_bytes(adapter.to_bytes(), len(adapter.residual)))


async def _live(database: Database, embedder: Embedder) -> Generation:
    generation = await live_generation(database)
    if generation is None:
        raise CannotTrain("Nothing is indexed yet: `houselore index PATH` first.")
    if not generation.reads(embedder):
        raise CannotTrain(
            "The index is of another embedder than the one that is set: `houselore reindex` first."
        )
    return generation


def _are_same(one: Weights, other: Weights) -> bool:
    kept = [weights.adapter and weights.adapter.to_bytes() for weights in (one, other)]
    return one.dense == other.dense and kept[0] == kept[1]
