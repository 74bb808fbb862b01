"""How a channel is answered: what can be said about it, who may say it, and where it shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.admin.channel_settings import Change, ChannelSettings, read_channel, settle_channel
from bot.errors import SettingRefused
from bot.inbox.events import Command
from bot.listeners.commands import on_houselore
from bot.services import BotServices
from database.database import Database
from tests.bot.running_bot import House
from tests.bot.slack_client import ADMIN, MEMBER, Scene


def command(scene: Scene, text: str, person: str = ADMIN, channel: str | None = None) -> Command:
    """A /houselore command in the scene's channel."""
    return Command("/houselore", text, person, channel or scene.channel, "", "T1")


async def said(services: BotServices, scene: Scene, text: str, person: str = ADMIN) -> str:
    """What /houselore is answered with at once."""
    answers: list[str] = []

    async def ack(text: str = "") -> None:
        answers.append(text)

    body = {"command": "/houselore", "text": text, "user_id": person, "channel_id": scene.channel}
    await on_houselore(services, body, ack)  # type: ignore[arg-type] # Bolt's ack is a class
    (answer,) = answers
    return answer


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("", Change()),
        ("  ", Change()),
        ("always-if-sure", Change("always-if-sure")),
        ("Always if sure", Change("always-if-sure")),
        ("always\u2013if\u2013sure", Change("always-if-sure")),
        ("mentions", Change("mentions")),
        ("bar 70%", Change(bar=0.7)),
        ("bar  70 %", Change(bar=0.7)),
        ("bar 70", Change(bar=0.7)),
        ("bar .7", Change(bar=0.7)),
        ("bar 0,7", Change(bar=0.7)),
        ("bar 70\uff05", Change(bar=0.7)),
        ("bar 0%", Change(bar=0.0)),
        ("bar 1%", Change(bar=0.01)),
        ("bar default", Change(bar="default")),
        ("bar 62.5% always-if-sure", Change("always-if-sure", 0.625)),
    ],
)
def test_what_can_be_said(text: str, change: Change) -> None:
    """Both settings, in any order, with the dashes and signs that keyboards make."""
    assert Change.of(text) == change


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sometimes", "I do not know `sometimes`"),
        ("bar", "I do not know `bar`"),
        ("bar high", "I do not know `bar high`"),
        ("bar 101%", "between 0% and 100%"),
        ("bar 700", "between 0% and 100%"),
        ("bar -1%", "I do not know"),
        ("bar nan", "I do not know"),
        ("bar 1e-1", "I do not know"),
        ("mentions always-if-sure", "twice"),
        ("bar 70% bar default", "twice"),
        ("<!channel>", "&lt;!channel&gt;"),
    ],
)
def test_anything_else_is_told_what_can_be_said(text: str, told: str) -> None:
    """A sentence names what was not understood, harmlessly, and every form there is."""
    with pytest.raises(SettingRefused) as refused:
        Change.of(text)
    assert told in str(refused.value)
    assert "/houselore channel bar 70%" in str(refused.value)
    assert "<!channel>" not in str(refused.value)


@given(st.integers(0, 1000))
def test_a_bar_is_read_as_it_is_shown(tenths: int) -> None:
    """Any bar in tenths of a percent is read from the words that show it."""
    shown = f"{tenths / 10:g}%"
    change = Change.of(f"bar {shown}")
    assert change.bar == pytest.approx(tenths / 1000)
    assert isinstance(change.bar, float)
    assert f"bar {shown}" in ChannelSettings(bar=change.bar).describe()


@given(st.text() | st.from_regex(r"bar [0-9.,]{1,400} ?%?"))
def test_no_words_make_a_bar_beyond_reason(text: str) -> None:
    """Whatever is said, a bar is a probability or there is none."""
    try:
        change = Change.of(text)
    except SettingRefused:
        return
    assert change.bar in (None, "default") or 0 <= float(change.bar) <= 1


async def test_an_admin_sets_what_all_see(services_house: House, scene: Scene) -> None:
    """One setting leaves the other as it is, and the status of that channel shows both."""
    services = services_house.services
    assert "I answer when I am mentioned · the usual bar" in await said(
        services, scene, "channel", MEMBER
    )
    assert "bar 70%" in await said(services, scene, "channel bar 70%")
    told = await said(services, scene, "channel always-if-sure")
    assert "a question that mentions nobody if I am sure" in told
    assert "bar 70%" in told
    assert "Invite" not in told
    status = await said(services, scene, "status", MEMBER)
    assert f"{told.partition(' · set by')[0]} · set by <@{ADMIN}>" in status
    assert "the usual bar" in await said(services, scene, "channel bar default")
    assert (await read_channel(services, scene.channel)).unasked
    assert await read_channel(services, "C0ENGINEERING") == ChannelSettings()


async def test_a_member_may_not_change_them(services_house: House, scene: Scene) -> None:
    """Who is no admin is refused in a sentence that says who may, and nothing is changed."""
    services = services_house.services
    for text in ("channel always-if-sure", "channel bar 10%", "channel mentions"):
        assert "Only admins can change" in await said(services, scene, text, MEMBER)
    assert await read_channel(services, scene.channel) == ChannelSettings()


async def test_only_channels_have_settings(services_house: House, scene: Scene) -> None:
    """A direct message, and a place where the bot is not, are told so."""
    services = services_house.services
    for channel, told in ((await scene.dm(), "for channels"), ("C0NOWHERE", "Invite me")):
        with pytest.raises(SettingRefused, match=told):
            await settle_channel(services, command(scene, "channel bar 10%", channel=channel))


async def test_where_it_is_not_it_asks_to_be_invited(services_house: House, scene: Scene) -> None:
    """A public channel that the bot is not in can be set, and says what is missing."""
    await scene.act("members", channel=scene.channel, person=scene.bot, remove=True)
    told = await said(services_house.services, scene, "channel always-if-sure")
    assert "invite me with `/invite`" in told


async def test_another_workspace_sees_no_settings(
    services_house: House, scene: Scene, database: Database
) -> None:
    """A connection of another workspace finds none, even when it forgets to say whose it wants."""
    await said(services_house.services, scene, "channel bar 70%")
    async with database.connection() as connection:
        await connection.execute("select set_config('houselore.workspace', 'elsewhere', true)")
        rows = await (await connection.execute("select * from channel_settings")).fetchall()
    assert rows == []


async def test_a_channels_bar_is_that_of_its_mentions(house: House, scene: Scene) -> None:
    """A mention is asked with the channel's bar and always answered; elsewhere with the usual."""
    house.script.confidence = 0.6
    await said(house.services, scene, "channel bar 70%")
    ts = await scene.say("@bot how do we deploy?")
    await scene.reply(ts)
    direct = await scene.dm()
    other = await scene.say("how do we deploy?", channel=direct)
    await scene.reply(other, channel=direct)
    assert house.script.bars == [0.7, None]
    async with house.services.database.connection() as connection:
        found = await connection.execute("select abstained from answers order by id")
        assert await found.fetchall() == [(True,), (False,)]
