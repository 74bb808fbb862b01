"""`houselore retriever`: list, learn, promote and roll back search weights."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from database.database import Database
from houselore.cli.data.collect import check_allowed, finder
from houselore.errors import WrongUse
from houselore.people.lookup import terminal_user
from houselore.people.members import known_workplace
from houselore.services import Index, open_index, open_store
from houselore.settings import Settings
from retrieval.index.generations import Generation, live_generation
from retrieval.search.weights import SHIPPED, Weights
from tuning.feedback.erasure import sweep
from tuning.retriever.registry import (
    LearnedWeights,
    learned_weights,
    promote_weights,
    roll_back_weights,
)
from tuning.retriever.train import SearchTrained, train_search

_AT_ONCE = "They count from the next search on."


async def list_weights(settings: Settings) -> None:
    """Print all weights learned for the live index's embedder."""
    async with _live(settings) as (database, generation):
        known = await learned_weights(database, generation)
    out = Console(highlight=False)
    if known:
        out.print(_table(known))
    if not any(one.state == "served" for one in known):
        out.print(f"The search is weighed as shipped: {_describe(SHIPPED)}.", markup=False)
    for one in known:
        if one.stale_reason and one.state != "retired":
            out.print(
                f"Weights {one.id} have learned from what was taken back or deleted since "
                f"({one.stale_reason}): `houselore retriever learn` learns anew.",
                markup=False,
            )


async def learn_weights(settings: Settings, *, with_adapter: bool, promotes: bool) -> None:
    """Learn weights, evaluate and print them, and promote them if they pass and `promotes`.

    Raises WrongUse if training on feedback is off.
    """
    check_allowed(settings)
    workplace = await known_workplace(settings)
    public = workplace.public_channels if workplace else frozenset[str]()
    async with open_index(settings) as index:
        trained = await train_search(
            *(index.database, index.embedder, finder(index), public),
            terminal_user(),
            with_adapter=with_adapter,
        )
        number, verdict = trained.weights.id, trained.verdict
        out = Console(highlight=False, soft_wrap=True)
        out.print(_tell(trained), markup=False)
        if number is None or verdict is None:
            if trained.stale is not None:
                await _end_stale(index, trained.stale, promotes=promotes)
            return
        out.print(verdict.describe(), markup=False)
        if verdict.passes and promotes:
            generation = await live_generation(index.database)
            assert generation is not None  # noqa: S101 - they were learned on it
            await promote_weights(index.database, generation, number, terminal_user())
            out.print(f"Weights {number} are served. {_AT_ONCE}", markup=False)
        elif verdict.passes:
            out.print(f"`houselore retriever promote {number}` serves them.", markup=False)


async def _end_stale(index: Index, number: int, *, promotes: bool) -> None:
    """Replace stale weights by the shipped ones, or print how to."""
    out = Console(highlight=False, soft_wrap=True)
    stale = f"Weights {number}, which are served, have learned what had to leave"
    if not promotes:
        how = "`houselore retriever rollback --shipped` takes them back."
        out.print(f"{stale}: {how}", markup=False)
        return
    generation = await live_generation(index.database)
    assert generation is not None  # noqa: S101 - something was learned on it
    reason = "learned what had to leave"
    await roll_back_weights(index.database, generation, terminal_user(), reason, to_shipped=True)
    out.print(f"{stale}. The weights as shipped are served instead. {_AT_ONCE}", markup=False)


async def serve_weights(settings: Settings, number: int, reason: str) -> None:
    """Promote learned weights."""
    async with _live(settings) as (database, generation):
        served = await promote_weights(database, generation, number, terminal_user(), reason)
    _say(f"Weights {served.id} are served. {_AT_ONCE}")


async def take_weights_back(settings: Settings, reason: str, *, to_shipped: bool) -> None:
    """Roll back to the weights served before, or to the shipped ones."""
    async with _live(settings) as (database, generation):
        served = await roll_back_weights(
            database, generation, terminal_user(), reason, to_shipped=to_shipped
        )
    which = f"Weights {served.id} are" if served else "The weights as shipped are"
    _say(f"{which} served again. {_AT_ONCE}")


@asynccontextmanager
async def _live(settings: Settings) -> AsyncIterator[tuple[Database, Generation]]:
    """Open the database and its live index, after erasing what must go.

    Raises WrongUse when nothing is indexed.
    """
    async with open_store(settings) as store:
        generation = await live_generation(store.database)
        if generation is None:
            raise WrongUse("Nothing is indexed yet: `houselore index PATH` first.")
        await sweep(store.database)
        yield store.database, generation


def _tell(trained: SearchTrained) -> str:
    learned = _describe(trained.weights)
    if trained.weights.id is None:
        before = "as before" if trained.stale is None else "as shipped"
        return f"{trained.lessons:,} lessons say nothing new: {learned}, {before}."
    rival = f"weights {trained.rival.id}" if trained.rival.id else "as shipped"
    return (
        f"Weights {trained.weights.id}, learned from {trained.lessons:,} lessons: {learned}; "
        f"{rival}: {_describe(trained.rival)}. Judged on {trained.held_out:,} golden questions "
        "held out:"
    )


def _describe(weights: Weights) -> str:
    adapter = "an adapter" if weights.adapter else "no adapter"
    return f"vectors count {weights.dense:.2f}, words {1 - weights.dense:.2f}, {adapter}"


def _table(known: Sequence[LearnedWeights]) -> Table:
    table = Table(
        *("weights", "vectors", "adapter", "lessons", "gate", "state", "since", "by", "why"),
        box=None,
    )
    for one in known:
        state = f"{one.state}, stale" if one.stale_reason else one.state
        table.add_row(
            *(str(one.id), f"{one.dense:.2f}", "yes" if one.has_adapter else "no"),
            *(f"{one.lessons:,}", "passed" if one.passes else "refused", state),
            f"{one.decided_at or one.created_at:%Y-%m-%d %H:%M}",
            *(escape(one.decided_by or one.learned_by), escape(one.reason or "learned")),
        )
    return table


def _say(text: str) -> None:
    Console(stderr=True, highlight=False).print(text, markup=False)
