"""Handle submitted forms: show errors at their fields, store the rest."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.errors import DatabaseDown
from bot.feedback.comment_form import EMPTY
from bot.feedback.comments import Remark
from bot.inbox.interactions import Submission
from bot.inbox.store import store
from bot.reviews.edit_form import EMPTY as NO_ANSWER
from bot.reviews.edit_form import FIELD, edited
from bot.services import BotServices


async def on_remark(services: BotServices, body: Mapping[str, Any], ack: AsyncAck) -> None:
    """Store the comment, then acknowledge, which closes the form."""
    submission = Submission.from_body(body)
    remark = Remark.from_submission(submission)
    if remark.is_empty:
        await ack(response_action="errors", errors={"reasons": EMPTY})
        return
    if submission.metadata.isdecimal():
        try:
            await store(services, remark.incoming(submission, int(submission.metadata)))
        except DatabaseDown as error:
            await ack(response_action="errors", errors={"reasons": str(error)})
            return
    await ack()


async def on_review(services: BotServices, body: Mapping[str, Any], ack: AsyncAck) -> None:
    """Store an example's edited answer, then acknowledge, which closes the form."""
    submission = Submission.from_body(body)
    if not submission.text(FIELD):
        await ack(response_action="errors", errors={FIELD: NO_ANSWER})
        return
    if submission.metadata.isdecimal():
        try:
            await store(services, edited(submission))
        except DatabaseDown as error:
            await ack(response_action="errors", errors={FIELD: str(error)})
            return
    await ack()
