"""A call of a Web API method: its arguments, and checks of what the app may see and do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.errors import Refusal
from sandbox.server_state import Site
from sandbox.web_api.paging import Page, page
from sandbox.web_api.scopes import BY_KIND
from sandbox.workspace.channels import Channel
from sandbox.workspace.messages import Message
from sandbox.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Call:
    """A call with valid token, scopes and arguments."""

    site: Site
    method: str
    args: dict[str, Any]

    @property
    def workspace(self) -> Workspace:
        """The workspace."""
        return self.site.workspace

    @property
    def bot(self) -> str:
        """The bot user's id."""
        return self.site.workspace.bot

    def text(self, name: str) -> str:
        """Return a string argument, empty if it was not given."""
        return str(self.args.get(name) or "")

    def flag(self, name: str) -> bool:
        """Return a boolean argument, False if it was not given."""
        return bool(self.args.get(name))

    def channel(self, name: str = "channel") -> Channel:
        """Return the named channel if the app may know of it. Raises channel_not_found."""
        channel = self.workspace.channels.get(self.text(name).removeprefix("#"))
        if channel is None or not (channel.kind == "public" or self.bot in channel.members):
            raise Refusal("channel_not_found")
        return channel

    def member_channel(self, name: str = "channel") -> Channel:
        """Return the named channel. Raises not_in_channel if the app is not a member."""
        channel = self.channel(name)
        if self.bot not in channel.members:
            raise Refusal("not_in_channel")
        return channel

    def message(self, channel: Channel, name: str = "ts") -> Message:
        """Return the named message unless it is ephemeral or deleted. Raises message_not_found."""
        message = channel.messages.get(self.text(name))
        if message is None or message.only_for is not None or message.subtype == "tombstone":
            raise Refusal("message_not_found")
        return message

    def need(self, scope: str) -> None:
        """Raise missing_scope if the app lacks this scope."""
        if scope not in self.site.app.scopes:
            provided = ",".join(sorted(self.site.app.scopes))
            raise Refusal("missing_scope", needed=scope, provided=provided)

    def need_for(self, channel: Channel, right: str) -> None:
        """Raise missing_scope if the app lacks the right for this kind of conversation."""
        self.need(BY_KIND[right][channel.kind])

    def page(self, items: Sequence[Any], default: int, most: int = 1000) -> Page:
        """Return the part of a list that `cursor` and `limit` ask for."""
        limit = self.args.get("limit")
        if limit is not None and limit < 0:
            raise Refusal("invalid_limit")
        return page(items, self.text("cursor"), min(limit or default, most))
