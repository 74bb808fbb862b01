"""A question to a checked answer: one LangChain Runnable, streamed."""

from dataclasses import dataclass

from langchain_core.runnables import Runnable

from answering.confidence.confidence import Confidence
from answering.confidence.decide import decide
from answering.conversation.understand import understand
from answering.evidence.read import Read, read
from answering.evidence.retrieve import SearchIndex, retrieve
from answering.model.house_model import HouseModel
from answering.types.progress import Progress
from answering.types.questions import Question
from answering.writing.check import check
from answering.writing.write import write
from retrieval.reader.reader import Reader


@dataclass(frozen=True, slots=True)
class ChainParts:
    """What an answer is made with."""

    index: SearchIndex
    reader: Reader | None
    model: HouseModel
    confidence: Confidence


def answer_chain(parts: ChainParts) -> Runnable[Question, Progress]:
    """Question -> checked answer. What it streams are Reading, Words, and Finished at the end.

    A message may hold several questions; each is looked up by itself. `ainvoke` and `abatch` give
    Finished. Raises NotIndexed, EvidenceChanged, EmbedderUnavailable and DatabaseUnavailable.
    """
    return (
        reading_chain(parts)
        | decide(parts.confidence).map()
        | write(parts.model, parts.index)
        | check(parts.model, parts.index)
    ).with_config(run_name="answer")


def reading_chain(parts: ChainParts) -> Runnable[Question, list[Read]]:
    """Question -> what was found and read for each question in it."""
    index = parts.index
    return understand(parts.model) | (retrieve(index) | read(index.embedder, parts.reader)).map()
