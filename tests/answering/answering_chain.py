"""How a test asks an answerer, and the parts that it is made of. Makes no index: fixtures do."""

from functools import cache

from answering.answerer import Answerer
from answering.chain import ChainParts
from answering.confidence.confidence import Confidence
from answering.confidence.logistic_regression import Regression
from answering.evidence.retrieve import SearchIndex
from answering.model.chat_model import open_chat_model
from answering.model.house_model import HouseModel
from answering.types.answers import Answer
from answering.types.progress import Finished, Progress
from answering.types.questions import Question
from answering.types.reader_links import SourceLinks
from database.database import Database
from retrieval.embeddings.embedder import Embedder
from retrieval.reader.reader import Reader, open_reader

LINKS = SourceLinks("http://127.0.0.1:3001", b"0123456789abcdef")
BY_WORDS = Regression(("words",), (0.0,), (1.0,), (6.0,), -3.0)
CLEAR = Confidence(BY_WORDS, BY_WORDS)
"""Sure of what has half of the question's words in it; below a seventh of them nothing is shown."""
NOBODY = "http://127.0.0.1:9/v1"


@cache
def shipped_reader() -> Reader:
    """The reader that is shipped, opened once."""
    return open_reader()


def chain_parts(
    database: Database,
    embedder: Embedder,
    url: str,
    *,
    confidence: Confidence = CLEAR,
    model: HouseModel | None = None,
) -> ChainParts:
    """What answers from this index with the model at `url`, or another one."""
    model = model or HouseModel(open_chat_model(url), "m")
    return ChainParts(SearchIndex(database, embedder, LINKS), shipped_reader(), model, confidence)


async def ask(answerer: Answerer, question: Question) -> tuple[list[Progress], Answer]:
    """Everything the answerer reports, and the answer at its end."""
    progress = [step async for step in answerer.answer(question)]
    last = progress[-1]
    assert isinstance(last, Finished)
    return progress, last.answer
