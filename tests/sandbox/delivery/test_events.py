"""The events that the app is sent, against Slack's real payloads."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sandbox.app_manifest import PERMISSIVE
from sandbox.delivery.events import Events, wrap

Start = Callable[..., Awaitable[Any]]
NEWER = {"context_team_id", "context_enterprise_id", "streaming_state", "app_id", "user", "team"}
"""Keys that Slack sends today and the samples, some years old, lack."""


def record(bench: Any) -> list[dict[str, Any]]:
    """Collects every event from now on, in its envelope."""
    events = Events(bench.site.workspace, bench.site.views)
    sent: list[dict[str, Any]] = []
    workspace = bench.site.workspace
    workspace.listeners.append(
        lambda happening: sent.extend(wrap(event, workspace) for event in events.of(happening))
    )
    return sent


def names(sent: list[dict[str, Any]]) -> list[str]:
    """The types and subtypes of events, in order."""
    return [
        "/".join(filter(None, (body["event"]["type"], body["event"].get("subtype"))))
        for body in sent
    ]


async def test_a_mention_arrives_twice(bench: Any) -> None:
    """A mention in a channel fires app_mention and message.channels with one ts."""
    sent = record(bench)
    await bench.say("@app hello")
    assert names(sent) == ["app_mention", "message"]
    mention, message = (body["event"] for body in sent)
    assert mention["ts"] == message["ts"] and mention["text"] == message["text"]
    assert message["channel_type"] == "channel" and message["client_msg_id"]
    assert message["blocks"][0]["type"] == "rich_text" and message["team"] == "T0HARBOUR"
    assert sent[0]["event_id"] != sent[1]["event_id"]


async def test_each_kind_of_conversation(bench: Any) -> None:
    """channel_type follows the kind, and a mention in a direct message is only a message."""
    sent = record(bench)
    bot = bench.site.app.bot_user_id
    direct = (await bench.post("dm", who="U0MARA", people=[bot]))["channel"]["id"]
    group = (await bench.post("dm", who="U0MARA", people=[bot, "U0LENA"]))["channel"]["id"]
    for channel in ("C0PEOPLE", direct, group):
        await bench.say("hello @app" if channel == direct else "hello", channel=channel)
    kinds = [body["event"]["channel_type"] for body in sent]
    assert kinds == ["group", "im", "mpim"]


async def test_nothing_is_heard_from_elsewhere(bench: Any) -> None:
    """Where the app is no member, and between people, it hears nothing."""
    bot = bench.site.app.bot_user_id
    await bench.post("members", channel="C0PEOPLE", person=bot, remove=True)
    sent = record(bench)
    ts = await bench.say("secret @app", channel="C0PEOPLE")
    await bench.post("react", who="U0LENA", channel="C0PEOPLE", ts=ts, emoji="eyes")
    direct = (await bench.post("dm", who="U0MARA", people=["U0LENA"]))["channel"]["id"]
    await bench.say("also secret", channel=direct)
    assert sent == []


async def test_only_what_was_subscribed_to(start_sandbox: Start) -> None:
    """The manifest's events decide: with app_mention alone a mention comes once."""
    app = replace(PERMISSIVE, events=frozenset({"app_mention"}))
    bench = await start_sandbox(app=app)
    sent = record(bench)
    await bench.say("@app hello")
    await bench.say("hello")
    assert names(sent) == ["app_mention"]


async def test_edits_and_deletions(bench: Any) -> None:
    """They are message_changed and message_deleted, with what was there before."""
    sent = record(bench)
    ts = await bench.say("first")
    await bench.post("edit", who="U0MARA", channel="C0GENERAL", ts=ts, text="second")
    await bench.post("delete", who="U0MARA", channel="C0GENERAL", ts=ts)
    assert names(sent) == ["message", "message/message_changed", "message/message_deleted"]
    changed, deleted = sent[1]["event"], sent[2]["event"]
    assert changed["message"]["text"] == "second" and changed["message"]["edited"]
    assert changed["previous_message"]["text"] == "first"
    assert deleted["deleted_ts"] == ts and deleted["previous_message"]["text"] == "second"


async def test_the_apps_own_messages(bench: Any) -> None:
    """The app hears itself, with its bot_id and without a client_msg_id; not its ephemerals."""
    sent = record(bench)
    await bench.api("chat.postMessage", channel="C0GENERAL", text="hello")
    await bench.api("chat.postEphemeral", channel="C0GENERAL", user="U0MARA", text="psst")
    assert names(sent) == ["message"]
    assert sent[0]["event"]["bot_id"] == bench.site.app.bot_id
    assert "client_msg_id" not in sent[0]["event"]


async def test_replies_name_their_root(bench: Any) -> None:
    """A reply has thread_ts and parent_user_id; a broadcast one its subtype."""
    root = await bench.say("root")
    sent = record(bench)
    await bench.post("post", who="U0JONAS", channel="C0GENERAL", thread_ts=root, text="reply")
    reply = {"channel": "C0GENERAL", "thread_ts": root, "text": "all", "reply_broadcast": True}
    await bench.api("chat.postMessage", **reply)
    assert sent[0]["event"]["parent_user_id"] == "U0MARA"
    assert sent[0]["event"]["thread_ts"] == root
    assert sent[1]["event"]["subtype"] == "thread_broadcast"


async def test_payloads_have_slacks_keys(bench: Any, slack_data: Path) -> None:
    """Every event sent has no key that Slack's sample of its type lacks, and those that matter."""
    sent = record(bench)
    await scene(bench)
    samples = {
        "app_mention": ("AppMention", "type user text blocks ts team channel event_ts"),
        "message": ("Message", "type user text ts team channel event_ts channel_type blocks"),
        "message/message_changed": (
            "MessageChanged",
            "type subtype channel message previous_message ts event_ts channel_type hidden",
        ),
        "message/message_deleted": (
            "MessageDeleted",
            "type subtype channel deleted_ts previous_message ts event_ts channel_type hidden",
        ),
        "message/channel_join": ("MessageChannelJoin", "type subtype user text ts channel"),
        "message/channel_leave": ("MessageChannelLeave", "type subtype user text ts channel"),
        "reaction_added": ("ReactionAdded", "type user reaction item item_user event_ts"),
        "reaction_removed": ("ReactionRemoved", "type user reaction item item_user event_ts"),
        "member_joined_channel": ("MemberJoinedChannel", "type user channel channel_type team"),
        "member_left_channel": ("MemberLeftChannel", "type user channel channel_type team"),
        "app_home_opened": ("AppHomeOpened", "type user channel tab event_ts"),
        "channel_created": ("ChannelCreated", "type channel"),
        "tokens_revoked": ("TokensRevoked", "type tokens"),
        "app_uninstalled": ("AppUninstalled", "type"),
    }
    seen = set(names(sent))
    assert set(samples) <= seen
    for name, body in zip(names(sent), sent, strict=True):
        if name not in samples:
            continue
        file, needed = samples[name]
        sample = json.loads((slack_data / "payloads" / f"{file}Payload.json").read_text())
        assert set(body) - NEWER <= set(sample), name
        extra = set(body["event"]) - set(sample["event"]) - NEWER
        assert not extra, (name, extra)
        assert set(needed.split()) <= set(body["event"]), name
        assert body["authorizations"][0]["is_bot"] and body["type"] == "event_callback"


async def test_events_that_slack_knows(bench: Any, slack_data: Path) -> None:
    """Every event sent is in Slack's list."""
    known = json.loads((slack_data / "events.json").read_text())
    assert {name.split(".")[0] for name in PERMISSIVE.events} <= set(known)
    sent = record(bench)
    await scene(bench)
    assert {body["event"]["type"] for body in sent} <= set(known)


async def scene(bench: Any) -> None:
    """One of everything that can happen."""
    ts = await bench.say("@app hello")
    await bench.post("edit", who="U0MARA", channel="C0GENERAL", ts=ts, text="changed")
    await bench.post("react", who="U0MARA", channel="C0GENERAL", ts=ts, emoji="eyes")
    await bench.post("react", who="U0MARA", channel="C0GENERAL", ts=ts, emoji="eyes", remove=True)
    await bench.post("delete", who="U0MARA", channel="C0GENERAL", ts=ts)
    await bench.post("members", channel="C0ENGINEERING", person="U0TOMAS")
    await bench.post("members", channel="C0ENGINEERING", person="U0TOMAS", remove=True)
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    await bench.api("views.publish", user_id="U0MARA", view=home)
    await bench.post("open", who="U0MARA", tab="home")
    await bench.post("channels", who="U0MARA", name="new-one")
    ts = await bench.say("question")
    session = {"channel_id": "C0GENERAL", "thread_ts": ts, "status": "processing"}
    await bench.api("agents.sessions.setStatus", **session)
    await bench.post("stop", who="U0MARA", channel="C0GENERAL", thread_ts=ts)
    await bench.post("uninstall")
