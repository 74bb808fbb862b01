"""Migrate the database's schema up and down with alembic."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import errors

from houselore.errors import DatabaseUnusable

_LOCK = 0x686F757365  # "house": one starter migrates, the others wait
_OLDEST_SERVER, _OLDEST_VECTOR = 15, (0, 7)


def upgrade(url: str) -> None:
    """Upgrade the database at `url` to the newest schema; quick if it is there already."""
    with _guarded(url) as guard:
        _check_server(guard)
        if _current(guard) != _head():
            _run(url, "upgrade", "head")


def downgrade(url: str, revision: str) -> None:
    """Downgrade the schema to `revision`; `base` removes every table of ours."""
    with _guarded(url):
        _run(url, "downgrade", revision)


def at_head(url: str) -> bool:
    """Return whether the schema is this version's. Raises DatabaseUnusable."""
    with _connect(url) as connection:
        return _current(connection) == _head()


def check_server(url: str) -> str:
    """Describe the server's version. Raises DatabaseUnusable when it is down or too old."""
    with _connect(url) as connection:
        return _check_server(connection)


def scripts_folder() -> Path:
    """Return the migrations' folder: beside the package in a checkout, inside it when installed."""
    here = Path(__file__).parent
    for folder in (here.parent / "alembic", here / "alembic"):
        if (folder / "env.py").is_file():
            return folder
    raise DatabaseUnusable("The migrations are missing from this installation: install it again.")


def _connect(url: str) -> psycopg.Connection:
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.Error as error:
        reason = str(error).strip().split("\n")[0].removeprefix("connection failed: ")
        raise DatabaseUnusable(
            f"The database cannot be reached ({reason}): check HOUSELORE_DATABASE_URL and that the "
            "server runs."
        ) from error


@contextmanager
def _guarded(url: str) -> Iterator[psycopg.Connection]:
    """Yield a connection that holds the migration lock; turn database errors into sentences."""
    try:
        with _connect(url) as guard:
            guard.execute("select pg_advisory_lock(%s)", [_LOCK])
            yield guard
    except psycopg.Error as error:
        if isinstance(error, errors.InsufficientPrivilege) and "extension" in str(error):
            raise DatabaseUnusable(
                "The database's user may not create the extension `vector`: as its administrator "
                "run `create extension vector` in that database once."
            ) from error
        reason = str(error).split("\n")[0]
        raise DatabaseUnusable(f"The database refused the schema: {reason}.") from error


def _check_server(connection: psycopg.Connection) -> str:
    version = connection.info.server_version // 10000
    if version < _OLDEST_SERVER:
        raise DatabaseUnusable(
            f"The database is Postgres {version}: Houselore needs {_OLDEST_SERVER} or newer."
        )
    row = connection.execute(
        "select coalesce(installed_version, default_version)"
        " from pg_available_extensions where name = 'vector'"
    ).fetchone()
    if row is None:
        raise DatabaseUnusable(
            "The database lacks pgvector: install it on the server (package "
            f"postgresql-{version}-pgvector, or the image pgvector/pgvector)."
        )
    if tuple(int(part) for part in row[0].split(".")[:2]) < _OLDEST_VECTOR:
        raise DatabaseUnusable(
            f"The database has pgvector {row[0]}: Houselore needs 0.7 or newer "
            "(`alter extension vector update`)."
        )
    return f"Postgres {version} with pgvector {row[0]}"


def _current(connection: psycopg.Connection) -> str | None:
    try:
        row = connection.execute("select version_num from alembic_version").fetchone()
    except errors.UndefinedTable:
        return None
    return None if row is None else str(row[0])


def _head() -> str:
    """Return the newest revision."""
    # Read from the scripts' text, because importing alembic takes a second at every start.
    revisions, parents = set(), set()
    for script in (scripts_folder() / "versions").glob("*.py"):
        text = script.read_text(encoding="utf-8")
        revisions |= set(re.findall(r'^revision\b.*= "(\w+)"', text, re.MULTILINE))
        parents |= set(re.findall(r'^down_revision\b.*= "(\w+)"', text, re.MULTILINE))
    (head,) = revisions - parents
    return str(head)


def _run(url: str, command: str, revision: str) -> None:
    from alembic.config import Config
    from alembic.util import CommandError
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.pool import NullPool

    from alembic import command as alembic

    config = Config()
    # The option is interpolated, so a "%" in the path has to be doubled.
    config.set_main_option("script_location", str(scripts_folder()).replace("%", "%%"))
    # `creator`: psycopg reads the URL as it is; SQLAlchemy would parse it in its own way.
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=NullPool
    )
    try:
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            getattr(alembic, command)(config, revision)
            connection.commit()
    except DBAPIError as error:
        raise error.orig or error from error
    except CommandError as error:
        raise DatabaseUnusable(
            f"The database's schema is not one this version knows ({error}): it was made by a "
            "newer Houselore, so install that one."
        ) from error
