"""What the reader learns from: right places, wrong blocks that are wrong, nothing held out."""

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.tuning.reader.made_sets import TABLE, write_made_sets
from text.sentences import Span
from tuning.errors import CannotTrain
from tuning.reader.data.cutting import cut_around, without_answer
from tuning.reader.data.examples import ReaderExample, read_examples, write_examples
from tuning.reader.data.hasty_typing import type_hastily
from tuning.reader.data.make import HELD_OUT, make_examples
from tuning.reader.data.questions import read_asked
from tuning.reader.data.rows import read_table, show_rows
from tuning.reader.data.swapping import find_names, swap

GOLDS = ("Brandt", "Haddad", "Krall", "Okafor", "Silva", "Weiss", "six", *map(str, range(20, 26)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made data sets."""
    return write_made_sets(tmp_path_factory.mktemp("sets"))


@pytest.fixture(scope="module")
def examples(folder: Path) -> list[ReaderExample]:
    """The examples that are made of them."""
    return make_examples(folder)


def test_each_right_example_points_at_its_answer(examples: list[ReaderExample]) -> None:
    """Cut, listed or as table rows, the characters of the span are the gold answer's."""
    right = [one for one in examples if one.answers]
    assert {one.made for one in right} == {"right", "rows"}
    for one in right:
        assert one.start is not None and one.end is not None
        assert one.text[one.start : one.end].endswith(GOLDS)


def test_wrong_examples_are_of_every_kind_and_have_no_place(examples: list[ReaderExample]) -> None:
    """People's near-misses, nearest others, cut and swapped ones, rows; none with a span."""
    wrong = Counter(one.made for one in examples if not one.answers)
    kinds = {"near-miss", "nearest other", "any other", "sentence cut out", "swapped", "other row"}
    assert set(wrong) == kinds
    assert all(one.start is one.end is None for one in examples if not one.answers)
    cut = [one for one in examples if one.made == "sentence cut out"]
    for one in cut:
        asked_who = "built" in one.question.lower()
        assert ("built by" if asked_who else "at six") not in one.text


def test_nothing_is_learned_from_what_is_held_out(
    folder: Path, examples: list[ReaderExample]
) -> None:
    """No example has a passage or a title of the set that measures."""
    assert len(read_asked(folder / HELD_OUT)) == 18
    assert not [one for one in examples if f"{HELD_OUT} bridges" in one.headings]


def test_an_article_of_a_held_out_title_is_left_out_of_every_set(tmp_path: Path) -> None:
    """An article that stands in another set, too, under the same title is not learned from."""
    folder = write_made_sets(tmp_path)
    passages = (folder / HELD_OUT / "passages.jsonl.gz").read_bytes()
    (folder / "squad2_more" / "passages.jsonl.gz").write_bytes(passages)
    questions = (folder / HELD_OUT / "questions.jsonl.gz").read_bytes()
    (folder / "squad2_more" / "questions.jsonl.gz").write_bytes(questions)
    titles = {heading for one in make_examples(folder) for heading in one.headings}
    assert f"{HELD_OUT} bridges" not in titles and "policyqa bridges" in titles


def test_the_same_sets_give_the_same_examples(
    folder: Path, examples: list[ReaderExample], tmp_path: Path
) -> None:
    """Made twice, written and read back, the examples are the same, in the same order."""
    write_examples(make_examples(folder), tmp_path / "examples.jsonl")
    assert read_examples(tmp_path / "examples.jsonl") == examples


def test_a_missing_set_is_said(tmp_path: Path) -> None:
    """A folder without the data sets is a sentence that names the file and the option."""
    with pytest.raises(CannotTrain, match=r"passages\.jsonl\.gz is missing.*--data"):
        make_examples(tmp_path)


def test_broken_examples_are_said(tmp_path: Path) -> None:
    """A file of examples that was cut off is a sentence that says what to do."""
    path = tmp_path / "examples.jsonl"
    path.write_text('{"question": "Who', encoding="utf-8")
    with pytest.raises(CannotTrain, match="delete it"):
        read_examples(path)


def test_a_block_is_cut_around_its_answer() -> None:
    """Whatever chance cuts, the span still points at the answer's characters."""
    text = "One is here. Two, says Éva, is there. Three is gone. Four came. Five went."
    at = text.index("Éva")
    shapes = set()
    for seed in range(60):
        cut = cut_around(text, Span(at, at + 3), random.Random(seed))
        assert cut.span and cut.text[cut.span.start : cut.span.end] == "Éva"
        shapes.add(cut.text)
    assert len(shapes) > 6 and any(one.startswith("- ") for one in shapes)


def test_a_passage_without_its_answer_has_it_nowhere() -> None:
    """A passage that says the answer twice cannot lack it: none comes of it."""
    text = "Ada built it. It is long. Boats pass."
    assert without_answer(text, Span(0, 3)) == "It is long. Boats pass."
    assert without_answer(f"{text} Ada died.", Span(0, 3)) is None


def test_rows_are_shown_with_their_heads() -> None:
    """As Markdown or as lines, each row has its column heads, and the cell is found."""
    table = read_table(TABLE)
    shown = set()
    for seed in range(8):
        cut = show_rows(table, 1, 2, "21", random.Random(seed))
        assert cut.span and cut.text[cut.span.start : cut.span.end] == "21"
        shown.add(cut.text)
    assert shown == {
        "City: Bergen; Bridges: 21; Opened: 1951\nCity: Chania; Bridges: 22; Opened: 1952",
        "| City | Bridges | Opened |\n| --- | --- | --- |\n| Bergen | 21 | 1951 |\n"
        "| Chania | 22 | 1952 |",
    }


def test_a_swap_asks_for_what_is_not_there() -> None:
    """A name, a number or an opposite takes another's place; without any of them none does."""
    text = "In 1901 Ada Brandt built the first bridge of Aarhus."
    names = find_names("The bridge of Bergen by Noor Haddad. The harbour of Delft.")
    assert names == ["Bergen", "Noor Haddad", "Delft"]
    swapped = {
        swap("Who built the first bridge of Aarhus in 1901?", text, names, random.Random(seed))
        for seed in range(40)
    }
    assert "Who built the last bridge of Aarhus in 1901?" in swapped
    assert "Who built the first bridge of Bergen in 1901?" in swapped
    assert "Who built the first bridge of Aarhus in 1901?" not in swapped
    assert swap("Who was it?", text, names, random.Random(1)) is None


def test_haste_keeps_the_question() -> None:
    """Typed in a hurry, the words that carry the question are still there."""
    typed = {type_hastily("What is the budget of Team Blue?", random.Random(n)) for n in range(50)}
    assert len(typed) > 20
    assert all("bl" in one.lower() and "team" in one.lower() for one in typed)
    assert any("whats" in one for one in typed) and any("?" not in one for one in typed)
