"""Control calls for what an admin changes: channel sharing, roles, user groups."""

from dataclasses import replace
from typing import Any, cast

from sandbox.control.request import Control
from sandbox.errors import Mistake
from sandbox.workspace.people import ROLES, Role


async def share(call: Control) -> dict[str, Any]:
    """POST /sandbox/share: shares a channel with another workspace; `undo` ends that."""
    channel, team = call.channel(), call.text("team")
    if channel.is_direct or team == call.workspace.team_id:
        raise Mistake("invalid_arguments", "Share a channel, and with another workspace.")
    if bool(call.args.get("undo")) != (team in channel.shared_with):
        raise Mistake("invalid_arguments", f"#{channel.name} is already as you want it.")
    call.workspace.share(channel, team, undo=bool(call.args.get("undo")))
    return {"shared_with": list(channel.shared_with)}


async def role(call: Control) -> dict[str, Any]:
    """POST /sandbox/role: makes somebody of this workspace a guest, a member or an admin."""
    person, wanted = call.workspace.people[call.person("person")], call.text("role")
    if person.is_bot or "partner" in (wanted, person.role) or wanted not in ROLES:
        raise Mistake("invalid_arguments", "People of this workspace have other roles.")
    call.workspace.change_person(replace(person, role=cast("Role", wanted)))
    return {}


async def group(call: Control) -> dict[str, Any]:
    """POST /sandbox/group: sets the members of a user group."""
    wanted, members = call.text("group"), call.args.get("members")
    groups = {group.id: group for group in call.workspace.groups}
    if wanted not in groups:
        raise Mistake("no_such_subteam", f"There is no user group {wanted!r}.")
    if not isinstance(members, list) or not set(members) <= set(call.workspace.people):
        raise Mistake("user_not_found", "Give 'members' as a list of ids.")
    call.workspace.change_group(replace(groups[wanted], members=tuple(members)))
    return {}
