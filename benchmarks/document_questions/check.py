"""Check the questions against the pages they are asked of.

    python -m benchmarks.document_questions.check [--docs FOLDER]

For an answerable question: its section is on its page; every `must` matches the page, that section
(in order for steps) and each page of `also_in`; its own answer passes `must` and `must_not`. For a
near-miss: no `absent` pattern matches any page. Ids are unique, kinds are known, a page has at most
six questions, and a follow-up comes after the question it follows. Exits with 1 on a fault.
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from answering.evaluation.reply_rules import ReplyRules, fold, plain_text

HERE = Path(__file__).parent
QUESTIONS = HERE / "questions.jsonl"
DOCS = HERE / "docs"
KINDS = frozenset(
    {"table", "list", "steps", "code", "heading", "prose", "exception", "yes_no", "follow_up"}
    | {"two_questions", "unanswerable"}
)
MOST_A_PAGE = 6

Question = Mapping[str, Any]


def read_questions(path: Path = QUESTIONS) -> list[dict[str, Any]]:
    """Read the questions of a file, one JSON object a line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line]


def read_pages(docs: Path = DOCS) -> dict[str, str]:
    """Read every Markdown page below a folder, by its path there."""
    return {
        str(path.relative_to(docs)): path.read_text(encoding="utf-8")
        for path in sorted(docs.rglob("*.md"))
    }


def page_of(question: Question) -> str:
    """Return the question's page; for a near-miss, the page that nearly answers it."""
    return str(question["source"] if question["answerable"] else question["near"])


def _heading(text: str) -> str:
    return plain_text(re.sub(r"\{#.*$|\s#+\s*$", "", text)).lower().strip(" #*")


def sections(text: str, name: str) -> list[tuple[str, str]]:
    """Return each heading with the text below it; the title and the file's name mean the page."""
    title = re.search(r"^title:\s*[\"']?(.+?)[\"']?\s*$", text, re.MULTILINE)
    found = [(_heading(name), text)] + ([(_heading(title[1]), text)] if title else [])
    lines, heads, fenced = text.split("\n"), [], False
    for at, line in enumerate(lines):
        if re.match(r"\s*(```|~~~)", line):
            fenced = not fenced
        head = None if fenced else re.match(r"\s{0,3}(#{1,6})\s+(.*)", line)
        if head:
            heads.append((at, len(head[1]), _heading(head[2])))
    for number, (at, level, key) in enumerate(heads):
        end = next((to for to, other, _ in heads[number + 1 :] if other <= level), len(lines))
        found.append((key, "\n".join(lines[at:end])))
    return found


def form_faults(questions: Sequence[Question]) -> Iterator[str]:
    """Yield faults of the questions themselves, without their pages."""
    seen: dict[str, Question] = {}
    for question in questions:
        yield from (f"{question['id']}: {fault}" for fault in _form(question, seen))
        seen[str(question["id"])] = question
    for page, count in Counter(page_of(question) for question in questions).items():
        if count > MOST_A_PAGE:
            yield f"{page}: {count} questions, more than {MOST_A_PAGE}"


def _form(question: Question, seen: Mapping[str, Question]) -> Iterator[str]:
    if question["id"] in seen:
        yield "the id stands twice"
    if question["question"] in {str(other["question"]) for other in seen.values()}:
        yield "the question stands twice"
    if question["kind"] not in KINDS:
        yield f"the kind {question['kind']} is not known"
    if (question["kind"] == "follow_up") != (question["follow_up_of"] is not None):
        yield "the kind and follow_up_of disagree"
    if question["follow_up_of"] not in {None, *seen}:
        yield "the question that it follows does not stand before it"
    if question["answerable"] == (question["kind"] == "unanswerable"):
        yield "the kind and answerable disagree"
    needed = "must" if question["answerable"] else "absent"
    if not question[needed]:
        yield f"{needed} is empty"
    yield from (f"the answer given fails {fault}" for fault in answer_faults(question))


def answer_faults(question: Question) -> tuple[str, ...]:
    """Return the rules that the question's own answer breaks."""
    if not question["answerable"]:
        return ()
    must, must_not = tuple(question["must"]), tuple(question["must_not"])
    rules = ReplyRules(must, must_not, bool(question.get("ordered")))
    return rules.broken_by(str(question["answer"]))


def lacking(patterns: Sequence[str], text: str, *, ordered: bool = False) -> list[str]:
    """Return the patterns that a text does not match; `ordered` also checks their order."""
    rules = ReplyRules(tuple(patterns))
    gone = [fault.removeprefix("must: ") for fault in rules.broken_by(text)]
    if not gone and ordered and replace(rules, ordered=True).broken_by(text):
        return ["the order of the steps"]
    return gone


def page_faults(questions: Sequence[Question], pages: Mapping[str, str]) -> Iterator[str]:
    """Yield faults of the questions against their pages."""
    read = {path: (fold(text), plain_text(text)) for path, text in pages.items()}
    for question in questions:
        known = page_of(question) in pages
        faults = _unknown(question) if not known else _against(question, pages, read)
        yield from (f"{question['id']}: {fault}" for fault in faults)


def _unknown(question: Question) -> Iterator[str]:
    yield f"there is no page {page_of(question)}"


def _against(
    question: Question, pages: Mapping[str, str], read: Mapping[str, tuple[str, str]]
) -> Iterator[str]:
    if question["answerable"]:
        yield from _answer_stands(question, pages)
        return
    for pattern in question["absent"]:
        yield from (
            f"{path} does say {pattern}"
            for path, views in read.items()
            if any(re.search(pattern, view, re.IGNORECASE) for view in views)
        )


def _answer_stands(question: Question, pages: Mapping[str, str]) -> Iterator[str]:
    must, ordered = question["must"], bool(question.get("ordered"))
    for path in [page_of(question), *question.get("also_in", [])]:
        for gone in lacking(must, pages.get(path, ""), ordered=ordered):
            yield f"{path} does not hold {gone}"
    here, name = _heading(str(question["section"])), Path(page_of(question)).stem
    parts = [text for key, text in sections(pages[page_of(question)], name) if key == here]
    if not parts:
        yield f"there is no section {question['section']}"
    elif all(lacking(must, text, ordered=ordered) for text in parts):
        yield f"the section {question['section']} lacks {lacking(must, parts[0], ordered=ordered)}"


def main() -> int:
    """Print the counts and every fault; return 1 if there is one."""
    parser = argparse.ArgumentParser(description="Prove the questions against their pages.")
    parser.add_argument("--docs", type=Path, default=DOCS, help="the folder of the pages")
    docs = parser.parse_args().docs
    questions, pages = read_questions(), read_pages(docs)
    if not pages:
        sys.exit(f"There are no pages in {docs}: `python -m {__package__}.pages` gets them.")
    faults = [*form_faults(questions), *page_faults(questions, pages)]
    kinds = dict(Counter(question["kind"] for question in questions).most_common())
    asked = len({page_of(question) for question in questions})
    sys.stdout.write(f"{len(questions)} questions to {asked} of {len(pages)} pages: {kinds}\n")
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
