"""What a forgotten WHERE finds: row-level security under every table, on a real Postgres."""

import json
from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg import AsyncConnection, sql

from database.database import Database, open_database
from database.errors import DatabaseUnavailable
from database.pool import ROLE
from retrieval.audience import PUBLIC, Audience, everyone
from retrieval.embeddings.embedder import Embedder
from retrieval.index.generations import live_generation
from retrieval.indexing.sync import index_source
from retrieval.search.scope import find_scope
from tests.retrieval.documents import Library

HOME, ELSEWHERE = "home", "elsewhere"
TEXTS = {"lunch": "Lunch is at noon.", "vpn": "Connect to the VPN first."}
# One row in each table that indexing does not fill.
ROWS = """
insert into inbox (workspace, event_id, kind, payload) values ('elsewhere', 'E1', 'vote', '{}');
insert into answers (workspace, question, readers, messages, evidence, text, citations, abstained,
    model, generation, prompt_version, timings_ms)
    values ('elsewhere', 'When?', '{public}', '[]', '[]', 'At noon.', '[]', false, 'm', 1, '1',
    '{}');
insert into feedback (workspace, answer_id, person, label, surface)
    select 'elsewhere', id, 'U1', 'good', 'button' from answers;
insert into models (workspace, name, base, state) values ('elsewhere', 'm', 'b', 'candidate');
insert into golden_questions (workspace, question, quote, document_id, document_hash, readers)
    select 'elsewhere', 'When?', 'at noon', id, hash, readers from documents limit 1;
insert into reindex_runs (workspace, kind, started_by) values ('elsewhere', 'reindex', 'U1');
insert into channel_settings (workspace, channel, answers, set_by)
    values ('elsewhere', 'C1', 'mentions', 'U1');
insert into remarks (workspace, answer_id, person, reasons, note)
    select 'elsewhere', id, 'U1', '{wrong}', '' from answers;
insert into better_answers (workspace, answer_id, author, saved_by, text, surface)
    select 'elsewhere', id, 'U1', 'U1', 'At one.', 'form' from answers;
insert into rollouts (workspace, model_id, served_id, share, started_by)
    select 'elsewhere', id, id, 0.2, 'U1' from models;
insert into experts (workspace, person, named_by) values ('elsewhere', 'U1', 'U2');
insert into examples (workspace, key, kind, origin, question, prompt, chosen, thread, readers)
    values ('elsewhere', 'k', 'sft', 'import', 'When?', '[]', 'At one.', 't', '{public}');
insert into reviews (workspace, example_id, reviewer, verdict)
    select 'elsewhere', id, 'U1', 'approve' from examples;
insert into datasets (workspace, hash, content, card, counts, lineage, people, documents, frozen_by)
    values ('elsewhere', 'h', '', '', '{}', '{}', '{}', '{}', 'U1');
insert into forgotten (workspace, person) values ('elsewhere', 'U3');
insert into retriever_weights (workspace, embedder, dimensions, dense, lessons, lessons_hash,
    answers, documents, people, learned_by, passes, verdict, metrics)
    values ('elsewhere', 'e', 384, 0.5, 1, 'h', '{}', '{}', '{}', 'U1', true, '', '{}');
insert into causes (workspace, answer_id, cause)
    select 'elsewhere', id, 'outdated' from answers;
"""
OURS = """
select c.relname from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
  and c.relname not like 'procrastinate%' and c.relname <> 'alembic_version'
order by 1
"""


@pytest.fixture
async def tables(database_url: str, minilm: Embedder, owner: AsyncConnection) -> list[str]:
    """All our tables, partitions included; each holds something of `elsewhere`, nothing else."""
    async with open_database(database_url, ELSEWHERE) as database:
        library = Library(dict(TEXTS))
        await index_source(database, library, minilm)
        library.texts["vpn"] = "The VPN is no longer needed."
        await index_source(database, library, minilm)
    await owner.execute(ROWS)
    cursor = await owner.execute(OURS)
    names = [name for (name,) in await cursor.fetchall()]
    assert {"chunks", "postings", "answers"} < set(names)
    assert any(name.startswith("chunks_g") for name in names)
    for name in names:
        assert await _count(owner, name) > 0, f"{name} has no row to be hidden"
    return names


@pytest.fixture
async def home(database: Database) -> AsyncIterator[AsyncConnection]:
    """A connection of the application for the workspace `home`, in autocommit."""
    async with database.connection() as connection:
        await connection.set_autocommit(True)
        yield connection
        await connection.set_autocommit(False)


async def test_a_select_without_where_finds_nothing_of_another_workspace(
    tables: list[str], home: AsyncConnection, database_url: str
) -> None:
    """Not in any table, nor in a partition asked by its own name; its own workspace sees it all."""
    for name in tables:
        assert await _count(home, name) == 0, name
    async with (
        open_database(database_url, ELSEWHERE) as database,
        database.connection() as connection,
    ):
        for name in tables:
            assert await _count(connection, name) > 0, name


async def test_a_change_without_where_changes_nothing_of_another_workspace(
    tables: list[str], home: AsyncConnection, owner: AsyncConnection
) -> None:
    """Nor does a deletion, whatever the table."""
    for name in tables:
        before = await _count(owner, name)
        table = sql.Identifier(name)
        update = sql.SQL("update {} set workspace = 'home'").format(table)
        assert (await home.execute(update)).rowcount == 0, name
        assert (await home.execute(sql.SQL("delete from {}").format(table))).rowcount == 0, name
        assert await _count(owner, name) == before


async def test_nothing_can_be_written_for_another_workspace(
    tables: list[str], home: AsyncConnection, owner: AsyncConnection
) -> None:
    """Every table refuses a row of another workspace as it stands there."""
    for name in tables:
        table = sql.Identifier(name)
        cursor = await owner.execute(sql.SQL("select to_jsonb(t) from {} t limit 1").format(table))
        ((row,),) = await cursor.fetchall()
        insert = sql.SQL(
            "insert into {0} overriding system value"
            " select * from jsonb_populate_record(null::{0}, %s)"
        ).format(table)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            await home.execute(insert, [json.dumps(row)])


async def test_a_row_cannot_move_to_another_workspace(home: AsyncConnection) -> None:
    """What is one's own cannot be slipped under somebody else's name."""
    await home.execute(
        "insert into sources (workspace, kind, location) values ('home', 'files', '/docs')"
    )
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        await home.execute("update sources set workspace = 'elsewhere'")


async def test_the_application_is_neither_superuser_nor_owner(
    home: AsyncConnection, owner: AsyncConnection
) -> None:
    """Its role lets no policy pass, owns nothing, makes no table and belongs to no other role."""
    cursor = await home.execute(
        "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin"
        " from pg_roles where rolname = current_user"
    )
    assert await cursor.fetchone() == (ROLE, False, False, False, False, False)
    cursor = await owner.execute(
        "select (select count(*) from pg_class where relowner = r.oid),"
        " (select count(*) from pg_proc where proowner = r.oid),"
        " (select count(*) from pg_auth_members where member = r.oid)"
        " from pg_roles r where rolname = %s",
        [ROLE],
    )
    assert await cursor.fetchone() == (0, 0, 0)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await home.execute("create table public.mine (id int)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await home.execute("delete from alembic_version")


async def test_a_failed_transaction_does_not_set_a_connection_free(
    tables: list[str], database: Database
) -> None:
    """A connection that goes back to the pool after an error is still confined."""
    with pytest.raises(DatabaseUnavailable, match="division by zero"):
        async with database.connection() as connection:
            await connection.execute("select 1 / 0")
    async with database.connection() as connection:
        assert await _count(connection, "documents") == 0


async def test_what_only_the_owner_may_do_is_refused_for_another_workspace(
    tables: list[str], home: AsyncConnection, owner: AsyncConnection
) -> None:
    """Each function that acts as the owner looks at the caller's workspace first."""
    cursor = await owner.execute("select id from generations")
    ((generation,),) = await cursor.fetchall()
    cursor = await owner.execute(
        "select proname, pg_get_function_identity_arguments(oid), proacl::text from pg_proc"
        " where pronamespace = 'public'::regnamespace and prosecdef"
    )
    functions = await cursor.fetchall()
    assert {"make_generation_partition", "build_vector_index", "drop_generation"} <= {
        name for name, _, _ in functions
    }
    before = await (await owner.execute(OURS)).fetchall()
    for name, arguments, grants in functions:
        assert arguments == "generation bigint", name
        assert not any(grant.startswith("=") for grant in grants.strip("{}").split(",")), name
        with pytest.raises(psycopg.errors.NoDataFound):
            await home.execute(sql.SQL("select {}(%s)").format(sql.Identifier(name)), [generation])
    assert await (await owner.execute(OURS)).fetchall() == before


async def test_a_scope_has_what_its_audience_may_read_and_no_more(
    database: Database, minilm: Embedder
) -> None:
    """Its size counts neither what others may read nor what is gone."""
    await index_source(database, Library({"a": "Apples. " * 3}), minilm)
    secret = Library({"b": "Secret bread.", "c": "Secret cheese."}, "channel:C1", location="vault")
    await index_source(database, secret, minilm)
    del secret.texts["c"]
    await index_source(database, secret, minilm)
    generation = await live_generation(database)
    assert generation is not None
    async with database.connection() as connection:
        public = await find_scope(connection, generation, everyone(HOME))
        both = await find_scope(
            connection, generation, Audience(HOME, frozenset({PUBLIC, "channel:C1"}))
        )
        nothing = await find_scope(connection, generation, Audience(HOME, frozenset({"person:U1"})))
    assert (public.size.chunks, both.size.chunks, nothing.size.chunks) == (1, 2, 0)
    assert (len(public.dead), len(both.dead), len(nothing.dead)) == (0, 1, 0)
    assert set(public.reader_sets) < set(both.reader_sets)
    assert nothing.reader_sets == nothing.segments == []


async def _count(connection: AsyncConnection, table: str) -> int:
    cursor = await connection.execute(
        sql.SQL("select count(*) from {}").format(sql.Identifier(table))
    )
    ((found,),) = await cursor.fetchall()
    return int(found)
