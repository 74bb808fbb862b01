"""Split a message into its questions, and make each understandable by itself."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from answering.conversation.follow_ups import resolve_follow_up, topic_words, with_words
from answering.phrase_file import read_sections
from answering.types.questions import Turn

MOST: Final = 3
"""Questions of a message; further ones stay in the last part."""

_SHORT: Final = 3  # words
_FEW: Final = 2  # topic words; so few seldom make a complete question
_CHARACTERS: Final = 1_000
"""Of a message; a longer one tells a story and is read as one question."""

_PHRASES = Path(__file__).with_suffix(".txt")
_QUOTED = re.compile(r"[\"“”`]")


def split_questions(text: str) -> tuple[str, ...]:
    """Return the questions of a message, at most MOST, each with the subject taken from before.

    "What's the code of A and when does its gate open?" gives two. "Who approves and pays travel?"
    is returned as it is, and so is every doubtful case.
    """
    if len(text) > _CHARACTERS or _QUOTED.search(text):
        return (text,)
    parts = _parts(text.strip())
    if len(parts) < 2 or not topic_words(parts[0]):
        return (text,)
    most = [*parts[: MOST - 1], " ".join(parts[MOST - 1 :])] if len(parts) > MOST else parts
    return tuple(_standing_alone(most))


def _parts(text: str) -> list[str]:
    """Cut the message where a question begins; other sentences stay with a question."""
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
    """Split off the words before a colon that introduce all questions after it."""
    lead = _signs()["lead"].match(text)
    if not lead or _says("greeting", lead[0]) or not _says("asks", text[lead.end() :]):
        return "", text
    return lead[0], text[lead.end() :]


def _sentences(text: str) -> list[str]:
    """Cut text into sentences and lines."""
    # A full stop within a question ends an abbreviation: the pieces are joined again.
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
    """Return whether a piece depends on the question before it: "if yes, how?"."""
    own = _signs()["opening"].sub("", piece)
    return len(own.split()) <= _SHORT and not topic_words(own)


def _clauses(sentence: str) -> list[str]:
    """Cut a sentence before a clause that is a question, if the part before is one too."""
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
    """Complete each part from the parts before it, like a follow-up in a thread."""
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
