"""A team that asks and judges, straight into the tables. Has no Slack and no model."""

from collections.abc import Mapping, Sequence

from answering.types.answers import Answer, PostedAt, save_answer
from answering.types.questions import Question
from database.database import Database
from retrieval.audience import PUBLIC, Audience
from retrieval.documents import Passage

ASKER, READER, EXPERT = "U0ASKER", "U0READER", "U0EXPERT"
PROMPT = (
    {"role": "system", "content": "Answer from the notes alone."},
    {"role": "user", "content": "Notes:\n[1] Lunch: Lunch is served at noon.\n\nQuestion: When?"},
)
NOTE = "Lunch is served at noon in the canteen."


async def add_document(
    database: Database, key: str, text: str = NOTE, readers: str = PUBLIC
) -> int:
    """A document of its own source; its id."""
    async with database.connection() as connection:
        cursor = await connection.execute(
            "with s as (insert into sources (workspace, kind, location)"
            " values ('home', 'files', %s) returning id)"
            " insert into documents (workspace, source_id, key, title, text, version, hash,"
            " readers) select 'home', id, %s, %s, %s, '1', 'h', array[%s] from s returning id",
            (key, key, key.title(), text, readers),
        )
        row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def add_answer(
    database: Database,
    document: int | None,
    text: str = "Lunch is served at noon. [1]",
    question: str = "When is lunch served?",
    *,
    abstained: bool = False,
    readers: Sequence[str] = (PUBLIC,),
    channel: str | None = None,
    thread_ts: str | None = None,
    note: str = NOTE,
    prompt: Sequence[dict[str, str]] = PROMPT,
    shown: str = "",
    signals: Mapping[str, float] | None = None,
) -> int:
    """An answer from one note; its id."""
    evidence = () if document is None else (
        {"n": 1, "document_id": document, "chunk_id": 1, "quote": note, "best": note},
    )  # fmt: skip
    answer = Answer(
        text=text,
        citations=(),
        abstained=abstained,
        model="house-1",
        generation=1,
        prompt_version="p",
        messages=tuple(prompt),
        evidence=evidence,
        shown=shown,
        signals=signals or {},
    )
    asked = Question(question, Audience("home", frozenset(readers)))
    return await save_answer(
        database, asked, answer, PostedAt(channel=channel, thread_ts=thread_ts, person=ASKER)
    )


async def say(
    database: Database,
    answer: int,
    person: str,
    label: str | None = None,
    reasons: Sequence[str] = (),
    better: str | None = None,
) -> None:
    """A person's thumb, reasons and better answer."""
    async with database.connection() as connection:
        if label:
            await connection.execute(
                "insert into feedback (workspace, answer_id, person, label, surface)"
                " values ('home', %s, %s, %s, 'button')",
                (answer, person, label),
            )
        if reasons:
            await connection.execute(
                "insert into remarks (workspace, answer_id, person, reasons, note)"
                " values ('home', %s, %s, %s, '')",
                (answer, person, list(reasons)),
            )
        if better:
            await connection.execute(
                "insert into better_answers (workspace, answer_id, author, saved_by, text, surface)"
                " values ('home', %s, %s, %s, %s, 'form')",
                (answer, person, person, better),
            )


async def change(database: Database, statement: str, *values: object) -> None:
    """Something that happens in the database."""
    async with database.connection() as connection:
        await connection.execute(statement, values)


async def name_expert(database: Database, person: str = EXPERT) -> None:
    """Make somebody an expert."""
    async with database.connection() as connection:
        await connection.execute(
            "insert into experts (workspace, person, named_by) values ('home', %s, 'U1')", (person,)
        )


async def nothing(question: str, audience: Audience) -> list[Passage]:
    """A search that finds nothing."""
    return []


def finding(*texts: str, document: int = 900) -> "Found":
    """A search that finds these texts."""
    return Found(texts, document)


class Found:
    """What a search finds whatever it is asked; it keeps for whom it was asked."""

    def __init__(self, texts: Sequence[str], document: int) -> None:
        self._texts = texts
        self._document = document
        self.asked: list[Audience] = []

    async def __call__(self, question: str, audience: Audience) -> list[Passage]:
        """The texts, each a passage of one document."""
        self.asked.append(audience)
        return [
            Passage(n, self._document, "k", "T", None, (), text, 1.0, None)
            for n, text in enumerate(self._texts)
        ]
