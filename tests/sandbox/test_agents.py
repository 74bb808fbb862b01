"""Status lines, sessions, titles and suggested prompts."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from sandbox.app_manifest import PERMISSIVE
from sandbox.options import Options

Start = Callable[..., Awaitable[Any]]


async def test_a_status_goes_with_the_next_message(bench: Any) -> None:
    """The line shows in its thread until the app speaks there."""
    ts = await bench.say("a question")
    at = {"channel_id": "C0GENERAL", "thread_ts": ts}
    said = {**at, "status": "is thinking", "loading_messages": ["Reading", "Reading more"]}
    assert (await bench.api("assistant.threads.setStatus", **said))["ok"]
    root = (await bench.get("messages", who="U0MARA", channel="C0GENERAL"))["messages"][-1]
    assert root["status"]["status"] == "is thinking"
    assert root["status"]["loading_messages"] == ["Reading", "Reading more"]
    await bench.api("chat.postMessage", channel="C0GENERAL", thread_ts=ts, text="answer")
    root = (await bench.get("messages", who="U0MARA", channel="C0GENERAL"))["messages"][-1]
    assert root["status"] is None


async def test_a_status_expires(
    start_sandbox: Start, eventually: Callable[..., Awaitable[None]]
) -> None:
    """It goes by itself after two of Slack's minutes."""
    bench = await start_sandbox(options=Options(speed=4000))
    ts = await bench.say("a question")
    shown: list[str] = []
    bench.site.workspace.listeners.append(
        lambda _: shown.append(bench.site.sessions.at("C0GENERAL", ts).status)
    )
    said = {"channel_id": "C0GENERAL", "thread_ts": ts, "status": "is thinking"}
    await bench.api("assistant.threads.setStatus", **said)
    await eventually(lambda: shown == ["is thinking", ""])


async def test_status_refusals(bench: Any) -> None:
    """A status needs a channel of the app's, a thread, and at most ten loading messages."""
    ts = await bench.say("a question")

    async def error(**args: Any) -> str:
        given = {"channel_id": "C0GENERAL", "thread_ts": ts, "status": "x", **args}
        return str((await bench.api("assistant.threads.setStatus", **given)).get("error"))

    assert await error(channel_id="C0X") == "channel_not_found"
    assert await error(thread_ts="1.000001") == "invalid_thread_ts"
    assert await error(loading_messages=["x"] * 11) == "invalid_arguments"


async def test_sessions(bench: Any) -> None:
    """A session is processing until the app says otherwise; renaming needs one."""
    ts = await bench.say("a question")
    at = {"channel_id": "C0GENERAL", "thread_ts": ts}
    unknown = await bench.api("agents.sessions.rename", **at, title="x")
    assert unknown["error"] == "session_not_found"
    begun = await bench.api("agents.sessions.setStatus", **at, status="processing", title="Work")
    assert (begun["agent_status"], begun["title"]) == ("processing", "Work")
    shape = bench.site.sessions.shape("C0GENERAL", ts)
    assert shape == {"status": "", "loading_messages": [], "processing": True}
    renamed = await bench.api("agents.sessions.rename", **at, title="Done")
    assert renamed["title"] == "Done"
    root = (await bench.get("messages", who="U0MARA", channel="C0GENERAL"))["messages"][-1]
    assert root["title"] == "Done"
    await bench.api("agents.sessions.setStatus", **at, status="closed")
    assert bench.site.sessions.shape("C0GENERAL", ts) is None
    odd = await bench.api("agents.sessions.setStatus", **at, status="busy")
    assert odd["error"] == "invalid_status"
    alone = await bench.api(
        "agents.sessions.setStatus", channel_id="C0GENERAL", status="processing"
    )
    assert alone["error"] == "thread_ts_required"


async def test_prompts(bench: Any) -> None:
    """Prompts for a direct message show; those for a thread are accepted and do not."""
    channel = (await bench.api("conversations.open", users="U0MARA"))["channel"]["id"]
    prompts = [{"title": "Deploy?", "message": "How do we deploy?"}]
    args = {"channel_id": channel, "prompts": prompts, "title": "Try"}
    assert (await bench.api("assistant.threads.setSuggestedPrompts", **args))["ok"]
    view = await bench.get("view", who="U0MARA")
    assert view["app"]["suggested_prompts"] == prompts
    assert view["app"]["suggested_title"] == "Try"
    ts = await bench.say("hello", channel=channel)
    silent = {**args, "thread_ts": ts, "prompts": [{"title": "x", "message": "y"}]}
    assert (await bench.api("assistant.threads.setSuggestedPrompts", **silent))["ok"]
    assert (await bench.get("view", who="U0MARA"))["app"]["suggested_prompts"] == prompts
    five = {**args, "prompts": prompts * 5}
    refused = await bench.api("assistant.threads.setSuggestedPrompts", **five)
    assert refused["error"] == "invalid_arguments"


async def test_an_app_that_is_no_agent(start_sandbox: Start) -> None:
    """Without agent_view in its manifest an app has neither sessions nor prompts."""
    bench = await start_sandbox(app=replace(PERMISSIVE, agent=False))
    ts = await bench.say("hello")
    session = await bench.api(
        "agents.sessions.setStatus", channel_id="C0GENERAL", thread_ts=ts, status="active"
    )
    assert session["error"] == "feature_disabled"
    prompts = await bench.api(
        "assistant.threads.setSuggestedPrompts", channel_id="C0GENERAL", prompts=[]
    )
    assert prompts["error"] == "not_agent_app"
