"""The argument tables against Slack's list of methods, and how bodies are read."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import sandbox
from sandbox.errors import Refusal
from sandbox.web_api.arguments import TABLE, arguments_of, read
from sandbox.web_api.methods import METHODS
from sandbox.web_api.scopes import SCOPES, calls_a_minute

ADDED = {"chat.stopStream": {"session_status"}}
"""What Slack's SDK sends though the list does not have it."""
NOT_REQUIRED = {"chat.appendStream": {"markdown_text"}}
"""What the list calls required though chunks alone will do."""
GENERAL = {"invalid_json", "json_not_object", "thread_not_found"}
"""Errors of the Web API as a whole, which no method lists."""


def test_every_method_has_a_table_and_scopes() -> None:
    """Whatever can be called has its arguments, its scopes and its rate."""
    assert set(METHODS) == set(TABLE) == set(SCOPES)
    assert {calls_a_minute(method) for method in METHODS} == {1, 20, 50, 100}


def test_tables_agree_with_slacks_list(slack_data: Path) -> None:
    """The arguments and which of them are required are those that Slack lists."""
    listed = json.loads((slack_data / "methods.json").read_text())
    for method in TABLE:
        theirs = {name: bool(arg["required"]) for name, arg in listed[method]["args"].items()}
        theirs = {name: required for name, required in theirs.items() if name != "team_id"}
        theirs |= dict.fromkeys(ADDED.get(method, ()), False)
        theirs |= dict.fromkeys(NOT_REQUIRED.get(method, ()), False)
        ours = {name: argument.required for name, argument in arguments_of(method).items()}
        assert ours == theirs, method
        assert {arg.type for arg in arguments_of(method).values()} <= {
            "str",
            "bool",
            "int",
            "json",
            "ts",
        }


def test_errors_have_slacks_names(slack_data: Path) -> None:
    """Every error that the Web API's code refuses with is one that Slack lists."""
    listed = json.loads((slack_data / "methods.json").read_text())
    known = {error for method in listed.values() for error in method["errors"]} | GENERAL
    root = Path(str(sandbox.__file__)).parent
    # A response_url answers in words of its own, which methods.json does not list.
    files = [one for one in root.glob("web_api/**/*.py") if one.name != "response_urls.py"]
    files.append(root / "delivery" / "trigger_ids.py")
    used = {
        name for file in files for name in re.findall(r"Refusal\(\s*\"(\w+)\"", file.read_text())
    }
    assert len(used) > 40
    assert used <= known, used - known


@pytest.mark.parametrize(
    ("method", "given", "error"),
    [
        ("auth.test", {"colour": "red"}, "invalid_arg_name"),
        ("chat.postMessage", {"text": "hello"}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "C", "blocks": "[{"}, "invalid_blocks_format"),
        ("chat.postMessage", {"channel": ["C"], "text": "x"}, "invalid_array_arg"),
        ("reactions.add", {"channel": "C", "name": "x", "timestamp": "now"}, "bad_timestamp"),
        ("conversations.history", {"channel": "C", "oldest": "then"}, "invalid_ts_oldest"),
        ("conversations.history", {"channel": "C", "limit": "many"}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "C", "mrkdwn": "perhaps"}, "invalid_arguments"),
    ],
)
def test_bad_arguments_are_refused(method: str, given: dict[str, Any], error: str) -> None:
    """Unknown, missing and odd arguments have Slack's names."""
    with pytest.raises(Refusal) as refused:
        read(method, given)
    assert refused.value.error == error


def test_forms_and_json_read_alike() -> None:
    """A form's strings become the types of the table; the token and the team are set aside."""
    form = {"channel": "C", "limit": "5", "inclusive": "1", "token": "x", "team_id": "T"}
    assert read("conversations.history", form) == {"channel": "C", "limit": 5, "inclusive": True}
    blocks = [{"type": "divider"}]
    given = {"channel": "C", "blocks": json.dumps(blocks), "thread_ts": None}
    assert read("chat.postMessage", given) == {"channel": "C", "blocks": blocks}


def test_an_empty_status_is_a_status() -> None:
    """An empty status line is how an app takes its status away."""
    given = {"channel_id": "D", "thread_ts": "1.2", "status": ""}
    assert read("assistant.threads.setStatus", given)["status"] == ""
