"""Golden questions: those whose answer is known, and where it stands. Asks none of them.

They grow from answers that people liked or corrected, and by hand; they go with the liking or the
correction, the quoted words or the document.
"""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Literal

from psycopg.rows import dict_row

from database.database import Database
from database.statements import load_statements
from retrieval.audience import Audience
from retrieval.chunking.splitter import split
from retrieval.documents import Document, Passage
from retrieval.errors import GoldenRefused
from retrieval.lexical.analyzer import terms

_SQL = load_statements("retrieval.indexing")
_FOUND = 0.8
_STANDS = 0.9
_LONGEST_QUOTE = 1_000

Origin = Literal["hand", "liking", "correction"]


@dataclass(frozen=True, slots=True)
class Correction:
    """A better answer (`better`, of the answer `answer`) and the words of a document that hold it.

    All but the words are ids.
    """

    answer: int
    better: int
    document: int
    quote: str


@dataclass(frozen=True, slots=True)
class GoldenQuestion:
    """A question, the words that answer it, their document, and who was answered with them.

    `origin` is what it comes from: an answer that was liked or corrected, or a `hand`.
    """

    id: int
    question: str
    quote: str
    document_id: int
    title: str
    audience: Audience
    origin: Origin

    @classmethod
    def from_row(cls, workspace: str, row: dict[str, Any]) -> "GoldenQuestion":
        """A row of `list_golden`."""
        audience = Audience(workspace, frozenset(row.pop("readers")))
        return cls(**row, audience=audience)

    @property
    def by_hand(self) -> bool:
        """Whether somebody added it, and no answer gave it."""
        return self.origin == "hand"

    def is_found(self, passages: Iterable[Passage]) -> bool:
        """Whether these passages hold the words, together: a splitter may part them otherwise.

        Words are compared as terms, so that Markdown around them does not count.
        """
        texts = [passage.text for passage in passages if passage.document_id == self.document_id]
        return share_held(self.quote, texts) >= _FOUND


async def refresh_golden(database: Database) -> list[GoldenQuestion]:
    """The golden questions as they are now, after what was liked, disliked and edited since."""
    values: dict[str, Any] = {"workspace": database.workspace}
    async with (
        database.connection() as connection,
        connection.transaction(),
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        await cursor.execute(_SQL["drop_turned_golden"], values)
        await cursor.execute(_SQL["grow_golden"], values)
        await cursor.execute(_SQL["unsure_golden"], values)
        for row in await cursor.fetchall():
            statement = "keep_golden" if _stands_in(row["quote"], row["text"]) else "drop_golden"
            await cursor.execute(_SQL[statement], {**values, "id": row["id"], "hash": row["hash"]})
        await cursor.execute(_SQL["list_golden"], values)
        return [GoldenQuestion.from_row(database.workspace, row) for row in await cursor.fetchall()]


async def keep_corrections(
    database: Database,
    corrections: Iterable[Correction],
    unknown: Collection[int] = (),
) -> list[GoldenQuestion]:
    """The golden questions that these give; those of earlier ones go, but for `unknown` answers.

    A correction gives none where its question is a follow-up, where it was taken back meanwhile, or
    where those who were answered may not read the document. Each has the readers of its answer.
    """
    values = [{"workspace": database.workspace, **asdict(one)} for one in corrections]
    ids = {"answers": [one["answer"] for one in values], "open": list(unknown)}
    async with database.connection() as connection, connection.cursor() as cursor:
        await cursor.execute(_SQL["drop_corrections"], {"workspace": database.workspace, **ids})
        await cursor.executemany(_SQL["keep_correction"], values)
    return [one for one in await refresh_golden(database) if one.origin == "correction"]


async def add_golden(database: Database, question: str, quote: str) -> str:
    """Keep a question with the words that answer it; the title of the document that holds them.

    Raises GoldenRefused where no document, or more than one, holds the words.
    """
    question, quote = question.strip(), quote.strip()
    if not question or not terms(quote) or len(quote) > _LONGEST_QUOTE:
        raise GoldenRefused(
            f"Give a question, and the words of a document that answer it, {_LONGEST_QUOTE:,} "
            "characters at most."
        )
    values = {"workspace": database.workspace, "question": question, "quote": quote}
    async with database.connection() as connection:
        found = await (await connection.execute(_SQL["documents_with"], values)).fetchall()
        if len(found) != 1:
            held = "No document holds" if not found else "More than one document holds"
            raise GoldenRefused(f"{held} the words “{quote}”: quote one as it is written.")
        ((document, hash_, title, readers),) = found
        place = {"document": document, "hash": hash_, "readers": readers}
        await connection.execute(_SQL["add_golden"], values | place)
    return str(title)


async def drop_golden(database: Database, golden_id: int) -> bool:
    """Forget a golden question; whether it was there."""
    async with database.connection() as connection:
        values = {"workspace": database.workspace, "id": golden_id}
        cursor = await connection.execute(_SQL["drop_golden"], values)
        return await cursor.fetchone() is not None


def _stands_in(quote: str, text: str) -> bool:
    """Whether one place of `text`, about as long as a passage or two, has the words of `quote`."""
    document = Document(key="", title="", text=text, version="")
    chunks = [chunk.text for chunk in split(document, lambda part: len(part) // 4)]
    places = [[chunk] for chunk in chunks] + [list(pair) for pair in pairwise(chunks)]
    return any(share_held(quote, place) >= _STANDS for place in places)


def share_held(quote: str, texts: Iterable[str]) -> float:
    """How much of the words of `quote`, as terms, the texts hold together, 0 to 1."""
    wanted = set(terms(quote))
    held = {term for text in texts for term in terms(text)}
    return len(wanted & held) / len(wanted) if wanted else 0.0
