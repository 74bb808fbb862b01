"""Work out what a message asks, from the message and its thread."""

from dataclasses import dataclass

from langchain_core.runnables import Runnable, RunnableLambda

from answering.conversation.follow_ups import background_of, question_before, resolve_follow_up
from answering.conversation.multiple_questions import split_questions
from answering.conversation.query_rewriting import rewrite
from answering.conversation.small_talk import small_talk
from answering.model.house_model import HouseModel
from answering.types.questions import Question


@dataclass(frozen=True, slots=True)
class Understood:
    """One question of a message: what is `asked`, and what was said before it.

    `before` is the question that it follows up, `background` that question and the beginning of
    its answer; both are "" for a new subject. `reply` is the complete reply to small talk.
    """

    question: Question
    asked: str
    before: str = ""
    background: str = ""
    reply: str = ""

    @property
    def in_context(self) -> str:
        """The question, after the one that it follows up."""
        return f"{self.before} {self.asked}" if self.before else self.asked


def understand(model: HouseModel) -> Runnable[Question, list[Understood]]:
    """Make the chain step that turns a message into its questions, usually one."""

    async def look(question: Question) -> list[Understood]:
        if reply := small_talk(question.text):
            return [Understood(question, question.text, reply=reply)]
        if model.abilities.rewrites and question.thread:
            return [Understood(question, await rewrite(model.chat, question))]
        return [_in_thread(part, question) for part in split_questions(question.text)]

    return RunnableLambda(look, name="understand")


def _in_thread(asked: str, question: Question) -> Understood:
    if not resolve_follow_up(asked, question.thread).is_follow_up:
        return Understood(question, asked)
    return Understood(question, asked, question_before(question), background_of(question))
