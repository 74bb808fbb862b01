"""Experts, whose labels weigh more than an asker's: name, dismiss and list them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from psycopg.rows import dict_row

from bot.errors import DatabaseDown, NameNotFound, SettingRefused, SlackFailed
from bot.inbox.events import Command
from bot.rendering.mrkdwn import mentions
from bot.services import BotServices
from bot.slack.name_resolution import Names
from database.errors import DatabaseUnavailable
from database.statements import load_statements

Role = Literal["asker", "expert", "reader"]

_SQL = load_statements("bot.admin")
_SECONDS = 1.4  # twice that is less than the three that Slack waits for an answer to a command
_WAYS = (
    "You can say `/houselore expert @person`, `/houselore expert remove @person` and "
    "`/houselore experts`."
)
_NOT_ADMIN = (
    "Only admins can see and name experts. Ask an admin of this workspace, or of Houselore, to run "
    "`/houselore experts`."
)
_NOBODY = f"Whom do you mean? {_WAYS}"
_ME = f"I am no expert, I only quote them. {_WAYS}"
_NONE = f"There are no experts yet. {_WAYS}"
_SLOW = "Slack does not answer just now, so nothing was changed. Please try again in a while."
_DOWN = "My database does not answer just now. An admin can run `houselore doctor`."


@dataclass(frozen=True, slots=True)
class RoledLabel:
    """A person's current label on an answer, with their role.

    An expert keeps that role for their own questions; a `reader` is neither asker nor expert.
    """

    answer_id: int
    person: str
    label: Literal["good", "bad"]
    role: Role

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "RoledLabel":
        """Parse a row of labels_with_roles."""
        return cls(row["answer_id"], row["person"], row["label"], row["role"])


async def settle_experts(services: BotServices, command: Command) -> str:
    """Carry out `/houselore expert …` or `experts` and return the reply.

    Raises SettingRefused, NameNotFound, SlackFailed and DatabaseDown, all within Slack's three
    seconds.
    """
    verb, *words = command.text.split()
    dismissed = words[:1] == ["remove"]
    name = " ".join(words[dismissed:])
    try:
        async with asyncio.timeout(_SECONDS):
            if not await services.is_admin(command.person):
                raise SettingRefused(_NOT_ADMIN)
            person = "" if verb == "experts" else await _person(services, name)
    except TimeoutError as error:
        raise SlackFailed(_SLOW) from error
    try:
        if verb == "experts":
            return await _describe(services)
        if dismissed:
            return await _dismiss(services, person)
        return await _name(services, person, command.person)
    except DatabaseUnavailable as error:
        raise DatabaseDown(_DOWN) from error


async def labels_with_roles(services: BotServices) -> tuple[RoledLabel, ...]:
    """Return every current label, oldest answer first. Raises DatabaseUnavailable."""
    values = {"workspace": services.workspace}
    async with (
        services.database.connection(_SECONDS) as connection,
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        await cursor.execute(_SQL["labels_with_roles"], values)
        return tuple([RoledLabel.from_row(row) async for row in cursor])


async def _person(services: BotServices, name: str) -> str:
    if not name:
        raise SettingRefused(_NOBODY)
    person = next(iter(mentions(name)), "") or await Names(services.client).person(name)
    if person == (await services.directory.me()).user:
        raise SettingRefused(_ME)
    try:
        await services.directory.person(person)
    except SlackFailed as error:
        if error.error != "user_not_found":
            raise
        raise NameNotFound(f"Nobody here is {name}.") from error
    return person


async def _name(services: BotServices, person: str, by: str) -> str:
    if await _change(services, "add_expert", person=person, named_by=by):
        return f"<@{person}> is an expert now."
    return f"<@{person}> is an expert already."


async def _dismiss(services: BotServices, person: str) -> str:
    if await _change(services, "remove_expert", person=person):
        return f"<@{person}> is no expert any more."
    return f"<@{person}> is no expert."


async def _describe(services: BotServices) -> str:
    async with services.database.connection(_SECONDS) as connection:
        values = {"workspace": services.workspace}
        experts = await (await connection.execute(_SQL["experts"], values)).fetchall()
    if not experts:
        return _NONE
    roles = [label.role for label in await labels_with_roles(services)]
    named = ", ".join(f"<@{person}>" for (person,) in experts)
    return (
        f"*Experts* · {named}\n*Answers judged* · {roles.count('expert')} times by experts, "
        f"{roles.count('asker')} by who asked, {roles.count('reader')} by others"
    )


async def _change(services: BotServices, statement: str, **values: str) -> bool:
    async with services.database.connection(_SECONDS) as connection:
        given = {"workspace": services.workspace} | values
        return bool((await connection.execute(_SQL[statement], given)).rowcount)
