"""The arguments of each Web API method, and the parser that checks a request against them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.errors import Refusal

Type = Literal["str", "bool", "int", "json", "ts"]

_CONTENT = "text attachments:json blocks:json markdown_text metadata:json"
_LOOK = "icon_emoji icon_url username"
_PAGE = "cursor limit:int"
_SPAN = "inclusive:bool latest:ts oldest:ts include_all_metadata:bool"

TABLE: dict[str, str] = {
    "agents.sessions.rename": "channel_id! title! thread_ts:ts",
    "agents.sessions.setStatus": (
        f"channel_id! status! thread_ts:ts title initiator_user_id {_LOOK}"
    ),
    "apps.connections.open": "",
    "assistant.threads.setStatus": (
        f"channel_id! thread_ts!:ts status! loading_messages:json {_LOOK}"
    ),
    "assistant.threads.setSuggestedPrompts": "channel_id! prompts!:json thread_ts:ts title",
    "assistant.threads.setTitle": "channel_id! thread_ts!:ts title!",
    "auth.test": "",
    "bots.info": "bot",
    "chat.appendStream": "channel! ts!:ts markdown_text chunks:json",
    "chat.delete": "channel! ts!:ts as_user:bool",
    "chat.getPermalink": "channel! message_ts!:ts",
    "chat.postEphemeral": (
        f"channel! user! thread_ts:ts as_user:bool link_names:bool parse {_CONTENT} {_LOOK}"
    ),
    "chat.postMessage": (
        "channel! thread_ts:ts reply_broadcast:bool as_user:bool link_names:bool mrkdwn:bool parse"
        " unfurl_links:bool unfurl_media:bool current_draft_last_updated_ts"
        f" {_CONTENT} {_LOOK}"
    ),
    "chat.startStream": (
        "channel! thread_ts:ts recipient_user_id recipient_team_id task_display_mode"
        f" markdown_text chunks:json {_LOOK}"
    ),
    "chat.stopStream": (
        "channel! ts!:ts markdown_text chunks:json blocks:json metadata:json session_status"
    ),
    "chat.update": (
        "channel! ts!:ts as_user:bool link_names:bool parse reply_broadcast:bool file_ids:json"
        f" unfurled_attachments:json {_CONTENT}"
    ),
    "conversations.history": f"channel! {_PAGE} {_SPAN}",
    "conversations.info": "channel! include_locale:bool include_num_members:bool",
    "conversations.join": "channel!",
    "conversations.list": f"{_PAGE} exclude_archived:bool types",
    "conversations.members": f"channel! {_PAGE}",
    "conversations.open": "channel users return_im:bool prevent_creation:bool",
    "conversations.replies": f"channel! ts!:ts {_PAGE} {_SPAN}",
    "emoji.list": "include_categories:bool",
    "reactions.add": "channel! name! timestamp!:ts",
    "reactions.get": "channel timestamp:ts full:bool file file_comment",
    "reactions.remove": "name! channel timestamp:ts file file_comment",
    "team.info": "team domain",
    "usergroups.list": "include_count:bool include_disabled:bool include_users:bool",
    "usergroups.users.list": "usergroup! include_disabled:bool",
    "users.conversations": f"{_PAGE} user exclude_archived:bool exclude_muted:bool types",
    "users.info": "user! include_locale:bool",
    "users.list": f"{_PAGE} include_locale:bool",
    "views.open": "view!:json trigger_id interactivity_pointer",
    "views.publish": "user_id! view!:json hash interactivity_pointer",
    "views.push": "view!:json trigger_id interactivity_pointer",
    "views.update": "view!:json view_id external_id hash",
}
"""Each method's arguments: `!` marks the required ones, `:type` what is not a string."""

TIMESTAMP = re.compile(r"\d{1,12}(\.\d{1,9})?\Z")
_BAD_JSON = {
    "blocks": "invalid_blocks_format",
    "attachments": "invalid_attachments",
    "metadata": "invalid_metadata_format",
    "chunks": "invalid_chunks",
}
_EVERYWHERE = ("token", "team_id")
"""Arguments of every method: Slack's SDK adds the team to each call."""
_TRUE, _FALSE = ("true", "1", "True"), ("false", "0", "False", "")


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a method."""

    name: str
    type: Type
    required: bool


def arguments_of(method: str) -> dict[str, Argument]:
    """Return the arguments of a method by name."""
    return _ARGUMENTS[method]


def read(method: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the call's arguments in their types. Raises Refusal under Slack's names."""
    table = _ARGUMENTS[method]
    given = {name: value for name, value in given.items() if value is not None}
    given = {name: value for name, value in given.items() if name not in _EVERYWHERE}
    if unknown := sorted(set(given) - set(table)):
        raise Refusal("invalid_arg_name", *(f"unknown argument: {name}" for name in unknown))
    missing = [name for name, arg in table.items() if arg.required and given.get(name, "") == ""]
    if method == "assistant.threads.setStatus" and given.get("status") == "":
        missing.remove("status")  # an empty status clears the line
    if missing:
        raise Refusal("invalid_arguments", *(f"missing required field: {name}" for name in missing))
    return {name: _value(table[name], value) for name, value in given.items()}


def _value(argument: Argument, value: Any) -> Any:
    match argument.type:
        case "json":
            return _json(argument.name, value)
        case "bool":
            if isinstance(value, bool):
                return value
            if str(value) in (*_TRUE, *_FALSE):
                return str(value) in _TRUE
        case "int":
            if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()):
                return int(value)
        case "ts":
            if isinstance(value, str | int | float) and TIMESTAMP.match(str(value)):
                return str(value)
            if str(value) == "":
                return None
            raise Refusal(_bad_timestamp(argument.name), f"not a timestamp: {argument.name}")
        case "str":
            if isinstance(value, str | int | float):
                return str(value)
            raise Refusal("invalid_array_arg", f"must be a string: {argument.name}")
    raise Refusal("invalid_arguments", f"must be {argument.type}: {argument.name}")


def _bad_timestamp(name: str) -> str:
    return {"timestamp": "bad_timestamp", "latest": "invalid_ts_latest"}.get(
        name, "invalid_ts_oldest" if name == "oldest" else "invalid_arguments"
    )


def _json(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if value == "":
        return None
    try:
        return json.loads(value)
    except ValueError as error:
        refusal = _BAD_JSON.get(name, "invalid_arguments")
        raise Refusal(refusal, f"not JSON: {name}") from error


def _parse(word: str) -> Argument:
    name, _, kind = word.partition(":")
    type_: Type = kind or "str"  # type: ignore[assignment] # a test reads every word
    return Argument(name.removesuffix("!"), type_, name.endswith("!"))


_ARGUMENTS = {
    method: {argument.name: argument for argument in map(_parse, words.split())}
    for method, words in TABLE.items()
}
