"""Reactions: thumbs on the bot's answers go to the feedback ledger, all others nowhere."""

from collections.abc import Mapping
from typing import Any

from bot.feedback import votes
from bot.services import BotServices


async def on_reaction(services: BotServices, body: Mapping[str, Any]) -> None:
    """Record a thumb that was given or taken away; who gave a 👎 is offered to say why."""
    vote = votes.reaction_vote(services.thumbs, body)
    if vote is not None:
        me = await services.directory.me()
        on_mine = body["event"].get("item_user") == me.user
        is_new = await votes.record(services, vote, on_mine=on_mine)
        if is_new and vote.payload["label"] == "bad" and vote.payload["given"]:
            ask = services.jobs.configure_task("ask_why")
            await ask.defer_async(channel=vote.channel, ts=vote.ts, person=vote.person)
