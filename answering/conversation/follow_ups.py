"""What a follow-up is about, from the turns of its thread. Asks no model."""

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

_ANSWER_CHARACTERS = 200  # of the last answer: its beginning names what it speaks of
_TURNS: Final = 4  # that a topic is handed on over
_CARRIED: Final = 12  # words
_OF_SOURCES: Final = 6  # words
_FEW: Final = 2  # words that name a topic, which seldom suffice by themselves
_CHARACTERS: Final = 1_000

_PHRASES = Path(__file__).with_suffix(".txt")
_WORD = re.compile(r"[\w@#/.$-]*\w(?:['’]\w+)?")
_MANY = frozenset({"they", "them", "their"})


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question in its thread: whether it goes on with it, and the words that the thread lends it.

    `text_for_search` says what the question is about also where it does not say so itself.
    """

    text_for_search: str
    is_follow_up: bool
    carried: tuple[str, ...] = ()


def resolve_follow_up(text: str, thread: Sequence[Turn], headings: Iterable[str] = ()) -> FollowUp:
    """What a question means in its thread.

    One that means little by itself is lent the topic of the questions before it, and the words of
    `headings`, those of the sources of the bot's last answer. One that stands alone is left as it
    is; it is a follow-up where it shares a topic word with the thread. English: questions in other
    languages stand alone.
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
    """The text, and behind it in brackets the words that something before lends it."""
    return f"{text.strip()} ({' '.join(words)})" if words else text


def depends_on_thread(text: str) -> bool:
    """Whether a question means little by itself: a pronoun without a noun, less than a clause."""
    said, own = text[:_CHARACTERS], len(topic_words(text[:_CHARACTERS]))
    if _says("another subject", said):
        return False
    if own <= 1 or _says("asks the same of another", said) or _points_back(said):
        return True
    if own > _FEW:
        return False
    return _says("continues", said) or ("?" in said and not _says("whole clause", said))


def topic_words(text: str) -> list[str]:
    """The words of a question that name what it is about, in order, each once."""
    words = [word for word in _WORD.findall(text) if not _is_idle(word)]
    return list(dict.fromkeys(words))


def background_of(question: Question) -> str:
    """The questions before and the beginning of the last answer; empty at a thread's start.

    On mtrag's follow-ups the search then has an nDCG@10 of .957, with the last turn alone .887; a
    change of the subject costs .034 (`make bench-follow-ups`).
    """
    turns = _without_small_talk(question.thread)
    said = [turn.text for turn in turns if turn.speaker == "bot"]
    before = question_before(question)
    return "\n".join(filter(None, (before, *(text[:_ANSWER_CHARACTERS] for text in said[-1:]))))


def question_before(question: Question) -> str:
    """What a follow-up follows: the last question of its thread, from one that stands alone on."""
    turns = _without_small_talk(question.thread)
    asked = [turn.text[:_CHARACTERS] for turn in turns if turn.speaker == "person"][-_TURNS:]
    first = len(asked) - 1
    while first > 0 and depends_on_thread(asked[first]):
        first -= 1
    return "\n".join(asked[max(0, first) :])


def _without_small_talk(thread: Sequence[Turn]) -> list[Turn]:
    """The turns without thanks and the like, and what the bot said to them."""
    kept: list[Turn] = []
    is_talk = False
    for turn in thread:
        if turn.speaker == "person":
            is_talk = small_talk(turn.text) is not None
        if not is_talk:
            kept.append(turn)
    return kept


def _topic_of(asked: Sequence[str]) -> list[str]:
    """What the last of these questions is about; a follow-up goes on with those before it."""
    topic: list[str] = []
    for said in asked:
        own = topic_words(said)
        topic = [*own, *_without(topic, own)] if depends_on_thread(said) else own
    return topic


def _shares_topic(text: str, thread: Sequence[Turn]) -> bool:
    """Whether it names something that the questions or the beginnings of the answers name."""
    lengths = {"person": _CHARACTERS, "bot": _ANSWER_CHARACTERS}
    said = " ".join(turn.text[: lengths[turn.speaker]] for turn in thread[-2 * _TURNS :])
    return not _stems(text[:_CHARACTERS]).isdisjoint(_stems(said))


def _stems(text: str) -> frozenset[str]:
    return frozenset(word.casefold().removesuffix("s") for word in topic_words(text))


def _points_back(text: str) -> bool:
    """Whether a pronoun stands for something that the question itself does not name before it."""
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
    """Whether a word names no topic: common, light, or a single letter."""
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
