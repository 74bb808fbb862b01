"""`houselore data list`, `approve`, `reject`, `edit`, `agreement`: review in the terminal."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from houselore.people.members import open_redactor
from houselore.services import open_store
from houselore.settings import Settings
from tuning.review.queue import Queued, State, Verdict, agreements, find, queue, review


async def list_examples(settings: Settings, state: State | None, *, as_json: bool) -> None:
    """Print the examples in a state; None for all."""
    async with open_store(settings) as store:
        examples = await queue(store.database, state)
    out = Console(highlight=False, soft_wrap=as_json)
    if as_json:
        out.print_json(json.dumps({"examples": [asdict(one) for one in examples]}))
        return
    for example in examples:
        _show(out, example)
    more = "" if examples else " `houselore data collect` looks for new ones."
    out.print(f"Examples: {len(examples):,}.{more}", markup=False)


async def decide_examples(
    settings: Settings, numbers: Sequence[int], by: str, verdict: Verdict
) -> None:
    """Approve or reject examples, all or none. Raises UnknownExample if one does not exist."""
    async with open_store(settings) as store:
        found = await find(store.database, numbers)
        for example in found:
            await review(store.database, example.id, by, verdict)
    done = {"approve": "Approved", "reject": "Rejected"}[verdict]
    Console(stderr=True, highlight=False).print(f"{done}: {len(found):,}.", markup=False)


async def edit_example(settings: Settings, number: int, by: str, text: str) -> None:
    """Approve an example with an edited answer."""
    async with open_store(settings) as store:
        redact = await open_redactor(settings)
        await review(store.database, number, by, "edit", redact(text.strip()))
    Console(stderr=True, highlight=False).print("Edited and approved: 1.", markup=False)


async def show_agreement(settings: Settings, *, as_json: bool) -> None:
    """Print Cohen's kappa for each pair of reviewers."""
    async with open_store(settings) as store:
        found = await agreements(store.database)
    out = Console(highlight=False, soft_wrap=as_json)
    if as_json:
        out.print_json(json.dumps({"agreement": [asdict(one) for one in found]}))
        return
    table = Table("reviewers", "both reviewed", "Cohen's kappa", box=None)
    for one in found:
        table.add_row(f"{one.one}, {one.other}", str(one.examples), f"{one.kappa:.2f}")
    if found:
        out.print(table)
    else:
        out.print("No two reviewers have reviewed the same example yet.")


def _show(out: Console, example: Queued) -> None:
    thumb = {True: " · good", False: " · bad", None: ""}[example.label]
    cause = f" · {example.cause}" if example.cause else ""
    edited = " · edited" if example.is_edited else ""
    head = (
        f"{example.id}  {example.kind} · {example.origin}{thumb}{cause} · {example.state}{edited}"
    )
    out.print(head, style="bold", markup=False)
    out.print(f"    asked     {example.question}", markup=False)
    out.print(f"    answer    {example.chosen}", style="green", markup=False)
    if example.rejected is not None:
        out.print(f"    not       {example.rejected}", style="red", markup=False)
    out.print()
