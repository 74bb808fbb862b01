"""Messages that ask two things, and those that only look so."""

import pytest

from answering.conversation.multiple_questions import MOST, split_questions
from tests.answering.conversation.examples import examples

EXAMPLES = examples("multiple_questions.jsonl")
SINGLE = [example["text"] for example in EXAMPLES if example["parts"] is None]
DOUBLE = [example for example in EXAMPLES if example["parts"]]


def holds(part: str, phrases: list[str]) -> bool:
    """Whether every word of every phrase is in the part."""
    return all(word in part.lower() for phrase in phrases for word in phrase.lower().split())


def test_one_question_stays_one() -> None:
    """At most one of forty that join things by "and" is cut."""
    assert len(SINGLE) == 40
    assert sum(len(split_questions(text)) > 1 for text in SINGLE) <= 1


def test_two_questions_are_told_apart_each_with_its_subject() -> None:
    """At least 37 of forty messages give parts that hold what each asks about."""
    assert len(DOUBLE) == 40
    right = 0
    for example in DOUBLE:
        parts = split_questions(example["text"])
        expected = example["parts"]
        right += len(parts) > 1 and all(map(holds, parts, expected))
    assert right >= 37


def test_the_subject_of_the_first_is_lent_to_the_second() -> None:
    """A pronoun does not stand alone."""
    first, second = split_questions("what's the code of Anchor and when does its gate open?")
    assert first == "what's the code of Anchor"
    assert second.startswith("when does its gate open?")
    assert "Anchor" in second


def test_what_introduces_both_stands_before_both() -> None:
    """A lead-in with a colon, and a statement before the first."""
    commands, port = split_questions("running the wiki: which commands, and what port is it on?")
    assert commands == "running the wiki: which commands"
    assert port.startswith("running the wiki: what port is it on?")
    lost, new = split_questions("I lost my badge. who do I tell? how do I get a new one?")
    assert lost == "I lost my badge. who do I tell?"
    assert "badge" in new


def test_what_is_asked_beyond_the_third_stays_with_it() -> None:
    """Nothing is left out."""
    parts = split_questions("What is Alpha? What is Bravo? What is Gamma? What is Delta?")
    assert len(parts) == MOST
    assert "Gamma" in parts[-1]
    assert "Delta" in parts[-1]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "and",
        "???",
        "Is it free? If so, why?",
        "What did Mr. Okoro say about St. Agnes?",
        'what does "who and why" mean?',
        "print(1); is it ok? `and what is x?`",
        "what? " * 2_000,
    ],
)
def test_in_doubt_the_message_stays_as_it_is(text: str) -> None:
    """Abbreviations, quotations, code, a question that hangs on the one before, endless ones."""
    assert split_questions(text) == (text,)
