"""The answer as one composed LangChain Runnable: question in, checked answer streamed out."""

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
    """What the chain needs: index, reader, chat model and fitted confidence."""

    index: SearchIndex
    reader: Reader | None
    model: HouseModel
    confidence: Confidence


def answer_chain(parts: ChainParts) -> Runnable[Question, Progress]:
    """Compose the chain Question -> checked answer. It streams Reading, Words, and Finished last.

    Each question of a message is searched for by itself. `ainvoke` and `abatch` return Finished.
    Running it raises NotIndexed, EvidenceChanged, EmbedderUnavailable and DatabaseUnavailable.
    """
    return (
        reading_chain(parts)
        | decide(parts.confidence).map()
        | write(parts.model, parts.index)
        | check(parts.model, parts.index)
    ).with_config(run_name="answer")


def reading_chain(parts: ChainParts) -> Runnable[Question, list[Read]]:
    """Compose the first part of the chain: Question -> excerpts read, for each question in it."""
    index = parts.index
    return understand(parts.model) | (retrieve(index) | read(index.embedder, parts.reader)).map()
