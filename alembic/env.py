"""Runs the migrations on the connection it is given, or on HOUSELORE_DATABASE_URL."""

import os

from sqlalchemy import Connection, create_engine

from alembic import context


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=None)
    with context.begin_transaction():
        context.run_migrations()


def _run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is not None:
        _migrate(connection)
        return
    url = os.environ["HOUSELORE_DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1)
    with create_engine(url).connect() as own:
        _migrate(own)


_run()
