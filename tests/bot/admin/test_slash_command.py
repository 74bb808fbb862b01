"""Slash commands: /ask for one person, its sharing, and /houselore."""

from datetime import UTC, datetime

import pytest

from answering.types.answers import Citation
from bot.admin.slash_command import Status, describe, read_status, word_of
from bot.inbox.events import Incoming
from bot.inbox.store import store
from bot.replies.ask_command import answer_alone
from bot.replies.ask_command import share as share_answer
from database.database import Database
from retrieval.indexing.sync import index_source
from tests.bot.running_bot import House
from tests.bot.slack_client import ADMIN, GUEST, MEMBER, OTHER, Message, Scene, until
from tests.retrieval.documents import Library


async def new_document(database: Database, readers: list[str]) -> int:
    """A document with these readers; its id."""
    async with database.connection() as connection:
        await connection.execute(
            "insert into sources (workspace, kind, location) values ('home', 'files', '/x')"
        )
        row = await (
            await connection.execute(
                "insert into documents (workspace, source_id, key, title, text, version, hash, "
                "readers) select 'home', id, 'a.md', 'A', 'a', '1', '1', %s from sources "
                "returning id",
                [readers],
            )
        ).fetchone()
    assert row is not None
    return int(row[0])


async def only_for(scene: Scene, person: str, text: str) -> Message:
    """The bot's message with this text that only this person sees, once it is there."""

    async def found() -> Message | None:
        seen = await scene.from_bot(person=person)
        mine = [one for one in seen if one["ephemeral"] and text in one["html"]]
        return mine[0] if mine else None

    return await until(found, f"“{text}” for {person}")


async def test_ask_answers_one_person(house: House, scene: Scene) -> None:
    """/ask says at once that it looks, and answers the asker alone, from what they may read."""
    await scene.command("/ask", "how do we deploy?")
    await only_for(scene, MEMBER, "Looking")
    answer = await only_for(scene, MEMBER, "Run make deploy [1].")
    assert "https://docs.example.com/deploy" in answer["html"]
    assert "Share in channel" in answer["html"]
    assert f"person:{MEMBER}" in house.script.questions[0].audience.readers
    assert await scene.from_bot(person=OTHER) == []


async def test_an_empty_ask_gets_an_example(house: House, scene: Scene) -> None:
    """/ask without a question says how to use it."""
    await scene.command("/ask", "  ")
    await only_for(scene, MEMBER, "For example")
    assert house.script.questions == []


async def test_a_shared_answer_is_a_message_like_any(
    house: House, scene: Scene, database: Database
) -> None:
    """Sharing posts the answer in the channel with sources and buttons, and thumbs on it count."""
    document = await new_document(database, ["public"])
    house.script.citations = (Citation(1, document, 1, "A", "https://a.example/b", "Run it."),)
    await scene.command("/ask", "how do we deploy?")
    answer = await only_for(scene, MEMBER, "Share in channel")
    press = {"as": MEMBER, "channel": scene.channel, "ts": answer["ts"], "action_id": "share"}
    await scene.act("press", **press)

    async def shared() -> Message | None:
        seen = await scene.from_bot(person=OTHER)
        return seen[0] if seen else None

    message = await until(shared, "the shared answer")
    assert "Run make deploy" in message["html"]
    assert "https://a.example/b" in message["html"]
    assert "Shared by" in message["html"]
    assert "feedback_positive" in message["html"]
    reaction = {"as": OTHER, "channel": scene.channel, "ts": message["ts"], "emoji": "+1"}
    await scene.act("react", **reaction)

    async def counted() -> bool:
        async with database.connection() as connection:
            rows = await (await connection.execute("select label from feedback")).fetchall()
        return rows == [("good",)]

    await until(counted, "the thumb")


@pytest.mark.parametrize("readers", [[f"person:{MEMBER}"], ["channel:C0PEOPLE"]])
async def test_what_not_all_may_read_is_not_shared(
    house: House, scene: Scene, database: Database, readers: list[str]
) -> None:
    """An answer from documents that not all may read stays with the asker, who is told why."""
    document = await new_document(database, readers)
    house.script.citations = (Citation(1, document, 1, "A", "https://a.example/b", "Run it."),)
    await scene.command("/ask", "how do we deploy?")
    answer = await only_for(scene, MEMBER, "Share in channel")
    press = {"as": MEMBER, "channel": scene.channel, "ts": answer["ts"], "action_id": "share"}
    await scene.act("press", **press)
    await only_for(scene, MEMBER, "not everyone in this channel may read")
    assert await scene.from_bot(person=OTHER) == []


async def test_public_documents_are_not_shared_with_guests(
    house: House, scene: Scene, database: Database
) -> None:
    """With a guest in the channel even an answer from public documents is not shared there."""
    document = await new_document(database, ["public"])
    house.script.citations = (Citation(1, document, 1, "A", "https://a.example/b", "Run it."),)
    await scene.act("members", channel=scene.channel, person=GUEST)
    await scene.command("/ask", "how do we deploy?")
    answer = await only_for(scene, MEMBER, "Share in channel")
    press = {"as": MEMBER, "channel": scene.channel, "ts": answer["ts"], "action_id": "share"}
    await scene.act("press", **press)
    await only_for(scene, MEMBER, "not everyone in this channel may read")
    assert await scene.from_bot(person=GUEST) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "answer questions"), ("help", "answer questions"), ("frobnicate <!here>", "do not know")],
)
async def test_houselore_explains_itself(house: House, scene: Scene, text: str, said: str) -> None:
    """No word, help, and unknown words get help."""
    await scene.command("/houselore", text)
    await only_for(scene, MEMBER, said)


async def test_status_has_the_figures(house: House, scene: Scene) -> None:
    """/houselore status says what is indexed, the last sync, the model, the jobs and Redis."""
    await scene.command("/houselore", "status")
    shown = (await only_for(scene, MEMBER, "Index"))["text"]
    assert "No documents are indexed yet" in shown
    assert "0 waiting" in shown
    assert "up" in shown.split("Redis")[1]


async def test_the_status_counts_nothing_hidden(services_house: House, scene: Scene) -> None:
    """What others may read adds nothing to anybody's figures: not even that it is there is told."""
    services = services_house.services
    open_to_all = Library({"a": "Lunch is at noon."}, "public")
    await index_source(services.database, open_to_all, services.embedder)
    before = [describe(await read_status(services, MEMBER), with_errors=False)]
    hidden = Library({"b": "Level 5 is paid more."}, f"person:{OTHER}", location="hidden")
    await index_source(services.database, hidden, services.embedder)
    assert [describe(await read_status(services, MEMBER), with_errors=False)] == before
    assert "1 documents" in before[0]
    assert "2 documents" in describe(await read_status(services, OTHER), with_errors=False)


def test_the_status_reads_well() -> None:
    """Counts, times and errors as a person reads them; errors only for admins."""
    status = Status(1200, 5400, 3, datetime.now(UTC), "house", 2, 1, "It <broke>", "down")
    shown = describe(status, with_errors=True)
    assert "1,200 documents that you may read, in 5,400 chunks, generation 3" in shown
    assert "just now" in shown
    assert "It &lt;broke&gt;" in shown
    assert "answers are slower" in shown
    assert "broke" not in describe(status, with_errors=False)


def test_words_are_understood() -> None:
    """The first word of a command decides."""
    assert [word_of(text) for text in ("", "status x", "reindex", "Status")] == [
        "help",
        "status",
        "reindex",
        "unknown",
    ]


async def test_only_admins_reindex(house: House, scene: Scene) -> None:
    """Somebody who is no admin is refused in one sentence, and nothing is posted for others."""
    await scene.command("/houselore", "reindex")
    await only_for(scene, MEMBER, "Only admins can reindex")
    assert await scene.from_bot(person=ADMIN) == []


async def test_what_has_changed_since_is_not_shared(
    house: House, scene: Scene, database: Database
) -> None:
    """An answer from a text that was replaced meanwhile is not posted, whoever may read it now."""
    document = await new_document(database, ["public"])
    house.script.citations = (Citation(1, document, 1, "A", "https://a.example/b", "Run it."),)
    await scene.command("/ask", "how do we deploy?")
    answer = await only_for(scene, MEMBER, "Share in channel")
    async with database.connection() as connection:
        await connection.execute("update documents set text = 'b', indexed_at = now()")
    press = {"as": MEMBER, "channel": scene.channel, "ts": answer["ts"], "action_id": "share"}
    await scene.act("press", **press)
    await only_for(scene, MEMBER, "have changed since")
    assert await scene.from_bot(person=OTHER) == []


async def test_who_cannot_be_told_is_given_up(
    services_house: House, scene: Scene, database: Database
) -> None:
    """What was asked by somebody who is gone ends, instead of being tried forever."""
    services = services_house.services
    payload = {"text": "how?", "response_url": f"{scene.url}/response/none"}
    ask = Incoming("Ev1", "ask", "U0GONE", "C0NOWHERE", payload=payload)
    share = Incoming(
        "Ev2", "share", "U0GONE", "C0NOWHERE", payload={"answer_id": 99, "response_url": ""}
    )
    for event in (ask, share):
        await store(services, event)
    for inbox_id, act in ((1, answer_alone), (2, share_answer)):
        await act(services, inbox_id, 0, 0)
    async with database.connection() as connection:
        rows = await (await connection.execute("select state from inbox")).fetchall()
    assert "received" not in [state for (state,) in rows]
