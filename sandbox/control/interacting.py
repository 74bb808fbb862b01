"""Control calls for what a person does with the app: buttons, modals, commands, shortcuts."""

import re
import time
from typing import Any

from sandbox.blocks import elements_of
from sandbox.control import element_actions
from sandbox.control.acting import add_member, remove_member
from sandbox.control.request import Control
from sandbox.delivery import payloads
from sandbox.delivery.responding import answer
from sandbox.delivery.transport import Kind, Reply
from sandbox.errors import Mistake, Refusal
from sandbox.web_api import limits
from sandbox.web_api.response_urls import Origin
from sandbox.workspace.composing import mark
from sandbox.workspace.views import STACK, View

_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>|@([\w.-]+)")


async def press(call: Control) -> dict[str, Any]:
    """POST /sandbox/press: presses a button or chooses an option."""
    me, action_id = call.actor.id, call.text("action_id")
    block_id, value = call.args.get("block_id"), call.args.get("value")
    if call.args.get("view_id"):
        view = _view(call)
        placed, element = element_actions.find(view.blocks, action_id, block_id)
        if element["type"] not in ("button", "overflow"):
            view.state.setdefault(placed, {})[action_id] = element_actions.held(element, value)
        action = element_actions.action(placed, element, value)
        payload = payloads.block_actions(call.site, me, action, None, view)
    else:
        message = call.message(call.channel())
        placed, element = element_actions.find(message.blocks, action_id, block_id)
        action = element_actions.action(placed, element, value)
        payload = payloads.block_actions(call.site, me, action, message, None)
    return _done(await _send(call, "interactive", payload))


async def submit(call: Control) -> dict[str, Any]:
    """POST /sandbox/submit: submits a modal; `errors` by block if it cannot be."""
    view = _view(call)
    values = call.args.get("values") or {}
    if not isinstance(values, dict) or not all(isinstance(one, dict) for one in values.values()):
        raise Mistake("invalid_arguments", "Give 'values' as {block_id: {action_id: value}}.")
    if missing := _fill(view, values):
        return {"errors": missing}
    reply = await _send(call, "interactive", payloads.view_submission(call.site, view))
    if not reply.acknowledged:
        return _done(reply)
    return _respond(call, view, reply.payload if isinstance(reply.payload, dict) else {})


async def close(call: Control) -> dict[str, Any]:
    """POST /sandbox/close: closes a modal, or all that are stacked if it clears on close."""
    view = _view(call)
    if view.source.get("clear_on_close"):
        gone = call.site.views.clear(view.person)
    else:
        gone = [view]
        call.site.views.close(view)
    for closed in gone:
        if closed.source.get("notify_on_close"):
            cleared = len(gone) > 1
            payload = payloads.view_closed(call.site, closed, cleared)
            await _send(call, "interactive", payload)
    return {}


async def command(call: Control) -> dict[str, Any]:
    """POST /sandbox/command: runs a slash command."""
    channel, me = call.own_channel(), call.actor.id
    name, text = call.text("command"), call.text("text", required=False).strip()
    thread = call.text("thread_ts", required=False) or None
    if name in ("/invite", "/remove", "/leave"):
        return _built_in(call, name, text)
    known = next((one for one in call.site.app.commands if one.command == name), None)
    if known is None:
        raise Mistake("unknown_command", f"{name} is not a command of this app.")
    sent = _escaped(call, text) if known.should_escape else text
    payload = payloads.command(call.site, me, channel, name, sent, thread)
    reply = await _send(call, "slash_commands", payload)
    if reply.acknowledged and reply.payload:
        body = reply.payload if isinstance(reply.payload, dict) else {"text": str(reply.payload)}
        origin = Origin(channel.id, me, None, thread, time.monotonic())
        if body.get("text") or body.get("blocks") or body.get("attachments"):
            _answer(call, origin, body)
    return _done(reply)


async def shortcut(call: Control) -> dict[str, Any]:
    """POST /sandbox/shortcut: runs a global shortcut, or one on a message."""
    callback_id = call.text("callback_id")
    known = next((one for one in call.site.app.shortcuts if one.callback_id == callback_id), None)
    if known is None:
        raise Mistake("unknown_shortcut", f"The app has no shortcut {callback_id!r}.")
    message = call.message(call.channel()) if known.type == "message" else None
    payload = payloads.shortcut(call.site, call.actor.id, callback_id, message)
    return _done(await _send(call, "interactive", payload))


async def _send(call: Control, kind: Kind, payload: dict[str, Any]) -> Reply:
    if kind == "interactive" and not call.site.app.interactivity:
        raise Mistake("not_interactive", "The app's manifest does not enable interactivity.")
    return await call.site.delivery.interact(kind, payload, call.site.options.patience)


def _done(reply: Reply) -> dict[str, Any]:
    if reply.acknowledged:
        return {}
    # The app failed, not the caller: so the answer says it, with status 200.
    return {"ok": False, "error": reply.status, "detail": "The app did not acknowledge it in time."}


def _view(call: Control) -> View:
    view = call.site.views.find(call.text("view_id"))
    if view is None or view.person != call.actor.id:
        raise Mistake("view_not_found", "This modal is not open any more.")
    return view


def _fill(view: View, values: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Put the values in the view's state; return a message for each empty required block."""
    state = element_actions.initial_state(view.blocks) | view.state
    missing: dict[str, str] = {}
    for block in view.blocks:
        block_id = str(block["block_id"])
        for element in elements_of(block):
            if element["type"] in ("button", "image"):
                continue
            action_id = str(element["action_id"])
            typed = values.get(block_id, {})
            if action_id in typed:
                state.setdefault(block_id, {})[action_id] = element_actions.held(
                    element, typed[action_id]
                )
            entry = state.setdefault(block_id, {}).setdefault(
                action_id, element_actions.held(element, None)
            )
            if (
                block["type"] == "input"
                and not block.get("optional")
                and element_actions.is_empty(entry)
            ):
                missing[block_id] = "Please fill this in."
    view.state = state
    return missing


def _respond(call: Control, view: View, response: dict[str, Any]) -> dict[str, Any]:
    """Apply the app's response to a submission: errors, another view, or close."""
    views = call.site.views
    match response.get("response_action"):
        case "errors":
            return {"errors": dict(response.get("errors") or {})}
        case "update":
            views.update(view, _checked(response))
        case "push":
            if len(views.stacks.get(view.person, [])) >= STACK:
                raise Mistake("push_limit_reached", "The app pushed one modal too many.")
            views.push(view.person, _checked(response))
        case "clear":
            views.clear(view.person)
        case _:
            views.close(view)
    return {}


def _checked(response: dict[str, Any]) -> dict[str, Any]:
    try:
        return limits.checked_view(response.get("view"))
    except Refusal as refusal:
        raise Mistake("invalid_view", f"The app answered with a bad view: {refusal}") from refusal


def _answer(call: Control, origin: Origin, body: dict[str, Any]) -> None:
    try:
        answer(call.site, origin, body)
    except Refusal as refusal:
        raise Mistake("invalid_response", f"The app answered badly: {refusal}") from refusal


def _escaped(call: Control, text: str) -> str:
    """Escape the mentions in a command's text as Slack does, `<@U…|name>`."""
    people = call.workspace.people

    def named(mention: re.Match[str]) -> str:
        person = people.get(mention[1])
        return f"<@{person.id}|{person.name}>" if person else mention[0]

    return re.sub(r"<@([A-Z0-9]+)>", named, mark(text, call.workspace.names))


def _built_in(call: Control, name: str, text: str) -> dict[str, Any]:
    """Run /invite @somebody, /remove @somebody or /leave."""
    channel, me = call.own_channel(), call.actor.id
    if name == "/leave":
        remove_member(call, channel, me)
        return {}
    named = _MENTION.match(text)
    ids = {person.name: person.id for person in call.workspace.people.values()}
    person = (named[1] or ids.get(named[2], "")) if named else ""
    if person not in call.workspace.people:
        raise Mistake("user_not_found", f"Write {name} and then @ and a name.")
    if name == "/invite":
        add_member(call, channel, person, me)
    else:
        remove_member(call, channel, person)
    return {}
