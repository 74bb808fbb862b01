"""chat.startStream, appendStream and stopStream."""

from typing import Any

from sandbox.blocks import MOST_IN_MESSAGE, length_of
from sandbox.errors import Refusal
from sandbox.web_api import limits
from sandbox.web_api.methods.call import Call
from sandbox.web_api.methods.chat import Content, may_post, new_message
from sandbox.workspace.channels import Channel
from sandbox.workspace.messages import Blocks, Message

_DISPLAY = ("", "timeline", "plan")
_SESSION = ("active", "processing", "suspended", "closed")


def start(call: Call) -> dict[str, Any]:
    """chat.startStream: starts a streamed message in a thread, for one reader."""
    channel = call.channel()
    may_post(call, channel)
    thread = _thread(call, channel)
    if not channel.is_direct:
        _check_recipient(call)
    if call.text("task_display_mode") not in _DISPLAY:
        raise Refusal("invalid_arguments", "must be timeline or plan: task_display_mode")
    chunks = _chunks(call)
    message = new_message(call, channel, Content("", [], [], None), thread)
    _fits(message, chunks)
    call.site.streams.start(message)
    call.site.streams.append(message, chunks)
    call.workspace.post(message)
    return {"channel": channel.id, "ts": message.ts}


def append(call: Call) -> dict[str, Any]:
    """chat.appendStream: appends to a streamed message."""
    message = _streaming(call)
    if message.stream is not None and message.stream.stopped_by_user:
        raise Refusal("stopped_by_user")
    chunks = _chunks(call)
    if not chunks:
        raise Refusal("no_text")
    _fits(message, chunks)
    call.site.streams.append(message, chunks)
    call.workspace.redraw(message)
    return {"channel": message.channel, "ts": message.ts}


def stop(call: Call) -> dict[str, Any]:
    """chat.stopStream: ends a streamed message, with blocks at its end if given."""
    message = _streaming(call)
    chunks = _chunks(call)
    blocks = limits.checked_blocks(call.args.get("blocks"), "msg_blocks_too_many")
    metadata = limits.checked_metadata(call.args.get("metadata"))
    status = call.text("session_status")
    if status and status not in _SESSION:
        raise Refusal("invalid_arguments", f"must be one of {_SESSION}: session_status")
    _fits(message, chunks, blocks)
    if not (message.blocks or chunks or blocks):
        raise Refusal("no_text")
    call.site.streams.append(message, chunks)
    call.site.streams.finish(message, blocks)
    message.blocks = limits.with_ids(message.blocks)
    message.metadata = metadata
    call.workspace.finish(message)
    if status:
        call.site.sessions.set_state(message.channel, message.root_ts, status)
    described = call.workspace.described(message)
    return {"channel": message.channel, "ts": message.ts, "message": described}


def _thread(call: Call, channel: Channel) -> str:
    ts = call.text("thread_ts")
    if not ts:
        raise Refusal("invalid_arguments", "missing required field: thread_ts")
    parent = channel.messages.get(ts)
    if parent is None or parent.only_for is not None:
        raise Refusal("invalid_arguments", "no such message: thread_ts")
    return parent.root_ts


def _check_recipient(call: Call) -> None:
    team, user = call.text("recipient_team_id"), call.text("recipient_user_id")
    if not team:
        raise Refusal("missing_recipient_team_id")
    if not user:
        raise Refusal("missing_recipient_user_id")
    if user not in call.workspace.people:
        raise Refusal("user_not_found")
    if team != call.workspace.team_of(user):
        raise Refusal("team_not_found")


def _streaming(call: Call) -> Message:
    channel = call.channel()
    message = channel.messages.get(call.text("ts"))
    if message is None or message.only_for is not None:
        raise Refusal("message_not_found")
    if message.bot_id != call.site.app.bot_id:
        raise Refusal("message_not_owned_by_app")
    if not message.is_streaming:
        raise Refusal("message_not_in_streaming_state")
    return message


def _chunks(call: Call) -> Blocks:
    """Return the call's chunks, its markdown_text first."""
    chunks = limits.checked_chunks(call.args.get("chunks") or [])
    if markdown := call.text("markdown_text"):
        chunks.insert(0, {"type": "markdown_text", "text": markdown})
    return chunks


def _fits(message: Message, chunks: Blocks, blocks: Blocks | None = None) -> None:
    """Raise Refusal if the message would outgrow Slack's limits."""
    added = sum(len(chunk["text"]) for chunk in chunks if chunk["type"] == "markdown_text")
    so_far = len(message.stream.markdown) if message.stream else 0
    if so_far + added > limits.MARKDOWN:
        raise Refusal("msg_too_long")
    more = [*(block for chunk in chunks for block in chunk.get("blocks", ())), *(blocks or ())]
    if len(message.blocks) + len(more) > MOST_IN_MESSAGE:
        raise Refusal("msg_blocks_too_many")
    if length_of(message.blocks) + added + length_of(more) > limits.BLOCKS_TEXT:
        raise Refusal("msg_blocks_too_long")
