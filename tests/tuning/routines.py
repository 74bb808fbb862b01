"""Pages that a search by words finds and one by vectors alone does not. Judges no answers."""

from database.database import Database
from retrieval.embeddings.embedder import Embedder
from retrieval.indexing.golden_questions import add_golden, refresh_golden
from retrieval.indexing.sync import index_source
from tests.retrieval.documents import Library
from tests.retrieval.hash_embedder import Hashed
from tuning.retriever.gate import hold_out

_WORDS = ("bolt", "crane", "dune", "ember", "fjord", "grove", "heron", "inlet", "juniper", "kelp")


def word(number: int, kind: str = "q") -> str:
    """A word of its own for a number."""
    return f"{kind}{_WORDS[number // 10 % 10]}{_WORDS[number % 10]}"


def question(number: int) -> str:
    """Many common words, which other pages have, and one that its page alone has."""
    return f"Who handles the {word(number)} routine?"


def quote(number: int) -> str:
    """What answers it."""
    others = " ".join(word(number, kind) for kind in ("wa", "we", "wi", "wo"))
    return f"The {word(number)} goes to {others} by courier."


def pages(count: int) -> dict[str, str]:
    """A page for each of so many questions, and a few that have only the common words."""
    decoys = {
        f"decoy {n}": f"Routine {word(n, 'za')} is handled by {word(n, 'zo')}." for n in range(60)
    }
    return {f"page {n}": quote(n) for n in range(count)} | decoys


async def open_office(database: Database, count: int = 60) -> Hashed:
    """As `fill_office`, by words hashed; their embedder."""
    embedder = Hashed()
    await fill_office(database, embedder, count)
    return embedder


async def fill_office(database: Database, embedder: Embedder, count: int = 60) -> None:
    """Index the pages, each question golden by hand."""
    await index_source(database, Library(pages(count)), embedder)
    for number in range(count):
        await add_golden(database, question(number), quote(number))


async def leave_one_lesson(database: Database) -> None:
    """Delete every page but those held out and one, which any weight finds first."""
    golden = await refresh_golden(database)
    held_out = hold_out(golden)
    taught = next(one for one in golden if one not in held_out)
    stays = [one.document_id for one in (*held_out, taught)]
    async with database.connection() as connection:
        await connection.execute("delete from documents where not id = any(%s)", [stays])
