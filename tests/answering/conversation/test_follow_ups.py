"""A thread's turns that say what a follow-up is about."""

import pytest

from answering.conversation.follow_ups import background_of, question_before, resolve_follow_up
from answering.types.questions import Question, Turn
from retrieval.audience import everyone
from tests.answering.conversation.examples import examples

HOME = everyone("home")
THREAD = (
    Turn("person", "When do we deploy?"),
    Turn("bot", "On Tuesdays. [1]"),
    Turn("person", "Who approves it?"),
    Turn("bot", f"Priya does. [1] {'And so on. ' * 50}"),
)


def test_the_first_question_of_a_thread_stands_alone() -> None:
    """Without turns before it there is no background."""
    asked = Question("When do we deploy?", HOME)
    assert background_of(asked) == ""


def test_the_question_before_and_the_beginning_of_the_last_answer_are_the_background() -> None:
    """Earlier answers, small talk, and the long tail of an answer are not."""
    thread = (*THREAD, Turn("person", "Thanks!"), Turn("bot", "You are welcome."))
    background = background_of(Question("And when she is away?", HOME, thread))
    before = "When do we deploy?\nWho approves it?\n"
    assert background.startswith(f"{before}Priya does.")
    assert len(background) == len(before) + 200
    assert "Tuesdays" not in background


def test_what_a_follow_up_follows_begins_with_a_question_that_stands_alone() -> None:
    """Questions from before that one are another subject."""
    assert question_before(Question("And Fridays?", HOME, THREAD)) == (
        "When do we deploy?\nWho approves it?"
    )
    later = (*THREAD, Turn("person", "How do I book a room in Berlin?"), Turn("bot", "Online. [1]"))
    assert (
        question_before(Question("And a desk?", HOME, later)) == "How do I book a room in Berlin?"
    )
    assert question_before(Question("When?", HOME)) == ""


EXAMPLES = examples("follow_ups.jsonl")


def turns(*asked: str) -> tuple[Turn, ...]:
    """A thread in which a person asked these."""
    return tuple(Turn("person", text) for text in asked)


def test_a_follow_up_is_searched_for_with_the_topic_of_its_thread() -> None:
    """At least 28 of thirty hold both what is asked now and what it is asked about."""
    follow_ups = [example for example in EXAMPLES if example["follow_up"]]
    assert len(follow_ups) == 30
    right = 0
    for example in follow_ups:
        found = resolve_follow_up(example["text"], turns(*example["thread"]))
        words = " ".join(example["about"]).lower().split()
        said = found.text_for_search.lower()
        right += found.is_follow_up and all(word in said for word in words)
    assert right >= 28


def test_a_new_subject_is_left_alone() -> None:
    """At most two of thirty questions that start another subject are taken for follow-ups."""
    others = [example for example in EXAMPLES if not example["follow_up"]]
    assert len(others) == 30
    found = [resolve_follow_up(one["text"], turns(*one["thread"])) for one in others]
    assert sum(one.is_follow_up for one in found) <= 2
    kept = [one for one in zip(found, others, strict=True) if not one[0].is_follow_up]
    assert all(one.text_for_search == example["text"] for one, example in kept)


def test_a_topic_is_handed_on_by_follow_ups_and_ends_with_a_new_subject() -> None:
    """The second follow-up is about what the first was; thanks between them change nothing."""
    asked = turns("who approves a travel request?", "how long does that take?", "thanks!")
    found = resolve_follow_up("and on fridays?", asked)
    assert found.text_for_search == "and on fridays? (approves travel request)"
    assert found.carried == ("approves", "travel", "request")
    asked = turns("who approves a travel request?", "where is the canteen menu posted")
    assert resolve_follow_up("and on fridays?", asked).carried == ("canteen", "menu", "posted")


def test_the_headings_of_the_last_sources_name_the_topic_too() -> None:
    """Words that are there already are not said twice."""
    asked = turns("what is my target?")
    found = resolve_follow_up("and for coe people?", asked, ["Tock", "Billable target"])
    assert found.carried == ("target", "Tock", "Billable")


def test_a_question_that_stands_alone_may_go_on_with_its_thread() -> None:
    """It shares a word with what was asked or answered, and is lent none."""
    thread = (Turn("person", "who approves travel requests?"), Turn("bot", "The Lisbon desk. [1]"))
    for text in (
        "when is the travel desk open in summer",
        "what is the address of the Lisbon desk",
    ):
        found = resolve_follow_up(text, thread)
        assert (found.text_for_search, found.is_follow_up, found.carried) == (text, True, ())


@pytest.mark.parametrize(
    ("text", "thread"),
    [
        ("and for contractors?", ()),
        ("and for contractors?", turns("thanks", "hello")),
        ("btw where is it?", turns("how do I load my signing key?")),
        ("what does IT send me for my home office desk", turns("how long is probation?")),
        ("is it ok to bring a dog to the office", turns("how long is probation?")),
    ],
)
def test_what_stands_alone_stays_as_it_is(text: str, thread: tuple[Turn, ...]) -> None:
    """No thread, one of thanks, a change that is announced, an "it" that stands for nothing."""
    found = resolve_follow_up(text, thread)
    assert (found.text_for_search, found.is_follow_up, found.carried) == (text, False, ())
