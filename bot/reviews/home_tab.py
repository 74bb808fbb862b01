"""The Home tab (help, status, recent questions, reviews) and the suggested prompts."""

from collections.abc import Sequence
from typing import Any

from psycopg.rows import tuple_row

from bot.admin.slash_command import HELP, Status, describe, read_status
from bot.rendering.blocks import REINDEX, Block, actions, button, context, divider, header, section
from bot.rendering.mrkdwn import fit, one_line
from bot.reviews import queue
from bot.services import BotServices
from database.statements import load_statements

_SQL = load_statements("bot.reviews")
PROMPTS = ({"title": "What can you do?", "message": "What can Houselore do?"},)
"""Suggested questions that can be answered whatever is indexed."""


async def show_home(services: BotServices, person: str) -> None:
    """Publish one person's Home tab. Raises SlackFailed."""
    status = await read_status(services, person)
    is_admin = await services.is_admin(person)
    desk = await queue.desk_of(services, person)
    more = queue.desk_blocks(desk) if desk is not None else []
    view = home_view(status, await _recent(services, person), is_admin, more)
    await services.client.call("views.publish", user_id=person, view=view)


async def suggest_prompts(services: BotServices, channel: str) -> None:
    """Set the suggested prompts of a person's messages tab. Raises SlackFailed."""
    await services.client.call(
        "assistant.threads.setSuggestedPrompts",
        channel_id=channel,
        title="Ask me anything your documents say",
        prompts=list(PROMPTS),
    )


def home_view(
    status: Status, questions: list[str], is_admin: bool, more: Sequence[Block] = ()
) -> Block:
    """Return the Home tab's view; `more` are the blocks for reviewers.

    Only admins get the reindex button and the last error.
    """
    blocks = [
        header("Houselore"),
        section(HELP),
        divider(),
        section(describe(status, with_errors=is_admin)),
    ]
    if is_admin:
        blocks.append(actions(button(REINDEX, "Reindex the documents")))
    blocks += more
    if questions:
        lines = "\n".join(f"• {fit(one_line(question), 150)}" for question in questions)
        blocks += [divider(), section(f"*What you asked lately*\n{lines}")]
    blocks.append(context("I use only what everyone in a conversation may read."))
    return {"type": "home", "blocks": blocks}


async def _recent(services: BotServices, person: str) -> list[str]:
    values: dict[str, Any] = {"workspace": services.workspace, "person": person}
    rows = await services.database.fetch_all(_SQL["recent_questions"], tuple_row, **values)
    return [row[0] for row in rows]
