"""Several questions in one message, each made to stand alone. One where it is not sure."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from answering.conversation.follow_ups import resolve_follow_up, topic_words, with_words
from answering.phrase_file import read_sections
from answering.types.questions import Turn

MOST: Final = 3
"""Questions of a message; what is asked beyond stays with the last."""

_SHORT: Final = 3  # words
_FEW: Final = 2  # words that name a topic, which seldom suffice beside another question
_CHARACTERS: Final = 1_000
"""Of a message: who writes more tells a story, and it is read as one question."""

_PHRASES = Path(__file__).with_suffix(".txt")
_QUOTED = re.compile(r"[\"“”`]")


def split_questions(text: str) -> tuple[str, ...]:
    """The questions of a message, at most MOST, each with the subject that it takes from the first.

    "What's the code of A and when does its gate open?" gives two; "Who approves and pays travel?"
    and all that is in doubt gives the message as it is.
    """
    if len(text) > _CHARACTERS or _QUOTED.search(text):
        return (text,)
    parts = _parts(text.strip())
    if len(parts) < 2 or not topic_words(parts[0]):
        return (text,)
    most = [*parts[: MOST - 1], " ".join(parts[MOST - 1 :])] if len(parts) > MOST else parts
    return tuple(_standing_alone(most))


def _parts(text: str) -> list[str]:
    """The message cut where another question begins; what asks nothing stays with a question."""
    head, rest = _lead(text)
    parts: list[str] = []
    waiting = ""
    for sentence in _sentences(rest):
        if _says("asks", sentence) or ("?" in sentence and not _says("alternative", sentence)):
            first, *others = _clauses(sentence)
            parts += [waiting + first, *others]
            waiting = ""
        elif parts:
            parts[-1] += f" {sentence}"
        elif not _says("greeting", sentence):
            waiting += f"{sentence} "
    return [head + part for part in parts]


def _lead(text: str) -> tuple[str, str]:
    """What stands before a colon and introduces all questions behind it, and the rest."""
    lead = _signs()["lead"].match(text)
    if not lead or _says("greeting", lead[0]) or not _says("asks", text[lead.end() :]):
        return "", text
    return lead[0], text[lead.end() :]


def _sentences(text: str) -> list[str]:
    """Cut after marks and lines; a full stop in the midst of a question ends an abbreviation."""
    sentences: list[str] = []
    for piece in _signs()["sentence end"].split(text):
        last = sentences[-1] if sentences else ""
        goes_on = last.endswith(".") and _says("asks", last) and not _says("asks", piece)
        if last and (goes_on or _hangs_on(piece)):
            sentences[-1] += f" {piece}"
        elif piece.strip():
            sentences.append(piece.strip())
    return sentences


def _hangs_on(piece: str) -> bool:
    """Whether it is no question of its own: "if yes, how?"."""
    own = _signs()["opening"].sub("", piece)
    return len(own.split()) <= _SHORT and not topic_words(own)


def _clauses(sentence: str) -> list[str]:
    """A sentence cut before a clause that asks for itself, where what stands before asks, too."""
    if _says("embedded", sentence):
        return [sentence]
    for joint in _signs()["joint"].finditer(sentence):
        before, after = sentence[: joint.start()], sentence[joint.end() :]
        begins = re.escape(after.split(maxsplit=1)[0])
        parallel = re.search(rf"\S\s+{begins}\b", before, re.IGNORECASE)
        if _says("asks", before) and topic_words(before) and not (parallel or _hangs_on(after)):
            return [before, *_clauses(after)]
    return [sentence]


def _standing_alone(parts: Sequence[str]) -> list[str]:
    """Each part with what it takes from those before it, as a follow-up in a thread would."""
    said = [parts[0]]
    for part in parts[1:]:
        own = _signs()["opening"].sub("", part)
        found = resolve_follow_up(own, [Turn("person", said[-1])])
        few = not found.is_follow_up and len(topic_words(own)) <= _FEW
        said.append(with_words(own, topic_words(said[0])) if few else found.text_for_search)
    return said


def _says(kind: str, text: str) -> bool:
    return bool(_signs()[kind].search(text))


@cache
def _signs() -> Mapping[str, re.Pattern[str]]:
    return read_sections(_PHRASES, re.IGNORECASE)
