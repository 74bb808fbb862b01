"""What gets a kind word and no search, and what must not be taken for it."""

import time

import pytest

from answering.conversation.small_talk import small_talk
from tests.answering.conversation.examples import examples

EXAMPLES = examples("small_talk.jsonl")
ASKS = [example["text"] for example in EXAMPLES if not example["small_talk"]]


def test_no_question_is_swallowed() -> None:
    """Sixty messages that ask something, many with thanks in them, are searched for."""
    assert len(ASKS) == 60
    assert [text for text in ASKS if small_talk(text)] == []


def test_small_talk_is_answered() -> None:
    """At least 57 of sixty thanks, greetings, goodbyes, praise and questions to the bot itself."""
    talk = [example["text"] for example in EXAMPLES if example["small_talk"]]
    assert len(talk) == 60
    assert sum(small_talk(text) is not None for text in talk) >= 57


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("ok thanks", "You're welcome"),
        ("hi, thanks :pray:", "You're welcome"),
        ("<@U0HOUSE> hello", "Hello"),
        ("Are you a bot?", "I am Houselore"),
        ("danke!", "Gern"),
        ("obrigado", "De nada"),
        ("谢谢", "不客气"),
        ("спасибо", "Пожалуйста"),
    ],
)
def test_the_reply_fits_what_was_said(text: str, beginning: str) -> None:
    """Thanks come before agreement and greetings; other languages get their own words."""
    assert str(small_talk(text)).startswith(beginning)


@pytest.mark.parametrize("text", ["", "🎉", "?", "   ", "thanks " * 40 + "and when?", "ok" * 5_000])
def test_nothing_and_endless_talk_get_no_reply(text: str) -> None:
    """Neither is small talk, and neither takes long."""
    began = time.perf_counter()
    assert small_talk(text) is None
    assert time.perf_counter() - began < 1
