"""Replies scored: by hand, by a published interval, and as the shared data's script does."""

import importlib.util
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answering.evaluation.document_scores import DocumentScores, Proportion, score_replies
from answering.evaluation.documents import DocumentReply, read_document_questions

QUESTIONS: list[dict[str, Any]] = [
    {"id": "1", "question": "a", "kind": "table", "source": "a.md", "must": ["\\b30\\b"]},
    {"id": "2", "question": "b", "kind": "table", "source": "b.md", "must": ["x"]},
    {"id": "3", "question": "c", "kind": "steps", "source": "c.md", "must": ["x", "y"]},
    {"id": "4", "question": "d", "kind": "none", "answerable": False},
    {"id": "5", "question": "e", "kind": "none", "answerable": False},
]
QUESTIONS[2] |= {"ordered": True, "also_in": ["d.md"]}


def reply(
    id_: str, text: str, *sources: str, abstained: bool = False, s: float = 1
) -> DocumentReply:
    """What was shown."""
    return DocumentReply(id_, text, abstained, sources, seconds=s)


def scored(folder: Path, *replies: DocumentReply) -> DocumentScores:
    """The scores of replies to QUESTIONS."""
    path = folder / "questions.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in QUESTIONS), encoding="utf-8")
    return score_replies(read_document_questions(path), replies)


def test_figures_by_hand(tmp_path: Path) -> None:
    """Two of three are right, one is refused with the right words; one of two is invented."""
    scores = scored(
        tmp_path,
        reply("1", "30 days.", "a.md", s=1),
        reply("2", "The closest: x", "a.md", abstained=True, s=2),
        reply("3", "first x, then y", "z.md", "docs/d.md#there", s=3),
        reply("4", "Certainly 7.", s=4),
        reply("5", "Not found.", abstained=True, s=5),
    )
    found = {name: (of.count, of.of) for name, of in scores.proportions().items()}
    assert found == {
        "right": (2, 3),
        "right_when_answered": (2, 2),
        "right_however_sure": (3, 3),
        "refused_answerable": (1, 3),
        "abstained_unanswerable": (1, 2),
        "invented": (1, 2),
        "source_right": (2, 3),
        "source_right_when_answered": (2, 2),
    }
    assert scores.seconds() == pytest.approx((3.0, 4.8))
    assert [one.question.id for one in scores.misses] == ["2", "4"]
    figures = scores.as_object(short=2)
    assert figures["right_short"] == {**Proportion(1, 3).as_object(), "max_words": 2}
    assert figures["reply_words"] == {"median": 4, "p90": 4}
    assert figures["reply_words_unordered"] == {"median": 2, "p90": 2}
    assert list(scores.by_kind) == ["table", "steps"]


def test_no_reply_is_neither_right_nor_refused(tmp_path: Path) -> None:
    """It is missing: nothing is given, nothing is invented, there are no times."""
    scores = scored(tmp_path)
    assert {of.count for of in scores.proportions().values()} == {0}
    assert scores.as_object()["missing"] == len(QUESTIONS)
    assert scores.seconds() is None
    assert {one.faults for one in scores.judged} == {("no reply",)}


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_intervals_are_wilsons(count: int, of: int, low: float, high: float) -> None:
    """As published (Newcombe 1998 has 81 of 263), also where nothing or all is right."""
    assert Proportion(count, of).interval == pytest.approx((low, high), abs=1e-4)
    assert Proportion(0, 0).interval is None
    assert Proportion(0, 0).share is None


@pytest.fixture(scope="session")
def script(shared_data: Path) -> ModuleType:
    """The script that scores replies to the shared questions, in plain Python."""
    path = shared_data / "data" / "real_documents" / "score.py"
    if not path.is_file():
        pytest.skip("the script beside the shared questions is not here")
    spec = importlib.util.spec_from_file_location("score", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PIECES = [
    *(
        "30",
        "x",
        "y",
        "X",
        " ",
        "\n",
        "**",
        "__",
        "_",
        "*",
        "`",
        "```\n",
        "# ",
        "> ",
        "| ",
        "|",
        "-",
    ),
    *("[", "](", ")", "(", "!", "<", ">", "<b>", "</b>", "<br/>", "https://x.y", "|x>", "a@b.c"),
    *(
        "{%",
        "%}",
        ' slack_channel "#x" ',
        "\\",
        "\\*",
        "\u2019",
        "\u201c",
        "\u2011",
        "\u00a0",
        "\u200b",
    ),
]
PATTERNS = [
    r"\b30\b",
    "x",
    "y",
    "x y",
    r"\*x",
    "__x",
    "'",
    '"',
    "#x",
    r"^x",
    r"x$",
    r"\|",
    "a@b",
    "-",
]


@st.composite
def questions_and_replies(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Questions as a file has them, and replies to most of them, made of mark-up and words."""
    questions, replies = [], []
    for number in range(draw(st.integers(1, 5))):
        question: dict[str, Any] = {"id": str(number), "question": "a", "answer": "", "must": []}
        question |= {"kind": draw(st.sampled_from(["table", "steps"])), "source": None}
        question |= {"must_not": draw(st.lists(st.sampled_from(PATTERNS), max_size=2))}
        question["answerable"] = draw(st.booleans())
        if question["answerable"]:
            question["must"] = draw(st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=3))
            question |= {"source": "a/b.md", "ordered": draw(st.booleans())}
            question |= {"also_in": draw(st.lists(st.just("c.md"), max_size=1))}
        questions.append(question)
        if draw(st.integers(0, 5)):
            sources = st.sampled_from(["a/b.md", "b.md", "./a/b.md#x", "z/c.md", "z"])
            text = "".join(draw(st.lists(st.sampled_from(PIECES), max_size=25)))
            replies.append({"id": str(number), "reply": text, "abstained": draw(st.booleans())})
            replies[-1]["sources"] = draw(st.lists(sources, max_size=2))
    return questions, replies


@given(drawn=questions_and_replies(), short=st.integers(0, 10))
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_scores_are_the_scripts(
    script: ModuleType,
    tmp_path: Path,
    drawn: tuple[Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]]],
    short: int,
) -> None:
    """Every figure of the script beside the shared questions is ours, to the last digit."""
    questions, replies = drawn
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in questions), encoding="utf-8")
    given_replies = [DocumentReply(**{**row, "sources": tuple(row["sources"])}) for row in replies]
    ours = score_replies(read_document_questions(path), given_replies)
    theirs = script.score(questions, replies, show_misses=True, max_words=short)
    misses = theirs.pop("misses")
    found = ours.as_object(short)
    assert {name: found[name] for name in theirs} == theirs
    assert [(m["id"], m["why"]) for m in misses] == [
        (one.question.id, list(one.faults)) for one in ours.misses
    ]


def test_the_shared_questions_are_read(script: ModuleType, shared_data: Path) -> None:
    """All of them, with their documents; a right answer beside a question is right by its rules."""
    folder = shared_data / "data" / "real_documents"
    there = frozenset(
        str(path.relative_to(folder / "docs")) for path in folder.rglob("docs/**/*.md")
    )
    questions = read_document_questions(folder / "questions.jsonl", there)
    assert len(questions) == len(script.read(folder / "questions.jsonl"))
    golds = [DocumentReply(one.id, one.gold, not one.answerable, one.sources) for one in questions]
    scores = score_replies(questions, golds)
    assert scores.misses == []
    assert scores.proportions()["right"].share == scores.proportions()["source_right"].share == 1
