"""/houselore reindex: real documents, one message that shows how it goes."""

import asyncio
from pathlib import Path

import pytest

from database.database import Database
from retrieval.embeddings.embedder import Embedder
from retrieval.errors import ReindexCancelled
from retrieval.index.generations import live_generation
from retrieval.indexing.reindex import reindex
from retrieval.indexing.runs import cancel_run, recorded_run
from retrieval.indexing.sync import index_source
from retrieval.sources.files import FilesSource
from tests.bot.running_bot import House
from tests.bot.slack_client import ADMIN, MEMBER, Scene, until
from tests.retrieval.hash_embedder import Hashed


@pytest.fixture
async def folder(tmp_path: Path, database: Database, embedder: Embedder) -> Path:
    """A folder with one document, indexed; then another and a broken one are added."""
    (tmp_path / "deploy.md").write_text("# Deploying\n\nRun make deploy.")
    source = FilesSource(tmp_path, frozenset({"public"}))
    await index_source(database, source, embedder)
    (tmp_path / "backup.md").write_text("# Backups\n\nThey run at night.")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing more")
    return tmp_path


async def finished(scene: Scene, channel: str, person: str) -> str | None:
    """The text of the progress message once it is the last word."""
    seen = await scene.from_bot(channel=channel, person=person)
    whole = [one["html"] for one in seen if "Reindexed in" in one["html"]]
    return whole[0] if whole else None


async def test_an_admin_sees_the_progress(house: House, scene: Scene, folder: Path) -> None:
    """One message in the channel ends with what was done; only the admin is told what is broken."""
    await scene.command("/houselore", "reindex", person=ADMIN)
    text = await until(lambda: finished(scene, scene.channel, ADMIN), "the end")
    assert "1 added" in text
    assert "1 unchanged" in text
    assert "1 could not be read" in text

    async def told() -> bool:
        seen = await scene.from_bot(person=ADMIN)
        return any("broken.pdf" in one["html"] and one["ephemeral"] for one in seen)

    await until(told, "the broken files")
    others = await scene.from_bot(person=MEMBER)
    assert len(others) == 1
    assert "broken.pdf" not in others[0]["html"]


async def test_where_the_bot_is_no_member_it_writes_directly(
    house: House, scene: Scene, folder: Path
) -> None:
    """In a channel without the bot the progress goes to the admin's direct message."""
    await scene.act("members", channel=scene.channel, person=scene.bot, remove=True)
    await scene.command("/houselore", "reindex", person=ADMIN)
    channel = await scene.dm(ADMIN)
    await until(lambda: finished(scene, channel, ADMIN), "the end")


async def told(scene: Scene, person: str, *words: str) -> str:
    """What the bot has told this person alone, with all of these words, once it is there."""

    async def found() -> str | None:
        seen = await scene.from_bot(person=person)
        said = [one["html"] for one in seen if one["ephemeral"]]
        return next((text for text in said if all(word in text for word in words)), None)

    return await until(found, f"{words} for {person}")


async def shown(scene: Scene, *words: str) -> str:
    """The progress message once it holds all of these words."""

    async def found() -> str | None:
        seen = await scene.from_bot(person=ADMIN)
        said = [one["html"] for one in seen if not one["ephemeral"]]
        return next((text for text in said if all(word in text for word in words)), None)

    return await until(found, f"{words} on the board")


@pytest.fixture
def gated(house: House, monkeypatch: pytest.MonkeyPatch) -> Hashed:
    """The house has moved to another embedder, which waits; each report of a run is noted."""
    monkeypatch.setattr("retrieval.indexing.runs._BETWEEN_NOTES", 0.0)
    hashed = Hashed()
    hashed.gate.clear()
    object.__setattr__(house.services, "embedder", hashed)
    return hashed


async def test_one_reindexing_at_a_time(
    house: House, scene: Scene, folder: Path, database: Database
) -> None:
    """While one runs in a terminal, a second one is refused, with how to end the first."""
    async with recorded_run(database, "reindex", None, "ana in the terminal"):
        await scene.command("/houselore", "reindex", person=ADMIN)
        await told(scene, ADMIN, "running already", "/houselore cancel")
    assert [one["ephemeral"] for one in await scene.from_bot(person=ADMIN)] == [True]


async def test_a_dry_run_writes_nothing(house: House, scene: Scene, folder: Path) -> None:
    """What would be done, how long and how many bytes; an autocorrected dash is understood."""
    await scene.command("/houselore", f"reindex {folder.name} \u2014dry-run", person=ADMIN)
    text = await told(scene, ADMIN, "would add")
    assert "add 1, change 0 and delete 0 documents, and leave 1 as they are" in text
    assert "passages to embed" in text
    assert " MB" in text
    assert await scene.from_bot(person=MEMBER) == []


async def test_a_channels_sources_and_unknown_ones(
    house: House, scene: Scene, folder: Path, database: Database, embedder: Embedder
) -> None:
    """`#channel` reads what is indexed for it; a name that is no source's is refused in words."""
    (folder / "inner").mkdir()
    (folder / "inner" / "plan.md").write_text("# Plan\n\nWe meet at nine.")
    source = FilesSource(folder / "inner", frozenset({f"channel:{scene.channel}"}))
    await index_source(database, source, embedder)
    await scene.command("/houselore", f"reindex <#{scene.channel}|here>", person=ADMIN)
    text = await until(lambda: finished(scene, scene.channel, ADMIN), "the end")
    assert "0 added, 0 changed, 0 deleted, 1 unchanged" in text
    await scene.command("/houselore", "reindex nowhere", person=ADMIN)
    await told(scene, ADMIN, "No source is called nowhere", str(folder))
    await scene.command("/houselore", "reindex #no-such-channel", person=ADMIN)
    await told(scene, ADMIN, "no-such-channel")


async def test_it_is_cancelled_from_the_terminal(
    house: House, scene: Scene, folder: Path, database: Database, gated: Hashed
) -> None:
    """The message says who did it; the index goes on as it was, and a reindex ends the work."""
    await scene.command("/houselore", "reindex", person=ADMIN)
    await asyncio.to_thread(gated.waits.wait, 10)
    run = await cancel_run(database, "ana in the terminal")
    assert run is not None
    gated.gate.set()
    await shown(scene, "Cancelled by ana in the terminal.", "goes on with it")
    live = await live_generation(database)
    assert live is not None
    assert live.embedder != gated.name

    await scene.command("/houselore", "reindex", person=ADMIN)
    await shown(scene, "Reindexed in", "is live", "no golden questions yet")


async def test_it_is_cancelled_in_slack(
    house: House, scene: Scene, folder: Path, database: Database, gated: Hashed
) -> None:
    """A run of the terminal's ends; only admins may do that, and only while something runs."""
    work = reindex(database, gated, "ana in the terminal")
    running = asyncio.create_task(work)
    await asyncio.to_thread(gated.waits.wait, 10)
    await scene.command("/houselore", "cancel", person=MEMBER)
    await told(scene, MEMBER, "Only admins can cancel a reindex")
    await scene.command("/houselore", "status", person=MEMBER)
    await told(scene, MEMBER, "Last reindex", "building a new index", "is being built")
    await scene.command("/houselore", "cancel", person=ADMIN)
    await told(scene, ADMIN, "Cancelling", "after the batch")
    gated.gate.set()
    with pytest.raises(ReindexCancelled, match="in Slack"):
        await running
    await scene.command("/houselore", "cancel", person=ADMIN)
    await told(scene, ADMIN, "No reindex is running")


async def test_rollback(
    house: House,
    scene: Scene,
    folder: Path,
    database: Database,
    gated: Hashed,
) -> None:
    """Admins go back to the index before, and to the newer one again; others may not."""
    gated.gate.set()
    await scene.command("/houselore", "rollback", person=ADMIN)
    await shown(scene, "nothing to go back to")
    await scene.command("/houselore", "reindex", person=ADMIN)
    await shown(scene, "Reindexed in", "is live")
    await scene.command("/houselore", "rollback", person=MEMBER)
    await told(scene, MEMBER, "Only admins can go back")
    await scene.command("/houselore", "rollback", person=ADMIN)
    await shown(scene, "Generation 1 is live again")
    await scene.command("/houselore", "reindex --switch", person=ADMIN)
    await shown(scene, "Generation 2 is live.")


async def test_the_home_button_reindexes(house: House, scene: Scene, folder: Path) -> None:
    """The button of the admin's Home tab reindexes, with its progress in the direct message."""
    await scene.act("open", **{"as": ADMIN}, tab="home")

    async def view() -> str | None:
        shown = (await scene.see("home", **{"as": ADMIN}))["view"]
        return str(shown["id"]) if shown and "Reindex the" in shown["html"] else None

    view_id = await until(view, "the Home tab")
    await scene.act("press", **{"as": ADMIN}, view_id=view_id, action_id="reindex")
    channel = await scene.dm(ADMIN)
    await until(lambda: finished(scene, channel, ADMIN), "the end")
