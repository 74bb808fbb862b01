"""Reply to thanks, greetings and the like, without a search."""

import re
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from answering.phrase_file import read_phrases

_LONGEST: Final = 160
"""Characters; a longer message asks for something."""

_PHRASES = Path(__file__).with_suffix(".txt")
_MARKED = re.compile(r"([>?-]) (.+)")
_QUESTION_MARKS = frozenset("?\uff1f")  # the second is the full-width one

_MARKUP = re.compile(r"<[^<>]*>|:[a-z0-9_'+-]+:|[\U0001f000-\U0001faff\u2190-\u2bff\ufe0f\u200d]")
_WORDS = re.compile(r"[\w'’]+")


class _Talk(NamedTuple):
    """A reply, a pattern of the phrases that it replies to, and the file's mark for their kind."""

    mark: str
    reply: str
    words: str

    def begins(self, said: str) -> int | None:
        """Return where such a phrase begins, or None."""
        found = re.search(rf"(?<!\S)(?:{self.words})(?!\S)", said)
        return found.start() if found else None


def small_talk(text: str) -> str | None:
    """Return a kind reply to thanks, a greeting, agreement, praise or "who are you", or else None.

    Every word must belong to small talk: "thanks! and what about contractors?" is a question.
    Understands English, and thanks and hello in eleven other languages.
    """
    if len(text) > _LONGEST:
        return None
    said = " ".join(_WORDS.findall(_MARKUP.sub(" ", text).casefold().replace("’", "'")))
    for talk in _talk():
        if talk.mark == "?" and re.fullmatch(talk.words, said):
            return talk.reply
    if not _QUESTION_MARKS.isdisjoint(text) or not _nothing_else().fullmatch(said):
        return None
    found = [
        (talk.mark == "-", at, talk.reply)
        for talk in _talk()
        if talk.mark != "?" and (at := talk.begins(said)) is not None
    ]
    return min(found)[-1]


@cache
def _talk() -> tuple[_Talk, ...]:
    words: dict[tuple[str, str], list[str]] = {}
    for line in read_phrases(_PHRASES):
        if reply := _MARKED.fullmatch(line):
            of_reply = words.setdefault((reply[1], reply[2]), [])
        else:
            of_reply.append(line)
    return tuple(_Talk(mark, reply, "|".join(said)) for (mark, reply), said in words.items())


@cache
def _nothing_else() -> re.Pattern[str]:
    """Return a pattern of texts that consist of these phrases only."""
    any_ = "|".join(talk.words for talk in _talk() if talk.mark != "?")
    return re.compile(rf"(?:{any_})(?: (?:{any_}))*")
