"""The HTTP application: health, and reader pages that only a signed link opens."""

from collections.abc import AsyncIterator

import httpx
import pytest

from answering.types.reader_links import SourceLinks
from database.database import Database
from houselore.health.readiness import database_answers
from houselore.web.app import Check, create_web, health_routes

_READERS = frozenset({"public"})
_TEXT = "# Leave\n\nThirty days a year.\n\nAsk your lead.\n"


@pytest.fixture
def links() -> SourceLinks:
    """A signer of links to the application under test."""
    return SourceLinks("http://house", b"a secret of sixteen bytes")


@pytest.fixture
async def client(database: Database, links: SourceLinks) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without a window on the reader port."""

    async def down() -> bool:
        return False

    checks: dict[str, Check] = {"database": lambda: database_answers(database), "redis": down}
    web = create_web(database, links, health_routes(checks, frozenset({"redis"})))
    transport = httpx.ASGITransport(app=web)
    async with httpx.AsyncClient(transport=transport, base_url="http://house") as opened:
        yield opened


@pytest.fixture
async def passage(database: Database) -> tuple[int, int]:
    """A document of workspace `home`, and the chunk of it that reads `Thirty days a year.`"""
    start = _TEXT.index("Thirty")
    async with database.connection() as connection:
        cursor = await connection.execute(
            """
            with s as (insert into sources (workspace, kind, location)
                values ('home', 'files', '/docs') returning id),
            d as (insert into documents
                    (workspace, source_id, key, title, text, version, hash, readers)
                select 'home', id, 'leave.md', 'Leave', %(text)s, '1', 'h', '{public}' from s
                returning id),
            r as (insert into reader_sets (workspace, readers)
                values ('home', '{public}') returning id),
            g as (insert into generations
                    (workspace, embedder, dimensions, splitter, analyser, state)
                values ('home', 'e', 3, 's', 'a', 'live') returning id)
            select d.id, g.id, r.id from d, g, r
            """,
            {"text": _TEXT},
        )
        row = await cursor.fetchone()
        assert row is not None
        document, generation, reader_set = row
        await connection.execute("select make_generation_partition(%s)", [generation])
        cursor = await connection.execute(
            """
            insert into chunks (generation, workspace, document_id, position, headings, text,
                start_offset, end_offset, hash, reader_set, embedding, terms)
            values (%(generation)s, 'home', %(document)s, 0, '{}', 'Thirty days a year.', %(start)s,
                %(end)s, 'h', %(reader_set)s, '[1,2,3]', 4)
            returning id
            """,
            {
                "generation": generation,
                "document": document,
                "reader_set": reader_set,
                "start": start,
                "end": start + len("Thirty days a year."),
            },
        )
        chunk = await cursor.fetchone()
    assert chunk is not None
    return document, chunk[0]


async def test_alive_and_ready(client: httpx.AsyncClient) -> None:
    """With Redis away the bot is still ready, and says what is away."""
    assert (await client.get("/healthz")).text == "ok"
    ready = await client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {"ready": True, "parts": {"database": "answers", "redis": "away"}}


async def test_not_ready_without_the_database(
    client: httpx.AsyncClient, database: Database
) -> None:
    """With the database away the process is alive and not ready."""
    await database.pool.close()
    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/readyz")).status_code == 503


async def test_a_signed_link_opens_the_passage(
    client: httpx.AsyncClient, links: SourceLinks, passage: tuple[int, int]
) -> None:
    """The link of a citation shows the document with the passage marked, and forbids scripts."""
    page = await client.get(links.link(*passage, _READERS))
    assert page.status_code == 200
    assert '<p class="cited" id="cited">Thirty days a year.</p>' in page.text
    assert "<p>Ask your lead.</p>" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "no-referrer"
    assert (await client.get("/reader.css")).status_code == 200


async def test_no_other_link_opens_anything(
    client: httpx.AsyncClient, links: SourceLinks, passage: tuple[int, int]
) -> None:
    """Another chunk, another document, another key, no key, or nonsense: refused alike."""
    document, chunk = passage
    good = links.link(document, chunk, _READERS).split("#")[0]
    for url in (
        good.replace(f"chunk={chunk}", f"chunk={chunk + 1}"),
        good.replace(f"/documents/{document}", f"/documents/{document + 1}"),
        good[:-1],
        good + "é",
        f"/documents/{document}",
        f"/documents/{document}?chunk=-1&key=x",
        "/documents/99999999999999999999999?chunk=1&key=x",
        "/documents/-1?chunk=1&key=x",
        f"/documents/{document}?chunk=99999999999999999999999&key=x",
    ):
        assert (await client.get(url)).status_code == 403, url


async def test_what_is_gone_is_said_to_be_gone(
    client: httpx.AsyncClient,
    links: SourceLinks,
    passage: tuple[int, int],
    database: Database,
) -> None:
    """A replaced passage shows the document and says so; a deleted document is not shown."""
    async with database.connection() as connection:
        await connection.execute("delete from chunks")
    page = await client.get(links.link(*passage, _READERS))
    assert page.status_code == 200
    assert "has changed since" in page.text
    async with database.connection() as connection:
        await connection.execute("delete from documents")
    page = await client.get(links.link(*passage, _READERS))
    assert page.status_code == 403
    assert "its document is gone" in page.text
    assert "Thirty" not in page.text


async def test_a_link_ends_with_the_readers_it_was_made_for(
    client: httpx.AsyncClient,
    links: SourceLinks,
    passage: tuple[int, int],
    database: Database,
) -> None:
    """A link from when all could read a document does not open it once only one person may."""
    async with database.connection() as connection:
        await connection.execute("update documents set readers = '{person:U1}'")
    page = await client.get(links.link(*passage, _READERS))
    assert page.status_code == 403
    assert "Thirty" not in page.text
