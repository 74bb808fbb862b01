"""The control API: what people see and do, and how mistakes are answered."""

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from sandbox.delivery import payloads
from sandbox.web_api import limits

OPTIONAL = {
    "app_unfurl",
    "bot_access_token",
    "enterprise",
    "enterprise_id",
    "enterprise_name",
    "function_data",
    "hash",
    "interactivity",
    "is_cleared",
    "response_urls",
    "view",
}
"""What Slack's samples, which hold every key at once, have and most payloads do not."""


async def test_the_world(bench: Any) -> None:
    """It names everyone, their roles, and what an app needs to connect."""
    world = await bench.get("world")
    people = {person["id"]: person for person in world["people"]}
    assert people["U0MARA"]["is_admin"] and people["U0OKORO"]["is_guest"]
    assert people["U0WREN"]["is_partner"] and people[world["app"]["bot_user_id"]]["is_bot"]
    answer = await bench.api("auth.test", token=world["app"]["tokens"]["bot"])
    assert answer["bot_id"] == world["app"]["bot_id"]


async def test_what_each_person_sees(bench: Any) -> None:
    """Members see private channels they are in, guests and partners only their own."""

    async def channels(who: str) -> set[str]:
        listed = (await bench.get("view", who=who))["channels"]
        return {channel["name"] for channel in listed if channel["kind"] != "im"}

    every = {"general", "engineering", "help", "onboarding-pages", "people-team"}
    every |= {"northwind-shared"}
    assert await channels("U0MARA") == every
    assert await channels("U0JONAS") == every - {"people-team"}
    assert await channels("U0OKORO") == {"onboarding-pages"}
    assert await channels("U0WREN") == {"northwind-shared"}
    hidden = await bench.get("messages", who="U0JONAS", channel="C0PEOPLE")
    assert hidden["error"] == "channel_not_found"


async def test_unread_and_reading(bench: Any) -> None:
    """What others say is unread until the channel is opened."""

    async def unread(who: str) -> int:
        channels = (await bench.get("view", who=who))["channels"]
        return next(int(one["unread"]) for one in channels if one["id"] == "C0GENERAL")

    assert await unread("U0JONAS") == 0
    await bench.say("one")
    await bench.say("two")
    assert (await unread("U0JONAS"), await unread("U0MARA")) == (2, 0)
    await bench.post("open", who="U0JONAS", channel="C0GENERAL")
    assert await unread("U0JONAS") == 0


async def test_a_message_as_the_page_gets_it(bench: Any) -> None:
    """Its HTML is safe, its reactions have glyphs, its thread is counted."""
    ts = await bench.say("<img src=x onerror=alert(1)> *hi*")
    await bench.post("react", who="U0JONAS", channel="C0GENERAL", ts=ts, emoji="tada")
    await bench.post("post", who="U0JONAS", channel="#general", thread_ts=ts, text="reply")
    shown = (await bench.get("messages", who="U0MARA", channel="C0GENERAL"))["messages"][-1]
    assert "<img" not in shown["html"] and "<strong>hi</strong>" in shown["html"]
    assert shown["reactions"] == [{"name": "tada", "glyph": "🎉", "users": ["U0JONAS"], "count": 1}]
    assert (shown["reply_count"], shown["reply_users"]) == (1, ["U0JONAS"])
    thread = await bench.get("messages", who="U0MARA", channel="C0GENERAL", thread_ts=ts)
    assert [message["text"] for message in thread["messages"]][1:] == ["reply"]
    assert shown["kind"] == "message"
    await bench.post("members", channel="C0ENGINEERING", person="U0TOMAS")
    joined = (await bench.get("messages", who="U0MARA", channel="C0ENGINEERING"))["messages"][-1]
    assert joined["kind"] == "system"


@pytest.mark.parametrize(
    ("call", "body", "error"),
    [
        ("post", {"who": "U0X", "channel": "C0GENERAL", "text": "x"}, "user_not_found"),
        ("post", {"who": "U0MARA", "channel": "C0X", "text": "x"}, "channel_not_found"),
        ("post", {"who": "U0MARA", "channel": "C0GENERAL", "text": "  "}, "no_text"),
        ("post", {"who": "U0MARA", "channel": "C0GENERAL"}, "invalid_arguments"),
        ("post", {"who": "U0MARA", "channel": "C0GENERAL", "text": 5}, "invalid_arguments"),
        ("post", {"who": "U0MARA", "channel": "C0GENERAL", "text": "x" * 40_001}, "msg_too_long"),
        ("post", {"who": "U0TOMAS", "channel": "C0ENGINEERING", "text": "x"}, "not_in_channel"),
        (
            "post",
            {"who": "U0MARA", "channel": "C0GENERAL", "text": "x", "thread_ts": "1.000001"},
            "message_not_found",
        ),
        ("open", {"who": "U0MARA", "tab": "odd"}, "invalid_arguments"),
        ("dm", {"who": "U0MARA", "people": []}, "invalid_arguments"),
        ("dm", {"who": "U0MARA", "people": ["U0X"]}, "user_not_found"),
        ("channels", {"who": "U0MARA", "name": "Big Name"}, "invalid_name"),
        ("channels", {"who": "U0MARA", "name": "general"}, "name_taken"),
        ("channels", {"who": "U0OKORO", "name": "mine"}, "restricted_action"),
        ("members", {"channel": "C0HELP", "person": "U0WREN", "remove": True}, "not_in_channel"),
        ("faults", {"fire": True}, "unknown_fault"),
        ("faults", {"redeliver": "often"}, "invalid_fault"),
        ("faults", {"fail": {"times": 1}}, "invalid_fault"),
        ("shortcut", {"who": "U0MARA", "callback_id": "x"}, "unknown_shortcut"),
        ("submit", {"who": "U0MARA", "view_id": "V0"}, "view_not_found"),
        ("stop", {"who": "U0MARA", "channel": "C0GENERAL", "thread_ts": "1.1"}, "not_running"),
    ],
)
async def test_mistakes(bench: Any, call: str, body: dict[str, Any], error: str) -> None:
    """A mistake is answered with its name and a sentence."""
    answer = await bench.post(call, **body)
    assert (answer["ok"], answer["error"]) == (False, error)
    assert answer["detail"].endswith(".")


async def test_mistakes_have_status_400(bench: Any) -> None:
    """So that scripts that look at the status alone notice."""
    async with bench.http.post(f"{bench.url}/sandbox/post", data="{") as response:
        assert response.status == 400
        assert (await response.json())["error"] == "invalid_json"


async def test_whose_message_it_is(bench: Any) -> None:
    """People change only their own messages; an admin may delete anybody's."""
    ts = await bench.say("mine", who="U0JONAS")
    at = {"channel": "C0GENERAL", "ts": ts}
    refused = await bench.post("edit", who="U0MARA", **at, text="yours")
    assert refused["error"] == "cant_update_message"
    refused = await bench.post("delete", who="U0PRIYA", **at)
    assert refused["error"] == "cant_update_message"
    assert (await bench.post("edit", who="U0JONAS", **at, text="changed"))["ok"]
    assert (await bench.post("delete", who="U0MARA", **at))["ok"]


async def test_reacting_twice(bench: Any) -> None:
    """A second equal reaction, and taking back what was not given, are mistakes."""
    at = {"channel": "C0GENERAL", "ts": await bench.say("x"), "emoji": "eyes"}
    assert (await bench.post("react", who="U0MARA", **at))["ok"]
    assert (await bench.post("react", who="U0MARA", **at))["error"] == "already_reacted"
    other = await bench.post("react", who="U0JONAS", **at, remove=True)
    assert other["error"] == "no_reaction"
    odd = await bench.post("react", who="U0MARA", **{**at, "emoji": "no_such"})
    assert odd["error"] == "invalid_name"


async def test_channels_and_members(bench: Any) -> None:
    """Channels are made private or shared; /invite and /leave change who is in them."""
    made = await bench.post("channels", who="U0MARA", name="plans", private=True, shared=True)
    channel = made["channel"]
    assert channel["kind"] == "private" and channel["is_shared"]
    invite = {"channel": channel["id"], "command": "/invite"}
    assert (await bench.post("command", who="U0MARA", **invite, text="@app"))["ok"]
    assert (await bench.post("command", who="U0MARA", **invite, text="<@U0WREN>"))["ok"]
    odd = await bench.post("command", who="U0MARA", **invite, text="nobody")
    assert odd["error"] == "user_not_found"
    members = bench.site.workspace.channels[channel["id"]].members
    assert members == ["U0MARA", bench.site.app.bot_user_id, "U0WREN"]
    left = await bench.post("command", who="U0WREN", channel=channel["id"], command="/leave")
    assert left["ok"] and "U0WREN" not in members


async def test_mentioning_the_app_where_it_is_not(bench: Any) -> None:
    """The person alone is told that it did not hear them, and how to bring it."""
    bot = bench.site.app.bot_user_id
    await bench.post("members", channel="C0HELP", person=bot, remove=True)
    await bench.say("@app hello", channel="C0HELP")
    mine = (await bench.get("messages", who="U0MARA", channel="C0HELP"))["messages"][-1]
    theirs = (await bench.get("messages", who="U0JONAS", channel="C0HELP"))["messages"][-1]
    assert mine["ephemeral"] and mine["kind"] == "system" and "/invite @app" in mine["text"]
    assert not theirs["ephemeral"]


async def test_a_direct_message_is_opened_once(bench: Any) -> None:
    """Opening the same direct message again finds it, whoever opens it."""
    first = (await bench.post("dm", who="U0MARA", people=["U0LENA"]))["channel"]
    second = (await bench.post("dm", who="U0LENA", people=["U0MARA"]))["channel"]
    assert first["id"] == second["id"]
    assert (first["name"], second["name"]) == ("Lena Brandt", "Mara Visser")
    group = (await bench.post("dm", who="U0MARA", people=["U0LENA", "U0JONAS"]))["channel"]
    assert group["kind"] == "mpim"


async def test_faults_are_listed_and_cleared(bench: Any) -> None:
    """What is on can be seen, and switched off at once."""
    await bench.post("faults", redeliver=1, fail={"method": "chat.update", "times": 2})
    faults = (await bench.get("faults"))["faults"]
    assert faults["redeliver"] == 1
    assert faults["fail"] == [{"method": "chat.update", "times": 2, "error": "internal_error"}]
    async with bench.http.delete(f"{bench.url}/sandbox/faults") as response:
        cleared = (await response.json())["faults"]
    assert cleared == {"redeliver": 0, "delay_ms": 0, "rate_limit": [], "fail": []}


async def test_response_urls(bench: Any) -> None:
    """Five uses: replace, delete, in the channel; then used_url; unknown ones are 404."""
    button = {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "b",
                "text": {"type": "plain_text", "text": "Press"},
            }
        ],
    }
    posted = await bench.api("chat.postMessage", channel="C0GENERAL", text="pick", blocks=[button])
    message = bench.site.workspace.channels["C0GENERAL"].messages[posted["ts"]]
    pressed = payloads.block_actions(bench.site, "U0MARA", {}, message, None)
    assert pressed["message"]["text"] == "pick" and not pressed["container"]["is_ephemeral"]

    async def respond(**body: Any) -> tuple[int, str]:
        async with bench.http.post(pressed["response_url"], json=body) as response:
            return response.status, await response.text()

    assert await respond(text="hi", response_type="in_channel") == (200, "ok")
    assert await respond(text="done", replace_original=True) == (200, "ok")
    assert (message.text, message.blocks) == ("done", [])
    status, text = await respond(blocks=[{"type": "odd"}], text="x")
    assert status == 400 and "invalid_blocks" in text
    assert await respond(delete_original=True) == (200, "ok")
    assert message.ts not in bench.site.workspace.channels["C0GENERAL"].messages
    assert (await respond())[0] == 400
    status, text = await respond(text="sixth")
    assert status == 404 and "used_url" in text
    async with bench.http.post(f"{bench.url}/response/nothing", json={}) as response:
        assert response.status == 404


async def test_pressing(bench: Any) -> None:
    """Each kind of element tells the app what was chosen; what is not there is a mistake."""
    words = {"type": "plain_text", "text": "Words"}
    options = [{"text": words, "value": "one"}]
    elements = [
        {"type": "static_select", "action_id": "menu", "options": options},
        {"type": "datepicker", "action_id": "date"},
        {"type": "users_select", "action_id": "user"},
        {"type": "checkboxes", "action_id": "boxes", "options": options},
        {"type": "multi_users_select", "action_id": "users"},
        {"type": "overflow", "action_id": "more", "options": options},
    ]
    blocks = [{"type": "actions", "elements": elements}]
    ts = (await bench.api("chat.postMessage", channel="C0GENERAL", text="x", blocks=blocks))["ts"]
    link = await bench.link()
    chosen: dict[str, tuple[Any, dict[str, Any]]] = {
        "menu": ("one", {"selected_option": options[0]}),
        "date": ("2026-11-23", {"selected_date": "2026-11-23"}),
        "user": ("U0LENA", {"selected_user": "U0LENA"}),
        "boxes": (["one"], {"selected_options": options}),
        "users": (["U0LENA"], {"selected_users": ["U0LENA"]}),
        "more": ("one", {"selected_option": options[0]}),
    }
    at = {"channel": "C0GENERAL", "ts": ts}
    for action_id, (value, expected) in chosen.items():
        pressing = bench.post("press", who="U0MARA", **at, action_id=action_id, value=value)
        answer = await _with_ack(link, pressing)
        action = answer["payload"]["actions"][0]
        assert expected.items() <= action.items()
        assert action["action_id"] == action_id and action["block_id"]
    missing = await bench.post("press", who="U0MARA", **at, action_id="nothing")
    assert missing["error"] == "action_not_found"
    odd = await bench.post("press", who="U0MARA", **at, action_id="menu", value="two")
    assert odd["error"] == "option_not_found"


async def _with_ack(link: Any, call: Coroutine[Any, Any, Any]) -> Any:
    """Makes a control call and acknowledges the interaction it causes; returns the envelope."""
    task = asyncio.create_task(call)
    while True:
        envelope = await link.receive_json()
        await link.send_json({"envelope_id": envelope["envelope_id"]})
        if envelope["type"] == "interactive":
            assert (await task) == {"ok": True}
            return envelope


@pytest.mark.parametrize("kind", ["command", "action", "submission", "closed", "shortcut"])
async def test_payloads_have_slacks_keys(bench: Any, slack_data: Path, kind: str) -> None:
    """Commands and interactions have the keys of Slack's samples, and none of their own."""
    site = bench.site
    ts = await bench.say("hello")
    channel = site.workspace.channels["C0GENERAL"]
    message = channel.messages[ts]
    words = {"type": "plain_text", "text": "Title"}
    view = site.views.open("U0MARA", {"type": "modal", "title": words, "blocks": []})
    sent, sample = {
        "command": (
            payloads.command(site, "U0MARA", channel, "/x", "", None),
            "slash-commands__SlashCommand",
        ),
        "action": (
            payloads.block_actions(site, "U0MARA", {}, message, None),
            "interactive-components__BlockAction",
        ),
        "submission": (payloads.view_submission(site, view), "views__ViewSubmission"),
        "closed": (payloads.view_closed(site, view, False), "views__ViewClosed"),
        "shortcut": (
            payloads.shortcut(site, "U0MARA", "x", message),
            "interactive-components__MessageShortcut",
        ),
    }[kind]
    path = slack_data / "payloads" / f"{sample}Payload.json"
    theirs = set(json.loads(await asyncio.to_thread(path.read_text)))
    assert set(sent) - theirs <= {"api_app_id", "state", "response_urls"}
    assert theirs - set(sent) <= OPTIONAL


def test_every_block_gets_ids() -> None:
    """Blocks and elements without ids get one, as Slack gives them, and the originals none."""
    button = {"type": "button", "text": {"type": "plain_text", "text": "x"}}
    block = {"type": "actions", "elements": [button]}
    given = limits.checked_blocks([block])[0]
    assert given["block_id"] and given["elements"][0]["action_id"]
    assert "block_id" not in block and "action_id" not in button
