"""`houselore status`: print counts of documents, questions and answers."""

import json
from typing import Any

from psycopg.rows import dict_row
from rich.console import Console
from rich.table import Table

from database.statements import load_statements
from houselore.services import Store, open_store
from houselore.settings import Settings
from retrieval.indexing.status import read_standing

_SQL = load_statements("houselore.cli")


async def show_status(settings: Settings, *, as_json: bool) -> None:
    """Print what is indexed, asked and answered."""
    async with open_store(settings) as store:
        status = await count(store)
        standing = await read_standing(store.database)
    status |= {
        "golden_questions": standing.golden,
        "waiting_generation": standing.other,
        "last_run": standing.run,
    }
    out = Console(highlight=False)
    if as_json:
        out.print_json(json.dumps(status, default=str))
        return
    table = Table(show_header=False, box=None)
    for name, value in status.items():
        table.add_row(name.replace("_", " "), "none" if value is None else str(value))
    out.print(table)


async def count(store: Store) -> dict[str, Any]:
    """Return one workspace's figures by name."""
    row = await store.database.fetch_one(_SQL["status"], dict_row)
    return dict(row or {})
