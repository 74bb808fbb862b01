"""Rollouts in a real database: begun, judged by the answers that were given, ended."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from database.database import Database
from houselore.runtime.canary_watch import describe_end
from tuning.errors import ModelPinned, RolloutRefused, UnknownModel
from tuning.rollout.canary import (
    current_rollout,
    ended_rollouts,
    look_at_rollout,
    start_rollout,
    stop_rollout,
)
from tuning.rollout.registry import (
    Lineage,
    ensure_served,
    models,
    pin,
    promote,
    register,
    roll_back,
    served,
)

BASE = "SmolLM2-135M-Instruct"
ANSWER = """
insert into answers (workspace, question, readers, messages, evidence, text, citations, abstained,
    model, generation, prompt_version, timings_ms, withheld, signals, person)
values ('home', 'When?', '{public}', '[]', '[]', 'At noon.', '[]', %(abstained)s, %(model)s, 1, '1',
    '{}', %(withheld)s, %(signals)s, %(asker)s) returning id
"""
DISLIKE = """
insert into feedback (workspace, answer_id, person, label, surface)
values ('home', %s, %s, 'bad', 'button')
"""


@pytest.fixture
async def registry(database: Database) -> AsyncIterator[Database]:
    """`house-1` is served, `house-2` is a candidate."""
    await ensure_served(database, "house-1", BASE)
    lineage = Lineage(adapter_hash="ab", dataset="cd", metrics={"style": 0.6})
    await register(database, "house-2", BASE, "adapters/house-2", lineage)
    yield database


async def answer(
    database: Database,
    model: str,
    *,
    abstained: bool = False,
    disliked_by: str = "",
    asker: str = "U1",
    withheld: str = "",
    signals: str = "{}",
) -> None:
    """An answer of a model, and what somebody thought of it."""
    async with database.connection() as connection:
        values = {"model": model, "abstained": abstained, "withheld": withheld, "signals": signals}
        values["asker"] = asker
        ((id_,),) = await (await connection.execute(ANSWER, values)).fetchall()
        if disliked_by:
            await connection.execute(DISLIKE, [id_, disliked_by])


async def states(database: Database) -> dict[str, str]:
    """Each model's state."""
    return {model.name: model.state for model in await models(database)}


async def ends(database: Database) -> tuple[str, int]:
    """What a look at the rollout decides, and on how many pairs."""
    looked = await look_at_rollout(database)
    assert looked is not None
    return looked[1].end, looked[1].answers


async def test_a_canary_that_is_disliked_is_taken_back(registry: Database) -> None:
    """By several who asked it ends by itself with the reason, and what was served stays."""
    await start_rollout(registry, "house-2", 0.5, by="U1")
    for number in range(30):
        asker = f"U{number % 3}"
        await answer(registry, "house-1")
        await answer(registry, "house-2", asker=asker, disliked_by=asker)
    looked = await look_at_rollout(registry)
    assert looked is not None
    assert looked[1].end == "roll back"
    assert "disliked" in looked[1].reason
    assert await states(registry) == {"house-1": "served", "house-2": "retired"}
    assert await look_at_rollout(registry) is None


async def test_who_did_not_ask_takes_no_canary_back(registry: Database) -> None:
    """One reader's thumbs count for nothing, an expert's as those of who asked, but never alone."""
    await start_rollout(registry, "house-2", 0.5, by="U1")
    for _ in range(30):
        await answer(registry, "house-1")
        await answer(registry, "house-2", disliked_by="U7")
    assert (await ends(registry))[0] == "go on"
    async with registry.connection() as connection:
        await connection.execute(
            "insert into experts (workspace, person, named_by) values ('home', 'U7', 'U1')"
        )
    assert (await ends(registry))[0] == "go on"
    for _ in range(30):
        await answer(registry, "house-1")
        await answer(registry, "house-2", disliked_by="U1")
    assert (await ends(registry))[0] == "roll back"


async def test_a_canary_that_is_no_worse_is_promoted(registry: Database) -> None:
    """It takes the place of what was served, and its lineage is kept."""
    await start_rollout(registry, "house-2", 0.5, by="U1")
    for _ in range(60):
        await answer(registry, "house-1")
        await answer(registry, "house-2")
    await look_at_rollout(registry)
    model = await served(registry)
    assert model is not None
    assert (model.name, model.promoted_by, model.metrics) == (
        "house-2",
        "houselore",
        {"style": 0.6},
    )
    assert await current_rollout(registry) is None


async def test_a_canary_that_is_not_supported_is_taken_back(registry: Database) -> None:
    """What the check withheld counts against the model that wrote it."""
    await start_rollout(registry, "house-2", 0.5, by="U1")
    for _ in range(30):
        await answer(registry, "house-1")
        await answer(registry, "house-2", withheld="At midnight.")
    looked = await look_at_rollout(registry)
    assert looked is not None
    assert "unsupported" in looked[1].reason


async def test_a_surer_sentence_is_no_fault_of_the_canary(registry: Database) -> None:
    """What a note supports counts for nothing, though a sentence of it was shown instead."""
    await start_rollout(registry, "house-2", 0.5, by="U1")
    for _ in range(60):
        await answer(registry, "house-1")
        await answer(registry, "house-2", withheld="At noon.", signals='{"supported": 1}')
    looked = await look_at_rollout(registry)
    assert looked is not None
    assert looked[1].end == "promote"


async def test_a_canary_is_not_tried_for_ever(registry: Database) -> None:
    """Undecided after 30 days it is stopped and that is told, so that what is learned next is
    tried; what is decided by then ends as it was decided.
    """
    await start_rollout(registry, "house-2", 0.5, by="U1")
    await age(registry, "29 days 23 hours")
    assert (await ends(registry))[0] == "go on"
    await age(registry, "30 days 1 hour")
    assert await look_at_rollout(registry) is not None
    async with registry.connection() as connection:
        (ended,) = await ended_rollouts(connection, "home")
    assert describe_end(ended) == (
        "house-2 is tried no more. After 30 days 0 pairs of answers are not enough to tell."
    )
    assert await states(registry) == {"house-1": "served", "house-2": "retired"}
    async with registry.connection() as connection:
        cursor = await connection.execute("select ended, ended_by from rollouts")
        assert await cursor.fetchall() == [("stopped", "houselore")]
    await start_rollout(registry, "house-2", 0.5, by="U1")
    for _ in range(60):
        await answer(registry, "house-1")
        await answer(registry, "house-2")
    await age(registry, "40 days")
    assert (await ends(registry))[0] == "promote"


async def age(database: Database, interval: str) -> None:
    """Let the rollout that goes on have begun so long ago."""
    async with database.connection() as connection:
        await connection.execute(
            "update rollouts set started_at = now() - %s::interval where ended is null", [interval]
        )


async def test_answers_from_before_do_not_count(registry: Database) -> None:
    """What people thought of the models before the rollout says nothing about it."""
    for _ in range(60):
        await answer(registry, "house-1", disliked_by="U1")
        await answer(registry, "house-2")
    await start_rollout(registry, "house-2", 0.5, by="U1")
    looked = await look_at_rollout(registry)
    assert looked is not None
    assert (looked[1].end, looked[1].answers) == ("go on", 0)


async def test_two_who_look_at_once_end_it_once(registry: Database) -> None:
    """Several processes may watch: one ends the rollout, the others find none."""
    await start_rollout(registry, "house-2", 0.5, by="U1")
    for _ in range(30):
        await answer(registry, "house-1")
        await answer(registry, "house-2", abstained=True)
    looks = await asyncio.gather(*(look_at_rollout(registry) for _ in range(4)))
    assert len([look for look in looks if look is not None]) == 1


async def test_a_thread_keeps_its_model(registry: Database) -> None:
    """A conversation that began with one model goes on with it, whatever is drawn for it."""
    rollout = await start_rollout(registry, "house-2", 0.3, by="U1")
    drawn = {rollout.model_for(f"C{number}", "1.0") for number in range(50)}
    assert drawn == {"house-1", "house-2"}
    for number in range(50):
        channel = f"C{number}"
        assert rollout.model_for(channel, "1.0", ["house-2", "house-1"]) == "house-2"
        assert rollout.model_for(channel, "1.0", ["gone"]) == rollout.model_for(channel, "1.0")


async def test_both_models_answer_where_the_canary_is_tried(registry: Database) -> None:
    """In a third of the channels about half of the threads are the canary's, elsewhere none."""
    rollout = await start_rollout(registry, "house-2", 0.3, by="U1")
    threads = range(200)
    shares = [
        sum(rollout.model_for(f"C{c}", f"{t}.0") == "house-2" for t in threads) / len(threads)
        for c in range(60)
    ]
    tried = [share for share in shares if share]
    assert 8 <= len(tried) <= 30
    assert all(0.35 <= share <= 0.65 for share in tried)


async def test_one_rollout_at_a_time(registry: Database) -> None:
    """A second canary, the served model and an unknown one are refused in words."""
    with pytest.raises(UnknownModel, match="house-9"):
        await start_rollout(registry, "house-9", 0.2, by="U1")
    with pytest.raises(RolloutRefused, match="in service already"):
        await start_rollout(registry, "house-1", 0.2, by="U1")
    with pytest.raises(RolloutRefused, match=r"0\.2"):
        await start_rollout(registry, "house-2", 0, by="U1")
    await register(registry, "house-3", BASE)
    await start_rollout(registry, "house-2", 0.2, by="U1")
    with pytest.raises(RolloutRefused, match="being tried"):
        await start_rollout(registry, "house-3", 0.2, by="U1")


async def test_stopped_by_hand_it_may_begin_again(registry: Database) -> None:
    """Who takes a canary back can try it once more."""
    await start_rollout(registry, "house-2", 0.2, by="U1")
    await stop_rollout(registry, by="U1", reason="too soon")
    with pytest.raises(RolloutRefused, match="No model"):
        await stop_rollout(registry, by="U1", reason="twice")
    await start_rollout(registry, "house-2", 0.2, by="U1")
    assert await states(registry) == {"house-1": "served", "house-2": "canary"}


async def test_a_pinned_model_stays(registry: Database) -> None:
    """Pinning ends the canary and lets none begin; a promotion by hand still rules."""
    await start_rollout(registry, "house-2", 0.2, by="U1")
    assert await pin(registry) == "house-1"
    assert await states(registry) == {"house-1": "served", "house-2": "retired"}
    with pytest.raises(ModelPinned, match="house-1"):
        await start_rollout(registry, "house-2", 0.2, by="U1")
    await promote(registry, "house-2", by="U1", reason="I know better")
    assert await states(registry) == {"house-2": "served", "house-1": "retired"}
    await start_rollout(registry, "house-1", 0.2, by="U1")


async def test_back_to_the_one_before(registry: Database) -> None:
    """A rollback serves what was served before, and ends what is being tried."""
    with pytest.raises(UnknownModel, match="before"):
        await roll_back(registry, by="U1", reason="nothing there")
    await promote(registry, "house-2", by="U1", reason="better style")
    back = await roll_back(registry, by="U1", reason="worse after all")
    assert (back.name, back.reason) == ("house-1", "worse after all")
    assert await states(registry) == {"house-1": "served", "house-2": "retired"}
