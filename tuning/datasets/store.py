"""Store a workspace's frozen datasets in Postgres: freeze from reviewed examples, list, read."""

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
    """A frozen dataset without its content; a stale one has lost it."""

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
    """Freeze the approved examples, and with `unreviewed` the waiting ones, and store the dataset.

    Raises NothingToFreeze if there are none.
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
    """Return every dataset, newest first, after marking those stale that hold deleted documents."""
    await sweep(database)
    return await database.fetch_all(_SQL["list_datasets"], class_row(Dataset))


async def rows_of(
    database: Database,
    kind: str,
    split: str | None = None,
    dataset: str = "",
) -> list[DatasetRow]:
    """Return the examples of one kind in the newest dataset whose hash begins with `dataset`.

    `split` is `train` or `test`, None for both. Raises UnknownDataset.
    """
    return [
        DatasetRow.from_line(line)
        for line in await lines_of(database, dataset)
        if line["kind"] == kind and split in (None, line["split"])
    ]


async def lines_of(database: Database, dataset: str = "") -> list[dict[str, Any]]:
    """Return the lines of the newest dataset whose hash begins with `dataset`.

    Raises UnknownDataset if there is none, or if it is stale.
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
