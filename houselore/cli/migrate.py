"""`houselore migrate`: upgrade the schema to this version."""

import asyncio
from contextlib import AsyncExitStack

from rich.console import Console

from houselore.migrations import upgrade
from houselore.services import database_address, take_lease
from houselore.settings import Settings


async def migrate_database(settings: Settings) -> None:
    """Upgrade the database, embedded or external."""
    async with AsyncExitStack() as stack:
        lease = await take_lease(stack, settings, {"postgres"})
        url = await database_address(settings, lease)
        await asyncio.to_thread(upgrade, url)
    Console(stderr=True).print("The database's schema is up to date.")
