"""Write what is shown for each question: the excerpt as it is, or the model's words about it."""

import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.runnables import Runnable, RunnableGenerator

from answering.confidence.decide import Decision
from answering.errors import ModelUnavailable
from answering.evidence.notes import Evidence, note_of, section_notes
from answering.evidence.read import ReadExcerpt
from answering.evidence.retrieve import SearchIndex
from answering.model.chat_model import stream_reply
from answering.model.house_model import HouseModel
from answering.prompts import as_sent, house_messages
from answering.writing.abstention import say_where_nothing_was
from answering.writing.asking import Wanted, asks_model, notes_told, words_wanted
from retrieval.index.source_catalog import readable_sources

_MOST_WRITTEN = 20_000  # characters and chunks, for endpoints that ignore our token limit
_LONGEST_S = 300.0  # for endpoints that write extremely slowly
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PartBegun:
    """Start of one question's part of the answer, written from these notes.

    `text` is the complete part for small talk, or if nothing was found. `messages` ask the model
    for what is `wanted`; they are sent only if it `is_asked`.
    """

    decision: Decision
    notes: tuple[Evidence, ...] = ()
    text: str = ""
    messages: tuple[Mapping[str, str], ...] = ()
    wanted: Wanted = "answer"
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class ModelChunk:
    """The model's next chunk."""

    message: AIMessageChunk


@dataclass(frozen=True, slots=True)
class PartEnded:
    """End of a part; `failed` if the model broke off."""

    failed: bool = False


WritingStep = PartBegun | ModelChunk | PartEnded


@dataclass(frozen=True, slots=True)
class Written:
    """Consecutive steps of writing. LangChain adds them up."""

    steps: tuple[WritingStep, ...] = field(default=())

    def __add__(self, later: "Written") -> "Written":
        """Concatenate the steps."""
        return Written(self.steps + later.steps)


def write(model: HouseModel, index: SearchIndex) -> Runnable[list[Decision], Written]:
    """Make the chain step that writes decisions out and streams the model's words."""

    async def stream(decided: AsyncIterator[list[Decision]]) -> AsyncIterator[Written]:
        async for decisions in decided:
            first = 1
            for decision in show_each_once(decisions):
                begun, messages = await _begin(decision, first, model, index)
                first += len(begun.notes)
                yield Written((begun,))
                async with aclosing(_draft(model, messages)) as steps:
                    async for step in steps:
                        yield Written((step,))

    return RunnableGenerator(stream, name="write")


def show_each_once(decisions: Sequence[Decision]) -> list[Decision]:
    """Drop excerpts that an earlier decision shows, and decisions that lose their first one."""
    seen: set[tuple[int, int, int]] = set()
    kept = []
    for decision in decisions:
        fresh = tuple(one for one in decision.shown if _place(one) not in seen)
        if decision.shown[:1] != fresh[:1]:
            continue
        seen.update(map(_place, fresh))
        kept.append(decision if decision.conflict else replace(decision, shown=fresh))
    return kept


def _place(one: ReadExcerpt) -> tuple[int, int, int]:
    return one.excerpt.page.document_id, one.excerpt.start, one.excerpt.end


async def _draft(
    model: HouseModel, messages: Sequence[BaseMessage]
) -> AsyncGenerator[ModelChunk | PartEnded, None]:
    """Stream the model's words, if there are messages for it, then the end of the part."""
    written, began = 0, time.monotonic()
    try:
        if messages:
            async with aclosing(stream_reply(model.chat, messages)) as chunks:
                async for chunk in chunks:
                    yield ModelChunk(chunk)
                    written += 1 + len(chunk.text)
                    if written > _MOST_WRITTEN or time.monotonic() - began > _LONGEST_S:
                        raise ModelUnavailable("The language model does not come to an end.")
    except ModelUnavailable as error:
        # Without the model the excerpts are still shown: they are worth more than an apology.
        _log.warning("answered without the model: %s", error)
        yield PartEnded(failed=True)
    else:
        yield PartEnded()


async def _begin(
    decision: Decision, first: int, model: HouseModel, index: SearchIndex
) -> tuple[PartBegun, Sequence[BaseMessage]]:
    """Begin a part, its notes numbered from `first`; return it and the messages to send."""
    understood = decision.read.retrieved.understood
    if decision.verdict == "small_talk":
        return PartBegun(decision, text=understood.reply), ()
    if decision.verdict == "not_found":
        sources = await readable_sources(index.database, understood.question.audience)
        return PartBegun(decision, text=say_where_nothing_was(understood.asked, sources)), ()
    notes = _notes(decision, first, model)
    if decision.verdict != "answer":
        return PartBegun(decision, notes), ()
    wanted = words_wanted(decision, model)
    messages = house_messages(understood, notes_told(decision, notes, model), model)
    is_asked = asks_model(decision, model)
    # Stored even if not sent: corrections of a quotation become training examples with them.
    kept = tuple(as_sent(messages))
    begun = PartBegun(decision, notes, messages=kept, wanted=wanted, is_asked=is_asked)
    return begun, messages if is_asked else ()


def _notes(decision: Decision, first: int, model: HouseModel) -> tuple[Evidence, ...]:
    if model.is_able and decision.verdict == "answer":
        return section_notes(decision.read.excerpts, decision.shown, first, model.abilities)
    return tuple(note_of(one, n) for n, one in enumerate(decision.shown, first))
