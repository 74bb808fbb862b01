"""users.info, users.list and bots.info."""

from typing import Any

from sandbox.errors import Refusal
from sandbox.web_api.methods.call import Call
from sandbox.workspace.people import Person


def info(call: Call) -> dict[str, Any]:
    """users.info: returns one person."""
    person = call.workspace.people.get(call.text("user"))
    if person is None:
        raise Refusal("user_not_found")
    return {"user": _described(call, person)}


def list_(call: Call) -> dict[str, Any]:
    """users.list: returns everybody in the workspace, and partners of shared channels."""
    people = call.page(list(call.workspace.people.values()), default=200)
    members = [_described(call, person) for person in people.items]
    return {"members": members, "cache_ts": 1_700_000_000, **people.metadata}


def bot_info(call: Call) -> dict[str, Any]:
    """bots.info: returns the app's bot."""
    app = call.site.app
    if call.text("bot") not in ("", app.bot_id):
        raise Refusal("bot_not_found")
    bot = {
        "id": app.bot_id,
        "deleted": not call.workspace.installed,
        "name": app.name,
        "updated": 1_700_000_000,
        "app_id": app.id,
        "user_id": app.bot_user_id,
        "icons": {},
    }
    return {"bot": bot}


def _described(call: Call, person: Person) -> dict[str, Any]:
    workspace = call.workspace
    user = person.to_slack(workspace.team_id, workspace.domain)
    if "users:read.email" not in call.site.app.scopes:
        user["profile"].pop("email", None)
    if call.flag("include_locale"):
        user["locale"] = "en-US"
    return user
