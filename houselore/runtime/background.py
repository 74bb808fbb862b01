"""Choose and run the background tasks of a bot and of a worker."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from bot.admin.announcements import tell_admins
from bot.feedback.backfill import keep_caught_up
from bot.services import BotServices
from database.cancellation import end
from houselore.models.drain import keep_tidy
from houselore.models.refresh import keep_following
from houselore.runtime.canary_watch import keep_watch
from houselore.runtime.source_sync import keep_fresh
from houselore.runtime.training_schedule import keep_learning, schedule_of
from houselore.services import Services
from houselore.settings import Settings

Work = Coroutine[None, None, None]


def work_of_worker(services: Services) -> Iterator[Work]:
    """Yield the tasks of every answering process: refresh models, close those out of service."""
    yield keep_following(services.answerer)
    yield keep_tidy(services.database, services.answerer)


def work_of_bot(
    settings: Settings, services: Services, bot: BotServices, hears: Callable[[], Awaitable[bool]]
) -> Iterator[Work]:
    """Yield the bot's tasks: source sync, canary monitor, training, missed votes.

    `hears` returns whether the bot receives Slack's events now.
    """
    database = services.database
    announce = partial(tell_admins, bot)
    if settings.sync_seconds:
        yield keep_fresh(database, services.embedder, settings.sync_seconds)
    yield keep_watch(database, announce)
    yield from work_of_worker(services)
    if schedule := schedule_of(settings):
        yield keep_learning(database, settings, schedule, announce)
    yield keep_caught_up(bot, hears)


@asynccontextmanager
async def in_background(works: Iterable[Work]) -> AsyncIterator[None]:
    """Run each in a task of its own while the block runs; stop them last first."""
    async with AsyncExitStack() as stack:
        for work in works:
            stack.push_async_callback(end, asyncio.create_task(work))
        yield
