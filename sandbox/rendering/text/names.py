"""Display names for ids."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Names:
    """Display names by id, without `@` and `#`."""

    people: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)

    def person(self, user: str, otherwise: str = "") -> str:
        """Return the person's name, else what the message called them, else the id."""
        return self.people.get(user) or otherwise or user

    def channel(self, channel: str, otherwise: str = "") -> str:
        """Return the channel's name, else what the message called it, else the id."""
        return self.channels.get(channel) or otherwise or channel

    def group(self, group: str, otherwise: str = "") -> str:
        """Return the user group's handle, else what the message called it, else the id."""
        return self.groups.get(group) or otherwise or group
