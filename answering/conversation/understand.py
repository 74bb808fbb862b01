"""Work out what a message asks, from the message and the thread it stands in."""

from dataclasses import dataclass

from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda

from answering.conversation.follow_ups import background_of
from answering.conversation.query_rewriting import rewrite
from answering.model.house_model import HouseModel
from answering.types.questions import Question


@dataclass(frozen=True, slots=True)
class Understood:
    """One question of a message: what is `asked`, and what was said before it.

    `reply` is the whole answer to what asks nothing, such as thanks.
    """

    question: Question
    asked: str
    background: str = ""
    reply: str = ""

    @property
    def in_context(self) -> str:
        """The question with what it follows up."""
        return f"{self.background}\n{self.asked}" if self.background else self.asked


def understand(model: HouseModel) -> Runnable[Question, list[Understood]]:
    """The step from a message to the questions in it, mostly one."""

    async def read(question: Question, config: RunnableConfig) -> list[Understood]:
        if model.abilities.rewrites and question.thread:
            return [Understood(question, await rewrite(model.chat, question))]
        return [Understood(question, question.text, background_of(question))]

    return RunnableLambda(read, name="understand")
