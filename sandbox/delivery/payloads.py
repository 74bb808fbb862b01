"""Build the payloads of commands, clicks, submissions and shortcuts as Slack sends them."""

from typing import Any

from sandbox.server_state import Site
from sandbox.workspace.channels import Channel
from sandbox.workspace.messages import Message
from sandbox.workspace.views import View

Payload = dict[str, Any]


def command(
    site: Site, person: str, channel: Channel, name: str, text: str, thread_ts: str | None
) -> Payload:
    """Build the payload of a slash command."""
    return {
        "token": site.app.signing_secret[-8:],
        "team_id": site.workspace.team_id,
        "team_domain": site.workspace.domain,
        "channel_id": channel.id,
        "channel_name": _name(channel),
        "user_id": person,
        "user_name": site.workspace.people[person].name,
        "command": name,
        "text": text,
        "api_app_id": site.app.id,
        "is_enterprise_install": "false",
        "response_url": _response_url(site, channel.id, person, None, thread_ts),
        "trigger_id": site.triggers.give(person),
    }


def block_actions(
    site: Site, person: str, action: Payload, message: Message | None, view: View | None
) -> Payload:
    """Build the payload of a click or a choice, in a message or in a view."""
    payload = {"type": "block_actions", **_by(site, person), "actions": [action]}
    if message is not None:
        channel = site.workspace.channels[message.channel]
        secret_url = _response_url(site, channel.id, person, message, message.thread_ts)
        payload |= {
            "container": _container(message),
            "channel": {"id": channel.id, "name": _name(channel)},
            "state": {"values": {}},
            "response_url": secret_url,
        }
        if message.only_for is None:
            payload["message"] = site.workspace.described(message)
    if view is not None:
        payload |= {
            "container": {"type": "view", "view_id": view.id},
            "view": site.views.described(view),
        }
    return payload


def view_submission(site: Site, view: View) -> Payload:
    """Build the payload of a submitted modal."""
    return {
        "type": "view_submission",
        **_by(site, view.person),
        "view": site.views.described(view),
        "response_urls": [],
    }


def view_closed(site: Site, view: View, cleared: bool) -> Payload:
    """Build the payload of a modal that was closed without being submitted."""
    payload = {"type": "view_closed", **_by(site, view.person)}
    del payload["trigger_id"]
    return payload | {"view": site.views.described(view), "is_cleared": cleared}


def shortcut(site: Site, person: str, callback_id: str, message: Message | None) -> Payload:
    """Build the payload of a shortcut, global or on a message."""
    kind = "shortcut" if message is None else "message_action"
    payload = {"type": kind, "callback_id": callback_id, **_by(site, person)}
    payload["action_ts"] = site.clock.ts()
    if message is not None:
        channel = site.workspace.channels[message.channel]
        payload |= {
            "message": site.workspace.described(message),
            "message_ts": message.ts,
            "channel": {"id": channel.id, "name": _name(channel)},
            "response_url": _response_url(site, channel.id, person, None, message.thread_ts),
        }
    return payload


def _by(site: Site, person: str) -> Payload:
    known = site.workspace.people[person]
    return {
        "team": {"id": site.workspace.team_id, "domain": site.workspace.domain},
        "user": {
            "id": person,
            "username": known.name,
            "name": known.name,
            "team_id": known.team,
        },
        "api_app_id": site.app.id,
        "token": site.app.signing_secret[-8:],
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": site.triggers.give(person),
    }


def _container(message: Message) -> Payload:
    container: Payload = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.only_for is not None,
    }
    return container | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def _name(channel: Channel) -> str:
    return {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)


def _response_url(
    site: Site, channel: str, person: str, message: Message | None, thread_ts: str | None
) -> str:
    secret = site.responses.give(channel, person, message, thread_ts)
    return f"{site.address}/response/{secret}"
