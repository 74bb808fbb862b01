"""Examples survive the forms of others."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuning.datasets.formats import DatasetRow, Form, Response, read_rows, write_rows
from tuning.errors import UnusableExamples
from tuning.examples_for_training import ChatMessage

TEXT = st.text(min_size=1, max_size=30).filter(str.strip)
PROMPT = st.lists(
    st.builds(ChatMessage, st.sampled_from(["system", "user"]), TEXT), min_size=1
).map(tuple)
SFT = st.builds(DatasetRow, st.just("sft"), PROMPT, TEXT)
PAIR = st.builds(DatasetRow, st.just("preference"), PROMPT, TEXT, TEXT)
THUMB = st.builds(DatasetRow, st.just("kto"), PROMPT, TEXT, st.none(), st.booleans())
ASKED = '{"role": "user", "content": "a"}'
LINE_ENDS = "one\u2028two\u2029three\x85four\rfive\n"


@given(st.lists(st.one_of(SFT, PAIR, THUMB), max_size=5))
def test_round_trip_in_trl(rows: list[DatasetRow]) -> None:
    """All three kinds come back as they went."""
    assert read_rows(write_rows(rows, "trl"), "trl") == rows


@given(st.lists(st.one_of(SFT, PAIR), max_size=5))
def test_round_trip_in_hosted_fine_tuning(rows: list[DatasetRow]) -> None:
    """Answers and pairs come back as they went."""
    assert read_rows(write_rows(rows, "openai"), "openai") == rows


@given(st.lists(st.one_of(SFT, PAIR, THUMB), max_size=5), st.booleans())
def test_round_trip_in_argilla(rows: list[DatasetRow], reviewed: bool) -> None:
    """All three kinds come back, with the reviews that were given there."""
    said = (Response("u1", "approve", None), Response("u2", "reject", "Better."))
    sent = [
        DatasetRow(one.kind, one.prompt, one.chosen, one.rejected, one.label, "k", said * reviewed)
        for one in rows
    ]
    assert read_rows(write_rows(sent, "argilla"), "argilla") == sent


def test_the_forms_are_theirs() -> None:
    """The very keys that TRL's trainers and the hosted ones ask for."""
    prompt = (ChatMessage("user", LINE_ENDS),)
    asked = [{"role": "user", "content": LINE_ENDS}]
    yes, no = ([{"role": "assistant", "content": text}] for text in ("Yes.", "No."))
    pair, thumb = (
        DatasetRow("preference", prompt, "Yes.", "No."),
        DatasetRow("kto", prompt, "Yes.", label=False),
    )
    assert _written(DatasetRow("sft", prompt, "Yes."), "trl") == {"messages": asked + yes}
    assert _written(pair, "trl") == {"prompt": asked, "chosen": yes, "rejected": no}
    assert _written(thumb, "trl") == {"prompt": asked, "completion": yes, "label": False}
    assert _written(pair, "openai") == {
        "input": {"messages": asked, "tools": [], "parallel_tool_calls": True},
        "preferred_output": yes,
        "non_preferred_output": no,
    }
    with pytest.raises(UnusableExamples, match="no form for lone thumbs"):
        write_rows([thumb], "openai")


@pytest.mark.parametrize(
    ("form", "line"),
    [
        ("trl", "{"),
        ("trl", "[]"),
        ("trl", '{"prompt": [], "completion": [], "label": true}'),
        ("trl", f'{{"messages": [{ASKED}]}}'),
        ("trl", f'{{"messages": [{ASKED}, {ASKED}]}}'),
        ("trl", f'{{"messages": [{ASKED}, {{"role": "assistant", "content": 1}}]}}'),
        ("openai", '{"input": "a"}'),
        ("argilla", '{"id": "k", "fields": {}, "metadata": {}}'),
    ],
)
def test_what_is_no_example_is_named(form: Form, line: str) -> None:
    """The line's number is said, and nothing is taken in."""
    good = write_rows([DatasetRow("sft", (ChatMessage("user", "a"),), "b")], form)
    with pytest.raises(UnusableExamples, match="Line 2"):
        read_rows(good + line, form)


def _written(row: DatasetRow, form: Form) -> object:
    return json.loads(write_rows([row], form))
