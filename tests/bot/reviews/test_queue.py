"""Examples reviewed on the Home tab: shown to who could have read them, decided by a press."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from jsonschema import Draft7Validator

from bot.admin.slash_command import Status
from bot.inbox.events import Incoming
from bot.inbox.store import store
from bot.review_protocol import Desk, QuestionGap, StaleTitle
from bot.reviews.home_tab import home_view
from bot.reviews.queue import desk_blocks
from database.database import Database
from houselore.slack.reviews import TeamReviews
from retrieval.embeddings.embedder import Embedder
from tests.bot.rated_answers import form, holds
from tests.bot.running_bot import House, Script, listening, open_house, working
from tests.bot.slack_client import ADMIN, MEMBER, OTHER, Scene, until
from tests.tuning.rated_answers import ASKER, add_answer, add_document, nothing, say
from tuning.feedback.collect import allow_training, collect
from tuning.feedback.redaction import redact
from tuning.review.queue import agreements

STATES = "select state, chosen from examples where kind = 'sft' order by id"


async def _redactor() -> Any:
    return redact


@pytest.fixture
async def reviewing(
    database: Database, redis_url: str, scene: Scene, embedder: Embedder
) -> AsyncIterator[House]:
    """The bot with a queue of reviews, connected and working."""
    async with (
        open_house(
            *(database, redis_url, f"{scene.url}/api/", scene.tokens["bot"], embedder, Script()),
            reviews=TeamReviews(database, _redactor),
        ) as house,
        working(house.services),
        listening(house.services, scene.tokens["app"]),
    ):
        yield house


async def teach(database: Database, channel: str, better: str = "Noon. [1]") -> None:
    """An answer in a channel that its asker wished to be shorter: an example of each kind."""
    answer = await add_answer(database, await add_document(database, "lunch"), channel=channel)
    await say(database, answer, ASKER, "bad", ["style"], better)
    await allow_training(database, channel, by=ADMIN, allowed=True)
    await collect(database, nothing, str, frozenset())


async def home(scene: Scene, person: str, words: str, *, shown: bool = True) -> dict[str, Any]:
    """A person's Home tab, opened until it has these words, or has them no more."""
    await scene.act("open", **{"as": person}, tab="home")

    async def found() -> dict[str, Any] | None:
        view: dict[str, Any] | None = (await scene.see("home", **{"as": person}))["view"]
        return view if view and (words in view["html"]) is shown else None

    return await until(found, f"“{words}” on the Home tab of {person}")


async def press(scene: Scene, person: str, view: dict[str, Any], action: str, number: int) -> None:
    """A button of an example on somebody's Home tab."""
    place = {"view_id": view["id"], "block_id": f"review:{number}"}
    await scene.act("press", **{"as": person}, **place, action_id=action)


async def number_of(database: Database, kind: str) -> int:
    """The number of the one example of a kind."""
    async with database.connection() as connection:
        cursor = await connection.execute("select id from examples where kind = %s", [kind])
        ((number,),) = await cursor.fetchall()
    return int(number)


async def test_an_admin_approves_edits_and_rejects(
    reviewing: House, scene: Scene, database: Database
) -> None:
    """Each press decides one example and brings the next; an edit is redacted before it is kept."""
    await teach(database, scene.channel)
    sft, pair = await number_of(database, "sft"), await number_of(database, "preference")
    view = await home(scene, ADMIN, "wait for a review")
    assert "Noon." in view["html"] and "When is lunch served?" in view["html"]
    await press(scene, ADMIN, view, "review_reject", pair)
    await holds(database, "select state from examples where kind = 'preference'", [("rejected",)])
    await press(scene, ADMIN, await home(scene, ADMIN, "Noon."), "review_edit", sft)
    opened = await form(scene, ADMIN)
    text = "At noon, ask ana@example.org. [1]"
    values = {"answer": {"answer": text}}
    await scene.act("submit", **{"as": ADMIN}, view_id=opened["id"], values=values)
    await holds(database, STATES, [("approved", "At noon, ask [email]. [1]")])
    await home(scene, ADMIN, "wait for a review", shown=False)


async def test_a_second_reviewer_sees_no_verdict(
    reviewing: House, scene: Scene, database: Database
) -> None:
    """An expert is shown what one other has reviewed, not how; both are compared by kappa."""
    await teach(database, scene.channel)
    sft, pair = await number_of(database, "sft"), await number_of(database, "preference")
    await scene.command("/houselore", f"expert <@{OTHER}>", ADMIN)
    await holds(database, "select person from experts", [(OTHER,)])
    view = await home(scene, ADMIN, "wait for a review")
    await press(scene, ADMIN, view, "review_approve", sft)
    await holds(database, STATES, [("approved", "Noon. [1]")])
    await press(scene, ADMIN, view, "review_reject", pair)
    await holds(database, "select state from examples where kind = 'preference'", [("rejected",)])
    second = await home(scene, OTHER, "for a second one")
    assert "approved" not in second["html"]
    await press(scene, OTHER, second, "review_approve", sft)
    await holds(database, "select count(*) from reviews", [(3,)])
    assert [(one.examples, one.kappa) for one in await agreements(database)] == [(1, 1.0)]


async def test_who_could_not_read_it_does_not_review_it(
    reviewing: House, scene: Scene, database: Database
) -> None:
    """That a private channel may be learned from lets not even an admin read there; nor may they
    decide, and members see nothing of it at all.
    """
    name = f"private-{scene.channel.lower()}"
    made = await scene.act("channels", **{"as": MEMBER}, name=name, private=True)
    channel = made["channel"]["id"]
    await scene.act("members", channel=channel, person=scene.bot)
    await teach(database, channel)
    view = await home(scene, ADMIN, "/houselore status")
    assert "Noon." not in view["html"] and "wait for a review" not in view["html"]
    assert reviewing.services.reviews is not None
    sft = await number_of(database, "sft")
    payload = {"verdict": "review_approve", "number": sft}
    await store(reviewing.services, Incoming("forged", "review", ADMIN, payload=payload))
    await holds(database, "select state from inbox where kind = 'review'", [("done",)])
    await holds(database, STATES, [("waiting", "Noon. [1]")])
    assert "wait for a review" not in (await home(scene, MEMBER, "/houselore status"))["html"]


async def test_what_nothing_answers_is_listed(
    reviewing: House, scene: Scene, database: Database
) -> None:
    """Questions in vain, most asked first, to who sees where they were asked."""
    for question in ("Where is the key?", "where is the KEY", "Who has the van?"):
        await add_answer(database, None, "?", question, abstained=True, channel=scene.channel)
    view = await home(scene, ADMIN, "answered by no document")
    assert "asked 2 times" in view["html"] and "Who has the van?" in view["html"]
    assert "answered by no document" not in (await home(scene, MEMBER, "/houselore"))["html"]


async def test_a_gap_that_was_judged_is_listed(
    reviewing: House, scene: Scene, database: Database
) -> None:
    """An answer whose better one no document says is a question in vain, once it is collected."""
    document = await add_document(database, "lunch")
    answer = await add_answer(
        database, document, "Nobody. [1]", "Who has the van?", channel=scene.channel
    )
    await say(database, answer, ASKER, "bad", better="Mara drives it on Fridays.")
    await home(scene, ADMIN, "answered by no document", shown=False)
    await collect(database, nothing, str, frozenset({scene.channel}))
    view = await home(scene, ADMIN, "answered by no document")
    assert "Who has the van?" in view["html"]


async def test_what_is_called_outdated_is_listed(
    reviewing: House, scene: Scene, database: Database
) -> None:
    """Documents that people call outdated, for admins and experts that may read them: not for an
    admin who is not in their channel, nor for members; counted in one's own conversations. What has
    changed since leaves.
    """
    name = f"private-{scene.channel.lower()}"
    made = await scene.act("channels", **{"as": MEMBER}, name=name, private=True)
    private = made["channel"]["id"]
    for person in (OTHER, scene.bot):
        await scene.act("members", channel=private, person=person)
    await scene.command("/houselore", f"expert <@{OTHER}>", ADMIN)
    await holds(database, "select person from experts", [(OTHER,)])
    for key, reader in (("lunch", "public"), ("salaries", f"channel:{private}")):
        document = await add_document(database, key, readers=reader)
        answer = await add_answer(database, document, readers=[reader], channel=scene.channel)
        await say(database, answer, ASKER, "bad", ["outdated"])
    await say(database, answer, MEMBER, "bad", ["outdated"])
    async with database.connection() as connection:
        cursor = await connection.execute("select id from documents where key = 'lunch'")
        ((lunch,),) = await cursor.fetchall()
    away = await add_answer(database, lunch, channel=private)
    await say(database, away, MEMBER, "bad", ["outdated"])
    view = await home(scene, ADMIN, "Called outdated")
    assert "Lunch · by one person" in view["html"] and "Salaries" not in view["html"]
    view = await home(scene, OTHER, "Salaries · by 2 people")
    assert "Lunch · by 2 people" in view["html"]
    assert "Called outdated" not in (await home(scene, MEMBER, "/houselore status"))["html"]
    async with database.connection() as connection:
        await connection.execute("update documents set indexed_at = now() + interval '1 second'")
    await home(scene, OTHER, "Called outdated", shown=False)


def test_the_longest_cures_fit(shared_data: Any) -> None:
    """What people asked and what documents are called keeps Slack's limits, whatever it is."""
    schema = json.loads((shared_data / "slack" / "AnyView.schema.json").read_text())
    endless = "<&> " * 300
    desk = Desk(gaps=[QuestionGap(endless, 9)] * 5, outdated=[StaleTitle(endless, 1_000)] * 5)
    status = Status(1, 2, 3, None, "house", 0, 0, None, "up")
    view = home_view(status, [], True, desk_blocks(desk))
    assert not list(Draft7Validator(schema).iter_errors(view))
    said = [block["text"]["text"] for block in view["blocks"] if block["type"] == "section"]
    assert said[-1].endswith("by 1,000 people") and said[-2].endswith("asked 9 times")
    assert max(map(len, said)) <= 3_000
