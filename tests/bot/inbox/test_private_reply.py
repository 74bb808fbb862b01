"""What one person is told, however little of Slack is left to say it."""

import pytest

from bot.inbox.private_reply import tell
from bot.inbox.store import InboxRow
from tests.bot.running_bot import House
from tests.bot.slack_client import MEMBER, OTHER, Scene


def row_of(channel: str, response_url: str) -> InboxRow:
    """A command's row in the inbox."""
    payload = {"text": "how?", "response_url": response_url}
    return InboxRow(1, "ask", channel, "", "", MEMBER, payload, "received", None, None)


async def test_a_used_up_response_url_leaves_the_channel(
    services_house: House, scene: Scene
) -> None:
    """The person reads it in the channel where they asked, and nobody else does."""
    gone = f"{scene.url}/response/gone"
    await tell(services_house.services, row_of(scene.channel, gone), "I found <it>.")
    (told,) = await scene.from_bot()
    assert told["ephemeral"]
    assert "I found &lt;it&gt;." in told["html"]
    assert await scene.from_bot(person=OTHER) == []


@pytest.mark.parametrize("channel", ["C0PEOPLE", ""])
async def test_where_the_bot_may_not_write_it_writes_directly(
    services_house: House, scene: Scene, channel: str
) -> None:
    """A private channel without the bot, or none at all, is no reason to be silent."""
    await tell(services_house.services, row_of(channel, ""), f"An answer for {channel or 'none'}.")
    told = await scene.from_bot(channel=await scene.dm())
    assert f"An answer for {channel or 'none'}." in told[-1]["text"]


async def test_blocks_that_slack_refuses_are_left_out(services_house: House, scene: Scene) -> None:
    """Where Slack takes the blocks nowhere, the text is said alone."""
    refused = [{"type": "section"}]
    await tell(services_house.services, row_of(scene.channel, ""), "Run it.", refused)
    (told,) = await scene.from_bot()
    assert told["ephemeral"]
    assert "Run it." in told["html"]
