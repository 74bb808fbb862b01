"""users.conversations, and conversations.* except history and replies."""

from collections.abc import Iterable
from typing import Any

from sandbox.errors import Refusal
from sandbox.web_api.methods.call import Call
from sandbox.web_api.scopes import BY_KIND
from sandbox.workspace.channels import Channel

_KINDS = {"public_channel": "public", "private_channel": "private", "mpim": "mpim", "im": "im"}
_MOST_IN_DIRECT = 8


def info(call: Call) -> dict[str, Any]:
    """conversations.info: returns one conversation."""
    channel = call.channel()
    call.need_for(channel, "read")
    described = _described(call, channel)
    if call.flag("include_num_members"):
        described["num_members"] = len(channel.members)
    return {"channel": described}


def list_(call: Call) -> dict[str, Any]:
    """conversations.list: returns the conversations that the app may know of, by type."""
    known = (
        channel
        for channel in call.workspace.channels.values()
        if channel.kind == "public" or call.bot in channel.members
    )
    return _listed(call, known, counted=True)


def of_user(call: Call) -> dict[str, Any]:
    """users.conversations: returns a person's conversations that the app may know of."""
    person = call.text("user") or call.bot
    if person not in call.workspace.people:
        raise Refusal("user_not_found")
    shared = (
        channel
        for channel in call.workspace.channels.values()
        if person in channel.members and (channel.kind == "public" or call.bot in channel.members)
    )
    return _listed(call, shared, counted=False)


def members(call: Call) -> dict[str, Any]:
    """conversations.members: returns the members of a conversation."""
    channel = call.channel()
    call.need_for(channel, "read")
    people = call.page(channel.members, default=100)
    return {"members": people.items, **people.metadata}


def join(call: Call) -> dict[str, Any]:
    """conversations.join: makes the app a member of a public channel."""
    channel = call.channel()
    if channel.kind != "public":
        raise Refusal("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refusal("is_archived")
    if call.bot in channel.members:
        warned = {"warnings": ["already_in_channel"]}
        return {
            "channel": _described(call, channel),
            "warning": "already_in_channel",
            "response_metadata": warned,
        }
    call.workspace.join(channel, call.bot)
    return {"channel": _described(call, channel)}


def open_(call: Call) -> dict[str, Any]:
    """conversations.open: returns the app's direct message with these people."""
    if call.text("channel"):
        channel = call.member_channel()
        if not channel.is_direct:
            raise Refusal("method_not_supported_for_channel_type")
        return {"channel": _opened(call, channel), "no_op": True, "already_open": True}
    users = [user.strip() for user in call.text("users").split(",") if user.strip()]
    if not users:
        raise Refusal("users_list_not_supplied")
    if any(user not in call.workspace.people or user == call.bot for user in users):
        raise Refusal("user_not_found")
    if len(users) > _MOST_IN_DIRECT:
        raise Refusal("too_many_users")
    call.need("im:write" if len(users) == 1 else "mpim:write")
    existing = call.workspace.direct({call.bot, *users})
    if existing is None and call.flag("prevent_creation"):
        raise Refusal("channel_not_found")
    channel = existing or call.workspace.open_direct(call.bot, users)
    done = {"no_op": True, "already_open": True} if existing else {}
    return {"channel": _opened(call, channel), **done}


def _opened(call: Call, channel: Channel) -> dict[str, Any]:
    return _described(call, channel) if call.flag("return_im") else {"id": channel.id}


def _described(call: Call, channel: Channel) -> dict[str, Any]:
    described = channel.to_slack(call.bot, call.workspace.team_id)
    if call.flag("include_locale"):
        described["locale"] = "en-US"
    return described


def _listed(call: Call, channels: Iterable[Channel], counted: bool) -> dict[str, Any]:
    types = [word.strip() for word in (call.text("types") or "public_channel").split(",")]
    if unknown := set(types) - set(_KINDS):
        raise Refusal("invalid_types", f"unknown types: {sorted(unknown)}")
    kinds = {_KINDS[word] for word in types}
    for kind, scope in BY_KIND["read"].items():
        if kind in kinds:
            call.need(scope)
    chosen = [
        channel
        for channel in channels
        if channel.kind in kinds and not (channel.archived and call.flag("exclude_archived"))
    ]
    shown = call.page(chosen, default=100)
    described = []
    for channel in shown.items:
        count = {"num_members": len(channel.members)} if counted and not channel.is_direct else {}
        described.append(channel.to_slack(call.bot, call.workspace.team_id) | count)
    return {"channels": described, **shown.metadata}
