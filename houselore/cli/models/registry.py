"""`houselore models`: list, register, promote, roll back and pin models."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from houselore.embedded.chat_model_files import BUNDLED_NAME
from houselore.errors import WrongUse
from houselore.models.chat_models import base_name
from houselore.people.lookup import terminal_user
from houselore.services import open_adapters, open_store
from houselore.settings import Settings
from tuning.adapters.files import CONFIG, WEIGHTS, hash_adapter
from tuning.adapters.names import check_name
from tuning.feedback.erasure import models_to_retrain
from tuning.hosted.jobs import hosted_id
from tuning.rollout.canary import Rollout, current_rollout, start_rollout, stop_rollout
from tuning.rollout.registry import Lineage, Model, models, pin, promote, register, roll_back

_AGREED = "Every process follows within 10 seconds once the model is open there."


async def list_models(settings: Settings) -> None:
    """Print every registered model, and the current canary."""
    async with open_store(settings) as store:
        known = await models(store.database)
        rollout = await current_rollout(store.database)
        stale = await models_to_retrain(store.database)
    out = Console(highlight=False)
    if not known:
        out.print("No model is registered yet: the first start of `houselore run` does it.")
        return
    out.print(_table(known))
    for name in stale:
        out.print(
            f"{name} has learned from what was taken back or deleted since: freeze a new dataset "
            "and tune another.",
            markup=False,
        )
    if rollout is not None:
        out.print(_describe(rollout), markup=False)


async def register_adapter(settings: Settings, name: str, adapter: str) -> None:
    """Register a PEFT adapter's folder, or a provider's `hosted:ID`, as a candidate.

    A folder is copied to the shared storage, if one is set.
    """
    check_name(name)
    lineage, folder = Lineage(), None
    if hosted_id(adapter) is None:
        folder = _folder_of(adapter)
        lineage = Lineage(adapter_hash=hash_adapter(folder))
    elif settings.chat_server == "embedded":
        raise WrongUse(
            "A hosted model is served elsewhere: set HOUSELORE_CHAT_URL, or HOUSELORE_CHAT_MODEL "
            "to provider:model."
        )
    is_bundled = settings.chat_server == "embedded" and settings.chat_file is None
    base = BUNDLED_NAME if is_bundled else base_name(settings)
    async with open_store(settings) as store:
        if name in {model.name for model in await models(store.database)}:
            raise WrongUse(f"A model is called {name} already: a model is replaced, never changed.")
        if folder is not None:
            adapter = await asyncio.to_thread(open_adapters(settings).put, name, folder)
        await register(store.database, name, base, adapter, lineage)
    _say(f"{name} is a candidate: `houselore models canary {name}` tries it.")


def _folder_of(adapter: str) -> Path:
    """Return the adapter's folder. Raises WrongUse if it is not a PEFT adapter."""
    folder = Path(adapter).expanduser().resolve()
    for needed in (CONFIG, WEIGHTS):
        if not (folder / needed).is_file():
            raise WrongUse(f"{folder} is no PEFT adapter: it has no {needed}.")
    return folder


async def try_model(settings: Settings, name: str, share: float) -> None:
    """Start a canary."""
    async with open_store(settings) as store:
        rollout = await start_rollout(store.database, name, share, terminal_user())
    _say(f"{_describe(rollout)} {_AGREED}")


async def take_back(settings: Settings, reason: str) -> None:
    """Stop the canary; the served model stays."""
    async with open_store(settings) as store:
        rollout = await stop_rollout(store.database, terminal_user(), reason)
    _say(f"{rollout.canary} was taken back; {rollout.served} answers. {_AGREED}")


async def promote_model(settings: Settings, name: str, reason: str) -> None:
    """Promote a model."""
    async with open_store(settings) as store:
        model = await promote(store.database, name, terminal_user(), reason)
    _say(f"{model.name} answers now. {_AGREED}")


async def roll_model_back(settings: Settings, reason: str) -> None:
    """Roll back to the model served before."""
    async with open_store(settings) as store:
        model = await roll_back(store.database, terminal_user(), reason)
    _say(f"{model.name} answers again. {_AGREED}")


async def pin_model(settings: Settings, *, is_pinned: bool) -> None:
    """Pin or unpin the served model."""
    async with open_store(settings) as store:
        name = await pin(store.database, is_pinned=is_pinned)
    _say(f"{name} stays until you let it go." if is_pinned else f"{name} may be replaced again.")


def _table(known: Sequence[Model]) -> Table:
    table = Table("model", "state", "since", "by", "why", box=None)
    for model in known:
        since = f"{model.promoted_at:%Y-%m-%d %H:%M}" if model.promoted_at else ""
        state = f"{model.state}, pinned" if model.is_pinned else model.state
        cells = model.name, state, since, model.promoted_by or "", model.reason or ""
        table.add_row(*map(escape, cells))
    return table


def _describe(rollout: Rollout) -> str:
    return (
        f"{rollout.canary} is tried in {100 * rollout.share:.0f} of 100 channels beside "
        f"{rollout.served}, since {rollout.started_at:%Y-%m-%d %H:%M}, by {rollout.started_by}."
    )


def _say(text: str) -> None:
    Console(stderr=True, highlight=False).print(text, markup=False)
