"""Open the services: database, Redis, embedder, chat model, answerer."""

import asyncio
import logging
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from houselore.embedded.lease import Lease, Part, lease_servers
from houselore.embedded.reranker import RERANKER_ALIAS
from houselore.embedded.supervisor import Address
from houselore.errors import DatabaseUnusable, PartUnusable
from houselore.migrations import at_head, upgrade
from houselore.settings import EMBEDDED, Settings

if TYPE_CHECKING:  # these take seconds to import, and `--help` needs none of them
    from redis.asyncio import Redis

    from answering.types.reader_links import SourceLinks
    from database.database import Database
    from houselore.models.router import ModelRouter
    from retrieval.embeddings.embedder import Embedder
    from retrieval.reader.reader import Reader
    from retrieval.search.reranker import Reranker
    from tuning.rollout.adapter_store import AdapterStore

_log = logging.getLogger(__name__)
EMBEDDABLE: tuple[Part, ...] = ("postgres", "redis", "chat_model", "reranker")
"""The services that may run as embedded servers."""

_LINK_KEY = "link.key"
_READER_NOTE = "reader.url"


@dataclass(frozen=True, slots=True)
class Store:
    """The database alone, for commands that only read or write tables."""

    database_url: str
    database: "Database"

    @property
    def workspace(self) -> str:
        """The workspace that all of it is of."""
        return self.database.workspace


@dataclass(frozen=True, slots=True)
class Index:
    """The database and the embedder, for indexing and search."""

    database: "Database"
    embedder: "Embedder"
    links: "SourceLinks"

    @property
    def workspace(self) -> str:
        """The workspace that all of it is of."""
        return self.database.workspace


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a bot needs except Slack; `lost` is set when the embedded servers end.

    `chat` is the chat model's address, None when a provider's LangChain package knows it.
    """

    database_url: str
    database: "Database"
    redis: "Redis"
    embedder: "Embedder"
    answerer: "ModelRouter"
    links: "SourceLinks"
    chat: Address | None
    lost: asyncio.Event

    @property
    def workspace(self) -> str:
        """The workspace that all of it is of."""
        return self.database.workspace


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[Store]:
    """Open the database. Raises DatabaseUnusable and ServerDidNotStart."""
    async with AsyncExitStack() as stack:
        lease = await take_lease(stack, settings, {"postgres"})
        url = await database_address(settings, lease)
        await _migrated(settings, url, migrate=False)
        yield Store(url, await _open_database(stack, settings, url))


@asynccontextmanager
async def open_index(settings: Settings) -> AsyncIterator[Index]:
    """Open the database and the embedder in parallel. Raises also PartUnusable."""
    async with AsyncExitStack() as stack:
        embedder = asyncio.create_task(load_embedder(settings))
        stack.push_async_callback(_forget, embedder)
        lease = await take_lease(stack, settings, {"postgres"})
        url = await database_address(settings, lease)
        await _migrated(settings, url, migrate=False)
        database = await _open_database(stack, settings, url)
        yield Index(database, await embedder, open_links(settings))


@asynccontextmanager
async def open_services(settings: Settings, *, migrate: bool = False) -> AsyncIterator[Services]:
    """Open all services in parallel. Raises a HouseloreError.

    `migrate` upgrades the schema of an external database too, not only of the embedded one.
    """
    from answering.answer_cache import AnswerCache
    from answering.evidence.retrieve import SearchIndex
    from houselore.models.factory import Parts, open_house
    from houselore.models.hub import pull_missing

    await pull_missing(settings)
    async with AsyncExitStack() as stack:
        embedder = asyncio.create_task(_embedder_and_imports(settings))
        stack.push_async_callback(_forget, embedder)
        lease = await take_lease(stack, settings, {*EMBEDDABLE})
        url = await database_address(settings, lease)
        await _migrated(settings, url, migrate=migrate)
        database = await _open_database(stack, settings, url)
        redis = await redis_client(stack, settings, lease)
        links = open_links(settings)
        chat = await chat_address(settings, lease)
        opened = await embedder
        index = SearchIndex(database, opened, links, await open_reranker(settings, lease))
        reader = await asyncio.to_thread(load_reader)
        cache, adapters = AnswerCache(redis), open_adapters(settings)
        parts = Parts(stack, settings, chat, index, reader, cache, adapters)
        yield Services(
            database_url=url,
            database=database,
            redis=redis,
            embedder=opened,
            answerer=await open_house(parts),
            links=links,
            chat=chat,
            lost=lease.lost,
        )


def open_links(settings: Settings) -> "SourceLinks":
    """Return the signer of reader page links; its secret is created at the first use."""
    from answering.types.reader_links import SourceLinks

    if settings.link_secret is not None:
        secret = settings.link_secret.get_secret_value().encode()
    else:
        path = settings.folder() / _LINK_KEY
        try:
            # O_EXCL: of two processes that start together, one writes the secret and both read it.
            note = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(note, "w") as file:
                file.write(secrets.token_hex(32))
        except FileExistsError:
            pass
        secret = path.read_bytes().strip()
    return SourceLinks(_reader_url(settings), secret)


@contextmanager
def reader_noted(settings: Settings) -> Iterator[None]:
    """Publish the reader pages' URL in the data folder while the block runs, for other commands."""
    note = settings.folder() / _READER_NOTE
    note.write_text(settings.reader_url, encoding="utf-8")
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def _reader_url(settings: Settings) -> str:
    note = settings.folder() / _READER_NOTE
    # A running Houselore may serve the pages at another port than these settings say.
    if settings.public_url is None and note.is_file():
        return note.read_text(encoding="utf-8")
    return settings.reader_url


async def take_lease(stack: AsyncExitStack, settings: Settings, wanted: set[Part]) -> Lease:
    """Lease those wanted services that have no URL of their own and so run embedded."""
    is_embedded: dict[Part, bool] = {
        "postgres": settings.database_url.get_secret_value() == EMBEDDED,
        "redis": settings.redis_url.get_secret_value() == EMBEDDED,
        "chat_model": settings.chat_server == "embedded",
        "reranker": settings.reranker_file is not None,
    }
    parts = [part for part in EMBEDDABLE if part in wanted and is_embedded[part]]
    servers = lease_servers(
        settings.folder(), parts, settings.chat_file, reranker=settings.reranker_file
    )
    return await stack.enter_async_context(servers)


async def database_address(settings: Settings, lease: Lease) -> str:
    """Return the database's URL. Raises ServerDidNotStart."""
    url = settings.database_url.get_secret_value()
    return (await lease.address("postgres")).url if url == EMBEDDED else url


async def _migrated(settings: Settings, url: str, *, migrate: bool) -> None:
    if migrate or settings.database_url.get_secret_value() == EMBEDDED:
        await asyncio.to_thread(upgrade, url)
    elif not await asyncio.to_thread(at_head, url):
        raise DatabaseUnusable(
            "The database's schema is not this version's: run `houselore migrate`."
        )


async def _open_database(stack: AsyncExitStack, settings: Settings, url: str) -> "Database":
    from database.database import open_database
    from database.errors import DatabaseUnavailable

    try:
        return await stack.enter_async_context(open_database(url, settings.workspace))
    except DatabaseUnavailable as error:
        raise DatabaseUnusable(str(error)) from error


async def redis_client(stack: AsyncExitStack, settings: Settings, lease: Lease) -> "Redis":
    """Return a Redis client with timeouts of one second."""
    from redis.asyncio import Redis

    url = settings.redis_url.get_secret_value()
    if url == EMBEDDED:
        url = (await lease.address("redis")).url
    # Short, because Redis is a cache: what it holds can be had elsewhere.
    client: Redis = Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
    stack.push_async_callback(client.aclose)
    return client


async def load_embedder(settings: Settings) -> "Embedder":
    """Load the embedder in a thread. Raises PartUnusable."""
    key = settings.embeddings_api_key
    return await asyncio.to_thread(
        _open_embedder, settings.embeddings, key.get_secret_value() if key else None
    )


async def _embedder_and_imports(settings: Settings) -> "Embedder":
    """Load the embedder and the slow imports while the servers start."""
    embedder = await load_embedder(settings)
    # One after the other: two threads that import modules which need each other can fail.
    for module in ("answering.answerer", _integration(settings)):
        await asyncio.to_thread(import_module, module)
    return embedder


def _integration(settings: Settings) -> str:
    """Return the LangChain package of the chat model."""
    return "langchain.chat_models" if settings.chat_server == "provider" else "langchain_openai"


def _open_embedder(url: str, api_key: str | None) -> "Embedder":
    from retrieval.embeddings.open import open_embedder
    from retrieval.errors import EmbedderUnavailable

    try:
        return open_embedder(url, api_key)
    except EmbedderUnavailable as error:
        raise PartUnusable(str(error)) from error


async def open_reranker(settings: Settings, lease: Lease) -> "Reranker | None":
    """Return the reranker, None if none is set. Raises PartUnusable and ServerDidNotStart."""
    from retrieval.errors import RerankerUnavailable
    from retrieval.search.reranker import Reranker

    if settings.reranker is None:
        return None
    if settings.reranker_file is not None:
        address = await lease.address("reranker")
        return Reranker(f"{address.url}#{RERANKER_ALIAS}", address.api_key)
    key = settings.reranker_api_key
    try:
        return Reranker(settings.reranker, key.get_secret_value() if key else None)
    except RerankerUnavailable as error:
        raise PartUnusable(str(error)) from error


def load_reader() -> "Reader | None":
    """Return the bundled reader model; None, with a warning, if it cannot be loaded."""
    from retrieval.errors import ReaderUnavailable
    from retrieval.reader.reader import open_reader

    try:
        return open_reader()
    except ReaderUnavailable as error:
        _log.warning("%s", error)
        return None


def open_adapters(settings: Settings) -> "AdapterStore":
    """Return the store of trained adapters; it connects at the first use."""
    from tuning.rollout.adapter_store import AdapterStore

    return AdapterStore(settings.folder(), settings.adapters)


async def chat_address(settings: Settings, lease: Lease) -> Address | None:
    """Return the chat model's address; None for a provider's. Raises ServerDidNotStart."""
    if settings.chat_server == "embedded":
        return await lease.address("chat_model")
    if settings.chat_server == "provider":
        return None
    key = settings.chat_api_key
    return Address(settings.chat_url, key.get_secret_value() if key else None)


async def _forget(task: "asyncio.Task[Embedder]") -> None:
    """Wait for a task whose result is no longer wanted."""
    # Otherwise asyncio warns that its exception was never retrieved.
    await asyncio.gather(task, return_exceptions=True)
