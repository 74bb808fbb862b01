"""Buttons: feedback, sharing an answer, reindexing from the Home tab. Others do nothing."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck

from bot import blocks, feedback
from bot.inbox import store
from bot.incoming import Incoming, Kind, Press
from bot.services import BotServices


async def on_press(services: BotServices, body: Mapping[str, Any], ack: AsyncAck) -> None:
    """Store what was pressed, then acknowledge."""
    press = Press.from_body(body)
    match press.action_id:
        case blocks.FEEDBACK:
            await _on_feedback(services, press)
        case blocks.SHARE if press.value.isdecimal():
            payload = {"answer_id": int(press.value), "response_url": press.response_url}
            await store(services, _incoming(press, "share", payload))
        case blocks.REINDEX:
            await store(services, _incoming(press, "reindex", {"response_url": press.response_url}))
    await ack()


async def _on_feedback(services: BotServices, press: Press) -> None:
    vote = feedback.button_vote(press)
    if vote is None or not await feedback.record(services, vote, on_mine=True):
        return
    if press.response_url:
        thank = services.jobs.configure_task("thank")
        await thank.defer_async(response_url=press.response_url, label=press.value)


def _incoming(press: Press, kind: Kind, payload: Mapping[str, Any]) -> Incoming:
    return Incoming(press.event_id, kind, press.person, press.channel, payload=payload)
