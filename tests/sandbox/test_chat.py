"""chat.* but for streams: what may be posted where, and what is refused."""

from typing import Any

import pytest

DIVIDER = {"type": "divider"}


async def test_posting_and_updating(bench: Any) -> None:
    """A message is posted, found, updated (text alone takes its blocks away) and deleted."""
    posted = await bench.api("chat.postMessage", channel="C0GENERAL", text="hello")
    ts = posted["ts"]
    assert posted["message"]["bot_id"] == bench.site.app.bot_id
    link = await bench.api("chat.getPermalink", channel="C0GENERAL", message_ts=ts)
    assert link["permalink"].endswith(f"/archives/C0GENERAL/p{ts.replace('.', '')}")
    at = {"channel": "C0GENERAL", "ts": ts}
    updated = await bench.api("chat.update", **at, text="bye", blocks=[DIVIDER])
    assert updated["message"]["blocks"][0]["block_id"]
    assert "edited" not in updated["message"]
    updated = await bench.api("chat.update", **at, text="bye")
    assert updated["message"]["edited"]["user"] == bench.site.app.bot_user_id
    assert "blocks" not in updated["message"]
    assert (await bench.api("chat.delete", channel="C0GENERAL", ts=ts))["ok"]
    gone = await bench.api("chat.delete", channel="C0GENERAL", ts=ts)
    assert gone["error"] == "message_not_found"


async def test_posting_to_a_person(bench: Any) -> None:
    """A person's id as the channel means the direct message with them."""
    posted = await bench.api("chat.postMessage", channel="U0MARA", text="hello")
    assert posted["channel"].startswith("D")


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ({"channel": "C0GENERAL"}, "no_text"),
        ({"channel": "C0GENERAL", "markdown_text": "x", "text": "y"}, "markdown_text_conflict"),
        ({"channel": "C0GENERAL", "markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"channel": "C0GENERAL", "text": "x", "blocks": [DIVIDER] * 51}, "invalid_blocks"),
        ({"channel": "C0GENERAL", "text": "x", "blocks": [{"type": "x"}]}, "invalid_blocks"),
        ({"channel": "C0GENERAL", "text": "x", "blocks": {"type": "x"}}, "invalid_blocks_format"),
        ({"channel": "C0GENERAL", "text": "x", "thread_ts": "1.000001"}, "cannot_reply_to_message"),
        ({"channel": "C0GENERAL", "text": "x", "metadata": {"odd": 1}}, "invalid_metadata_schema"),
        (
            {
                "channel": "C0GENERAL",
                "text": "x",
                "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}] * 5,
            },
            "msg_blocks_too_long",
        ),
    ],
)
async def test_refusals(bench: Any, args: dict[str, Any], error: str) -> None:
    """What Slack would not post is refused under its name."""
    assert (await bench.api("chat.postMessage", **args))["error"] == error


async def test_long_texts(bench: Any) -> None:
    """A posted text is cut at 40,000 characters; an update over 4,000 is refused."""
    posted = await bench.api("chat.postMessage", channel="C0GENERAL", text="x" * 40_100)
    assert len(posted["message"]["text"]) == 40_000
    updated = await bench.api("chat.update", channel="C0GENERAL", ts=posted["ts"], text="x" * 4_001)
    assert updated["error"] == "msg_too_long"


async def test_only_ones_own_messages(bench: Any) -> None:
    """The app can neither change nor delete what a person said."""
    ts = await bench.say("mine")
    changed = await bench.api("chat.update", channel="C0GENERAL", ts=ts, text="yours")
    assert changed["error"] == "cant_update_message"
    deleted = await bench.api("chat.delete", channel="C0GENERAL", ts=ts)
    assert deleted["error"] == "cant_delete_message"


async def test_where_the_app_is_not(bench: Any) -> None:
    """Outside a private channel it is unknown, outside a public one the app must join."""
    for channel in ("C0PEOPLE", "C0HELP"):
        person = bench.site.app.bot_user_id
        await bench.post("members", channel=channel, person=person, remove=True)
    hidden = await bench.api("chat.postMessage", channel="C0PEOPLE", text="x")
    assert hidden["error"] == "channel_not_found"
    history = await bench.api("conversations.history", channel="C0HELP")
    assert history["error"] == "not_in_channel"
    ephemeral = await bench.api("chat.postEphemeral", channel="C0PEOPLE", user="U0MARA", text="x")
    assert ephemeral["error"] == "channel_not_found"


async def test_an_ephemeral_message(bench: Any) -> None:
    """It is seen by one person, is in no history and cannot be updated."""
    only = {"channel": "C0GENERAL", "user": "U0MARA", "text": "psst"}
    ts = (await bench.api("chat.postEphemeral", **only))["message_ts"]
    mine = await bench.get("messages", who="U0MARA", channel="C0GENERAL")
    theirs = await bench.get("messages", who="U0JONAS", channel="C0GENERAL")
    assert mine["messages"][-1]["ephemeral"]
    assert ts not in [message["ts"] for message in theirs["messages"]]
    history = await bench.api("conversations.history", channel="C0GENERAL")
    assert ts not in [message["ts"] for message in history["messages"]]
    updated = await bench.api("chat.update", channel="C0GENERAL", ts=ts, text="x")
    assert updated["error"] == "message_not_found"
    stranger = await bench.api(
        "chat.postEphemeral", channel="C0PEOPLE", user="U0JONAS", text="psst"
    )
    assert stranger["error"] == "user_not_in_channel"


async def test_a_deleted_root_leaves_a_tombstone(bench: Any) -> None:
    """A thread outlives its root; a message without replies is simply gone."""
    root = await bench.api("chat.postMessage", channel="C0GENERAL", text="root")
    reply = {"channel": "C0GENERAL", "thread_ts": root["ts"], "text": "reply"}
    await bench.api("chat.postMessage", **reply)
    await bench.api("chat.delete", channel="C0GENERAL", ts=root["ts"])
    thread = await bench.api("conversations.replies", channel="C0GENERAL", ts=root["ts"])
    assert [message.get("subtype") for message in thread["messages"]] == ["tombstone", None]
