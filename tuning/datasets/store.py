"""The datasets of a workspace: frozen from reviewed examples, listed, read. Trains on none."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row, dict_row, tuple_row
from psycopg.types.json import Jsonb

from database.database import Database
from database.statements import load_statements
from tuning.datasets.card import card
from tuning.datasets.formats import DatasetRow
from tuning.datasets.freeze import MOST_PER_PERSON, Frozen, freeze
from tuning.errors import NothingToFreeze, UnknownDataset
from tuning.feedback.erasure import sweep
from tuning.feedback.examples import Example

_SQL = load_statements("tuning.datasets")


@dataclass(frozen=True, slots=True)
class Dataset:
    """A frozen dataset as it is listed; stale ones have lost their content."""

    hash: str
    counts: Mapping[str, int]
    card: str
    frozen_by: str
    created_at: datetime
    stale_since: datetime | None
    stale_reason: str | None


async def freeze_dataset(
    database: Database,
    by: str,
    *,
    unreviewed: bool = False,
    most_per_person: int = MOST_PER_PERSON,
) -> Frozen:
    """Freeze what was approved, `unreviewed` also what waits, and keep it. Raises NothingToFreeze.

    What is of deleted documents leaves first.
    """
    await sweep(database)
    async with (
        database.connection() as connection,
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        await cursor.execute(
            _SQL["freezable"], {"workspace": database.workspace, "unreviewed": unreviewed}
        )
        examples = [Example.from_row(row) for row in await cursor.fetchall()]
        if not examples:
            raise NothingToFreeze(
                "No example is approved: `houselore data collect`, then `houselore data list`."
            )
        frozen = freeze(database.workspace, examples, most_per_person)
        values = {
            "workspace": database.workspace,
            "hash": frozen.hash,
            "content": frozen.content,
            "card": card(frozen),
            "counts": Jsonb(dict(frozen.counts)),
            "lineage": Jsonb(dict(frozen.lineage)),
            "people": list(frozen.people),
            "documents": list(frozen.documents),
            "by": by,
        }
        await cursor.execute(_SQL["keep_dataset"], values)
    return frozen


async def datasets(database: Database) -> list[Dataset]:
    """Every dataset, the newest first; those that had to lose something are stale by now."""
    await sweep(database)
    return await database.fetch_all(_SQL["list_datasets"], class_row(Dataset))


async def rows_of(
    database: Database,
    kind: str,
    split: str | None = None,
    dataset: str = "",
) -> list[DatasetRow]:
    """The examples of one kind in the newest dataset, or the newest whose hash begins so.

    `split` is `train` or `test`, None for both. Raises UnknownDataset.
    """
    return [
        DatasetRow.from_line(line)
        for line in await lines_of(database, dataset)
        if line["kind"] == kind and split in (None, line["split"])
    ]


async def lines_of(database: Database, dataset: str = "") -> list[dict[str, Any]]:
    """The lines of the newest dataset, or the newest whose hash begins so.

    Raises UnknownDataset.
    """
    await sweep(database)
    found = await database.fetch_one(_SQL["dataset_content"], tuple_row, hash=dataset)
    if found is None:
        raise UnknownDataset("There is no such dataset: `houselore data freeze` makes one.")
    hash_, content, stale = found
    if content is None:
        raise UnknownDataset(
            f"Dataset {hash_[:12]} is stale ({stale}): freeze a new one with "
            "`houselore data freeze`."
        )
    return [json.loads(line) for line in bytes(content).decode().split("\n") if line]
