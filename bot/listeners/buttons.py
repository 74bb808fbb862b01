"""Handle buttons: feedback, "tell us why", share, forget, reviews, and reindex on the Home tab."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck

from bot import review_protocol
from bot.feedback import acknowledgement, erasure, rated_answer, votes
from bot.feedback.comment_form import NOT_OPENED, open_form
from bot.inbox.events import Incoming, Kind
from bot.inbox.interactions import Press
from bot.inbox.private_reply import respond
from bot.inbox.store import store
from bot.rendering import blocks
from bot.reviews import edit_form
from bot.services import BotServices


async def on_press(services: BotServices, body: Mapping[str, Any], ack: AsyncAck) -> None:
    """Store a press of a button, then acknowledge it."""
    press = Press.from_body(body)
    match press.action_id:
        case blocks.FEEDBACK:
            await _on_feedback(services, press)
        case acknowledgement.WHY if press.value.isdecimal():
            if not await open_form(services, press.trigger, int(press.value), press.person):
                await respond(services, press.response_url, NOT_OPENED)
        case blocks.SHARE if press.value.isdecimal():
            payload = {"answer_id": int(press.value), "response_url": press.response_url}
            await store(services, _incoming(press, "share", payload))
        case erasure.FORGET:
            await store(services, _incoming(press, "forget", {"response_url": press.response_url}))
        case review_protocol.APPROVE | review_protocol.REJECT as verdict:
            if press.value.isdecimal():
                payload = {"verdict": verdict, "number": int(press.value)}
                await store(services, _incoming(press, "review", payload))
        case review_protocol.EDIT if press.value.isdecimal():
            await edit_form.open_form(services, press.trigger, int(press.value), press.person)
        case blocks.REINDEX:
            await store(services, _incoming(press, "reindex", {"response_url": press.response_url}))
    await ack()


# Forms open here and not in a job: Slack takes a press's trigger_id for three seconds only.
async def _on_feedback(services: BotServices, press: Press) -> None:
    vote = votes.button_vote(press)
    if vote is None or not await votes.record(services, vote, on_mine=True):
        return
    judged = None
    if press.value == "bad":
        judged = await rated_answer.judged_at(services, press.channel, press.message_ts)
        if judged is not None:
            await open_form(services, press.trigger, judged.id, press.person)
    if press.response_url:
        thank = services.jobs.configure_task("thank")
        await thank.defer_async(
            response_url=press.response_url,
            label=press.value,
            answer_id=judged.id if judged else None,
        )


def _incoming(press: Press, kind: Kind, payload: Mapping[str, Any]) -> Incoming:
    return Incoming(press.event_id, kind, press.person, press.channel, payload=payload)
