"""How a test asks an answerer. Makes none: the fixtures do."""

from answering.answerer import Answerer
from answering.types.answers import Answer
from answering.types.progress import Finished, Progress
from answering.types.questions import Question
from answering.types.reader_links import SourceLinks

LINKS = SourceLinks("http://127.0.0.1:3001", b"0123456789abcdef")


async def ask(answerer: Answerer, question: Question) -> tuple[list[Progress], Answer]:
    """Everything the answerer reports, and the answer at its end."""
    progress = [step async for step in answerer.answer(question)]
    last = progress[-1]
    assert isinstance(last, Finished)
    return progress, last.answer
