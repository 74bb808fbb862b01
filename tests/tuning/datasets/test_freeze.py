"""A dataset's bytes, its halves, its balance and its card."""

import json
import random
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from tuning.datasets.card import card
from tuning.datasets.freeze import alias, balance, freeze
from tuning.datasets.train_test_split import test_keys as keys_for_test
from tuning.examples_for_training import ChatMessage
from tuning.feedback.examples import Example, Kind, key_of, plain
from tuning.feedback.rated_answers import Label, RatedSource


def example(
    number: int,
    thread: str = "",
    documents: tuple[int, ...] = (),
    kind: Kind = "sft",
    people: tuple[str, ...] = ("U1",),
    question: str = "",
) -> Example:
    """An example of no consequence."""
    question = question or f"Question {number}?"
    rejected = "No. [2]" if kind == "preference" else None
    label = number % 2 == 0 if kind == "kto" else None
    chosen = f"Answer {number}. [1]"
    return Example(
        key=key_of(kind, question, chosen, rejected, label),
        kind=kind,
        origin="better",
        question=question,
        prompt=(ChatMessage("user", f"Question: {question}"),),
        chosen=chosen,
        rejected=rejected,
        label=label,
        thread=thread or f"C1:{number}",
        sources=tuple(RatedSource(one, "T", f"h{one}", "1", False) for one in documents),
        readers=frozenset({"public", "person:U1"}),
        labels=tuple(Label(person, "better", "asker", decides=True) for person in people),
        people=frozenset(people),
        answer_id=number,
        model="house-1",
    )


EXAMPLES = st.lists(
    st.builds(
        example,
        st.integers(0, 400),
        st.sampled_from(["", "", "C1:a", "C1:b"]),
        st.lists(st.integers(1, 30), max_size=2).map(tuple),
        st.sampled_from(["sft", "preference", "kto"]),
        st.sampled_from([("U1",), ("U2",), ("U1", "U2"), ()]),
        st.sampled_from(["", "", "", "When is lunch?", "when is LUNCH"]),
    ),
    max_size=40,
    unique_by=lambda one: one.key,
)


@given(EXAMPLES, st.randoms(use_true_random=False))
def test_the_same_examples_give_the_same_bytes(
    examples: list[Example], chance: random.Random
) -> None:
    """In whatever order they come; and so the same hash and card."""
    shuffled = chance.sample(examples, len(examples))
    one, other = freeze("home", examples), freeze("home", shuffled)
    assert one.content == other.content
    assert one.hash == other.hash
    assert card(one) == card(other)


@given(EXAMPLES)
def test_nothing_leaks_into_the_test(examples: list[Example]) -> None:
    """No thread, document or question is in both halves, and the test is at most its share."""
    tested = keys_for_test(examples)
    assert len(tested) <= round(0.2 * len(examples))
    for one, other in combinations(examples, 2):
        if (one.key in tested) != (other.key in tested):
            assert one.thread != other.thread
            assert plain(one.question) != plain(other.question)
            assert not {s.document_id for s in one.sources} & {s.document_id for s in other.sources}


@given(EXAMPLES, st.integers(1, 5))
def test_nobody_decides_alone(examples: list[Example], most: int) -> None:
    """Of one kind, a person who gave alone has at most so many examples in it."""
    kept = balance(examples, most)
    for kind in ("sft", "preference", "kto"):
        for person in ("U1", "U2"):
            alone = [one for one in kept if one.kind == kind and one.people == {person}]
            assert len(alone) <= most
    assert {one.key for one in examples if not one.people} <= {one.key for one in kept}


@given(st.lists(st.integers(0, 10_000), min_size=40, max_size=200, unique=True))
def test_a_fifth_is_for_the_test(numbers: list[int]) -> None:
    """Where nothing hangs together it is exactly a fifth, rounded."""
    examples = [example(number) for number in numbers]
    assert len(keys_for_test(examples)) == round(0.2 * len(examples))


def test_no_ids_of_people_are_in_a_dataset() -> None:
    """People are told apart by a hash, another one in each workspace."""
    frozen = freeze("home", [example(1, people=("U0ASKER",))])
    assert b"U0ASKER" not in frozen.content
    assert b"person:U1" not in frozen.content
    (line,) = map(json.loads, frozen.content.splitlines())
    assert line["labels"][0]["person"] == alias("home", "U0ASKER") != alias("away", "U0ASKER")
    assert frozen.people == ("U0ASKER",)


def test_the_card_says_how_it_leans() -> None:
    """Counts, length, place, thumbs and people, in figures."""
    kinds: tuple[Kind, ...] = ("sft", "preference", "kto")
    examples = [example(number, kind=kinds[number % 3]) for number in range(12)]
    text = card(freeze("home", examples, most_per_person=3))
    assert "| sft | " in text
    assert "3 were left out for that" in text
    assert "the chosen is the longer one in 100%" in text
    assert "the first citation is of note 1 in 100%" in text
    assert "who gave most decides 100% of it; 1 gave" in text
