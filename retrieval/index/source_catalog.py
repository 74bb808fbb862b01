"""List, reopen and forget the sources of a workspace's index."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any

from psycopg.rows import dict_row, tuple_row

from database.database import Database
from database.statements import load_statements
from retrieval.audience import Audience
from retrieval.errors import SourceNotFound
from retrieval.sources.files import FilesSource
from retrieval.sources.source import Source

_SQL = load_statements("retrieval.index")


@dataclass(frozen=True, slots=True)
class KnownSource:
    """An indexed source; `synced_at` is None until it was read completely once."""

    id: int
    kind: str
    location: str
    readers: frozenset[str]
    url_prefix: str | None
    synced_at: datetime | None
    documents: int

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> "KnownSource":
        """Make one of a row of `list_sources`."""
        return cls(**{**row, "readers": frozenset(row["readers"])})

    def open(self) -> Source:
        """Open the source to read it again. Raises SourceNotFound for an unknown kind."""
        if self.kind == FilesSource.kind:
            return FilesSource(Path(self.location), self.readers, self.url_prefix)
        raise SourceNotFound(
            f"{self.location} is a source of the kind {self.kind!r}, which this version of "
            "Houselore does not know. Update Houselore, or forget the source."
        )


async def list_sources(database: Database) -> list[KnownSource]:
    """Return a workspace's sources, oldest first."""
    rows = await database.fetch_all(_SQL["list_sources"], dict_row)
    return [KnownSource.from_row(row) for row in rows]


@dataclass(frozen=True, slots=True)
class ReadableSource:
    """A source that an audience may read: its short name, and how many documents it may read."""

    name: str
    documents: int


async def readable_sources(database: Database, audience: Audience) -> list[ReadableSource]:
    """Return the sources an audience may read, the largest first. Raises DatabaseUnavailable."""
    values = {"workspace": audience.workspace, "readers": sorted(audience.readers)}
    rows = await database.fetch_all(_SQL["readable_sources"], tuple_row, **values)
    return [ReadableSource(PurePath(location).name, documents) for location, documents in rows]


async def forget_source(database: Database, source_id: int) -> bool:
    """Delete a source with its documents from the index; return whether it was there."""
    async with database.connection() as connection:
        values = {"workspace": database.workspace, "source": source_id}
        await connection.execute(_SQL["share_segments"])
        await connection.execute(_SQL["hold_source"], values)
        cursor = await connection.execute(_SQL["forget_source"], values)
        return await cursor.fetchone() is not None
