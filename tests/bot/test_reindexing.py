"""/houselore reindex: real documents, one message that shows how it goes."""

from pathlib import Path

import pytest
from psycopg_pool import AsyncConnectionPool

from bot import inbox
from retrieval.embeddings import Embedder
from retrieval.indexing import index_source
from retrieval.sources.files import FilesSource
from tests.bot.house import House
from tests.bot.scene import ADMIN, MEMBER, Scene, until


@pytest.fixture
async def folder(tmp_path: Path, pool: AsyncConnectionPool, embedder: Embedder) -> Path:
    """A folder with one document, indexed; then another and a broken one are added."""
    (tmp_path / "deploy.md").write_text("# Deploying\n\nRun make deploy.")
    source = FilesSource(tmp_path, frozenset({"public"}))
    await index_source(pool, "home", source, embedder)
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


async def test_one_reindexing_at_a_time(
    house: House, scene: Scene, folder: Path, pool: AsyncConnectionPool
) -> None:
    """While one runs, a second one is refused in a sentence."""
    async with inbox.locked(pool, "reindex:home"):
        await scene.command("/houselore", "reindex", person=ADMIN)

        async def refused() -> bool:
            seen = await scene.from_bot(person=ADMIN)
            return any("running already" in one["html"] for one in seen)

        await until(refused, "the refusal")


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
