"""Handle reactions: thumbs on the bot's answers are votes."""

from collections.abc import Mapping
from typing import Any

from bot.feedback import votes
from bot.services import BotServices


async def on_reaction(services: BotServices, body: Mapping[str, Any]) -> None:
    """Record a vote that was given or taken away; after a 👎 offer the comment form."""
    vote = votes.reaction_vote(services.thumbs, body)
    if vote is not None:
        me = await services.directory.me()
        on_mine = body["event"].get("item_user") == me.user
        is_new = await votes.record(services, vote, on_mine=on_mine)
        if is_new and vote.payload["label"] == "bad" and vote.payload["given"]:
            ask = services.jobs.configure_task("ask_why")
            await ask.defer_async(channel=vote.channel, ts=vote.ts, person=vote.person)
