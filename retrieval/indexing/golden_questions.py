"""Golden questions: questions with a quote of the document that answers them.

They are derived from answers that people liked or corrected, or added by hand. One is dropped when
the vote or correction is withdrawn, or when its quote or its document is gone.
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
_FOUND = 0.8  # share of the quote's terms that the passages found must have
_STANDS = 0.9  # share of them that one place of a changed document must still have
_LONGEST_QUOTE = 1_000

Origin = Literal["hand", "liking", "correction"]


@dataclass(frozen=True, slots=True)
class Correction:
    """A better answer and the quote of a document that supports it.

    `answer`, `better` and `document` are ids: `better` corrects `answer`.
    """

    answer: int
    better: int
    document: int
    quote: str


@dataclass(frozen=True, slots=True)
class GoldenQuestion:
    """A question, the quote that answers it, the quote's document, and the answer's audience.

    `origin` is `liking` or `correction` of an answer, or `hand` if somebody added it.
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
        """Make one of a row of `list_golden`."""
        audience = Audience(workspace, frozenset(row.pop("readers")))
        return cls(**row, audience=audience)

    @property
    def by_hand(self) -> bool:
        """Return whether somebody added it by hand."""
        return self.origin == "hand"

    def is_found(self, passages: Iterable[Passage]) -> bool:
        """Return whether these passages together have at least 80% of the quote's terms."""
        # Together, because another splitter may cut the quote; as terms, to ignore Markdown.
        texts = [passage.text for passage in passages if passage.document_id == self.document_id]
        return share_held(self.quote, texts) >= _FOUND


async def refresh_golden(database: Database) -> list[GoldenQuestion]:
    """Update the golden questions from votes, corrections and edited documents; return them."""
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
    """Replace the golden questions of corrections by those of `corrections`; return them.

    Those of answers in `unknown` stay. A correction gives none if its question is a follow-up, if
    it was withdrawn, or if the answer's audience may not read the document. Each golden question
    has the readers of its answer.
    """
    values = [{"workspace": database.workspace, **asdict(one)} for one in corrections]
    ids = {"answers": [one["answer"] for one in values], "open": list(unknown)}
    async with database.connection() as connection, connection.cursor() as cursor:
        await cursor.execute(_SQL["drop_corrections"], {"workspace": database.workspace, **ids})
        await cursor.executemany(_SQL["keep_correction"], values)
    return [one for one in await refresh_golden(database) if one.origin == "correction"]


async def add_golden(database: Database, question: str, quote: str) -> str:
    """Add a question with the quote that answers it; return the title of the quote's document.

    Raises GoldenRefused if no document, or more than one, has the quote.
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
    """Delete a golden question; return whether it was there."""
    async with database.connection() as connection:
        values = {"workspace": database.workspace, "id": golden_id}
        cursor = await connection.execute(_SQL["drop_golden"], values)
        return await cursor.fetchone() is not None


def _stands_in(quote: str, text: str) -> bool:
    """Return whether one or two neighbouring chunks of `text` have 90% of the quote's terms."""
    document = Document(key="", title="", text=text, version="")
    chunks = [chunk.text for chunk in split(document, lambda part: len(part) // 4)]
    places = [[chunk] for chunk in chunks] + [list(pair) for pair in pairwise(chunks)]
    return any(share_held(quote, place) >= _STANDS for place in places)


def share_held(quote: str, texts: Iterable[str]) -> float:
    """Return the share of the quote's terms that the texts have together, 0 to 1."""
    wanted = set(terms(quote))
    held = {term for text in texts for term in terms(text)}
    return len(wanted & held) / len(wanted) if wanted else 0.0
