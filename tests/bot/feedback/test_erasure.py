"""`/houselore forget me`: a person's words go, what others have a part in stays."""

from collections.abc import AsyncIterator
from functools import partial

import pytest

from database.database import Database
from retrieval.embeddings.embedder import Embedder
from tests.bot.rated_answers import answered, form, holds, rows, send, told
from tests.bot.running_bot import House, Script, listening, open_house, working
from tests.bot.slack_client import MEMBER, OTHER, Message, Scene, until
from tuning.feedback.erasure import forget


@pytest.fixture
async def forgetting(
    database: Database, redis_url: str, scene: Scene, embedder: Embedder
) -> AsyncIterator[House]:
    """The bot, connected and working, where examples are forgotten too."""
    async with (
        open_house(
            *(database, redis_url, f"{scene.url}/api/", scene.tokens["bot"], embedder, Script()),
            unlearn=partial(forget, database),
        ) as house,
        working(house.services),
        listening(house.services, scene.tokens["app"]),
    ):
        yield house


async def confirm(scene: Scene, person: str) -> None:
    """The command, and the button below its warning."""
    await scene.command("/houselore", "forget me", person)
    warning: Message = await told(scene, "Shall I forget you?", person=person)
    place = {"channel": scene.channel, "ts": warning["ts"]}
    await scene.act("press", **{"as": person}, **place, action_id="forget_me")


async def test_words_go_and_answers_stay(
    forgetting: House, scene: Scene, database: Database
) -> None:
    """Questions, votes, remarks and better answers of one person are gone from every table; the
    answer that others read and what others said stay; and nothing is done twice for it.
    """
    answer = await answered(scene)
    place = {"channel": scene.channel, "ts": answer["ts"]}
    await scene.act("press", **{"as": MEMBER}, **place, action_id="feedback", value="bad")
    await send(scene, await form(scene), reasons=("style",), better="Run make ship.")
    await scene.act("press", **{"as": OTHER}, **place, action_id="feedback", value="good")
    await holds(database, "select author from better_answers", [(MEMBER,)])
    await holds(database, "select count(*) from feedback where person = 'U0PRIYA'", [(1,)])

    await confirm(scene, MEMBER)
    await told(scene, "You are forgotten")
    assert await rows(database, "select question, person, text from answers") == [
        ("", None, "Run make deploy [1].")
    ]
    await holds(database, "select person from feedback", [(OTHER,)])
    for table in ("remarks", "better_answers"):
        assert await rows(database, f"select count(*) from {table}") == [(0,)]
    await holds(database, "select person from forgotten", [(MEMBER,)])
    assert "make ship" not in str(await rows(database, "select payload from inbox"))
    await holds(
        database,
        "select count(*) from inbox where person = 'U0JONAS' and kind = 'question'",
        [(0,)],
    )
    seen = await scene.from_bot(answer["thread_ts"], person=OTHER)
    assert answer["ts"] in [one["ts"] for one in seen]


async def test_nobody_forgets_another(forgetting: House, scene: Scene, database: Database) -> None:
    """Without "me" it is said who may; without the button nothing happens."""
    await answered(scene)
    await scene.command("/houselore", "forget @mara", MEMBER)
    await told(scene, "I forget only who says so")
    await scene.command("/houselore", "forget me", MEMBER)
    await told(scene, "This cannot be taken back")
    assert await rows(database, "select person from answers") == [(MEMBER,)]


async def test_who_is_forgotten_can_ask_again(
    forgetting: House, scene: Scene, database: Database
) -> None:
    """A question afterwards is answered, and kept like any other."""
    await answered(scene)
    await confirm(scene, MEMBER)
    await told(scene, "You are forgotten")
    await answered(scene)

    async def kept() -> bool:
        return await rows(database, "select person from answers order by id") == [
            (None,),
            (MEMBER,),
        ]

    await until(kept, "the second question")
