"""Control calls for what a person sees: the world, channels, messages, Home tab, live changes."""

from typing import Any

from starlette.websockets import WebSocket

from sandbox.control.request import Control
from sandbox.control.view_models import channel_shape, message_shape, view_shape
from sandbox.server_state import Site


async def world(call: Control) -> dict[str, Any]:
    """GET /sandbox/world: returns the people, and what the app needs to connect."""
    app = call.site.app
    return {
        "team": _team(call.site),
        "app": {
            "name": app.name,
            "id": app.id,
            "bot_user_id": app.bot_user_id,
            "bot_id": app.bot_id,
            "installed": call.workspace.installed,
            "tokens": {
                "bot": app.bot_token,
                "app": app.app_token,
                "signing_secret": app.signing_secret,
            },
        },
        "people": [person.shape() for person in call.workspace.people.values()],
    }


async def view(call: Control) -> dict[str, Any]:
    """GET /sandbox/view: returns the workspace as one person sees it."""
    me, app = call.actor, call.site.app
    top = call.site.views.top(me.id)
    direct = call.workspace.direct({me.id, call.workspace.bot})
    suggested = call.site.sessions.prompts.get(direct.id) if direct else None
    prompts = suggested.prompts if suggested else app.suggested_prompts
    return {
        "me": me.shape(),
        "team": _team(call.site),
        "people": [person.shape() for person in call.workspace.people.values()],
        "channels": [
            channel_shape(call.workspace, channel, me.id)
            for channel in call.workspace.visible_to(me.id)
        ],
        "commands": [command.shape() for command in app.commands],
        "shortcuts": [shortcut.shape() for shortcut in app.shortcuts],
        "app": {
            "name": app.name,
            "user_id": app.bot_user_id,
            "agent_description": app.agent_description,
            "suggested_title": suggested.title if suggested else "",
            "suggested_prompts": [
                {"title": title, "message": message} for title, message in prompts
            ],
            "home_tab": app.home_tab,
            "messages_tab": app.messages_tab,
        },
        "modal": view_shape(call.workspace, call.site.views, top) if top else None,
    }


async def messages(call: Control) -> dict[str, Any]:
    """GET /sandbox/messages: returns a channel's roots or one thread, oldest first."""
    me = call.actor.id
    channel = call.channel()
    thread = call.text("thread_ts", required=False)
    shown = [
        message
        for message in channel.messages.values()
        if message.only_for in (None, me)
        and (message.root_ts == thread if thread else not message.is_reply or message.broadcast)
    ]
    sessions = call.site.sessions
    return {"messages": [message_shape(call.workspace, sessions, message) for message in shown]}


async def home(call: Control) -> dict[str, Any]:
    """GET /sandbox/home: returns the Home tab that the app published for this person."""
    published = call.site.views.homes.get(call.actor.id)
    shape = view_shape(call.workspace, call.site.views, published) if published else None
    return {"view": shape}


async def stream(websocket: WebSocket) -> None:
    """WS /sandbox/stream: sends the changes that one person may see."""
    site: Site = websocket.app.state.site
    person = websocket.query_params.get("as", "")
    if person not in site.workspace.people:
        await websocket.close(code=1008, reason="user_not_found")
        return
    await site.watchers.serve(websocket, person)


def _team(site: Site) -> dict[str, str]:
    workspace = site.workspace
    return {"id": workspace.team_id, "name": workspace.team_name, "domain": workspace.domain}
