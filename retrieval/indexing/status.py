"""The index status in sentences: generations, the last run, golden questions."""

from dataclasses import dataclass

from database.database import Database
from database.statements import load_statements
from retrieval.indexing.runs import last_run

_SQL = load_statements("retrieval.indexing")


@dataclass(frozen=True, slots=True)
class Standing:
    """The index status. `live` and `other` describe generations.

    `live` is None before anything was indexed; `other` is one being built or waiting, or None.
    `run` is the newest reindex, switch or rollback, `run_for_all` the same without details for
    admins; `golden` is the number of golden questions at the last comparison.
    """

    live: str | None
    other: str | None
    run: str | None
    run_for_all: str | None
    golden: int


async def read_standing(database: Database) -> Standing:
    """Read the index status. Raises DatabaseUnavailable."""
    live = other = None
    run = await last_run(database)
    values = {"workspace": database.workspace}
    async with database.connection() as connection:
        states = await (await connection.execute(_SQL["index_state"], values)).fetchall()
        ((golden,),) = await (await connection.execute(_SQL["count_golden"], values)).fetchall()
    for number, embedder, state, comparison in states:
        said = f"generation {number} ({embedder})"
        if state == "live":
            live = said
        elif other is None and state == "candidate":
            decide = "waits for your decision: `reindex --switch` takes it."
            other = " ".join(filter(None, (said, decide, comparison)))
        elif other is None:
            is_going_on = run is not None and run.state == "running"
            other = (
                f"{said} is being built"
                if is_going_on
                else (f"{said} is built in part: `reindex` goes on with it.")
            )
    if run is None:
        return Standing(live, other, None, None, golden)
    return Standing(live, other, run.describe(), run.describe(for_all=True), golden)
