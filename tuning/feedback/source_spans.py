"""Find the source spans of a correction, among what its audience may read."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from answering.evidence.notes import Evidence
from answering.grounding.notes import Grounding
from answering.marks import strip_marks
from retrieval.audience import Audience
from retrieval.documents import Passage
from text.sentences import Span, split_sentences
from tuning.feedback.rated_answers import RatedAnswer

Search = Callable[[str, Audience], Awaitable[Sequence[Passage]]]
"""What retrieval finds today for a question, among what its audience may read."""


@dataclass(frozen=True, slots=True)
class SourceSpan:
    """A span of a document; an empty quote means all of it."""

    document_id: int
    quote: str = ""


def ask_once(search: Search) -> Search:
    """Return the same search with a cache for one run: what is indexed meanwhile is not seen."""
    found: dict[tuple[str, Audience], Sequence[Passage]] = {}

    async def find(question: str, audience: Audience) -> Sequence[Passage]:
        asked = (question, audience)
        if asked not in found:
            found[asked] = await search(question, audience)
        return found[asked]

    return find


async def find_places(judged: RatedAnswer, search: Search) -> tuple[SourceSpan, ...]:
    """Return the source spans of the correction, the one that supports most sentences first.

    Empty without a correction, and where none of its sentences is found. Raises what `search`
    raises.
    """
    if judged.betters:
        better = strip_marks(judged.betters[0].text)
        # The question first; then the correction itself, as the index may hold what the question
        # misses.
        for words in (judged.question, better):
            passages = await search(words, judged.audience)
            if places := _supporting(judged.question, better, passages):
                return places
    return ()


def _supporting(question: str, better: str, passages: Sequence[Passage]) -> tuple[SourceSpan, ...]:
    notes = [_note(n, one) for n, one in enumerate(passages)]
    grounding = Grounding(question, notes, is_right=True)
    stated = [better[span.start : span.end] for span in split_sentences(better)]
    held: dict[int, list[str]] = {}
    for sentence in stated:
        n = grounding.support(sentence)
        if n is not None:
            held.setdefault(n, []).append(sentence)
    most_first = sorted(held, key=lambda n: -len(held[n]))
    return tuple(
        SourceSpan(passages[n].document_id, _quote(question, held[n], passages[n]))
        for n in most_first
    )


def _quote(question: str, stated: Sequence[str], passage: Passage) -> str:
    """Return a passage's text from the first sentence that supports a statement to the last.

    Return all of it if a statement is supported only by several sentences together.
    """
    spans = split_sentences(passage.text)
    notes = [_note(n, passage, one) for n, one in enumerate(spans)]
    grounding = Grounding(question, notes, is_right=True)
    found = [grounding.support(sentence) for sentence in stated]
    numbers = [n for n in found if n is not None]
    if len(numbers) < len(found):
        return passage.text
    return passage.text[spans[min(numbers)].start : spans[max(numbers)].end]


def _note(n: int, passage: Passage, span: Span | None = None) -> Evidence:
    """Wrap a passage, or one sentence of it, as evidence."""
    text = passage.text if span is None else passage.text[span.start : span.end]
    sentences = tuple(text[one.start : one.end] for one in split_sentences(text))
    return Evidence(n, passage, sentences, text, text, passage.score)
