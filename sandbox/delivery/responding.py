"""Apply an app's response to a command or a click, from response_url or its acknowledgement."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sandbox.errors import Refusal
from sandbox.server_state import Site
from sandbox.web_api import limits
from sandbox.web_api.response_urls import Origin
from sandbox.workspace.messages import Message


async def response_url(request: Request) -> Response:
    """Handle POST /response/<secret>."""
    site: Site = request.app.state.site
    try:
        origin = site.responses.use(request.path_params["secret"])
        try:
            body = json.loads(await request.body())
        except ValueError as error:
            raise Refusal("invalid_payload", status=400) from error
        answer(site, origin, body)
    except Refusal as refusal:
        status = refusal.status if refusal.status != 200 else 400
        return JSONResponse({"ok": False, "error": refusal.error}, status_code=status)
    return PlainTextResponse("ok")


def answer(site: Site, origin: Origin, body: Any) -> None:
    """Post, replace or delete as the body says. Raises Refusal."""
    if not isinstance(body, dict):
        raise Refusal("invalid_payload")
    if body.get("delete_original"):
        _delete(site, origin)
        return
    text = str(body.get("text") or "")
    blocks = limits.checked_blocks(body.get("blocks"))
    attachments = limits.checked_attachments(body.get("attachments"))
    if not (text or blocks or attachments):
        raise Refusal("no_text")
    original = origin.message
    if body.get("replace_original") and original is not None:
        _replace(site, original, text, blocks)
        return
    app = site.app
    message = Message(
        channel=origin.channel,
        ts=site.clock.ts(),
        user=app.bot_user_id,
        text=text,
        blocks=blocks,
        attachments=attachments,
        thread_ts=_thread(site, origin, body),
        bot_id=app.bot_id,
        app_id=app.id,
        only_for=None if body.get("response_type") == "in_channel" else origin.person,
    )
    site.workspace.post(message)


def _thread(site: Site, origin: Origin, body: dict[str, Any]) -> str | None:
    wanted = body.get("thread_ts") or origin.thread_ts
    parent = site.workspace.channels[origin.channel].messages.get(str(wanted))
    return parent.root_ts if parent else None


def _replace(site: Site, original: Message, text: str, blocks: list[dict[str, Any]]) -> None:
    if not _is_there(site, original):
        raise Refusal("message_not_found")
    if original.only_for is not None:
        original.text, original.blocks = text, blocks
        site.workspace.redraw(original)
    else:
        site.workspace.edit(original, site.app.bot_user_id, text, blocks)


def _delete(site: Site, origin: Origin) -> None:
    original = origin.message
    if original is None or not _is_there(site, original):
        raise Refusal("message_not_found")
    if original.only_for is not None:
        site.workspace.forget(original)
    else:
        site.workspace.delete(original)


def _is_there(site: Site, message: Message) -> bool:
    return message.ts in site.workspace.channels[message.channel].messages
