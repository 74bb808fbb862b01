"""conversations.*, users.*, team.* and user groups."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any


async def test_history_in_pages(bench: Any) -> None:
    """History comes newest first, in pages that a cursor joins, without the replies."""
    said = [await bench.say(f"message {number}") for number in range(5)]
    seen: list[str] = []
    cursor = ""
    while True:
        args = {"channel": "C0GENERAL", "limit": 2, "oldest": said[0], "cursor": cursor}
        page = await bench.api("conversations.history", **args, inclusive=True)
        seen += [message["ts"] for message in page["messages"]]
        if not page["has_more"]:
            break
        cursor = page["response_metadata"]["next_cursor"]
    assert seen == said[::-1]
    odd = await bench.api("conversations.history", channel="C0GENERAL", cursor="odd")
    assert odd["error"] == "invalid_cursor"


async def test_history_between_two_moments(bench: Any) -> None:
    """`oldest` and `latest` leave out their own moments unless `inclusive` is set."""
    first, second, third = [await bench.say(text) for text in ("one", "two", "three")]
    span = {"channel": "C0GENERAL", "oldest": first, "latest": third}
    between = await bench.api("conversations.history", **span)
    assert [message["ts"] for message in between["messages"]] == [second]
    around = await bench.api("conversations.history", **span, inclusive=True)
    assert len(around["messages"]) == 3


async def test_a_thread(bench: Any) -> None:
    """Replies come with their root, oldest first; history has the root with its count."""
    root = await bench.say("root")
    for number in range(3):
        reply = {"channel": "C0GENERAL", "thread_ts": root, "text": str(number)}
        await bench.post("post", who="U0JONAS", **reply)
    thread = await bench.api("conversations.replies", channel="C0GENERAL", ts=root, limit=2)
    assert [message["text"] for message in thread["messages"]] == ["root", "0"]
    assert thread["messages"][0]["reply_count"] == 3
    assert thread["messages"][1]["parent_user_id"] == "U0MARA"
    cursor = thread["response_metadata"]["next_cursor"]
    rest = await bench.api("conversations.replies", channel="C0GENERAL", ts=root, cursor=cursor)
    assert [message["text"] for message in rest["messages"]] == ["1", "2"]
    none = await bench.api("conversations.replies", channel="C0GENERAL", ts="1.000001")
    assert none["error"] == "thread_not_found"
    history = await bench.api("conversations.history", channel="C0GENERAL")
    assert history["messages"][0]["text"] == "root"


async def test_what_kind_a_channel_is(bench: Any) -> None:
    """Private, shared and direct conversations say so."""
    info = {}
    for channel in ("C0GENERAL", "C0PEOPLE", "C0NORTHWIND"):
        info[channel] = (await bench.api("conversations.info", channel=channel))["channel"]
    assert info["C0GENERAL"]["is_channel"] and not info["C0GENERAL"]["is_private"]
    assert info["C0PEOPLE"]["is_private"] and info["C0PEOPLE"]["is_group"]
    assert info["C0NORTHWIND"]["is_ext_shared"]
    assert "T0NORTHWIND" in info["C0NORTHWIND"]["shared_team_ids"]
    opened = await bench.api("conversations.open", users="U0MARA", return_im=True)
    assert opened["channel"]["is_im"] and opened["channel"]["user"] == "U0MARA"
    assert opened["already_open"]


async def test_lists_by_type(bench: Any) -> None:
    """Lists hold the types asked for, and only what the app may know of."""
    await bench.post("members", channel="C0PEOPLE", person=bench.site.app.bot_user_id, remove=True)
    listed = await bench.api("conversations.list", types="public_channel,private_channel")
    names = [channel["name"] for channel in listed["channels"]]
    assert "general" in names and "people-team" not in names
    assert (await bench.api("conversations.list", types="odd"))["error"] == "invalid_types"
    theirs = await bench.api("users.conversations", user="U0OKORO")
    assert [channel["name"] for channel in theirs["channels"]] == ["onboarding-pages"]


async def test_members_and_joining(bench: Any) -> None:
    """The app joins a public channel, is told so twice over, and sees who is in it."""
    bot = bench.site.app.bot_user_id
    await bench.post("members", channel="C0HELP", person=bot, remove=True)
    joined = await bench.api("conversations.join", channel="C0HELP")
    assert joined["channel"]["is_member"]
    again = await bench.api("conversations.join", channel="C0HELP")
    assert again["warning"] == "already_in_channel"
    members = await bench.api("conversations.members", channel="C0HELP")
    assert bot in members["members"]
    private = await bench.api("conversations.join", channel="C0PEOPLE")
    assert private["error"] == "method_not_supported_for_channel_type"


async def test_direct_messages_of_several(bench: Any) -> None:
    """Two people and the app make a group message; nobody and nobody known are refused."""
    opened = await bench.api("conversations.open", users="U0MARA,U0JONAS", return_im=True)
    assert opened["channel"]["is_mpim"]
    assert (await bench.api("conversations.open"))["error"] == "users_list_not_supplied"
    assert (await bench.api("conversations.open", users="U0X"))["error"] == "user_not_found"
    unmade = await bench.api("conversations.open", users="U0MARA,U0LENA", prevent_creation=True)
    assert unmade["error"] == "channel_not_found"


async def test_people(bench: Any) -> None:
    """Admins, guests and partners of other workspaces are told apart."""
    people = {user["id"]: user for user in (await bench.api("users.list"))["members"]}
    assert people["U0MARA"]["is_admin"]
    assert people["U0OKORO"]["is_restricted"]
    assert people["U0WREN"]["team_id"] == "T0NORTHWIND"
    assert people[bench.site.app.bot_user_id]["is_bot"]
    assert (await bench.api("users.info", user="U0X"))["error"] == "user_not_found"
    bot = await bench.api("bots.info", bot=bench.site.app.bot_id)
    assert bot["bot"]["user_id"] == bench.site.app.bot_user_id
    assert (await bench.api("bots.info", bot="B0X"))["error"] == "bot_not_found"


async def test_team_groups_and_emoji(bench: Any) -> None:
    """The workspace, its groups and its lack of custom emoji."""
    assert (await bench.api("team.info"))["team"]["domain"] == "harbour"
    groups = await bench.api("usergroups.list", include_users=True)
    assert groups["usergroups"][0]["users"] == ["U0JONAS", "U0PRIYA"]
    members = await bench.api("usergroups.users.list", usergroup="S0ONCALL")
    assert members["users"] == ["U0JONAS", "U0PRIYA"]
    assert (await bench.api("emoji.list"))["emoji"] == {}


async def test_an_archived_channel(
    start_sandbox: Callable[..., Awaitable[Any]], tmp_path: Path
) -> None:
    """Nobody can post in an archived channel, and lists can leave it out."""
    world = tmp_path / "world.json"
    world.write_text(
        """{"team": {"id": "T1", "name": "Old", "domain": "old"},
        "people": [{"id": "U1", "name": "ann", "real_name": "Ann"}],
        "channels": [{"id": "C1", "name": "past", "archived": true}]}"""
    )
    bench = await start_sandbox(world=world)
    posted = await bench.api("chat.postMessage", channel="C1", text="x")
    assert posted["error"] == "is_archived"
    said = await bench.post("post", who="U1", channel="C1", text="x")
    assert said["error"] == "is_archived"
    listed = await bench.api("conversations.list", exclude_archived=True)
    assert listed["channels"] == []
