"""After a thumb down people say why, and what would be better: once each, and only who can see."""

from dataclasses import replace

import pytest
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from bot.feedback.comments import Remark
from bot.inbox import store
from bot.inbox.interactions import Submission
from database.database import Database
from tests.bot.rated_answers import answered, form, has_form, holds, rows, send, told
from tests.bot.running_bot import House, listening, working
from tests.bot.slack_client import ADMIN, GUEST, MEMBER, OTHER, Scene, until

REMARKS = "select person, reasons, note, is_current from remarks order by id"
BETTER = "select author, saved_by, text, surface, is_current from better_answers order by id"


async def test_a_thumb_down_opens_a_form_whose_words_are_kept(
    house: House, scene: Scene, database: Database
) -> None:
    """The vote counts at once; reasons, words and a better answer follow, with thanks."""
    answer = await answered(scene)
    place = {"as": MEMBER, "channel": scene.channel, "ts": answer["ts"]}
    await scene.act("press", **place, action_id="feedback", value="bad")
    await holds(database, "select person, label from feedback", [(MEMBER, "bad")])
    view = await form(scene)
    assert view["title"] == "Tell us why"
    sent = await send(
        scene, view, reasons=("outdated", "style"), note=" old & <b>dull</b> ", better="Run it."
    )
    assert "errors" not in sent
    await holds(database, REMARKS, [(MEMBER, ["outdated", "style"], "old & <b>dull</b>", True)])
    await holds(database, BETTER, [(MEMBER, MEMBER, "Run it.", "form", True)])
    await told(scene, "with your better answer", answer["thread_ts"])
    assert not await has_form(scene)


async def test_a_form_shows_what_was_said_and_the_newest_counts(
    house: House, scene: Scene, database: Database
) -> None:
    """Sent again it replaces what was said, the same changes nothing, and history is kept."""
    answer = await answered(scene)
    press = {"as": MEMBER, "channel": scene.channel, "ts": answer["ts"], "action_id": "feedback"}
    await scene.act("press", **press, value="bad")
    await send(scene, await form(scene), reasons=("wrong",), note="No.", better="Yes.")
    await holds(database, REMARKS, [(MEMBER, ["wrong"], "No.", True)])
    await holds(database, BETTER, [(MEMBER, MEMBER, "Yes.", "form", True)])
    why = await told(scene, "Tell us why", answer["thread_ts"])
    again = {"as": MEMBER, "channel": scene.channel, "ts": why["ts"], "action_id": "why"}
    await scene.act("press", **again)
    view = await form(scene)
    assert "No." in view["html"]
    await send(scene, view)
    await scene.act("press", **again)
    await send(scene, await form(scene), note="Never.", better="")
    expected = [(MEMBER, ["wrong"], "No.", False), (MEMBER, ["wrong"], "Never.", True)]
    await holds(database, REMARKS, expected)
    await holds(database, BETTER, [(MEMBER, MEMBER, "Yes.", "form", False)])


async def test_an_empty_form_is_refused(house: House, scene: Scene, database: Database) -> None:
    """Nothing ticked and nothing but spaces written: the form stays open and says what to do."""
    answer = await answered(scene)
    place = {"as": MEMBER, "channel": scene.channel, "ts": answer["ts"]}
    await scene.act("press", **place, action_id="feedback", value="bad")
    view = await form(scene)
    refused = await send(scene, view, note="  ")
    assert "Tick a reason" in refused["errors"]["reasons"]
    assert await has_form(scene)
    await send(scene, view, reasons=("wrong",))
    await holds(database, REMARKS, [(MEMBER, ["wrong"], "", True)])


async def test_a_thumb_down_as_a_reaction_is_asked_about(
    house: House, scene: Scene, database: Database
) -> None:
    """A 👎 reaction cannot open a form; a button for its giver alone does; a 👍 asks nothing."""
    answer = await answered(scene)
    place = {"channel": scene.channel, "ts": answer["ts"]}
    await scene.act("react", **{"as": OTHER}, **place, emoji="+1")
    await scene.act("react", **{"as": MEMBER}, **place, emoji="-1")
    why = await told(scene, "Tell us why", answer["thread_ts"])
    assert not await has_form(scene)
    await scene.act("press", **{"as": MEMBER}, channel=scene.channel, ts=why["ts"], action_id="why")
    await send(scene, await form(scene), reasons=("unfounded",))
    await holds(database, REMARKS, [(MEMBER, ["unfounded"], "", True)])
    seen = await scene.from_bot(answer["thread_ts"], person=OTHER)
    assert not any(one["ephemeral"] for one in seen)


async def test_two_people_and_one_form_twice(
    house: House, scene: Scene, database: Database
) -> None:
    """Each person has a current remark of their own, and a form delivered twice is kept once."""
    await answered(scene)
    [(number,)] = await rows(database, "select id from answers")
    for person in (MEMBER, OTHER):
        sent = Submission(person, f"V{person}", "", {})
        remark = Remark(("wrong",), f"says {person}")
        assert await store.store(house.services, remark.incoming(sent, number))
        assert not await store.store(house.services, remark.incoming(sent, number))
    query = "select person, note from remarks where is_current order by person"
    await holds(database, query, [(MEMBER, f"says {MEMBER}"), (OTHER, f"says {OTHER}")])


@pytest.mark.parametrize(
    ("person", "private"), [(OTHER, True), (GUEST, False), (GUEST, True), (ADMIN, True)]
)
async def test_who_cannot_see_an_answer_says_nothing_of_it(
    house: House, scene: Scene, database: Database, person: str, private: bool
) -> None:
    """Who is not in a private channel, or a guest who is not in a public one, leaves no trace."""
    name = f"closed-{scene.channel.lower()}"
    made = await scene.act("channels", **{"as": MEMBER}, name=name, private=private)
    channel = made["channel"]["id"]
    await scene.act("members", channel=channel, person=scene.bot)
    await answered(scene, channel)
    [(number,)] = await rows(database, "select id from answers")
    forged = Submission(person, "V1", "", {})
    await store.store(house.services, Remark(("wrong",), "x", "y").incoming(forged, number))
    await holds(database, "select state from inbox where kind = 'remark'", [("done",)])
    assert await rows(database, REMARKS) == await rows(database, BETTER) == []
    direct = await scene.dm(person)

    async def refused() -> bool:
        seen = await scene.from_bot(channel=direct, person=person)
        return any("I kept nothing" in one["text"] for one in seen)

    await until(refused, "a refusal")


async def test_a_colleague_of_a_public_channel_may(
    house: House, scene: Scene, database: Database
) -> None:
    """Who can read a public channel without being in it can say something of an answer there."""
    made = await scene.act("channels", **{"as": MEMBER}, name=f"open-{scene.channel.lower()}")
    channel = made["channel"]["id"]
    await scene.act("members", channel=channel, person=scene.bot)
    await answered(scene, channel)
    [(number,)] = await rows(database, "select id from answers")
    sent = Submission(OTHER, "V1", "", {})
    await store.store(house.services, Remark(note="Good to know").incoming(sent, number))
    await holds(database, REMARKS, [(OTHER, [], "Good to know", True)])


async def test_an_answer_of_another_workspace_is_not_there(
    house: House, scene: Scene, database: Database, owner: AsyncConnection
) -> None:
    """Nobody writes on what another workspace was answered, whatever number a form carries."""
    cursor = await owner.execute(
        "insert into answers (workspace, channel, ts, person, question, readers, messages, "
        "evidence, text, citations, abstained, model, generation, prompt_version, timings_ms) "
        "values ('elsewhere', %s, '1.1', %s, 'q', '{public}', '[]', '[]', 't', '[]', false, 'm', "
        "1, '1', '{}') returning id",
        [scene.channel, MEMBER],
    )
    row = await cursor.fetchone()
    assert row is not None
    sent = Submission(MEMBER, "V1", "", {})
    await store.store(house.services, Remark(("wrong",)).incoming(sent, row[0]))
    await holds(database, "select state from inbox where kind = 'remark'", [("done",)])
    cursor = await owner.execute("select count(*) from remarks")
    assert await cursor.fetchone() == (0,)


async def test_a_late_form_says_so(house: House, scene: Scene, database: Database) -> None:
    """Where Slack does not open the form, who pressed is told to press again; the vote counts."""
    answer = await answered(scene)
    await scene.act(
        "faults", fail={"method": "views.open", "error": "expired_trigger_id", "times": 2}
    )
    place = {"as": MEMBER, "channel": scene.channel, "ts": answer["ts"]}
    await scene.act("press", **place, action_id="feedback", value="bad")
    await holds(database, "select label from feedback", [("bad",)])
    why = await told(scene, "Tell us why", answer["thread_ts"])
    press = {"as": MEMBER, "channel": scene.channel, "ts": why["ts"], "action_id": "why"}
    await scene.act("press", **press)
    await told(scene, "did not open in time", answer["thread_ts"])


async def test_a_form_is_not_lost_while_the_database_is_away(
    services_house: House, scene: Scene, database: Database
) -> None:
    """It stays open with what was written, says why, and can be sent again."""
    services = services_house.services
    async with working(services), listening(services, scene.tokens["app"]):
        answer = await answered(scene)
        place = {"as": MEMBER, "channel": scene.channel, "ts": answer["ts"]}
        await scene.act("press", **place, action_id="feedback", value="bad")
        view = await form(scene)
    away = replace(services, database=Database(AsyncConnectionPool(open=False), "home"))
    async with listening(away, scene.tokens["app"]):
        refused = await send(scene, view, note="Mine.")
        assert "My database does not answer" in refused["errors"]["reasons"]
    await away.client.close()
    async with working(services), listening(services, scene.tokens["app"]):
        await send(scene, view)
        await holds(database, REMARKS, [(MEMBER, [], "Mine.", True)])
