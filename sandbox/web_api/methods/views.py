"""views.open, push, update and publish."""

from typing import Any

from sandbox.errors import Refusal
from sandbox.web_api import limits
from sandbox.web_api.methods.call import Call
from sandbox.workspace.views import STACK, View


def open_(call: Call) -> dict[str, Any]:
    """views.open: opens a modal for the person who just acted."""
    source = _modal(call)
    person = _person(call)
    return _answer(call, call.site.views.open(person, source))


def push(call: Call) -> dict[str, Any]:
    """views.push: pushes a modal on the one that the person acted in."""
    source = _modal(call)
    person = _person(call)
    stack = call.site.views.stacks.get(person, [])
    if not stack:
        raise Refusal("not_found")
    if len(stack) >= STACK:
        raise Refusal("push_limit_reached")
    return _answer(call, call.site.views.push(person, source))


def update(call: Call) -> dict[str, Any]:
    """views.update: replaces the blocks of an open view."""
    if bool(call.text("view_id")) == bool(call.text("external_id")):
        raise Refusal("invalid_arguments", "needs either view_id or external_id")
    view = call.site.views.find(call.text("view_id"), call.text("external_id"))
    if view is None:
        raise Refusal("not_found")
    source = limits.checked_view(call.args["view"])
    if source["type"] != view.type:
        raise Refusal("invalid_arguments", "the type of a view cannot change")
    _unused(call, source, view)
    _fresh(call, view)
    call.site.views.update(view, source)
    return _answer(call, view)


def publish(call: Call) -> dict[str, Any]:
    """views.publish: publishes one person's Home tab."""
    if not call.site.app.home_tab:
        raise Refusal("not_enabled")
    if call.text("user_id") not in call.workspace.people:
        raise Refusal("invalid_arguments", "invalid `user_id`")
    source = limits.checked_view(call.args["view"])
    if source["type"] != "home":
        raise Refusal("invalid_arguments", "must be of type home [json-pointer:/view/type]")
    home = call.site.views.homes.get(call.text("user_id"))
    _unused(call, source, home)
    if home is not None:
        _fresh(call, home)
    return _answer(call, call.site.views.publish(call.text("user_id"), source))


def _modal(call: Call) -> dict[str, Any]:
    source = limits.checked_view(call.args["view"])
    if source["type"] != "modal":
        raise Refusal("invalid_arguments", "must be of type modal [json-pointer:/view/type]")
    _unused(call, source, None)
    return source


def _person(call: Call) -> str:
    trigger = call.text("trigger_id") or call.text("interactivity_pointer")
    if not trigger:
        raise Refusal("invalid_arguments", "missing required field: trigger_id")
    return call.site.triggers.take(trigger)


def _unused(call: Call, source: dict[str, Any], own: View | None) -> None:
    """Raise duplicate_external_id if another view has this external id."""
    external_id = source.get("external_id")
    if external_id and call.site.views.find(external_id=external_id) not in (None, own):
        raise Refusal("duplicate_external_id")


def _fresh(call: Call, view: View) -> None:
    if call.text("hash") not in ("", view.hash):
        raise Refusal("hash_conflict")


def _answer(call: Call, view: View) -> dict[str, Any]:
    return {"view": call.site.views.described(view)}
