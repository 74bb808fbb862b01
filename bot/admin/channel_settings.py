"""Channel settings: when the bot answers in a channel, and how confident it must be."""

import asyncio
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from psycopg.rows import dict_row

from bot.errors import DatabaseDown, SettingRefused, SlackFailed
from bot.inbox.events import Command
from bot.rendering.mrkdwn import fit, one_line
from bot.services import BotServices
from bot.slack.directory import Conversation
from database.errors import DatabaseUnavailable
from database.statements import load_statements

When = Literal["mentions", "always-if-sure"]

_SQL = load_statements("bot.admin")
_SECONDS = 1.4  # twice that is less than the three that Slack waits for an answer to a command
_DASHES = re.compile("[\u2010\u2011\u2012\u2013\u2014\u2015\u2212]")
_SETTING = re.compile(
    r"(?:(?P<when>mentions|always[- ]if[- ]sure)"
    r"|bar (?:(?P<default>default)|(?P<number>[0-9]*[.,]?[0-9]+) ?(?P<percent>%)?))(?: |$)"
)
_WAYS = (
    "You can say `/houselore channel mentions`, `/houselore channel always-if-sure`, "
    "`/houselore channel bar 70%` or `/houselore channel bar default`; "
    "`/houselore channel` alone shows how it is."
)
_UNKNOWN = "I do not know `{words}`. {ways}"
_TWICE = "That says the same thing twice: `{words}`. {ways}"
_TOO_HIGH = "A bar is between 0% and 100%. {ways}"
_NOT_ADMIN = (
    "Only admins can change how I answer in a channel. Ask an admin of this workspace, or of "
    "Houselore, to run `/houselore channel …`. `/houselore channel` alone shows how it is."
)
_DIRECT = "These settings are for channels; in a direct message I answer whatever I am asked."
_NOT_IN = "I am not in this conversation. Invite me with `/invite`, then try again."
_INVITE = "I am not in this channel yet, and so hear nothing of it: invite me with `/invite`."
_SLOW = "Slack does not answer just now, so nothing was changed. Please try again in a while."
_DOWN = "My database does not answer just now. An admin can run `houselore doctor`."


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """One channel's settings; `bar` is a probability, None for the model's own threshold."""

    when: When = "mentions"
    bar: float | None = None
    set_by: str | None = None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "ChannelSettings":
        """Parse a row of channel_settings."""
        return cls(row["answers"], row["bar"], row["set_by"])

    @property
    def unasked(self) -> bool:
        """Whether the bot also answers questions that do not mention it."""
        return self.when == "always-if-sure"

    def describe(self) -> str:
        """Return the settings as a line of mrkdwn."""
        when = "I answer when I am mentioned"
        if self.unasked:
            when += ", and a question that mentions nobody if I am sure of the answer"
        bar = "the usual bar" if self.bar is None else f"bar {round(self.bar * 100, 1):g}%"
        by = f" · set by <@{self.set_by}>" if self.set_by else ""
        return f"*This channel* · {when} · {bar}: below it I only quote the closest text{by}"


@dataclass(frozen=True, slots=True)
class Change:
    """The settings a command changes; None for what stays."""

    when: When | None = None
    bar: float | Literal["default"] | None = None

    @classmethod
    def of(cls, text: str) -> "Change":
        """Parse `always-if-sure bar 70%`. Raises SettingRefused, with the accepted forms."""
        # Slack's apps turn two hyphens into a dash, and copied text brings odd spaces.
        words = one_line(_DASHES.sub("-", unicodedata.normalize("NFKC", text))).casefold()
        change, at = cls(), 0
        while at < len(words):
            setting = _SETTING.match(words, at)
            if setting is None:
                raise SettingRefused(_UNKNOWN.format(words=_shown(words[at:]), ways=_WAYS))
            change = change._with(setting, words)
            at = setting.end()
        return change

    def _with(self, setting: re.Match[str], words: str) -> "Change":
        """Add one parsed setting. Raises SettingRefused when it is set twice."""
        if (self.when if setting["when"] else self.bar) is not None:
            raise SettingRefused(_TWICE.format(words=_shown(words), ways=_WAYS))
        if setting["when"]:
            when: When = "mentions" if setting["when"] == "mentions" else "always-if-sure"
            return Change(when, self.bar)
        return Change(self.when, "default" if setting["default"] else _share(setting))


async def read_channel(services: BotServices, channel: str) -> ChannelSettings:
    """Return a channel's settings, the defaults if none are stored. Raises DatabaseDown."""
    values = {"workspace": services.workspace, "channel": channel}
    return await _settings(services, "channel_settings", values) or ChannelSettings()


async def settle_channel(services: BotServices, command: Command) -> str:
    """Carry out `/houselore channel …` and return the reply.

    Anyone may look, only admins may change. Raises SettingRefused, SlackFailed and DatabaseDown,
    all within Slack's three seconds.
    """
    change = Change.of(command.text.partition(" ")[2])
    try:
        async with asyncio.timeout(_SECONDS):
            there = await _conversation(services, command.channel)
            allowed = change == Change() or await services.is_admin(command.person)
    except TimeoutError as error:
        raise SlackFailed(_SLOW) from error
    if not allowed:
        raise SettingRefused(_NOT_ADMIN)
    settings = await _changed(services, command, change)
    hint = f"\n{_INVITE}" if settings.unasked and not there.is_member else ""
    return settings.describe() + hint


async def _conversation(services: BotServices, channel: str) -> Conversation:
    """Return the command's channel, read anew. Raises SettingRefused in a direct message."""
    services.directory.forget_channel(channel)
    try:
        there = await services.directory.conversation(channel)
    except SlackFailed as error:
        if error.error != "channel_not_found":
            raise
        raise SettingRefused(_NOT_IN) from error
    if there.is_im:
        raise SettingRefused(_DIRECT)
    return there


async def _changed(services: BotServices, command: Command, change: Change) -> ChannelSettings:
    if change == Change():
        return await read_channel(services, command.channel)
    values = {
        "workspace": services.workspace,
        "channel": command.channel,
        "person": command.person,
        "answers": change.when,
        "sets_bar": change.bar is not None,
        "bar": None if change.bar == "default" else change.bar,
    }
    settings = await _settings(services, "set_channel", values)
    assert settings is not None  # noqa: S101 - `returning` always gives a row
    return settings


async def _settings(
    services: BotServices, statement: str, values: Mapping[str, Any]
) -> ChannelSettings | None:
    try:
        async with (
            services.database.connection(_SECONDS) as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            await cursor.execute(_SQL[statement], values)
            row = await cursor.fetchone()
    except DatabaseUnavailable as error:
        raise DatabaseDown(_DOWN) from error
    return ChannelSettings.from_row(row) if row else None


def _share(setting: re.Match[str]) -> float:
    """Parse `70%`, `70` and `0.7` as 0.7. Raises SettingRefused above 100%."""
    number = float(setting["number"].replace(",", "."))
    share = number / 100 if setting["percent"] or number > 1 else number
    if share > 1:
        raise SettingRefused(_TOO_HIGH.format(ways=_WAYS))
    return share


def _shown(words: str) -> str:
    return fit(words.replace("`", ""), 40)
