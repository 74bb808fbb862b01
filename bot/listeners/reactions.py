"""Reactions: thumbs on the bot's answers go to the feedback ledger, all others nowhere."""

from collections.abc import Mapping
from typing import Any

from bot import feedback
from bot.services import BotServices


async def on_reaction(services: BotServices, body: Mapping[str, Any]) -> None:
    """Record a thumb that was given or taken away."""
    vote = feedback.reaction_vote(body)
    if vote is not None:
        me = await services.directory.me()
        on_mine = body["event"].get("item_user") == me.user
        await feedback.record(services, vote, on_mine=on_mine)
