"""assistant.threads.* and agents.sessions.*: the app as an agent."""

from typing import Any

from sandbox.errors import Refusal
from sandbox.web_api.methods.call import Call
from sandbox.workspace.channels import Channel

_STATES = ("active", "processing", "suspended", "closed")
_MOST_LOADING = 10
_MOST_PROMPTS = 4
_MOST_TITLE = 200


def set_status(call: Call) -> dict[str, Any]:
    """assistant.threads.setStatus: sets the line that says what the app is doing."""
    channel = _channel(call)
    loading = call.args.get("loading_messages") or []
    if not isinstance(loading, list) or not all(isinstance(line, str) for line in loading):
        raise Refusal("invalid_arguments", "must be a list of strings: loading_messages")
    if len(loading) > _MOST_LOADING:
        raise Refusal("invalid_arguments", f"no more than {_MOST_LOADING}: loading_messages")
    call.site.sessions.set_status(channel.id, _root(call, channel), call.text("status"), loading)
    return {}


def set_title(call: Call) -> dict[str, Any]:
    """assistant.threads.setTitle: names a thread."""
    channel = _channel(call)
    call.site.sessions.set_title(channel.id, _root(call, channel), call.text("title"))
    return {}


def set_suggested_prompts(call: Call) -> dict[str, Any]:
    """assistant.threads.setSuggestedPrompts: suggests up to four prompts to begin with."""
    if not call.site.app.agent:
        raise Refusal("not_agent_app")
    channel = _channel(call)
    prompts = call.args["prompts"]
    good = isinstance(prompts, list) and all(
        isinstance(prompt, dict) and {"title", "message"} <= set(prompt) for prompt in prompts
    )
    if not good or not 0 < len(prompts) <= _MOST_PROMPTS:
        raise Refusal("invalid_arguments", "must be 1 to 4 titles with messages: prompts")
    if call.text("thread_ts"):
        return {}  # under agent_view Slack accepts a thread's prompts and shows none
    pairs = tuple((str(prompt["title"]), str(prompt["message"])) for prompt in prompts)
    call.site.sessions.suggest(channel.id, call.text("title"), pairs)
    return {}


def set_session_status(call: Call) -> dict[str, Any]:
    """agents.sessions.setStatus: sets whether the app is working in a thread."""
    channel, thread_ts = _session_place(call)
    if call.text("status") not in _STATES:
        raise Refusal("invalid_status")
    initiator = call.text("initiator_user_id")
    if initiator and initiator not in channel.members:
        raise Refusal("user_not_found")
    title = call.text("title")
    if len(title) > _MOST_TITLE:
        raise Refusal("invalid_arguments", f"no more than {_MOST_TITLE} characters: title")
    if title and not call.site.sessions.at(channel.id, thread_ts).exists:
        call.site.sessions.set_title(channel.id, thread_ts, title)
    session = call.site.sessions.set_state(channel.id, thread_ts, call.text("status"))
    return {"status": session.state, "agent_status": session.state, "title": session.title}


def rename(call: Call) -> dict[str, Any]:
    """agents.sessions.rename: renames an existing session."""
    channel, thread_ts = _session_place(call)
    if not call.site.sessions.at(channel.id, thread_ts).exists:
        raise Refusal("session_not_found")
    if not 0 < len(call.text("title")) <= _MOST_TITLE:
        raise Refusal("invalid_name")
    call.site.sessions.set_title(channel.id, thread_ts, call.text("title"))
    return {"title": call.text("title")}


def _channel(call: Call) -> Channel:
    channel = call.channel("channel_id")
    if call.bot not in channel.members:
        raise Refusal("channel_not_found")
    return channel


def _root(call: Call, channel: Channel) -> str:
    message = channel.messages.get(call.text("thread_ts"))
    if message is None or message.only_for is not None:
        raise Refusal("invalid_thread_ts")
    return message.root_ts


def _session_place(call: Call) -> tuple[Channel, str]:
    if not call.site.app.agent:
        raise Refusal("feature_disabled")
    channel = call.channel("channel_id")
    if call.bot not in channel.members:
        raise Refusal("not_authorized")
    if not call.text("thread_ts"):
        raise Refusal("thread_ts_required")
    message = channel.messages.get(call.text("thread_ts"))
    return channel, message.root_ts if message else call.text("thread_ts")
