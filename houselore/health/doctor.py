"""Check each part of an installation; each finding is one line that says how to fix it."""

import asyncio
import importlib.metadata
import json
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Literal

import psycopg

from database.statements import load_statements
from houselore import services
from houselore.embedded.lease import Lease
from houselore.embedded.sandbox import manifest_file
from houselore.errors import DatabaseUnusable, HouseloreError, PartUnusable, WrongUse
from houselore.health.model_checks import chat_model, model_file, reader_file, reranker
from houselore.health.readiness import is_alive, redis_answers
from houselore.migrations import at_head, check_server
from houselore.settings import EMBEDDED, Settings
from houselore.slack.connection import granted_scopes, slack_access
from houselore.web.http_server import bind
from tuning.errors import StorageUnusable

Gravity = Literal["broken", "poorly"]

_ENOUGH_DISK = 1_000_000_000  # bytes
_SQL = load_statements("houselore.health")


@dataclass(frozen=True, slots=True)
class HealthFinding:
    """A part's state; `poorly`: Houselore works, but something is missing."""

    part: str
    verdict: Literal["well", "poorly", "broken"]
    said: str


Check = tuple[str, Gravity, Callable[[], Awaitable[str]]]


async def examine(settings: Settings) -> AsyncIterator[HealthFinding]:
    """Yield a finding for each part, those on this machine first."""
    async with AsyncExitStack() as stack:
        lease = await services.take_lease(stack, settings, {*services.EMBEDDABLE})
        for part, gravity, check in _checks(settings, lease, stack):
            try:
                yield HealthFinding(part, "well", await check())
            except HouseloreError as error:
                yield HealthFinding(part, gravity, str(error))


def _checks(settings: Settings, lease: Lease, stack: AsyncExitStack) -> Iterator[Check]:
    yield "Python", "broken", _python
    yield "packages", "broken", _packages
    yield "disk", "poorly", lambda: _disk(settings)
    yield "port", "poorly", lambda: _port(settings, settings.port, "HOUSELORE_PORT")
    yield (
        "health port",
        "poorly",
        lambda: _port(settings, settings.reader_port, "HOUSELORE_HTTP_PORT"),
    )
    yield "model file", "broken", lambda: asyncio.to_thread(model_file, settings)
    yield "reader", "poorly", lambda: asyncio.to_thread(reader_file)
    if settings.reranker is not None:
        yield "reranker", "poorly", lambda: reranker(settings, lease)
    yield "embedder", "broken", lambda: _embedder(settings)
    yield "database", "broken", lambda: _database(settings, lease)
    yield "schema", "broken", lambda: _schema(settings, lease)
    yield "index", "poorly", lambda: _index(settings, lease)
    yield "Redis", "poorly", lambda: _redis(settings, lease, stack)
    yield "chat model", "broken", lambda: chat_model(settings, lease)
    yield "adapters", "poorly", lambda: _adapters(settings)
    yield "Slack", "broken", lambda: _slack(settings)
    if settings.slack_bot_token is not None:
        yield "scopes", "broken", lambda: _scopes(settings)
        yield "links", "poorly", lambda: _links(settings)


async def _python() -> str:
    return ".".join(map(str, sys.version_info[:3]))


async def _packages() -> str:
    from packaging.requirements import Requirement

    try:
        lines = importlib.metadata.requires("houselore") or []
    except importlib.metadata.PackageNotFoundError:
        raise PartUnusable("Houselore is run without being installed: `make install`.") from None
    wanted = [Requirement(line) for line in lines]
    needed = [r for r in wanted if r.marker is None or r.marker.evaluate({"extra": ""})]
    for requirement in needed:
        try:
            found = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            raise PartUnusable(
                f"{requirement.name} is missing: run `make install`, or install houselore again."
            ) from None
        if not requirement.specifier.contains(found, prereleases=True):
            raise PartUnusable(
                f"{requirement.name} {found} is not {requirement.specifier}: run `make install`."
            )
    return f"all {len(needed)} are installed"


async def _disk(settings: Settings) -> str:
    folder = settings.folder()
    free = shutil.disk_usage(folder).free
    if free < _ENOUGH_DISK:
        raise PartUnusable(f"Only {free / 1e6:.0f} MB are free at {folder}: make room.")
    return f"{free / 1e9:.0f} GB free at {folder}"


async def _port(settings: Settings, port: int, setting: str) -> str:
    try:
        bind(settings.host, port, setting).close()
    except WrongUse:
        if await is_alive(settings.reader_port):
            return f"{port} is in use by Houselore, which is running"
        raise
    return f"{port} is free"


async def _embedder(settings: Settings) -> str:
    embedder = await services.load_embedder(settings)
    vector = await embedder.aembed_query("How are you?")
    if len(vector) != embedder.dimensions:
        raise PartUnusable(
            f"{embedder.name} gives {len(vector)} dimensions instead of {embedder.dimensions}: "
            "install Houselore again."
        )
    return f"{embedder.name}, {embedder.dimensions} dimensions"


async def _database(settings: Settings, lease: Lease) -> str:
    url = await services.database_address(settings, lease)
    return await asyncio.to_thread(check_server, url)


async def _schema(settings: Settings, lease: Lease) -> str:
    url = await services.database_address(settings, lease)
    if settings.database_url.get_secret_value() == EMBEDDED:
        return "brought to this version at each start"
    if not await asyncio.to_thread(at_head, url):
        raise DatabaseUnusable("It is not this version's: run `houselore migrate`.")
    return "this version's"


async def _index(settings: Settings, lease: Lease) -> str:
    url = await services.database_address(settings, lease)
    try:
        async with await psycopg.AsyncConnection.connect(url) as connection:
            cursor = await connection.execute(
                _SQL["documents_indexed"], {"workspace": settings.workspace}
            )
            row = await cursor.fetchone()
    except psycopg.errors.UndefinedTable:
        row = None
    except psycopg.Error as error:
        raise DatabaseUnusable("It cannot be read: mend the database first.") from error
    count = row[0] if row else 0
    if not count:
        raise WrongUse("Nothing is indexed: `houselore index PATH`.")
    return f"{count:,} documents"


async def _redis(settings: Settings, lease: Lease, stack: AsyncExitStack) -> str:
    client = await services.redis_client(stack, settings, lease)
    if not await redis_answers(client):
        raise PartUnusable(
            "It does not answer; Houselore works without, slower: check HOUSELORE_REDIS_URL."
        )
    return "answers"


async def _adapters(settings: Settings) -> str:
    try:
        return await asyncio.to_thread(services.open_adapters(settings).check)
    except StorageUnusable as error:
        raise PartUnusable(str(error)) from None


async def _slack(settings: Settings) -> str:
    if settings.connection == "sandbox":
        return "no tokens are set: `houselore run` starts a sandbox"
    access = await slack_access(settings)
    return f"{access.team}, by {settings.connection}"


async def _links(settings: Settings) -> str:
    if settings.public_url is None and settings.docs_url is None:
        raise WrongUse(
            "Sources open on this machine alone: set HOUSELORE_PUBLIC_URL to how your team's "
            f"browsers reach port {settings.reader_port}, or HOUSELORE_DOCS_URL to where the "
            "documents are."
        )
    return f"sources open at {settings.docs_url or settings.public_url}"


async def _scopes(settings: Settings) -> str:
    manifest = json.loads(manifest_file().read_text(encoding="utf-8"))
    wanted = set(manifest["oauth_config"]["scopes"]["bot"])
    missing = sorted(wanted - await granted_scopes(settings))
    if missing:
        raise WrongUse(
            f"The app lacks {', '.join(missing)}: put bot/manifest.json into its settings at "
            "https://api.slack.com/apps and install it again."
        )
    return f"all {len(wanted)} are granted"
