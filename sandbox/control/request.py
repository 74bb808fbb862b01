"""A control call: its arguments, the person acting, and the response to a mistake."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.errors import Mistake
from sandbox.server_state import Site
from sandbox.workspace.channels import Channel
from sandbox.workspace.messages import Message
from sandbox.workspace.people import Person
from sandbox.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Control:
    """A control call with its query or JSON body."""

    site: Site
    http_method: str
    args: dict[str, Any]

    @property
    def workspace(self) -> Workspace:
        """The workspace it is about."""
        return self.site.workspace

    def text(self, name: str, required: bool = True) -> str:
        """Return a string argument. Raises Mistake if it is required and missing."""
        value = self.args.get(name)
        if value is None and not required:
            return ""
        if not isinstance(value, str) or (required and not value):
            raise Mistake("invalid_arguments", f"Give {name!r} as a string.")
        return value

    def person(self, name: str = "as") -> str:
        """Return the id of a person in the workspace. Raises Mistake."""
        person = self.text(name)
        if person not in self.workspace.people:
            raise Mistake("user_not_found", f"Nobody has the id {person!r}.")
        return person

    @property
    def actor(self) -> Person:
        """The person who acts. Raises Mistake, also if it is the app's bot."""
        person = self.workspace.people[self.person()]
        if person.is_bot:
            raise Mistake("user_not_found", "The app acts over the Web API, not as a person.")
        return person

    def channel(self) -> Channel:
        """Return the channel by id or #name if the acting person may see it. Raises Mistake."""
        named = self.text("channel")
        channel = self.workspace.channels.get(named)
        if channel is None:
            bare = named.removeprefix("#")
            every = self.workspace.channels.values()
            channel = next((one for one in every if one.name and one.name == bare), None)
        if channel is None or ("as" in self.args and not self._sees(channel)):
            raise Mistake("channel_not_found", f"There is no channel {named!r} to see here.")
        return channel

    def own_channel(self) -> Channel:
        """Return the channel if the acting person may write in it. Raises Mistake."""
        channel = self.channel()
        if self.actor.id not in channel.members:
            raise Mistake("not_in_channel", "Only members can do this: join the channel first.")
        if channel.archived:
            raise Mistake("is_archived", f"#{channel.name} is archived.")
        return channel

    def message(self, channel: Channel, name: str = "ts") -> Message:
        """Return the message if the acting person may see it. Raises Mistake."""
        ts = self.text(name)
        message = channel.messages.get(ts)
        if message is None or message.only_for not in (None, self.args.get("as")):
            raise Mistake("message_not_found", f"There is no message {ts!r} in this channel.")
        return message

    def _sees(self, channel: Channel) -> bool:
        return self.workspace.can_see(self.person(), channel)


Handler = Callable[[Control], Awaitable[dict[str, Any]]]


def control(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Wrap a handler as a route: JSON in, JSON out, mistakes with status 400."""

    async def endpoint(request: Request) -> Response:
        try:
            args = await _read(request)
            answer = await handler(Control(request.app.state.site, request.method, args))
        except Mistake as mistake:
            refused = {"ok": False, "error": mistake.error, "detail": mistake.detail}
            return JSONResponse(refused, status_code=400)
        return JSONResponse({"ok": True, **answer})

    return endpoint


async def _read(request: Request) -> dict[str, Any]:
    if request.method != "POST":
        return dict(request.query_params)
    try:
        args = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise Mistake("invalid_json", "The body is not JSON.") from error
    if not isinstance(args, dict):
        raise Mistake("invalid_json", "The body must be a JSON object.")
    return args
