"""Cut passages into blocks as the reader sees them: sentences or a list, under headings."""

import random
from dataclasses import dataclass

from text.sentences import Span, split_prose
from tuning.reader.data.words import content_words

_MOST_WORDS = 150
_HOMES = ("Handbook", "Wiki", "Docs", "Knowledge base", "Guides", "Articles")


@dataclass(frozen=True, slots=True)
class Cut:
    """A block's text, and the span of the answer if the block holds it."""

    text: str
    span: Span | None


def cut_around(text: str, span: Span, draw: random.Random) -> Cut:
    """Return sentences of `text` around `span`, a random number of them, sometimes as a list."""
    sentences = list(split_prose(text, 0, len(text)))
    inside = [
        at for at, one in enumerate(sentences) if one.end > span.start and one.start < span.end
    ]
    if not inside:
        return Cut(text, span)
    return _shape(text, sentences, (inside[0], inside[-1]), span, draw)


def cut_near(text: str, question: str, draw: random.Random) -> Cut:
    """Return sentences of `text` around the one that shares most with `question`; no span."""
    sentences = list(split_prose(text, 0, len(text)))
    if not sentences:
        return Cut(text, None)
    wanted = content_words(question)
    shared = [len(content_words(text[one.start : one.end]) & wanted) for one in sentences]
    best = max(range(len(sentences)), key=lambda at: (shared[at], -at))
    return _shape(text, sentences, (best, best), None, draw)


def without_answer(text: str, span: Span) -> str | None:
    """Return `text` without the sentences of `span`, or None if the answer occurs elsewhere too.

    None also if fewer than two sentences are left.
    """
    kept = [
        text[one.start : one.end]
        for one in split_prose(text, 0, len(text))
        if one.end <= span.start or one.start >= span.end
    ]
    left = " ".join(kept)
    answer = text[span.start : span.end].lower()
    return None if len(kept) < 2 or answer in left.lower() else left


def draw_headings(title: str, draw: random.Random) -> tuple[str, ...]:
    """Return a block's headings: mostly its title, sometimes under another, sometimes none."""
    chance = draw.random()
    if not title or chance < 0.3:
        return ()
    return (draw.choice(_HOMES), title) if chance < 0.45 else (title,)


def _shape(
    text: str,
    sentences: list[Span],
    wanted: tuple[int, int],
    span: Span | None,
    draw: random.Random,
) -> Cut:
    first, last = wanted
    chance = draw.random()
    extra = 0 if chance < 0.15 else 1 if chance < 0.3 else draw.randint(2, 4)
    if chance >= 0.6:
        extra = len(sentences)
    while extra > 0 and (first > 0 or last < len(sentences) - 1):
        before = first > 0 and (last == len(sentences) - 1 or draw.random() < 0.5)
        grown = (first - 1, last) if before else (first, last + 1)
        if len(text[sentences[grown[0]].start : sentences[grown[1]].end].split()) > _MOST_WORDS:
            break
        first, last = grown
        extra -= 1
    if last - first >= 2 and draw.random() < 0.12:
        listed = _as_list(text, sentences[first : last + 1], span, draw)
        if listed is not None:
            return listed
    start, end = sentences[first].start, sentences[last].end
    return Cut(text[start:end], span and Span(span.start - start, span.end - start))


def _as_list(
    text: str, sentences: list[Span], span: Span | None, draw: random.Random
) -> Cut | None:
    """Return the sentences as list items, or None if the answer spans more than one."""
    numbered = draw.random() < 0.4
    made, found = "", None
    for number, one in enumerate(sentences, 1):
        made += ("\n" if made else "") + (f"{number}. " if numbered else "- ")
        if span is not None and one.start <= span.start and span.end <= one.end:
            found = Span(len(made) + span.start - one.start, len(made) + span.end - one.start)
        made += text[one.start : one.end]
    return None if span is not None and found is None else Cut(made, found)
