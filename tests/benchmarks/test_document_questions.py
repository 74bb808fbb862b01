"""The questions to real documents: their form always, their answers where the pages are."""

import subprocess
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from answering.evaluation.reply_rules import plain_text
from benchmarks.document_questions.check import (
    DOCS,
    form_faults,
    lacking,
    page_faults,
    page_of,
    read_pages,
    read_questions,
    sections,
)
from benchmarks.document_questions.pages import Page, PagesMissing, get_pages, read_manifest

RULE = {
    "id": "table-1",
    "question": "how long?",
    "kind": "table",
    "source": "a/b.md",
    "section": "Leave",
    "answer": "30 days",
    "must": [r"\b30 days"],
    "must_not": [r"\b10 days"],
    "answerable": True,
    "follow_up_of": None,
}
PAGES = {"a/b.md": "# Leave\n\n| plan | days |\n|-|-|\n| full | 30 days |\n\n# Other\n\ntext\n"}


def test_questions_keep_their_form() -> None:
    """Ids are unique, kinds known, follow-ups stand behind, the answers given are right."""
    assert list(form_faults(read_questions())) == []


def test_every_page_asked_of_is_in_the_manifest() -> None:
    """Each question is asked of a page whose commit, file and hash are known; none is left out."""
    assert {page_of(question) for question in read_questions()} == {
        page.page for page in read_manifest()
    }


@pytest.mark.skipif(
    not DOCS.is_dir(), reason="python -m benchmarks.document_questions.pages gets the pages"
)
def test_answers_stand_on_their_pages() -> None:
    """Every `must` stands in its section, and what is said to be absent stands nowhere."""
    assert list(page_faults(read_questions(), read_pages())) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"must": [r"\b40 days"], "answer": "40 days"}, "a/b.md does not hold"),
        ({"section": "Other"}, "the section Other lacks"),
        ({"section": "Nowhere"}, "there is no section Nowhere"),
        ({"source": "a/c.md"}, "there is no page a/c.md"),
        ({"also_in": ["a/d.md"]}, "a/d.md does not hold"),
        ({"kind": "steps", "must": ["30", "full"], "ordered": True}, "the order of the steps"),
    ],
)
def test_an_answer_that_does_not_stand_is_a_fault(change: dict[str, object], fault: str) -> None:
    """A value, section, page or order that the page lacks is named."""
    assert any(fault in one for one in page_faults([{**RULE, **change}], PAGES))
    assert list(page_faults([RULE], PAGES)) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"answer": "10 days"}, "the answer given fails"),
        ({"kind": "riddle"}, "is not known"),
        ({"follow_up_of": "table-9", "kind": "follow_up"}, "does not stand before it"),
        ({"kind": "unanswerable"}, "the kind and answerable disagree"),
        ({"must": []}, "must is empty"),
    ],
)
def test_a_question_out_of_form_is_a_fault(change: dict[str, object], fault: str) -> None:
    """An answer its own patterns condemn, an unknown kind, a stray follow-up are named."""
    assert any(fault in one for one in form_faults([{**RULE, **change}]))


def test_a_near_miss_that_is_answered_is_a_fault() -> None:
    """What a near-miss says is absent is looked for on every page."""
    near = {**RULE, "kind": "unanswerable", "answerable": False, "near": "a/b.md"}
    assert list(page_faults([{**near, "absent": ["30 DAYS"]}], PAGES))
    assert not list(page_faults([{**near, "absent": ["sick leave"]}], PAGES))


def test_markup_does_not_hide_an_answer() -> None:
    """Bold, links, entities of a table and typographic quotes are read through."""
    assert (
        plain_text("| **Exec** | [see _this_](https://a.b/c) | don’t |")
        == "Exec | see this | don't"
    )
    assert lacking([r"never.safe"], "it's _never_ safe") == []
    assert lacking(["b", "a"], "a then b", ordered=True) == ["the order of the steps"]
    assert lacking(["a", "b"], "a then b", ordered=True) == []


def test_a_heading_in_code_is_no_section() -> None:
    """A comment in a shell block opens no section; a section ends at the next of its level."""
    found = dict(sections("# One\n```sh\n# not one\n```\n## Two\nx\n# Three\ny\n", "page"))
    assert "not one" not in found
    assert "x" in found["one"]
    assert "y" not in found["one"]


def _repository(at: Path) -> str:
    at.mkdir(parents=True)
    (at / "a.md").write_text("# A\n", encoding="utf-8")
    me = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "."], [*me, "commit", "-q", "-m", "a"]):
        subprocess.run(["git", "-C", str(at), *words], check=True)
    out = subprocess.run(
        ["git", "-C", str(at), "rev-parse", "HEAD"], check=True, capture_output=True
    )
    return out.stdout.decode().strip()


def test_pages_come_out_of_clones_with_their_hash_checked(tmp_path: Path) -> None:
    """A page is written as its commit has it; another hash, commit or a way out is refused."""
    commit = _repository(tmp_path / "own" / "docs")
    page = Page("x/a.md", "own/docs", commit, "a.md", 4, sha256(b"# A\n").hexdigest())
    clones, docs = str(tmp_path / "{owner}" / "{name}"), tmp_path / "out"
    get_pages([page], docs, clones)
    assert (docs / "x/a.md").read_text(encoding="utf-8") == "# A\n"
    for bad in (
        replace(page, sha256="0" * 64),
        replace(page, commit="0" * 40),
        replace(page, page="../../b.md"),
    ):
        with pytest.raises(PagesMissing):
            get_pages([bad], docs, clones)
