"""The page's WebSocket: each person is told what they may see, and nothing else."""

import asyncio
from typing import Any

from sandbox.workspace.domain_events import ViewGone


async def changes(bench: Any, websocket: Any, who: str) -> list[dict[str, Any]]:
    """What this person was told until now; a change of our own marks the end."""
    bench.site.watchers.hear(ViewGone("the end", who))
    found: list[dict[str, Any]] = []
    while True:
        change = await asyncio.wait_for(websocket.receive_json(), 10)
        if change.get("view_id") == "the end":
            return found
        found.append(change)


async def watch(bench: Any, who: str) -> Any:
    """Opens the stream of one person."""
    return await bench.http.ws_connect(f"{bench.url}/sandbox/stream?as={who}")


async def test_private_things_stay_private(bench: Any) -> None:
    """A private channel's messages reach its members' pages alone."""
    mara, jonas = await watch(bench, "U0MARA"), await watch(bench, "U0JONAS")
    await bench.say("for two", channel="C0PEOPLE")
    only = {"channel": "C0GENERAL", "user": "U0MARA", "text": "psst"}
    await bench.api("chat.postEphemeral", **only)
    texts = [
        change["message"]["text"]
        for change in await changes(bench, mara, "U0MARA")
        if "message" in change
    ]
    assert texts == ["for two", "psst"]
    assert await changes(bench, jonas, "U0JONAS") == []


async def test_a_message_and_its_end(bench: Any) -> None:
    """Posted, edited, reacted to, deleted: the page follows."""
    page = await watch(bench, "U0JONAS")
    ts = await bench.say("one")
    at = {"channel": "C0GENERAL", "ts": ts}
    await bench.post("edit", who="U0MARA", **at, text="two")
    await bench.post("react", who="U0MARA", **at, emoji="eyes")
    await bench.post("delete", who="U0MARA", **at)
    seen = await changes(bench, page, "U0JONAS")
    messages = [change["message"] for change in seen if change["type"] == "message"]
    assert [message["text"] for message in messages] == ["one", "two", "two"]
    assert messages[-1]["reactions"][0]["count"] == 1
    assert seen[-1] == {"type": "message_gone", "channel": "C0GENERAL", "ts": ts}
    unread = [change["channel"]["unread"] for change in seen if change["type"] == "channel"]
    assert unread[0] == 1


async def test_joining_and_leaving(bench: Any) -> None:
    """Added to a private channel one sees it; removed one sees it go."""
    page = await watch(bench, "U0JONAS")
    await bench.post("members", channel="C0PEOPLE", person="U0JONAS")
    await bench.post("members", channel="C0PEOPLE", person="U0JONAS", remove=True)
    seen = await changes(bench, page, "U0JONAS")
    assert any(change["type"] == "channel" and change["channel"]["is_member"] for change in seen)
    assert seen[-1] == {"type": "channel_gone", "channel": "C0PEOPLE"}


async def test_streams_statuses_prompts_and_views(bench: Any) -> None:
    """What the app does shows as it happens."""
    direct = (await bench.api("conversations.open", users="U0MARA"))["channel"]["id"]
    page = await watch(bench, "U0MARA")
    ts = await bench.say("question", channel=direct)
    thread = {"channel_id": direct, "thread_ts": ts}
    await bench.api("assistant.threads.setStatus", **thread, status="thinks")
    begun = await bench.api("chat.startStream", channel=direct, thread_ts=ts, markdown_text="a")
    at = {"channel": direct, "ts": begun["ts"]}
    await bench.api("chat.appendStream", **at, markdown_text="b")
    await bench.api("chat.stopStream", **at)
    prompts = [{"title": "t", "message": "m"}]
    await bench.api("assistant.threads.setSuggestedPrompts", channel_id=direct, prompts=prompts)
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    await bench.api("views.publish", user_id="U0MARA", view=home)
    words = {"type": "plain_text", "text": "Title"}
    modal = {"type": "modal", "title": words, "blocks": [{"type": "divider"}]}
    trigger = bench.site.triggers.give("U0MARA")
    view = (await bench.api("views.open", trigger_id=trigger, view=modal))["view"]
    await bench.post("close", who="U0MARA", view_id=view["id"])
    seen = await changes(bench, page, "U0MARA")
    streamed = [
        (change["message"]["text"], change["message"]["streaming"])
        for change in seen
        if change["type"] == "message" and change["message"]["ts"] == begun["ts"]
    ]
    assert streamed == [("a", True), ("ab", True), ("ab", False)]
    statuses = [change["status"] for change in seen if change["type"] == "status"]
    assert statuses == ["thinks", ""]
    assert [c["prompts"] for c in seen if c["type"] == "prompts"] == [prompts]
    kinds = [change["type"] for change in seen]
    assert "home" in kinds and kinds[-2:] == ["view", "view_gone"]


async def test_a_stranger_gets_no_stream(bench: Any) -> None:
    """Somebody who is not there is turned away."""
    try:
        await watch(bench, "U0X")
    except Exception as error:
        assert "403" in str(error)
    else:
        raise AssertionError("a stranger was let in")
