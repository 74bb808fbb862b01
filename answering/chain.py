"""A question to a checked answer: one LangChain Runnable, streamed."""

from dataclasses import dataclass

from langchain_core.runnables import Runnable

from answering.confidence.confidence import Confidence
from answering.confidence.decide import decide
from answering.conversation.understand import understand
from answering.evidence.read import read
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
    Finished. Raises NotIndexed, EvidenceChanged, EmbedderUnavailable and IndexUnavailable.
    """
    find = (
        retrieve(parts.index) | read(parts.index.embedder, parts.reader) | decide(parts.confidence)
    )
    return (
        understand(parts.model)
        | find.map()
        | write(parts.model, parts.index)
        | check(parts.model, parts.index)
    ).with_config(run_name="answer")
