"""The start makes room for a team's own documents, and the box says what there is to try."""

from pathlib import Path

import pytest
from rich.console import Console

from houselore.runtime.startup import Indexed, docs_folder, indexed_at_start, welcome
from houselore.services import open_services
from houselore.settings import Settings, open_settings
from houselore.slack.connection import SlackAccess
from retrieval.progress import IndexReport

SANDBOX = SlackAccess("http://x/api/", "Home", "xoxb-1", "xapp-1", page="http://x")


def box(settings: Settings, indexed: Indexed) -> str:
    """What a person reads."""
    console = Console(width=200)
    with console.capture() as capture:
        welcome(console, settings, SANDBOX, indexed, Path("log"))
    return capture.get()


@pytest.fixture
def settings(tmp_path: Path, database_url: str, redis_url: str) -> Settings:
    """Settings with a database and a Redis, whose chat model nobody asks."""
    return open_settings(
        data_dir=tmp_path / "data",
        database_url=database_url,
        redis_url=redis_url,
        chat_url="http://127.0.0.1:1/v1",
    )


async def test_our_docs_make_room_for_a_teams_own(settings: Settings, tmp_path: Path) -> None:
    """Indexed first, then replaced: the box says so once, and not where they were not there."""
    ours = docs_folder(settings)
    theirs = tmp_path / "leave.md"
    theirs.write_text("# Leave\n\nThirty days.\n")
    forgot = []
    async with open_services(settings) as services:
        for docs in (ours, theirs, theirs):
            async with indexed_at_start(services, docs, settings) as indexed:
                forgot.append("no longer indexed" in box(settings, indexed))
    assert forgot == [False, True, False]


def test_what_to_try_follows_the_documents(tmp_path: Path) -> None:
    """A question about Houselore is proposed with its own docs only."""
    settings = open_settings()
    ours = box(settings, Indexed(docs_folder(settings), IndexReport(added=7), False))
    theirs = box(settings, Indexed(tmp_path, IndexReport(added=7), False))
    assert "How do I connect Houselore to Slack?" in ours
    assert "How do I connect" not in theirs
    assert "@houselore and a question about your documents" in theirs


def test_the_demo_model_is_named_where_it_runs() -> None:
    """With a model of one's own, by URL, file or name, nothing is said of the small one."""
    indexed = Indexed(Path("docs"), None, False)
    assert "small demo model (135M)" in box(open_settings(), indexed)
    for given in (
        {"chat_url": "http://127.0.0.1:1/v1"},
        {"chat_gguf": Path("my.gguf")},
        {"chat_model": "ollama:qwen3:8b"},
        {"chat_model": "hf://owner/repo/file.gguf"},
    ):
        assert "demo model" not in box(open_settings(**given), indexed)
