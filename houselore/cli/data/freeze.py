"""`houselore data freeze` and `sets`: freeze and list datasets."""

import json

from rich.console import Console
from rich.table import Table

from houselore.cli.data.collect import describe_cleared
from houselore.services import open_adapters, open_store
from houselore.settings import Settings
from tuning.datasets.card import card
from tuning.datasets.store import datasets, freeze_dataset
from tuning.feedback.erasure import models_to_retrain
from tuning.training.stages import sweep_adapters


async def freeze_examples(
    settings: Settings, by: str, *, unreviewed: bool, most: int, as_json: bool
) -> None:
    """Freeze a dataset and print its card, or hash, counts and lineage as JSON."""
    async with open_store(settings) as store:
        frozen = await freeze_dataset(
            store.database, by, unreviewed=unreviewed, most_per_person=most
        )
    out = Console(highlight=False, soft_wrap=True)
    if as_json:
        value = {"hash": frozen.hash, "counts": frozen.counts, "lineage": frozen.lineage}
        out.print_json(json.dumps(value))
    else:
        out.print(card(frozen), markup=False)


async def list_datasets(settings: Settings, *, as_json: bool) -> None:
    """Print every dataset, and why stale ones are stale."""
    async with open_store(settings) as store:
        found = await datasets(store.database)
        models = await models_to_retrain(store.database)
        folder = open_adapters(settings).folder
        cleared = await sweep_adapters(store.database, folder)
    out = Console(highlight=False, soft_wrap=as_json)
    if as_json:
        value = [
            {
                "hash": one.hash,
                "counts": one.counts,
                "frozen_by": one.frozen_by,
                "created_at": one.created_at.isoformat(),
                "stale": one.stale_reason,
            }
            for one in found
        ]
        lists = {"to_be_trained_anew": models, "removed_here": cleared}
        out.print_json(json.dumps({"datasets": value, **lists}))
        return
    table = Table("dataset", "frozen", "by", "examples", "", box=None)
    for one in found:
        stale = f"stale: {one.stale_reason}" if one.stale_reason else ""
        count = str(sum(one.counts.values()))
        table.add_row(one.hash[:12], f"{one.created_at:%Y-%m-%d}", one.frozen_by, count, stale)
    if found:
        out.print(table)
    out.print(f"Datasets: {len(found):,}.", markup=False)
    if models:
        out.print(f"To be trained anew: {', '.join(models)}.", markup=False)
    if cleared:
        out.print(describe_cleared(cleared), markup=False)
