"""auth.test and apps.connections.open."""

from typing import Any

from sandbox.web_api.methods.call import Call


def test(call: Call) -> dict[str, Any]:
    """auth.test: returns whose token it is."""
    workspace, app = call.workspace, call.site.app
    return {
        "url": f"{call.site.address}/",
        "team": workspace.team_name,
        "user": app.bot_name,
        "team_id": workspace.team_id,
        "user_id": app.bot_user_id,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


def open_connection(call: Call) -> dict[str, Any]:
    """apps.connections.open: returns a Socket Mode address, valid for one connection."""
    address = call.site.address.replace("http", "ws", 1)
    ticket = call.site.sockets.ticket()
    return {"url": f"{address}/link/?ticket={ticket}&app_id={call.site.app.id}"}
