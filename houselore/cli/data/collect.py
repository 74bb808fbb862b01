"""`houselore data collect`, `forget` and `allow`: which feedback becomes training examples."""

import json
from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from houselore.errors import WrongUse
from houselore.people.lookup import find_channel, find_person
from houselore.people.members import known_workplace, redactor
from houselore.services import Index, open_adapters, open_index, open_store
from houselore.settings import Settings
from retrieval.audience import Audience
from retrieval.documents import Passage
from retrieval.search.retriever import search
from tuning.feedback.collect import Collected, allow_training, collect
from tuning.feedback.erasure import forget, models_to_retrain, weights_to_relearn
from tuning.feedback.source_spans import Search
from tuning.training.stages import sweep_adapters

_FOUND = 8
_NOT_ALLOWED = (
    "Nothing may be learned from feedback yet: read docs/learning.md, then set "
    "HOUSELORE_TRAIN_ON_FEEDBACK=true."
)


async def collect_examples(settings: Settings, *, as_json: bool) -> None:
    """Collect examples and print a summary. Raises WrongUse if training on feedback is off."""
    check_allowed(settings)
    workplace = await known_workplace(settings)
    async with open_index(settings) as index:
        public = workplace.public_channels if workplace else None
        collected = await collect(index.database, finder(index), redactor(workplace), public)
        await sweep_adapters(index.database, open_adapters(settings).folder)
    if as_json:
        _print_json(collected)
    else:
        _print(collected)


def check_allowed(settings: Settings) -> None:
    """Raise WrongUse if training on feedback is off."""
    if not settings.train_on_feedback:
        raise WrongUse(_NOT_ALLOWED)


def finder(index: Index) -> Search:
    """Return a search over today's index, to find the causes of bad answers."""

    async def find(question: str, audience: Audience) -> Sequence[Passage]:
        return await search(index.database, index.embedder, question, audience, _FOUND)

    return find


async def forget_person(settings: Settings, word: str) -> None:
    """Erase a person from the training data, and print what was removed."""
    person = await find_person(settings, word)
    async with open_store(settings) as store:
        left = await forget(store.database, person)
        models = await models_to_retrain(store.database)
        weights = await weights_to_relearn(store.database)
        folder = open_adapters(settings).folder
        cleared = await sweep_adapters(store.database, folder)
    out = Console(highlight=False)
    out.print(
        f"{left.examples:,} examples left, {left.datasets:,} datasets are stale now; nothing is "
        f"learned of {word} any more.",
        markup=False,
    )
    if models:
        out.print(f"To be trained anew: {', '.join(models)}.", markup=False)
    if cleared:
        out.print(describe_cleared(cleared), markup=False)
    if weights:
        numbers = ", ".join(map(str, weights))
        out.print(f"The search is to learn anew: weights {numbers}.", markup=False)


def describe_cleared(models: Sequence[str]) -> str:
    """Return a sentence on the models whose training inputs were removed."""
    return (
        f"What {', '.join(models)} was to learn from is removed here: delete the copies on other "
        "machines yourself."
    )


async def allow_channel(settings: Settings, word: str, by: str, *, allowed: bool) -> None:
    """Allow or forbid a channel as training data."""
    channel = await find_channel(settings, word)
    async with open_store(settings) as store:
        await allow_training(store.database, channel, by, allowed=allowed)
    may = "may be learned from" if allowed else "is not learned from, unless it is public"
    Console(highlight=False).print(
        f"What is said in {word} {may}, from the next `houselore data collect` on.", markup=False
    )


def _print(collected: Collected) -> None:
    out = Console(highlight=False)
    counts = ", ".join(f"{count:,} {kind}" for kind, count in sorted(collected.examples.items()))
    out.print(f"Examples: {counts or 'none'}. Withdrawn: {collected.withdrawn:,}.", markup=False)
    out.print(f"Golden questions from better answers: {collected.golden:,}.", markup=False)
    table = Table("cause of a bad answer", "cure", "answers", box=None)
    for cause, count in Counter(collected.causes.values()).most_common():
        table.add_row(cause.value, cause.cure, str(count))
    if collected.causes:
        out.print(table)
    for reason, count in sorted(collected.left_out.items()):
        out.print(f"Left out: {count:,}: {reason}.", markup=False)


def _print_json(collected: Collected) -> None:
    value = {
        "examples": collected.examples,
        "causes": [
            {"answer": answer, "cause": cause.value, "cure": cause.cure}
            for answer, cause in collected.causes.items()
        ],
        "golden": collected.golden,
        "left_out": collected.left_out,
        "withdrawn": collected.withdrawn,
    }
    Console(highlight=False, soft_wrap=True).print_json(json.dumps(value))
