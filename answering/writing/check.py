"""Check what was written, and show only what the notes support."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from langchain_core.runnables import Runnable, RunnableGenerator

from answering.errors import EvidenceChanged
from answering.evidence.notes import note_holding
from answering.evidence.retrieve import SearchIndex
from answering.grounding.block_checker import Grounds
from answering.grounding.conflicts import say_conflict
from answering.model.house_model import HouseModel
from answering.types.progress import Progress, SourcesFound, Words
from answering.writing.abstention import BROKEN_OFF, say_closest, say_quoted, says_unknown
from answering.writing.drafts import needs_block
from answering.writing.finish import Part, finish
from answering.writing.lead_in import LeadInDraft
from answering.writing.long_draft import LongDraft
from answering.writing.render_block import show_excerpts
from answering.writing.short_draft import ShortDraft
from answering.writing.write import ModelChunk, PartBegun, PartEnded, WritingStep, Written
from retrieval.search.retriever import still_stand
from text.plain import clean


@dataclass(frozen=True, slots=True)
class Heard:
    """What a model wrote so far, its latest words, tokens used, and whether it was cut off."""

    written: str = ""
    words: str = ""
    cut_off: bool = False
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def after(self, step: WritingStep) -> "Heard":
        """Return the same after the next step."""
        if isinstance(step, PartEnded):
            return replace(self, words="", cut_off=self.cut_off or step.failed)
        if not isinstance(step, ModelChunk):
            return self
        words = clean(str(step.message.text))
        usage = step.message.usage_metadata
        reason = step.message.response_metadata.get("finish_reason")
        return Heard(
            self.written + words,
            words,
            self.cut_off or reason == "length",
            usage["input_tokens"] if usage else self.prompt_tokens,
            usage["output_tokens"] if usage else self.completion_tokens,
        )


def check(model: HouseModel, index: SearchIndex) -> Runnable[Written, Progress]:
    """Make the chain step that turns what was written into the words shown and the answer.

    Running it raises EvidenceChanged before it shows anything outdated.
    """

    async def stream(written: AsyncIterator[Written]) -> AsyncIterator[Progress]:
        parts: list[Part] = []
        steps = _steps(written)
        async for step in steps:
            if not isinstance(step, PartBegun):
                continue
            if step.notes:
                yield SourcesFound(tuple(dict.fromkeys(note.passage.title for note in step.notes)))
            between = "\n\n" if parts else ""
            async for shown in _show_part(step, steps, model):
                if isinstance(shown, Part):
                    parts.append(shown)
                    continue
                # Checked before each piece, so that nothing from a changed document is shown.
                await _check_stands(index, step)
                yield Words(between + shown)
                between = ""
        yield finish(parts, model, index)

    return RunnableGenerator(stream, name="check")


async def _steps(written: AsyncIterator[Written]) -> AsyncIterator[WritingStep]:
    async for run in written:
        for step in run.steps:
            yield step


async def _show_part(
    begun: PartBegun, steps: AsyncIterator[WritingStep], model: HouseModel
) -> AsyncIterator[str | Part]:
    """Yield the words of one part as soon as they are checked, then the part."""
    if not begun.is_asked:
        yield (text := begun.text or _excerpts(begun))
        yield Part(begun, text, _shown_as(begun))
        return
    async for shown in _show_draft(begun, steps, model):
        yield shown


async def _show_draft(
    begun: PartBegun, steps: AsyncIterator[WritingStep], model: HouseModel
) -> AsyncIterator[str | Part]:
    """Yield the supported words of the model's draft, or the excerpts if there are none."""
    draft, heard, text = _draft(begun, model), Heard(), ""
    failed = False
    async for step in steps:
        heard = heard.after(step)
        ended = isinstance(step, PartEnded)
        failed = isinstance(step, PartEnded) and step.failed
        words, draft = draft.settle(heard.words, ended=ended, cut_off=ended and heard.cut_off)
        text += words
        if words:
            yield words
        if ended:
            break
    closing, shown = _close(begun, heard, text, model)
    if closing:
        yield closing
    yield Part(
        begun,
        text + closing,
        shown,
        withheld="" if shown == "phrased" else heard.written.strip(),
        supported=draft.supported,
        prompt_tokens=heard.prompt_tokens,
        completion_tokens=heard.completion_tokens,
        failed=failed,
    )


def _draft(begun: PartBegun, model: HouseModel) -> ShortDraft | LongDraft | LeadInDraft:
    asked = begun.decision.read.retrieved.understood.asked
    grounds = Grounds(asked, begun.notes, model.voice)
    if begun.wanted == "lead-in":
        return LeadInDraft(grounds)
    return LongDraft(grounds) if model.is_able else ShortDraft(grounds, begun.decision)


def _close(begun: PartBegun, heard: "Heard", text: str, model: HouseModel) -> tuple[str, str]:
    """Return what is shown after the model's words or instead of them, and the kind of answer."""
    if not text and begun.wanted == "lead-in":
        return _excerpts(begun), "quoted"
    if not text and says_unknown(heard.written):
        return say_closest(_excerpts(begun)), "closest"
    if not text:
        return say_quoted(_excerpts(begun)), "quoted"
    if model.is_able:
        return f"\n\n{BROKEN_OFF}" if heard.cut_off else "", "phrased"
    is_shown = begun.wanted == "lead-in" or needs_block(begun.decision)
    return f"\n\n{_excerpts(begun)}" if is_shown else "", "phrased"


def _excerpts(begun: PartBegun) -> str:
    decision = begun.decision
    if decision.conflict:
        numbered = zip(decision.conflict, begun.notes, strict=True)
        return say_conflict([replace(one, n=note.n) for one, note in numbered])
    text = show_excerpts(
        decision.shown, [note_holding(one, begun.notes).n for one in decision.shown]
    )
    return text if decision.verdict == "answer" else say_closest(text)


def _shown_as(begun: PartBegun) -> str:
    return "quoted" if begun.decision.verdict == "answer" else begun.decision.verdict


async def _check_stands(index: SearchIndex, begun: PartBegun) -> None:
    retrieved = begun.decision.read.retrieved
    audience = retrieved.understood.question.audience
    chunks = {note.passage.chunk_id for note in begun.notes}.union(
        *(note.chunks for note in begun.notes)
    )
    if not await still_stand(index.database, retrieved.generation, audience, chunks):
        raise EvidenceChanged(
            "The documents about this are being changed just now. Please ask again in a minute."
        )
