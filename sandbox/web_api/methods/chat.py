"""chat.postMessage, postEphemeral, update, delete and getPermalink."""

from dataclasses import dataclass
from typing import Any

from sandbox.errors import Refusal
from sandbox.web_api import limits
from sandbox.web_api.methods.call import Call
from sandbox.web_api.methods.reactions import permalink as link_to
from sandbox.workspace.channels import Channel
from sandbox.workspace.messages import Blocks, Message


@dataclass(frozen=True, slots=True)
class Content:
    """A message's content, validated."""

    text: str
    blocks: Blocks
    attachments: Blocks
    metadata: dict[str, Any] | None


def post_message(call: Call) -> dict[str, Any]:
    """chat.postMessage: posts a message of the app's in a channel or to a person."""
    channel = target(call)
    may_post(call, channel)
    content = content_of(call)
    message = new_message(call, channel, content, thread_of(call, channel))
    message.broadcast = call.flag("reply_broadcast") and message.is_reply
    call.workspace.post(message)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "message": call.workspace.described(message),
    }


def post_ephemeral(call: Call) -> dict[str, Any]:
    """chat.postEphemeral: posts a message that only one person sees."""
    channel = call.channel()
    may_post(call, channel)
    content = content_of(call)
    if call.text("user") not in channel.members:
        raise Refusal("user_not_in_channel")
    message = new_message(call, channel, content, thread_of(call, channel))
    message.only_for = call.text("user")
    call.workspace.post(message)
    return {"message_ts": message.ts}


def update(call: Call) -> dict[str, Any]:
    """chat.update: edits a message of the app's."""
    channel = call.channel()
    message = call.message(channel)
    if message.bot_id != call.site.app.bot_id:
        raise Refusal("cant_update_message")
    if message.is_streaming:
        raise Refusal("streaming_state_conflict")
    content = content_of(call, updating=True)
    if len(call.text("text")) > limits.UPDATED_TEXT:
        raise Refusal("msg_too_long")
    changes: dict[str, Any] = {}
    if "attachments" in call.args:
        changes["attachments"] = content.attachments
    if "metadata" in call.args:
        changes["metadata"] = content.metadata
    # As in Slack: text alone takes the blocks away, and only text alone is marked as edited.
    says_all = bool(content.text or "blocks" in call.args)
    blocks = content.blocks if says_all else message.blocks
    editor = call.bot if content.text and not call.args.get("blocks") else None
    call.workspace.edit(message, editor, content.text or message.text, blocks, **changes)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": call.workspace.described(message),
    }


def delete(call: Call) -> dict[str, Any]:
    """chat.delete: deletes a message of the app's."""
    channel = call.channel()
    message = call.message(channel)
    if message.bot_id != call.site.app.bot_id:
        raise Refusal("cant_delete_message")
    call.workspace.delete(message)
    return {"channel": channel.id, "ts": message.ts}


def permalink(call: Call) -> dict[str, Any]:
    """chat.getPermalink: returns a message's address."""
    channel = call.channel()
    message = call.message(channel, "message_ts")
    return {"channel": channel.id, "permalink": link_to(call, message)}


def target(call: Call) -> Channel:
    """Return where to post: a channel, or the direct message with a person."""
    named = call.text("channel")
    if named in call.workspace.people and named != call.bot:
        return call.workspace.open_direct(call.bot, [named])
    for channel in call.workspace.channels.values():
        if channel.name and named.removeprefix("#") == channel.name and channel.kind == "public":
            return channel
    return call.channel()


def may_post(call: Call, channel: Channel) -> None:
    """Raise Refusal if the app may not post here."""
    if channel.archived:
        raise Refusal("is_archived")
    outside = call.bot not in channel.members
    if outside and not (channel.kind == "public" and "chat:write.public" in call.site.app.scopes):
        raise Refusal("not_in_channel")
    if channel.kind == "im" and not call.site.app.messages_tab:
        raise Refusal("messages_tab_disabled")
    if any(call.args.get(name) for name in ("username", "icon_emoji", "icon_url")):
        call.need("chat:write.customize")


def content_of(call: Call, updating: bool = False) -> Content:
    """Return the content that the call gives. Raises Refusal under Slack's names."""
    text, markdown = call.text("text"), call.text("markdown_text")
    if markdown and (text or call.args.get("blocks")):
        raise Refusal("markdown_text_conflict")
    if len(markdown) > limits.MARKDOWN:
        raise Refusal("msg_too_long")
    blocks = limits.checked_blocks(call.args.get("blocks"))
    attachments = limits.checked_attachments(call.args.get("attachments"))
    if markdown:
        blocks = limits.with_ids([{"type": "markdown", "text": markdown}])
    if not (text or markdown or blocks or attachments):
        raise Refusal("no_text")
    kept = text or markdown
    return Content(
        text=kept if updating else kept[: limits.POSTED_TEXT],
        blocks=blocks,
        attachments=attachments,
        metadata=limits.checked_metadata(call.args.get("metadata")),
    )


def thread_of(call: Call, channel: Channel) -> str | None:
    """Return the root of the thread to post in. Raises cannot_reply_to_message if there is none."""
    if not (ts := call.text("thread_ts")):
        return None
    parent = channel.messages.get(ts)
    if parent is None or parent.only_for is not None:
        raise Refusal("cannot_reply_to_message")
    return parent.root_ts


def new_message(call: Call, channel: Channel, content: Content, thread: str | None) -> Message:
    """Return a message of the app's, not yet posted."""
    app = call.site.app
    return Message(
        channel=channel.id,
        ts=call.site.clock.ts(),
        user=app.bot_user_id,
        text=content.text,
        blocks=content.blocks,
        attachments=content.attachments,
        metadata=content.metadata,
        thread_ts=thread,
        bot_id=app.bot_id,
        app_id=app.id,
        username=call.text("username") or None,
    )
