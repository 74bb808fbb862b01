"""Resolve people and channels named on the command line, by asking Slack."""

import getpass
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from houselore.embedded.sandbox import sandbox_beside
from houselore.errors import WrongUse
from houselore.settings import Settings
from retrieval.audience import PUBLIC, Audience, everyone

if TYPE_CHECKING:  # Slack's library takes a while to import, and most commands name nobody
    from bot.slack.client import SlackClient
    from bot.slack.directory import Directory
    from bot.slack.name_resolution import Names

_NO_SLACK = (
    "There is no Slack to ask who {word} is: set SLACK_BOT_TOKEN, or start `make run` beside"
    "{or_id}."
)
_PERSON_ID, _CHANNEL_ID = re.compile("[UW][A-Z0-9]{5,}"), re.compile("[CG][A-Z0-9]{5,}")
_UNKNOWN_IDS = ("user_not_found", "users_not_found", "channel_not_found", "invalid_user_id")


@dataclass(frozen=True, slots=True)
class Asker:
    """The asker given on the command line, as typed; without a person it is everyone."""

    person: str | None = None
    channel: str | None = None


async def read_readers(settings: Settings, given: Sequence[str] | None) -> frozenset[str]:
    """Return the readers in `--readers`, separated by commas; the whole workspace without any.

    Raises WrongUse, NameNotFound and SlackFailed.
    """
    from bot.slack.name_resolution import READERS, reader_by_id

    if given is None:
        return frozenset({PUBLIC})
    words = [word.strip() for part in given for word in part.split(",")]
    if not words or not all(words):
        raise WrongUse(f"A reader is empty: say {READERS}.")
    named = [word for word in words if reader_by_id(word) is None]
    if not named:
        return frozenset(words)
    # An unknown name is an error: a slip would hide the documents, or show them to others.
    if wrong := [word for word in named if not word.startswith(("@", "#"))]:
        raise WrongUse(f"{wrong[0]} is no reader: say {READERS}.")
    async with _slack(settings, named[0], ", or say channel:C…, person:U…, group:S…") as slack:
        return await slack.names.readers(words)


async def find_audience(settings: Settings, asker: Asker) -> Audience:
    """Return the audience of an answer: everyone, one person, or a channel that the person is in.

    It equals the bot's audience in a direct message with them, or in that channel. Raises WrongUse,
    NameNotFound and SlackFailed.
    """
    from bot.errors import SlackFailed
    from bot.slack.audience import audience_of, audience_of_one

    if asker.person is None:
        if asker.channel is not None:
            raise WrongUse(f"Say who asks in {asker.channel}: --as @person.")
        return everyone(settings.workspace)
    async with _slack(settings, asker.person) as slack:
        person = await slack.names.person(asker.person)
        try:
            if asker.channel is None:
                return await audience_of_one(slack.directory, settings.workspace, person)
            channel = await slack.names.channel(asker.channel)
            if person not in await slack.directory.members(channel):
                raise WrongUse(
                    f"{asker.person} is not in {asker.channel}, so nobody would ask there: name a "
                    "channel they are in, or leave --in out for a direct message."
                )
            return await audience_of(slack.directory, settings.workspace, channel, person)
        except SlackFailed as error:
            if error.error not in _UNKNOWN_IDS:
                raise
            typed = " or ".join(filter(None, (asker.person, asker.channel)))
            raise WrongUse(f"Slack does not know {typed} ({error.error}).") from error


def terminal_user() -> str:
    """Return how records name the person at the command line."""
    return f"{getpass.getuser()} in the terminal"


async def find_person(settings: Settings, word: str) -> str:
    """Return the id of a person given as `@ana` or by id.

    Raises WrongUse, NameNotFound and SlackFailed.
    """
    if _PERSON_ID.fullmatch(word):
        return word
    async with _slack(settings, word, ", or say their id, U…") as slack:
        return await slack.names.person(word)


async def find_channel(settings: Settings, word: str) -> str:
    """Return the id of a channel given as `#team` or by id.

    Raises WrongUse, NameNotFound and SlackFailed.
    """
    if _CHANNEL_ID.fullmatch(word):
        return word
    async with _slack(settings, word, ", or say its id, C…") as slack:
        return await slack.names.channel(word)


@dataclass(frozen=True, slots=True)
class _Slack:
    directory: "Directory"
    names: "Names"


@asynccontextmanager
async def open_slack(settings: Settings) -> "AsyncIterator[SlackClient | None]":
    """Yield a client for the configured workspace, else for the running sandbox, else None."""
    from bot.slack.client import SlackClient

    if settings.slack_bot_token is not None:
        url = settings.slack_api_url.rstrip("/") + "/"
        client = SlackClient(settings.slack_bot_token.get_secret_value(), url)
    else:
        sandbox = await sandbox_beside(settings)
        if sandbox is None:
            yield None
            return
        client = SlackClient(sandbox.bot_token, f"{sandbox.url}/api/")
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def _slack(settings: Settings, word: str, or_id: str = "") -> AsyncIterator[_Slack]:
    """Yield the directory and names of the workspace. Raises WrongUse when there is none to ask."""
    from bot.slack.directory import Directory
    from bot.slack.name_resolution import Names

    async with open_slack(settings) as client:
        if client is None:
            raise WrongUse(_NO_SLACK.format(word=word, or_id=or_id))
        yield _Slack(Directory(client), Names(client))
