"""Show the review queue on the Home tab and save the verdicts.

That an admin allowed a private channel as training data does not let reviewers read it: each sees
only examples from conversations they can read.
"""

import logging
import re
from typing import Final

from psycopg.rows import tuple_row

from bot.errors import ReviewRefused, SlackFailed
from bot.inbox import store
from bot.inbox.private_reply import tell
from bot.inbox.retry_policy import MOST_TRIES, may_pass
from bot.inbox.store import InboxRow
from bot.rendering.blocks import Block, actions, button, context, divider, header, section
from bot.rendering.mrkdwn import escape, fit, one_line
from bot.review_protocol import (
    APPROVE,
    EDIT,
    REJECT,
    Agreement,
    Desk,
    Eyes,
    Reviews,
    Verdict,
    Waiting,
)
from bot.reviews import home_tab
from bot.services import BotServices
from database.statements import load_statements

LONGEST: Final = 3_000
"""Characters of the longest answer that can be edited: Slack's limit for an input."""

_SQL = load_statements("bot.reviews")
_VERDICTS: dict[str, Verdict] = {APPROVE: "approve", EDIT: "edit", REJECT: "reject"}
_PERSON = re.compile("[UW][A-Z0-9]+")
_PIECE = 2_500  # of a section's 3,000, since escaping makes text longer
_MOST_PIECES = 4
_NOTES = 600
_QUESTION = 600
_NOT_YOURS = "Only admins and experts review what I learn from."
_FAILED = "I could not keep your review: something went wrong on my side. Please try again."

_log = logging.getLogger(__name__)


async def review(services: BotServices, inbox_id: int, tries: int, deaths: int) -> None:
    """Save a verdict and show the next examples; tell a person who may not review.

    `tries` counts earlier attempts of this job, `deaths` the crashed jobs of this row.
    """
    async with store.claimed(services.database, inbox_id) as row:
        if row is None:
            return
        try:
            try:
                await _keep(services, row)
            except ReviewRefused as refusal:
                await tell(services, row, str(refusal))
            await home_tab.show_home(services, row.person)
        except Exception as error:
            if tries + deaths + 1 < MOST_TRIES and may_pass(error):
                raise
            _log.exception("review %s could not be kept", row.id)
            await tell(services, row, _FAILED)
            await store.finish(services.database, row, "failed", str(error) or type(error).__name__)
            return
        await store.finish(services.database, row)


async def eyes_of(services: BotServices, reviews: Reviews, person: str) -> Eyes | None:
    """Return the permissions of an admin or expert; None for anybody else. Raises SlackFailed."""
    is_admin = await services.is_admin(person)
    if not is_admin and not await _is_expert(services, person):
        return None
    audience = await services.memberships.audience(None, person)
    seen = set()
    for channel in await reviews.channels():
        if f"channel:{channel}" in audience.readers or await _sees(services, channel, person):
            seen.add(channel)
    return Eyes(person, is_admin, audience.readers, frozenset(seen))


async def desk_of(services: BotServices, person: str) -> Desk | None:
    """Return this person's review queue; None if they review nothing. Raises SlackFailed."""
    if services.reviews is None:
        return None
    eyes = await eyes_of(services, services.reviews, person)
    return None if eyes is None else await services.reviews.desk(eyes)


async def example_for(services: BotServices, person: str, example: int) -> Waiting:
    """Return an example this person may review. Raises ReviewRefused and SlackFailed."""
    reviews, eyes = await _at_work(services, person)
    return await reviews.find(eyes, example)


def desk_blocks(desk: Desk) -> list[Block]:
    """Return the reviewers' part of the Home tab, empty if there is nothing to show."""
    blocks: list[Block] = []
    if desk.next or desk.agreements:
        counts = f"*{desk.waiting:,}* wait for a review"
        if desk.second:
            counts += f", {desk.second:,} for a second one"
        lines = [f"{counts}.", *(_agreement(one) for one in desk.agreements[:3])]
        blocks += [divider(), header("What I learn from"), section("\n".join(lines))]
    for example in desk.next:
        blocks += _example(example)
    if desk.gaps:
        lines = [f"• {fit(one_line(one.question), 200)}{_times(one.asked)}" for one in desk.gaps]
        said = "*Asked, and answered by no document*\n" + "\n".join(lines)
        blocks += [divider(), section(said)]
    if desk.outdated:
        lines = [f"• {fit(one_line(one.title), 200)}{_people(one.people)}" for one in desk.outdated]
        said = "*Called outdated, and not changed since*\n" + "\n".join(lines)
        blocks += [divider(), section(said)]
    return blocks


async def _keep(services: BotServices, row: InboxRow) -> None:
    reviews, eyes = await _at_work(services, row.person)
    action, number = str(row.payload["verdict"]), int(row.payload["number"])
    await reviews.decide(eyes, number, _VERDICTS[action], row.text)


async def _at_work(services: BotServices, person: str) -> tuple[Reviews, Eyes]:
    """Return the queue and the person's permissions. Raises ReviewRefused if they have none."""
    reviews = services.reviews
    eyes = None if reviews is None else await eyes_of(services, reviews, person)
    if reviews is None or eyes is None:
        raise ReviewRefused(_NOT_YOURS)
    return reviews, eyes


async def _sees(services: BotServices, channel: str, person: str) -> bool:
    try:
        return await services.memberships.sees(channel, person)
    except SlackFailed as error:
        if may_pass(error):
            raise
        return False  # a channel that is gone, or that the bot has left


async def _is_expert(services: BotServices, person: str) -> bool:
    values = {"person": person}
    row = await services.database.fetch_one(_SQL["is_expert"], tuple_row, **values)
    return row is not None and bool(row[0])


def _example(example: Waiting) -> list[Block]:
    cause = f" · {example.cause.replace('_', ' ')}" if example.cause else ""
    number = str(example.id)
    blocks = [
        section(f"*{example.id} · {_kind(example)}*{cause}\n{fit(example.question, _QUESTION)}"),
        context(f"*Its notes* · {fit(one_line(example.notes), _NOTES)}"),
        *_pieces("Rather learn" if example.instead is not None else "The answer", example.answer),
    ]
    if example.instead is not None:
        blocks += _pieces("Than", example.instead)
    buttons = [button(APPROVE, "Approve", number, primary=True)]
    if example.kind != "kto" and len(example.answer) <= LONGEST:
        buttons.append(button(EDIT, "Edit", number))
    buttons.append(button(REJECT, "Reject", number, danger=True))
    return [*blocks, actions(*buttons, block_id=f"review:{number}")]


def _kind(example: Waiting) -> str:
    if example.kind == "kto":
        return "People found this good" if example.label else "People found this bad"
    return "To answer so" if example.kind == "sft" else "To answer rather so"


def _pieces(name: str, text: str) -> list[Block]:
    """Return the text in as many sections as it needs, up to 10,000 characters."""
    # Reviewers must see the whole text: nobody can approve what they cannot read.
    parts = [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)][:_MOST_PIECES]
    first, *rest = parts or [""]
    return [section(f"*{name}* · {fit(first, 2_900)}"), *(section(fit(one, 2_950)) for one in rest)]


def _agreement(one: Agreement) -> str:
    names = f"{_name(one.one)} and {_name(one.other)}"
    return f"{names} agree by {one.kappa:.2f} (Cohen's kappa) on {one.examples:,}."


def _name(reviewer: str) -> str:
    return f"<@{reviewer}>" if _PERSON.fullmatch(reviewer) else escape(reviewer)


def _people(count: int) -> str:
    return f" · by {count:,} people" if count > 1 else " · by one person"


def _times(asked: int) -> str:
    return f" · asked {asked:,} times" if asked > 1 else ""
