"""`houselore data cures`: print what was wrong with answers and how to fix it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from houselore.services import Store, open_store
from houselore.settings import Settings
from retrieval.indexing.golden_questions import GoldenQuestion, refresh_golden
from tuning.feedback.remedies import (
    StaleDocument,
    Taught,
    UnansweredQuestion,
    gaps,
    outdated,
    taught,
)

_GAPS = "Asked, and answered by no document: write one, or index the source that has it."
_OUTDATED = (
    "Called outdated, and not changed since: bring the document up to date where it is kept; it "
    "leaves this list by itself."
)
_GOLDEN = (
    "Not found, though a document says it: golden questions now, by which every new index is "
    "compared. `houselore golden` lists them all."
)
_TAUGHT = (
    "Examples of bad answers: {examples:,}, approved: {approved:,}. `houselore data list` shows "
    "what waits for a review, `houselore tune` trains on what is approved."
)
_NOTHING = "Nothing is to be mended that is known of: `houselore data collect` looks again."


@dataclass(frozen=True, slots=True)
class Cures:
    """The current remedies, by kind."""

    gaps: Sequence[UnansweredQuestion]
    outdated: Sequence[StaleDocument]
    golden: Sequence[GoldenQuestion]
    taught: Taught


async def list_cures(settings: Settings, *, as_json: bool) -> None:
    """Print each remedy with what to do. Raises DatabaseUnusable."""
    async with open_store(settings) as store:
        cures = await _read(store)
    if as_json:
        Console(highlight=False, soft_wrap=True).print_json(json.dumps(_as_dict(cures)))
    else:
        _print(Console(highlight=False), cures)


async def _read(store: Store) -> Cures:
    golden = await refresh_golden(store.database)
    return Cures(
        gaps=await gaps(store.database, channels=None),
        outdated=await outdated(store.database, readers=None, channels=None),
        golden=[one for one in golden if one.origin == "correction"],
        taught=await taught(store.database),
    )


def _as_dict(cures: Cures) -> dict[str, Any]:
    return {
        "gaps": [{"question": one.question, "asked": one.asked} for one in cures.gaps],
        "outdated": [
            {
                "document": one.title,
                "key": one.key,
                "source": one.location,
                "people": one.people,
                "since": one.since.isoformat(),
            }
            for one in cures.outdated
        ],
        "golden": [
            {"id": one.id, "question": one.question, "quote": one.quote, "document": one.title}
            for one in cures.golden
        ],
        "training": {"examples": cures.taught.examples, "approved": cures.taught.approved},
    }


def _print(out: Console, cures: Cures) -> None:
    if cures.gaps:
        table = Table("question", "asked", box=None)
        for gap in cures.gaps:
            table.add_row(escape(gap.question), f"{gap.asked:,}")
        _say(out, _GAPS, table)
    if cures.outdated:
        table = Table("document", "key", "source", "people", "since", box=None)
        for one in cures.outdated:
            since = f"{one.since:%Y-%m-%d}"
            named = (escape(name) for name in (one.title, one.key, one.location))
            table.add_row(*named, f"{one.people:,}", since)
        _say(out, _OUTDATED, table)
    if cures.golden:
        table = Table("", "question", "found where it says", "document", box=None)
        for golden in cures.golden:
            said = (escape(text) for text in (golden.question, golden.quote, golden.title))
            table.add_row(str(golden.id), *said)
        _say(out, _GOLDEN, table)
    if cures.taught.examples:
        counts = {"examples": cures.taught.examples, "approved": cures.taught.approved}
        out.print(_TAUGHT.format(**counts), markup=False)
    elif not (cures.gaps or cures.outdated or cures.golden):
        out.print(_NOTHING, markup=False)


def _say(out: Console, sentence: str, table: Table) -> None:
    out.print(sentence, style="bold", markup=False)
    out.print(table)
    out.print()
