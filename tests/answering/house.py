"""How a test asks an answerer. Makes none: the fixtures do."""

from answering.answerer import Answerer
from answering.answers import Answer
from answering.links import SourceLinks
from answering.progress import Finished, Progress
from answering.questions import Question

LINKS = SourceLinks("http://127.0.0.1:3001", b"0123456789abcdef")


async def ask(answerer: Answerer, question: Question) -> tuple[list[Progress], Answer]:
    """Everything the answerer reports, and the answer at its end."""
    progress = [step async for step in answerer.answer(question)]
    last = progress[-1]
    assert isinstance(last, Finished)
    return progress, last.answer
