"""reactions.* and which names a reaction may have."""

from typing import Any

from sandbox.workspace.reactions import emoji_name


async def test_reacting(bench: Any) -> None:
    """A reaction is added once, shown with who gave it, and taken back once."""
    ts = await bench.say("nice")
    at = {"channel": "C0GENERAL", "timestamp": ts}
    assert (await bench.api("reactions.add", **at, name="eyes"))["ok"]
    assert (await bench.api("reactions.add", **at, name="eyes"))["error"] == "already_reacted"
    got = await bench.api("reactions.get", **at)
    assert got["message"]["reactions"][0]["users"] == [bench.site.app.bot_user_id]
    assert (await bench.api("reactions.remove", **at, name="eyes"))["ok"]
    assert (await bench.api("reactions.remove", **at, name="eyes"))["error"] == "no_reaction"
    assert (await bench.api("reactions.add", **at, name="no_emoji"))["error"] == "invalid_name"
    assert (await bench.api("reactions.get"))["error"] == "no_item_specified"
    gone = {"channel": "C0GENERAL", "timestamp": "1.000001", "name": "eyes"}
    assert (await bench.api("reactions.add", **gone))["error"] == "message_not_found"


def test_names() -> None:
    """Slack counts thumbsup as +1; skin tones are kept; unknown names are none."""
    assert emoji_name("thumbsup") == emoji_name(":+1:") == "+1"
    assert emoji_name("thumbsdown") == "-1"
    assert emoji_name("wave::skin-tone-3") == "wave::skin-tone-3"
    assert emoji_name("wave::skin-tone-9") is None
    assert emoji_name("") is None
