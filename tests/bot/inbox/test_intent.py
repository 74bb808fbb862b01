"""Talk is told from questions, and thanks from both, by their words alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.inbox.intent import asks_for_help, asks_something, is_courtesy


@pytest.mark.parametrize(
    "text",
    [
        "how do we roll back",
        "And how do we roll back?",
        "ok, so what's the limit",
        "hey team! who owns billing",
        "thanks! where is that written",
        "what about the worker",
        "and staging?",
        "ステージングは\uff1f",
        "please find the runbook",
        ":wave: Can we deploy on Fridays",
        "*which* one",
        "<@U0BOT> tell us more",
        "the worker needs a restart, or does it?",
    ],
)
def test_questions_and_requests_ask_something(text: str) -> None:
    """A question mark, or a question word or a request to begin with, asks."""
    assert asks_something(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "thanks!",
        "thank you, that is what I was looking for",
        "👍",
        ":+1:",
        "???",
        "I'll look at it tomorrow",
        "I know how to do that",
        "can't make it today",
        "don't worry",
        "whatever works",
        "will do!",
        "ok, should be fine now",
        "all is well",
        "ok",
        "and then we deployed it",
        "see <https://wiki.example/page?id=7>",
        "see <https://wiki.example/page?id=7|this page>",
    ],
)
def test_talk_asks_nothing(text: str) -> None:
    """Thanks, statements and the question mark of an address ask nothing."""
    assert not asks_something(text)


@pytest.mark.parametrize(
    "text",
    [
        "thanks!",
        "Thank you",
        "thank you so much!!",
        "ok",
        "OK great, thanks 🎉",
        "great",
        "👍",
        "👍🏽",
        ":+1:",
        ":+1::skin-tone-2:",
        "thx",
        "Cool :tada:",
        "<@U0BOT> thanks",
    ],
)
def test_courtesies_are_known(text: str) -> None:
    """Thanks, agreement and emoji, alone or together, are courtesies."""
    assert is_courtesy(text)


@pytest.mark.parametrize(
    "text",
    ["", "?!", "ok?", "great expectations", "thanks, and the worker", "<@U0BOT>", "okay then how"],
)
def test_what_says_more_is_no_courtesy(text: str) -> None:
    """Nothing at all, a question and further words are not."""
    assert not is_courtesy(text)


@pytest.mark.parametrize(
    "text",
    [
        "help",
        "HELP!",
        "What can you do?",
        "what can houselore do",
        "<@U0BOT> What can you do?",
        "What can <@U0BOT> do?",
        "hi, how can you help me",
    ],
)
def test_who_asks_for_help_is_known(text: str) -> None:
    """Case, punctuation, a greeting and the bot's mention make no difference."""
    assert asks_for_help(text)


@pytest.mark.parametrize(
    "text", ["", "help with the deploy", "what can we do about outages?", "who can help?"]
)
def test_other_questions_are_looked_up(text: str) -> None:
    """A question about something is not one for help."""
    assert not asks_for_help(text)


@settings(max_examples=200)
@given(st.text())
def test_any_text_is_judged(text: str) -> None:
    """No text raises, and none is both a courtesy and a question."""
    assert not (is_courtesy(text) and (asks_something(text) or asks_for_help(text)))


@settings(max_examples=100)
@given(
    before=st.text(st.characters(exclude_characters="<>:")),
    letter=st.characters(categories=["L"]),
    mark=st.sampled_from("?\uff1f"),
    after=st.text(st.characters(exclude_characters="<>:")),
)
def test_a_question_mark_with_a_letter_asks(
    before: str, letter: str, mark: str, after: str
) -> None:
    """Outside Slack's own marks, any text with a letter and a question mark asks something."""
    assert asks_something(before + letter + after + mark)
    assert asks_something(mark + after + letter + before)
