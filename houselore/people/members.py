"""Read members' names and public channels from Slack, for redaction and training."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from rich.console import Console

from houselore.people.lookup import open_slack
from houselore.settings import Settings

_NO_SLACK = (
    "There is no Slack to ask: nothing new is taken from channels, and members' names stay in what "
    "is. "
    "Set SLACK_BOT_TOKEN, or start `make run` beside."
)


@dataclass(frozen=True, slots=True)
class Workplace:
    """All names that members go by, and the ids of the public channels."""

    names: frozenset[str]
    public_channels: frozenset[str]


async def read_workplace(settings: Settings) -> Workplace | None:
    """Read the workspace from Slack or the sandbox; None without either. Raises SlackFailed."""
    async with open_slack(settings) as client:
        if client is None:
            return None
        users = await client.pages("users.list", "members")
        channels = await client.pages(
            "conversations.list", "channels", types="public_channel", exclude_archived=False
        )
    return Workplace(
        frozenset(name for user in users if not user.get("is_bot") for name in _names(user)),
        frozenset(str(channel["id"]) for channel in channels if not channel.get("is_private")),
    )


async def known_workplace(settings: Settings) -> Workplace | None:
    """Like `read_workplace`, with a warning if there is nobody to ask."""
    workplace = await read_workplace(settings)
    if workplace is None:
        Console(stderr=True, highlight=False).print(_NO_SLACK, style="yellow", markup=False)
    return workplace


async def open_redactor(settings: Settings) -> Callable[[str], str]:
    """Return a function that redacts people, addresses, numbers and secrets; warn without Slack."""
    return redactor(await known_workplace(settings))


def redactor(workplace: Workplace | None) -> Callable[[str], str]:
    """Return a function that redacts a text, with the names of these members."""
    from tuning.feedback.redaction import redact

    return partial(redact, names=workplace.names if workplace else ())


def _names(user: Mapping[str, Any]) -> Iterator[str]:
    profile = user.get("profile", {})
    for name in ("display_name", "real_name", "first_name", "last_name"):
        if profile.get(name):
            yield str(profile[name])
    for name in ("name", "real_name"):
        if user.get(name):
            yield str(user[name])
