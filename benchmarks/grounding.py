"""Which sentences pass as supported by their note: true ones, and the same made false. Trains none.

True sentences are those of clapnq's gold answers, beside the passage that they were written from.
False ones are the same with another number, another name, a denial more or less, and the answers to
other questions. The baselines are shares of words and the cosine of MiniLM, each with the bar that
lets as many true ones pass as our check does.
"""

import argparse
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from answering.evidence.notes import Evidence
from answering.grounding.claims import NEGATION, names_in, numbers_in
from answering.grounding.notes import Grounding
from benchmarks.machine import describe_machine
from benchmarks.page import write_section
from benchmarks.shared import rows, write_result
from retrieval.documents import Passage
from retrieval.embeddings import Embedder, open_embedder
from retrieval.lexical import terms
from retrieval.sentences import split_sentences

_VERB = re.compile(r"\b(is|are|was|were|has|have|can|will|may|must|does|did)\b")
_KINDS = ("another number", "another name", "a denial", "another answer")


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence beside a note, and in which way it was made false; "" where it is true."""

    question: str
    note: Evidence
    sentence: str
    kind: str


def make_cases(seed: int = 7) -> list[Case]:
    """The true sentences of clapnq's answers and up to four false ones for each."""
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    true = [
        Case(row["input"], _note(row["passages"][0]), sentence, "")
        for row in rows("clapnq/answerable.jsonl")
        for sentence in _sentences(row["output"][0]["answer"])
    ]
    names = sorted({name for case in true for name in re.findall(r"\b[A-Z]\w{2,}", case.sentence)})
    return [made for case in true for made in (case, *_made_false(case, true, names, chance))]


def _made_false(
    case: Case, true: Sequence[Case], names: Sequence[str], chance: random.Random
) -> list[Case]:
    sentence, held = case.sentence, case.note.quote
    made = []
    for number in sorted(numbers_in(sentence))[:1]:
        other = str(int(re.sub(r"\D", "", number)) + chance.randint(1, 9))
        if other not in held:
            made.append((sentence.replace(number, other, 1), _KINDS[0]))
    own = re.findall(r"(?<=\s)[A-Z]\w{2,}", sentence)
    held_words = set(terms(f"{held} {case.question}"))
    strange = [name for name in names if names_in(name) and not names_in(name) & held_words]
    if own and strange:
        made.append((sentence.replace(own[0], chance.choice(strange), 1), _KINDS[1]))
    if NEGATION.search(sentence):
        made.append((" ".join(NEGATION.sub("", sentence, count=1).split()), _KINDS[2]))
    elif _VERB.search(sentence):
        made.append((_VERB.sub(r"\1 not", sentence, count=1), _KINDS[2]))
    other_answer = chance.choice([one for one in true if one.note.quote != held])
    made.append((other_answer.sentence, _KINDS[3]))
    return [Case(case.question, case.note, text, kind) for text, kind in made]


def measure() -> dict[str, Any]:
    """The share that passes of each kind, by our check and by each baseline at our rate of true."""
    cases = make_cases()
    ours = np.array(
        [Grounding(case.question, [case.note]).support(case.sentence) is not None for case in cases]
    )
    true = np.array([not case.kind for case in cases])
    rate = float(ours[true].mean())
    passed = {"our check": ours}
    baselines: dict[str, Callable[[], np.ndarray[Any, Any]]] = {
        "share of words in the note": lambda: np.array([_share(case) for case in cases]),
        "cosine with its nearest sentence": lambda: _cosines(cases, open_embedder("embedded:")),
    }
    for name, score in baselines.items():
        scores = score()
        passed[name] = scores >= np.quantile(scores[true], 1 - rate)
    return {
        "sentences": {
            kind or "true": sum(case.kind == kind for case in cases) for kind in ("", *_KINDS)
        },
        "passed": {
            name: {
                kind or "true": round(float(np.mean(which[[c.kind == kind for c in cases]])), 3)
                for kind in ("", *_KINDS)
            }
            for name, which in passed.items()
        },
    }


def _share(case: Case) -> float:
    words = terms(case.sentence)
    held = set(terms(f"{case.note.label} {case.note.quote}"))
    return sum(word in held for word in words) / max(1, len(words))


def _cosines(cases: Sequence[Case], embedder: Embedder) -> np.ndarray[Any, Any]:
    texts = sorted({text for case in cases for text in (case.sentence, *case.note.sentences)})
    vectors = dict(zip(texts, np.array(embedder.embed_documents(texts)), strict=True))
    return np.array(
        [
            max(vectors[case.sentence] @ vectors[one] for one in case.note.sentences)
            for case in cases
        ]
    )


def _note(row: dict[str, Any]) -> Evidence:
    text = _plain(" ".join(row["sentences"]))
    passage = Passage(1, 1, "1", row["title"], None, (), text, 1.0, None)
    sentences = tuple(_plain(sentence) for sentence in row["sentences"])
    return Evidence(1, passage, sentences, sentences[0], text, 1.0)


def _sentences(text: str) -> list[str]:
    plain = _plain(text)
    return [plain[span.start : span.end] for span in split_sentences(plain)]


def _plain(text: str) -> str:
    """The text without the blanks that tokenizing left before its signs."""
    return re.sub(r"\s+([,.;:)'\u2019])|(\()\s+", r"\1\2", " ".join(text.split()))


def _page(machine: str, found: dict[str, Any]) -> str:
    kinds = list(found["sentences"])
    heads = (f"{kind} ({found['sentences'][kind]})" for kind in kinds)
    lines = [
        "## Does a note support a sentence?",
        "",
        f"`make bench-grounding`, {machine}.",
        "The share of sentences that pass: of clapnq's gold answers (true; the more the better),",
        "and of the same made false (the fewer the better). Each baseline has the bar that lets as",
        "many true ones pass.",
        "",
        f"| | {' | '.join(heads)} |",
        f"| --- |{' --- |' * len(kinds)}",
    ]
    for name, shares in found["passed"].items():
        figures = (f"{shares[kind]:.3f}".removeprefix("0") for kind in kinds)
        lines.append(f"| {name} | {' | '.join(figures)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    result = measure()
    versions = describe_machine(("numpy",))
    write_result("grounding", {"machine": versions, **result})
    write_section("grounding", _page(versions, result))
