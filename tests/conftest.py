"""Real Postgres and Redis for every test: one server a run, a migrated template, a clone a test."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright
from psycopg import sql

from database.database import Database, open_database
from houselore.embedded.postgres import embedded_postgres
from houselore.embedded.redis import embedded_redis
from houselore.migrations import upgrade
from tests.tuning.bucket import Bucket, bucket

settings.register_profile("house", deadline=None)  # a busy machine is nobody's fault
settings.load_profile("house")

CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


# What takes long because of what it uses is marked here, once; the rest is marked where it stands.
_MARKS = {"browser": "browser", "chat_url": "slow", "houselore": "slow", "running": "slow"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by the fixtures that they use, for `make test-quick`."""
    for item in items:
        for fixture in _MARKS.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(_MARKS[fixture])


@pytest.fixture(scope="session")
def _postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running Postgres whose database `template_house` has every migration."""
    with asyncio.Runner() as runner:
        server = embedded_postgres(tmp_path_factory.mktemp("postgres"), durable=False)
        url = runner.run(server.__aenter__())
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("create database template_house")
        upgrade(_with_database(url, "template_house"))
        yield url
        runner.run(server.__aexit__(None, None, None))


@pytest.fixture
def database_url(_postgres_url: str) -> Iterator[str]:
    """The URL of a migrated database that only this test uses."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(_postgres_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} template template_house").format(sql.Identifier(name))
        )
    yield _with_database(_postgres_url, name)
    with psycopg.connect(_postgres_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
        )


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The application's connections to this test's database, for the workspace `home`."""
    async with open_database(database_url, "home", max_size=8) as opened:
        yield opened


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[psycopg.AsyncConnection]:
    """A connection of the database's owner, whom no policy holds, to look behind the curtain."""
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as opened:
        yield opened


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running Redis; tests use keys of their own."""
    with asyncio.Runner() as runner:
        server = embedded_redis(tmp_path_factory.mktemp("redis"))
        yield runner.run(server.__aenter__())
        runner.run(server.__aexit__(None, None, None))


@pytest.fixture
async def s3(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bucket]:
    """A bucket whose keys are in the environment."""
    async with bucket() as opened:
        for name, value in opened.environment().items():
            monkeypatch.setenv(name, value)
        yield opened


def _with_database(url: str, name: str) -> str:
    """The same server's URL for another database."""
    base, _, query = url.partition("?")
    head, _, _ = base.rpartition("/")
    return f"{head}/{name}?{query}" if query else f"{head}/{name}"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The data beside the checkout; tests that need it are skipped without it."""
    folder = Path(os.environ.get("SHARED_DATA", Path(__file__).parents[2] / "shared"))
    if not folder.is_dir():
        pytest.skip("the data beside the checkout is not here")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium; one a module, since its loop must not be open while others run."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield opened
        opened.close()
