"""Members' names and public channels, as Slack tells them. Looks nobody up."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from houselore.people.lookup import open_slack
from houselore.settings import Settings


@dataclass(frozen=True, slots=True)
class Workplace:
    """Every name that a member goes by, and the ids of the channels that everyone may read."""

    names: frozenset[str]
    public_channels: frozenset[str]


async def read_workplace(settings: Settings) -> Workplace | None:
    """What Slack, or the sandbox beside, says; None where there is neither. Raises SlackFailed."""
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


def _names(user: Mapping[str, Any]) -> Iterator[str]:
    profile = user.get("profile", {})
    for name in ("display_name", "real_name", "first_name", "last_name"):
        if profile.get(name):
            yield str(profile[name])
    for name in ("name", "real_name"):
        if user.get(name):
            yield str(user[name])
