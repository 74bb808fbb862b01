"""The schema goes up and down on a real Postgres, and unfit databases are told so."""

import asyncio

import psycopg
import pytest
from psycopg import sql

from houselore.errors import DatabaseUnusable
from houselore.migrations import at_head, check_server, downgrade, upgrade

_OURS = """
select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'S') and c.relname <> 'alembic_version'
    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
"""
_FUNCTIONS = """
select count(*) from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname = 'public'
    and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
"""


def _count(url: str, query: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def test_down_to_nothing_and_up_again(database_url: str) -> None:
    """`downgrade base` leaves no table and no function of ours; `upgrade` makes them all again."""
    tables, functions = _count(database_url, _OURS), _count(database_url, _FUNCTIONS)
    assert tables > 12
    assert at_head(database_url)
    downgrade(database_url, "base")
    assert not at_head(database_url)
    assert _count(database_url, _OURS) == 0
    assert _count(database_url, _FUNCTIONS) == 0
    upgrade(database_url)
    assert at_head(database_url)
    assert _count(database_url, _OURS) == tables
    assert _count(database_url, _FUNCTIONS) == functions


def test_every_workspace_sees_its_own_rows_alone(database_url: str) -> None:
    """Each table with a workspace has a policy by it, and the application may use it."""
    named = (
        "from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace'"
        " where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace"
    )
    assert _count(database_url, f"select count(*) {named}") > 15
    policy = "exists (select from pg_policy p where p.polrelid = c.oid)"
    granted = (
        "(select bool_and(has_table_privilege('houselore_app', c.oid, may))"
        " from unnest(array['select', 'insert', 'update', 'delete']) as may)"
    )
    unsafe = f"select count(*) {named} and not (c.relrowsecurity and {policy} and {granted})"
    assert _count(database_url, unsafe) == 0


_GOLDEN = """
with s as (
    insert into sources (workspace, kind, location) values ('w', 'k', 'l') returning id
), d as (
    insert into documents (workspace, source_id, key, title, text, version, hash, readers)
    select 'w', id, 'k', 'T', 'x', '1', 'h', '{public}' from s returning id
), a as (
    insert into answers (workspace, question, readers, messages, evidence, text, citations,
        abstained, model, generation, prompt_version, timings_ms)
    values ('w', 'q', '{public}', '[]', '[]', 'x', '[]', false, 'm', 1, 'p', '{}') returning id
), b as (
    insert into better_answers (workspace, answer_id, author, saved_by, text, surface)
    select 'w', id, 'U1', 'U1', 'y', 'form' from a returning id
)
insert into golden_questions
    (workspace, question, quote, document_id, document_hash, readers, answer_id, better_id)
select 'w', 'corrected', 'x', d.id, 'h', array['public'], a.id, b.id from d, a, b
union all select 'w', 'by hand', 'x', d.id, 'h', array['public'], null, null from d
"""


def test_golden_questions_of_before_outlive_the_way_back(database_url: str) -> None:
    """A version that knows no corrections keeps no golden question of one, and all others."""
    with psycopg.connect(database_url) as connection:
        connection.execute(_GOLDEN)
    downgrade(database_url, "0010")
    assert _count(database_url, "select count(*) from golden_questions") == 1
    upgrade(database_url)
    assert (
        _count(database_url, "select count(*) from golden_questions where better_id is null") == 1
    )


def test_upgrading_again_changes_nothing(database_url: str) -> None:
    """A database at the newest schema is left alone, with what it holds."""
    with psycopg.connect(database_url) as connection:
        connection.execute("insert into sources (workspace, kind, location) values ('w', 'k', 'l')")
    upgrade(database_url)
    assert _count(database_url, "select count(*) from sources") == 1


async def test_two_starters_migrate_once(database_url: str) -> None:
    """Of two that start at once on an empty database, one migrates and the other waits for it."""
    downgrade(database_url, "base")
    await asyncio.gather(*(asyncio.to_thread(upgrade, database_url) for _ in range(3)))
    assert at_head(database_url)


def test_a_database_that_is_down_says_where(database_url: str) -> None:
    """Nobody listens: the sentence says so and names the setting."""
    with pytest.raises(DatabaseUnusable, match=r"cannot be reached.*HOUSELORE_DATABASE_URL"):
        at_head("postgresql://localhost:1/houselore")


def test_a_database_without_pgvector_says_what_to_install(database_url: str) -> None:
    """A server that has no such extension is refused before anything is made."""
    without = f"{database_url}&options=-c%20extension_control_path%3D%2Fnowhere"
    with pytest.raises(DatabaseUnusable, match=r"lacks pgvector.*install"):
        upgrade(without)
    assert check_server(database_url).startswith("Postgres 18 with pgvector 0.")


def test_a_schema_of_a_newer_version_is_left_alone(database_url: str) -> None:
    """A revision that this version does not know is not migrated over."""
    with psycopg.connect(database_url) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(DatabaseUnusable, match="newer Houselore"):
        upgrade(database_url)
    assert not at_head(database_url)


def test_a_user_who_may_not_create_the_extension_is_told_who_may(database_url: str) -> None:
    """Without the right, the sentence says what an administrator has to run."""
    downgrade(database_url, "base")
    name = database_url.split("/")[-1].split("?")[0]
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("drop table alembic_version")
        connection.execute("drop extension vector")
        connection.execute("drop role if exists plain")
        connection.execute("create role plain login")
        connection.execute(sql.SQL("alter database {} owner to plain").format(sql.Identifier(name)))
        connection.execute("alter schema public owner to plain")
        connection.execute("revoke create on schema public from public")
    try:
        with pytest.raises(DatabaseUnusable, match="create extension vector"):
            upgrade(database_url.replace("postgres@", "plain@"))
    finally:
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute("reassign owned by plain to postgres")
            connection.execute("drop role plain")
