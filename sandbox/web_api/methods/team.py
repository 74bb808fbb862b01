"""team.info, emoji.list and the user groups."""

from typing import Any

from sandbox.errors import Refusal
from sandbox.web_api.methods.call import Call
from sandbox.workspace.world import Group


def info(call: Call) -> dict[str, Any]:
    """team.info: returns the workspace."""
    workspace = call.workspace
    if call.text("team") not in ("", workspace.team_id):
        raise Refusal("team_not_found")
    team = {
        "id": workspace.team_id,
        "name": workspace.team_name,
        "domain": workspace.domain,
        "url": f"{call.site.address}/",
        "email_domain": f"{workspace.domain}.example",
        "icon": {"image_default": True},
    }
    return {"team": team}


def emoji(call: Call) -> dict[str, Any]:
    """emoji.list: returns the custom emoji, an empty list here."""
    return {"emoji": {}, "cache_ts": "1700000000.000000"}


def groups(call: Call) -> dict[str, Any]:
    """usergroups.list: returns the user groups."""
    return {"usergroups": [_described(call, group) for group in call.workspace.groups]}


def group_members(call: Call) -> dict[str, Any]:
    """usergroups.users.list: returns the members of a group."""
    for group in call.workspace.groups:
        if group.id == call.text("usergroup"):
            return {"users": list(group.members)}
    raise Refusal("no_such_subteam")


def _described(call: Call, group: Group) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": group.id,
        "team_id": call.workspace.team_id,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "description": "",
        "is_external": False,
        "date_create": 1_700_000_000,
        "date_update": 1_700_000_000,
        "date_delete": 0,
        "prefs": {"channels": [], "groups": []},
        "user_count": str(len(group.members)),
    }
    return described | ({"users": list(group.members)} if call.flag("include_users") else {})
