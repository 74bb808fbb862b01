"""What the admins are told reaches everyone whom the bot takes for one."""

from dataclasses import replace

from bot.admin.announcements import tell_admins
from tests.bot.running_bot import House
from tests.bot.slack_client import ADMIN, MEMBER, OTHER, PARTNER, Scene, until


async def heard(scene: Scene, person: str, words: str) -> bool:
    """Whether somebody was told this directly."""
    channel = await scene.dm(person)
    seen = await scene.from_bot(channel=channel, person=person)
    return any(words in one["text"] for one in seen)


async def test_admins_of_the_workspace_and_of_the_settings(
    services_house: House, scene: Scene
) -> None:
    """Slack's admins and those named are told; members and admins of elsewhere are not."""
    words = f"house-2 answers now in {scene.channel}"
    services = replace(services_house.services, admins=frozenset({OTHER}))
    await tell_admins(services, words)
    await services.client.close()
    for person, told in ((ADMIN, True), (OTHER, True), (MEMBER, False)):
        assert await heard(scene, person, words) is told
    calls = await scene.calls("conversations.open")
    assert PARTNER not in {call["arguments"].get("users") for call in calls}


async def test_without_slacks_word_those_named_are_told(
    services_house: House, scene: Scene
) -> None:
    """Where the members cannot be listed, the settings still say who is an admin."""
    await scene.act("faults", fail={"method": "users.list", "error": "missing_scope", "times": 1})
    words = f"house-3 answers now in {scene.channel}"
    await tell_admins(services_house.services, words)

    async def told() -> bool:
        return await heard(scene, ADMIN, words)

    await until(told, "the announcement")
