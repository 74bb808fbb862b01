"""“Save as answer” makes a reply the better answer of the answer above it, and nothing else."""

from database.database import Database
from tests.bot.rated_answers import answered, holds, rows, told
from tests.bot.running_bot import House
from tests.bot.slack_client import ADMIN, MEMBER, OTHER, Scene

BETTER = "select author, saved_by, text, surface, ts, is_current from better_answers order by id"


async def save(scene: Scene, ts: str, person: str = MEMBER) -> None:
    """Somebody chooses “Save as answer” in the menu of a message."""
    await scene.act(
        "shortcut",
        **{"as": person},
        callback_id="save_as_answer",
        channel=scene.channel,
        ts=ts,
    )


async def test_a_colleagues_reply_becomes_the_better_answer(
    house: House, scene: Scene, database: Database
) -> None:
    """It belongs to who wrote it, and to the last answer before it; names stand for mentions."""
    first = await answered(scene)
    thread = first["thread_ts"]
    await scene.say("@bot and then?", thread=thread)
    second = await scene.reply(thread, count=2)
    ts = await scene.say(f"Ask <@{ADMIN}>, then `make ship`", OTHER, thread=thread)
    await scene.say("@bot thanks, what else?", thread=thread)
    await scene.reply(thread, count=3)
    await save(scene, ts)
    await told(scene, "Saved as the better answer.", thread)
    await holds(
        database, BETTER, [(OTHER, MEMBER, "Ask @mara, then `make ship`", "reply", ts, True)]
    )
    found = await rows(
        database, "select a.ts from better_answers b join answers a on a.id = b.answer_id"
    )
    assert found == [(second["ts"],)]


async def test_saving_again_replaces_only_what_the_same_person_wrote(
    house: House, scene: Scene, database: Database
) -> None:
    """One current better answer an author; the same reply twice is one."""
    thread = (await answered(scene))["thread_ts"]
    one = await scene.say("Push to main.", OTHER, thread=thread)
    two = await scene.say("Push to release.", OTHER, thread=thread)
    mine = await scene.say("Or by hand.", MEMBER, thread=thread)
    for ts in (one, one, two, mine):
        await save(scene, ts, ADMIN)
        await holds(
            database,
            "select count(*) from inbox where kind = 'save' and state = 'received'",
            [(0,)],
        )
    await holds(
        database,
        BETTER,
        [
            (OTHER, ADMIN, "Push to main.", "reply", one, False),
            (OTHER, ADMIN, "Push to release.", "reply", two, True),
            (MEMBER, ADMIN, "Or by hand.", "reply", mine, True),
        ],
    )


async def test_elsewhere_a_sentence_says_what_to_do(
    house: House, scene: Scene, database: Database
) -> None:
    """On a message outside, before or instead of an answer nothing is saved."""
    alone = await scene.say("Lunch?")
    await save(scene, alone)
    await told(scene, "before this message there is no answer of mine")
    answer = await answered(scene)
    thread = answer["thread_ts"]
    await save(scene, thread, OTHER)
    await told(scene, "before this message there is no answer of mine", person=OTHER)
    await save(scene, answer["ts"])
    await told(scene, "This is what I said myself", thread)
    assert await rows(database, BETTER) == []


async def test_a_saved_reply_that_is_edited_or_deleted(
    house: House, scene: Scene, database: Database
) -> None:
    """Who changes their words changes them here too, and who takes them back takes them back."""
    thread = (await answered(scene))["thread_ts"]
    ts = await scene.say("Push to mian.", OTHER, thread=thread)
    await save(scene, ts)
    texts = "select saved_by, text, is_current from better_answers order by id"
    await holds(database, texts, [(MEMBER, "Push to mian.", True)])
    place = {"as": OTHER, "channel": scene.channel, "ts": ts}
    await scene.act("edit", **place, text="Push to main.")
    await holds(
        database, texts, [(MEMBER, "Push to mian.", False), (MEMBER, "Push to main.", True)]
    )
    await scene.act("delete", **place)
    await holds(database, "select count(*) from better_answers where is_current", [(0,)])


async def test_below_a_shared_answer(house: House, scene: Scene, database: Database) -> None:
    """An answer that itself begins a thread has replies that can be saved."""
    answer = await answered(scene)
    root = await scene.say("Shared here")
    async with database.connection() as connection:
        await connection.execute(
            "update answers set ts = %s, thread_ts = null where ts = %s", [root, answer["ts"]]
        )
    ts = await scene.say("Better so.", OTHER, thread=root)
    await save(scene, ts)
    await holds(database, BETTER, [(OTHER, MEMBER, "Better so.", "reply", ts, True)])
