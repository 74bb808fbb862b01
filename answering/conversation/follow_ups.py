"""Resolve a follow-up question by rules: find what it is about in the turns of its thread."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from answering.conversation.small_talk import small_talk
from answering.phrase_file import read_sections
from answering.types.questions import Question, Turn
from text.language_detection import STOP_WORDS

_ANSWER_CHARACTERS = 200  # of the last answer: its beginning names its subject
_TURNS: Final = 4  # over which a topic is carried
_CARRIED: Final = 12  # words
_OF_SOURCES: Final = 6  # words
_FEW: Final = 2  # topic words; so few seldom make a complete question
_CHARACTERS: Final = 1_000

_PHRASES = Path(__file__).with_suffix(".txt")
_WORD = re.compile(r"[\w@#/.$-]*\w(?:['’]\w+)?")
_MANY = frozenset({"they", "them", "their"})


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question resolved in its thread: whether it follows it up, and the words added from it.

    `text_for_search` is the question with these words.
    """

    text_for_search: str
    is_follow_up: bool
    carried: tuple[str, ...] = ()


def resolve_follow_up(text: str, thread: Sequence[Turn], headings: Iterable[str] = ()) -> FollowUp:
    """Resolve a question in its thread.

    A question that means little by itself gets the topic words of the questions before it, and the
    words of `headings`, those of the sources of the bot's last answer. A complete question is left
    as it is; it is a follow-up if it shares a topic word with the thread. English only: questions
    in other languages count as complete.
    """
    asked = [turn.text[:_CHARACTERS] for turn in thread if turn.speaker == "person"]
    before = [said for said in asked if not small_talk(said)][-_TURNS:]
    if not before or _says("another subject", text[:_CHARACTERS]):
        return FollowUp(text, is_follow_up=False)
    if not depends_on_thread(text):
        return FollowUp(text, is_follow_up=_shares_topic(text, thread))
    lent = _without(_topic_of(before), topic_words(text))[:_CARRIED]
    of_sources = [word for heading in headings for word in topic_words(heading)]
    lent += _without(of_sources, [*lent, *topic_words(text)])[:_OF_SOURCES]
    return FollowUp(with_words(text, lent), True, tuple(lent))


def with_words(text: str, words: Sequence[str]) -> str:
    """Append words in brackets to the text."""
    return f"{text.strip()} ({' '.join(words)})" if words else text


def depends_on_thread(text: str) -> bool:
    """Return whether a question means little by itself: "and for them?", "how long?"."""
    said, own = text[:_CHARACTERS], len(topic_words(text[:_CHARACTERS]))
    if _says("another subject", said):
        return False
    if own <= 1 or _says("asks the same of another", said) or _points_back(said):
        return True
    if own > _FEW:
        return False
    return _says("continues", said) or ("?" in said and not _says("whole clause", said))


def topic_words(text: str) -> list[str]:
    """Return the words of a question that name its topic, in order, each once."""
    words = [word for word in _WORD.findall(text) if not _is_idle(word)]
    return list(dict.fromkeys(words))


def background_of(question: Question) -> str:
    """Return the questions before and the beginning of the last answer; "" at a thread's start."""
    # On MTRAG's follow-ups the search then has an nDCG@10 of .957, with the last turn alone .887; a
    # change of subject costs .034 (`make bench-follow-ups`).
    turns = _without_small_talk(question.thread)
    said = [turn.text for turn in turns if turn.speaker == "bot"]
    before = question_before(question)
    return "\n".join(filter(None, (before, *(text[:_ANSWER_CHARACTERS] for text in said[-1:]))))


def question_before(question: Question) -> str:
    """Return the thread's last questions, beginning with the last one that is complete."""
    turns = _without_small_talk(question.thread)
    asked = [turn.text[:_CHARACTERS] for turn in turns if turn.speaker == "person"][-_TURNS:]
    first = len(asked) - 1
    while first > 0 and depends_on_thread(asked[first]):
        first -= 1
    return "\n".join(asked[max(0, first) :])


def _without_small_talk(thread: Sequence[Turn]) -> list[Turn]:
    """Return the turns without small talk and the bot's replies to it."""
    kept: list[Turn] = []
    is_talk = False
    for turn in thread:
        if turn.speaker == "person":
            is_talk = small_talk(turn.text) is not None
        if not is_talk:
            kept.append(turn)
    return kept


def _topic_of(asked: Sequence[str]) -> list[str]:
    """Return the topic words of the last question; a follow-up adds those of the ones before."""
    topic: list[str] = []
    for said in asked:
        own = topic_words(said)
        topic = [*own, *_without(topic, own)] if depends_on_thread(said) else own
    return topic


def _shares_topic(text: str, thread: Sequence[Turn]) -> bool:
    """Return whether it shares a topic word with the questions or the answers' beginnings."""
    lengths = {"person": _CHARACTERS, "bot": _ANSWER_CHARACTERS}
    said = " ".join(turn.text[: lengths[turn.speaker]] for turn in thread[-2 * _TURNS :])
    return not _stems(text[:_CHARACTERS]).isdisjoint(_stems(said))


def _stems(text: str) -> frozenset[str]:
    return frozenset(word.casefold().removesuffix("s") for word in topic_words(text))


def _points_back(text: str) -> bool:
    """Return whether a pronoun refers to something that the question does not name before it."""
    said = _signs()["idle it"].sub(" ", text)
    for found in _signs()["points back"].finditer(said):
        before = said[: found.start()]
        if found[0].casefold() in _MANY and _says("whoever", before):
            continue
        *clauses, _ = _signs()["clause end"].split(before)
        if not topic_words(" ".join(clauses)):
            return True
    return False


def _is_idle(word: str) -> bool:
    """Return whether a word names no topic: a stop word, a light word or a single letter."""
    bare = word.casefold().replace("’", "'")
    if len(bare) == 1 and not bare.isdigit():
        return True
    forms = (bare, bare.replace("'", ""), bare.partition("'")[0])
    return any(form in STOP_WORDS["english"] for form in forms) or bool(
        _signs()["light"].fullmatch(bare)
    )


def _says(kind: str, text: str) -> bool:
    return bool(_signs()[kind].search(text))


@cache
def _signs() -> Mapping[str, re.Pattern[str]]:
    return read_sections(_PHRASES, re.IGNORECASE)


def _without(words: Iterable[str], others: Iterable[str]) -> list[str]:
    known = {other.casefold() for other in others}
    return [word for word in dict.fromkeys(words) if word.casefold() not in known]
