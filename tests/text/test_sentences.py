"""Texts cut into sentences with exact places."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from text.sentences import split_sentences


def sentences(text: str) -> list[str]:
    """The sentences as strings."""
    return [text[span.start : span.end] for span in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It works. Does it? Yes!", ["It works.", "Does it?", "Yes!"]),
        ("Ask Dr. Smith, e.g. Monday. Or not.", ["Ask Dr. Smith, e.g. Monday.", "Or not."]),
        ("The U.S. Army moved. J. Doe left.", ["The U.S. Army moved.", "J. Doe left."]),
        ("It is at 5 p.m. Then we go.", ["It is at 5 p.m.", "Then we go."]),
        ("See No. 5 and Fig. 2 now. No. We go.", ["See No. 5 and Fig. 2 now.", "No.", "We go."]),
        ("Version 3.11.2 is out. It is fast.", ["Version 3.11.2 is out.", "It is fast."]),
        ("Run `a. B` first. Then stop.", ["Run `a. B` first.", "Then stop."]),
        ('He said "Go." She went.', ['He said "Go."', "She went."]),
        ("今天很好。明天呢？好！", ["今天很好。", "明天呢？", "好！"]),  # noqa: RUF001 - real Chinese
        ("One line\nwraps here. Next.", ["One line\nwraps here.", "Next."]),
        ("# Head\nBody. More.", ["# Head", "Body.", "More."]),
        ("- One. Two.\n- Three", ["- One.", "Two.", "- Three"]),
        ("1. First thing. Second.\n2. Other", ["1. First thing.", "Second.", "2. Other"]),
        ("| a | b |\n|---|---|\n| 1. X | 2 |", ["| a | b |", "| 1. X | 2 |"]),
        ("```\nx. Y\n\nz\n```", ["```\nx. Y\n\nz\n```"]),
        ("Above.\n\n---\n\nBelow.", ["Above.", "Below."]),
        ("", []),
        (" \n\t\n", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    """Abbreviations, initials, numbers and code do not end a sentence; Markdown's blocks do."""
    assert sentences(text) == expected


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(
            ["A b.", " ", "Dr. ", "\n", "- ", "| x |", "`c. D`", "。", "1. ", "...", "\t"]
        ),
        max_size=40,
    ).map("".join)
)
def test_spans_are_exact_in_order_and_leave_no_word_out(text: str) -> None:
    """Spans do not overlap or begin or end with blanks; no letter or digit is outside them."""
    place = 0
    for span in split_sentences(text):
        assert place <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        assert not any(c.isalnum() for c in text[place : span.start])
        place = span.end
    assert not any(c.isalnum() for c in text[place:])


@pytest.mark.parametrize(
    "unit", ["word ", "a. ", "`", "- ", "| a ", "。", "Dr. ", "<", "([", ".", "?", "J. "]
)
def test_a_line_of_a_million_characters_takes_no_time(unit: str) -> None:
    """Time grows with the length, not with its square."""
    text = unit * (1_000_000 // len(unit))
    started = time.process_time()
    split_sentences(text)
    assert time.process_time() - started < 8
