"""Streams: where they may begin, what they take, and when they are closed."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sandbox.options import Options

FEEDBACK = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "feedback",
            "positive_button": {"text": {"type": "plain_text", "text": "Good"}, "value": "up"},
            "negative_button": {"text": {"type": "plain_text", "text": "Bad"}, "value": "down"},
        }
    ],
}


async def begin(bench: Any, **changes: Any) -> dict[str, Any]:
    """Starts a stream under a new message of Mara's."""
    args = {
        "channel": "C0GENERAL",
        "thread_ts": await bench.say("a question"),
        "recipient_team_id": "T0HARBOUR",
        "recipient_user_id": "U0MARA",
        **changes,
    }
    given = {name: value for name, value in args.items() if value is not None}
    answer: dict[str, Any] = await bench.api("chat.startStream", **given)
    return answer


async def test_a_stream_from_start_to_stop(bench: Any) -> None:
    """Text grows, a task's card changes in place, and blocks stand at the end."""
    ts = (await begin(bench, markdown_text="One "))["ts"]
    at = {"channel": "C0GENERAL", "ts": ts}
    task = {"type": "task_update", "id": "1", "title": "Look", "status": "in_progress"}
    await bench.api("chat.appendStream", **at, markdown_text="two ", chunks=[task])
    await bench.api("chat.appendStream", **at, chunks=[{**task, "status": "complete"}])
    await bench.api("chat.appendStream", **at, markdown_text="three")
    message = bench.site.workspace.channels["C0GENERAL"].messages[ts]
    assert message.is_streaming
    stopped = await bench.api("chat.stopStream", **at, blocks=[FEEDBACK])
    kinds = [block["type"] for block in stopped["message"]["blocks"]]
    assert kinds == ["markdown", "task_card", "markdown", "context_actions"]
    assert stopped["message"]["blocks"][1]["status"] == "complete"
    assert stopped["message"]["text"] == "One two three"
    assert not message.is_streaming


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"thread_ts": None}, "invalid_arguments"),
        ({"thread_ts": "1.000001"}, "invalid_arguments"),
        ({"recipient_team_id": None}, "missing_recipient_team_id"),
        ({"recipient_user_id": None}, "missing_recipient_user_id"),
        ({"recipient_user_id": "U0NOBODY"}, "user_not_found"),
        ({"recipient_team_id": "T0OTHER"}, "team_not_found"),
        ({"channel": "C0NOWHERE"}, "channel_not_found"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"chunks": [{"type": "odd"}]}, "invalid_chunks"),
    ],
)
async def test_a_stream_that_cannot_begin(bench: Any, changes: dict[str, Any], error: str) -> None:
    """Only in a thread, with a recipient, within the limits."""
    assert (await begin(bench, **changes))["error"] == error


async def test_no_recipient_is_needed_in_a_direct_message(bench: Any) -> None:
    """In a direct message the reader is known."""
    opened = await bench.api("conversations.open", users="U0MARA")
    channel = opened["channel"]["id"]
    ts = await bench.say("hello", channel=channel)
    started = await bench.api("chat.startStream", channel=channel, thread_ts=ts)
    assert started["ok"]


async def test_appends_out_of_state(bench: Any) -> None:
    """Appending to nothing, to a person's or a plain message, or after the stop is refused."""
    ts = (await begin(bench, markdown_text="x"))["ts"]

    async def append(ts: str, **content: Any) -> str:
        args = {"channel": "C0GENERAL", "ts": ts, **content}
        return str((await bench.api("chat.appendStream", **args)).get("error"))

    posted = await bench.api("chat.postMessage", channel="C0GENERAL", text="plain")
    assert await append(ts) == "no_text"
    assert await append("1.000001", markdown_text="x") == "message_not_found"
    assert await append(await bench.say("x"), markdown_text="x") == "message_not_owned_by_app"
    assert await append(posted["ts"], markdown_text="x") == "message_not_in_streaming_state"
    assert await append(ts, markdown_text="x" * 12_000) == "msg_too_long"
    conflict = await bench.api("chat.update", channel="C0GENERAL", ts=ts, text="x")
    assert conflict["error"] == "streaming_state_conflict"
    await bench.api("chat.stopStream", channel="C0GENERAL", ts=ts)
    assert await append(ts, markdown_text="x") == "message_not_in_streaming_state"
    again = await bench.api("chat.stopStream", channel="C0GENERAL", ts=ts)
    assert again["error"] == "message_not_in_streaming_state"


async def test_a_stream_grows_old(
    start_sandbox: Callable[..., Awaitable[Any]], eventually: Callable[..., Awaitable[None]]
) -> None:
    """Slack closes a stream after its time; the message stays and can be updated."""
    bench = await start_sandbox(options=Options(stream_life=0.05))
    ts = (await begin(bench, markdown_text="so far"))["ts"]
    message = bench.site.workspace.channels["C0GENERAL"].messages[ts]
    await eventually(lambda: not message.is_streaming)
    late = await bench.api("chat.appendStream", channel="C0GENERAL", ts=ts, markdown_text="x")
    assert late["error"] == "message_not_in_streaming_state"
    updated = await bench.api("chat.update", channel="C0GENERAL", ts=ts, text="all of it")
    assert updated["message"]["text"] == "all of it"
    assert Options(speed=60).stream_seconds == 5


async def test_expired_by_a_fault(bench: Any) -> None:
    """The fault expires every running stream at once."""
    ts = (await begin(bench, markdown_text="x"))["ts"]
    await bench.post("faults", expire_streams=True)
    late = await bench.api("chat.appendStream", channel="C0GENERAL", ts=ts, markdown_text="x")
    assert late["error"] == "message_not_in_streaming_state"


async def test_stop_pressed_by_a_person(bench: Any) -> None:
    """After Stop the app may not append, only stop; the event names the stream."""
    root = await bench.say("a question")
    ts = (await begin(bench, thread_ts=root, markdown_text="x"))["ts"]
    assert (await bench.post("stop", who="U0MARA", channel="C0GENERAL", thread_ts=root))["ok"]
    late = await bench.api("chat.appendStream", channel="C0GENERAL", ts=ts, markdown_text="x")
    assert late["error"] == "stopped_by_user"
    assert (await bench.api("chat.stopStream", channel="C0GENERAL", ts=ts))["ok"]
    idle = await bench.post("stop", who="U0MARA", channel="C0GENERAL", thread_ts=root)
    assert idle["error"] == "not_running"
