"""Which model answers to the name `house`."""

import asyncio
from dataclasses import replace

import pytest

from database.database import Database
from tuning.errors import UnknownModel
from tuning.rollout.registry import ensure_served, models, promote, register, served


async def test_the_first_start_serves_the_base_model(database: Database) -> None:
    """A fresh workspace serves what the settings name; the next start changes nothing."""
    first = await ensure_served(database, "smollm2-135m", "SmolLM2-135M-Instruct")
    again = await ensure_served(database, "smollm2-135m", "SmolLM2-135M-Instruct")
    assert first == again
    assert (first.name, first.state) == ("smollm2-135m", "served")


async def test_a_promotion_retires_the_one_before(database: Database) -> None:
    """One model is served at a time, and who promoted it and why is kept."""
    await ensure_served(database, "smollm2-135m", "SmolLM2-135M-Instruct")
    await register(database, "house-1", "SmolLM2-135M-Instruct", "adapters/house-1")
    model = await promote(database, "house-1", by="U1", reason="better style")
    assert (model.promoted_by, model.reason) == ("U1", "better style")
    assert await served(database) == model
    assert [m.state for m in await models(database)] == ["served", "retired"]


async def test_a_restart_keeps_a_promoted_adapter(database: Database) -> None:
    """Settings name the base; they do not push a promoted adapter out of service."""
    await register(database, "house-1", "SmolLM2-135M-Instruct", "adapters/house-1")
    promoted = await promote(database, "house-1", by="U1", reason="better style")
    assert await ensure_served(database, "smollm2-135m", "SmolLM2-135M-Instruct") == promoted


async def test_an_unknown_model_changes_nothing(database: Database) -> None:
    """Promoting a name that nobody registered leaves the served model where it is."""
    model = await ensure_served(database, "smollm2-135m", "SmolLM2-135M-Instruct")
    with pytest.raises(UnknownModel, match="house-9"):
        await promote(database, "house-9", by="U1", reason="a slip of the pen")
    assert await served(database) == model


async def test_promotions_at_once_leave_one_served(database: Database) -> None:
    """Two admins at the same moment do not leave two models, or none, in service."""
    for name in ("a", "b", "c"):
        await register(database, name, "SmolLM2-135M-Instruct", name)
    await asyncio.gather(*(promote(database, n, by="U1", reason="race") for n in "abc"))
    assert sum(model.state == "served" for model in await models(database)) == 1


async def test_workspaces_do_not_see_each_other(database: Database) -> None:
    """A model that one workspace registered is unknown in another."""
    await register(database, "house-1", "SmolLM2-135M-Instruct", "adapters/house-1")
    with pytest.raises(UnknownModel):
        await promote(
            replace(database, workspace="elsewhere"), "house-1", by="U1", reason="not mine"
        )
