"""Check a draft sentence by sentence against the notes it was written from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from answering.evidence.notes import Evidence
from answering.grounding.code_lines import code_stands_in, is_fenced
from answering.grounding.support import check_sentence
from answering.marks import marks_in, strip_marks
from answering.model.voice import Voice
from text.sentences import split_sentences

# A citation mark after the end of a sentence belongs to that sentence.
_MARKS_BEHIND = re.compile(r"([.!?\u3002\uff01\uff1f]+)(\s*(?:\[\d{1,3}\])+)")
_ITEM_MARK = re.compile(r"\s*(?:[-*+\u2022]|\d+[.)])\s+")
_HEADING = re.compile(r"\s*#{1,6}\s")


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence, item, row or code block without citation marks, and the note that supports it.

    `before` is the whitespace before it, `claim` is the sentence without the words of the voice;
    `note` is None if no note supports it.
    """

    text: str
    before: str
    claim: str
    note: int | None


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Text not checked yet, and sentences of pure voice (`opening`) that wait for the next one."""

    text: str = ""
    opening: str = ""

    def add(self, words: str) -> "Unchecked":
        """Return the same with the next words appended."""
        return Unchecked(_MARKS_BEHIND.sub(r"\2\1 ", self.text + words), self.opening)


def take_sentences(waiting: Unchecked, *, ended: bool) -> tuple[list[str], Unchecked]:
    """Return the complete sentences, each with the blanks before it, and the rest.

    Unless the text has `ended`, the last sentence may go on.
    """
    spans = split_sentences(waiting.text)
    if not ended:
        # A "[" that has begun may be a citation mark of the sentence before.
        if len(spans) < 2 or waiting.text[spans[-1].start] == "[":
            return [], waiting
        spans = spans[:-1]
    starts = [0, *(span.end for span in spans)][: len(spans)]
    sentences = [waiting.text[start : span.end] for start, span in zip(starts, spans, strict=True)]
    end = spans[-1].end if spans else 0
    return sentences, Unchecked("" if ended else waiting.text[end:], waiting.opening)


def sentences_with_marks(text: str) -> list[str]:
    """Return the sentences of a paragraph, each with the blanks before it and its marks."""
    return take_sentences(Unchecked().add(text), ended=True)[0]


def check_all(
    sentences: Sequence[str],
    waiting: Unchecked,
    question: str,
    notes: Sequence[Evidence],
    voice: Voice,
    *,
    beside: str = "",
) -> tuple[list[CheckedSentence], Unchecked]:
    """Check complete sentences together; one that is only voice is joined to the next.

    `beside` is text shown with them, which may state an exception.
    """
    checked: list[CheckedSentence] = []
    opening = waiting.opening
    for sentence in sentences:
        plain = strip_marks(sentence)
        if not plain.strip():
            continue
        if voice.is_all(plain):
            opening = f"{opening}{plain.strip()} "
            continue
        before = plain[: len(plain) - len(plain.lstrip())]
        others = (strip_marks(other) for other in sentences if other is not sentence)
        note = supporting_note(sentence, question, notes, voice, " ".join((*others, beside)))
        claim = voice.claim(plain).strip()
        checked.append(CheckedSentence(opening + plain.strip(), before, claim, note))
        opening = ""
    return checked, Unchecked(waiting.text, opening)


def supporting_note(
    sentence: str,
    question: str,
    notes: Sequence[Evidence],
    voice: Voice,
    beside: str = "",
    *,
    lead: str = "",
) -> int | None:
    """Return the number of the note that supports a sentence; those it cites are tried first.

    `beside` is text shown with it, which may state an exception. With its `lead` before it, which
    may have unsupported words, it must not contradict the note. Returns None if no note does.
    """
    cited = marks_in(sentence)
    claim = voice.claim(strip_marks(sentence)).strip()
    return next(
        (
            note.n
            for note in sorted(notes, key=lambda note: note.n not in cited)
            if _supports(note, claim, question, beside)
            and not (lead and _is_turned(note, f"{lead} {_bare(claim)}", question, beside))
        ),
        None,
    )


def _supports(note: Evidence, claim: str, question: str, beside: str) -> bool:
    if is_fenced(claim):
        return code_stands_in(claim, note.quote)
    if _HEADING.match(claim):
        claim = claim.lstrip("# \t")
    headings = (note.passage.title, *note.passage.headings)
    return check_sentence(claim, note.quote, question, headings, beside=beside).supported


def _is_turned(note: Evidence, claim: str, question: str, beside: str) -> bool:
    headings = (note.passage.title, *note.passage.headings)
    verdict = check_sentence(claim, note.quote, question, headings, beside=beside)
    return not verdict.supported and verdict.reason not in ("words", "name")


def _bare(item: str) -> str:
    return _ITEM_MARK.sub("", item)
