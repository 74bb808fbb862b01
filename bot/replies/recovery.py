"""Open the reply to an inbox row: continue a crashed job's message, or start one."""

from bot.inbox import store, threads
from bot.inbox.store import InboxRow
from bot.services import BotServices
from bot.slack.directory import Myself
from bot.slack.message_stream import Reply, ReplyTarget


class Overtaken(Exception):
    """Another job has started the reply to this row."""


async def open_reply(services: BotServices, row: InboxRow, me: Myself) -> Reply:
    """Return the reply to this row; posting its first words raises Overtaken if another job did.

    Raises SlackFailed.
    """
    ts = row.reply_ts
    if ts is None and row.payload.get("begun"):
        # A job crashed between posting its message and recording it.
        ts = await _find_begun(services, row, me)
    if (await services.directory.conversation(row.channel)).is_im:
        place = ReplyTarget(row.channel, row.thread_ts)
    else:
        asker = await services.directory.person(row.person)
        place = ReplyTarget(row.channel, row.thread_ts, asker.team, asker.id)

    async def before() -> None:
        if not await store.begin_reply(services.database, row):
            raise Overtaken

    async def after(ts: str) -> None:
        await store.place_reply(services.database, row, row.channel, ts)

    return Reply(services.client, place, ts, before, after)


async def _find_begun(services: BotServices, row: InboxRow, me: Myself) -> str | None:
    """Find the message a crashed job posted: the first after the question that no row claims."""
    said = await threads.said_in(services, row.channel, row.thread_ts, me)
    mine = [one.ts for one in said if one.by_me and float(one.ts) > float(row.ts)]
    free = await store.unclaimed(services, row.channel, mine)
    if not free:
        return None
    await store.place_reply(services.database, row, row.channel, free[0])
    return free[0]
