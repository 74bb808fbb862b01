"""Detect that a question was stopped, deleted or edited while it is being answered."""

from dataclasses import dataclass

from bot.inbox import store
from bot.inbox.store import InboxRow
from bot.services import BotServices


class Withdrawn(Exception):
    """The question was deleted while it was being answered."""


class Stopped(Exception):
    """Somebody pressed Stop."""


@dataclass(frozen=True, slots=True)
class QuestionEdited(Exception):
    """The question was edited while it was being answered."""

    row: InboxRow


async def check_wanted(services: BotServices, row: InboxRow) -> None:
    """Raise Stopped, Withdrawn or Edited if the question changed since `row` was loaded."""
    now = await store.load(services.database, row.id)
    if now is None or now.state != "received":
        raise Withdrawn
    if now.payload.get("stopped"):
        raise Stopped
    if now.text != row.text:
        raise QuestionEdited(now)
