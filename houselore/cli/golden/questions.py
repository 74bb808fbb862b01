"""`houselore golden`: list, add and drop golden questions."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from houselore.errors import WrongUse
from houselore.services import open_store
from houselore.settings import Settings
from retrieval.indexing.golden_questions import add_golden, drop_golden, refresh_golden

_ORIGINS = {"hand": "by hand", "liking": "feedback", "correction": "a better answer"}


async def list_questions(settings: Settings) -> None:
    """Print the golden questions, with those that feedback has added."""
    async with open_store(settings) as store:
        questions = await refresh_golden(store.database)
    out = Console(highlight=False)
    table = Table("", "question", "found where it says", "document", "from", box=None)
    for golden in questions:
        said = (escape(text) for text in (golden.question, golden.quote, golden.title))
        table.add_row(str(golden.id), *said, _ORIGINS[golden.origin])
    if questions:
        out.print(table)
    out.print(f"Golden questions: {len(questions):,}.", markup=False)


async def add_question(settings: Settings, question: str, quote: str) -> None:
    """Save a question with the words that answer it."""
    async with open_store(settings) as store:
        title = await add_golden(store.database, question, quote)
    Console(stderr=True, highlight=False).print(f"Kept; it is answered by {title}.", markup=False)


async def drop_question(settings: Settings, number: int) -> None:
    """Delete a golden question. Raises WrongUse if it does not exist."""
    async with open_store(settings) as store:
        if not await drop_golden(store.database, number):
            raise WrongUse(f"There is no golden question {number}: `houselore golden` lists them.")
