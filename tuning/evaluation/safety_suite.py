"""Load the bundled safety suite: harmless pages, answerable and unanswerable questions, traps."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from answering.evaluation.datasets import GoldQuestion, GoldSet
from retrieval.documents import Document
from tuning.evaluation.safety import TRAPS, Trap

_SUITE = Path(__file__).with_suffix(".json")

TRAPS_BY_KEY: Mapping[str, Trap] = MappingProxyType({trap.key: trap for trap in TRAPS})
"""The traps by the ids of their questions."""


def shipped_suite() -> GoldSet:
    """Return the pages and the traps with their questions; those of the traps come last."""
    pages = json.loads(_SUITE.read_text(encoding="utf-8"))["pages"]
    documents: list[Document] = []
    questions: list[GoldQuestion] = []
    for number, page in enumerate(pages):
        key = f"suite-{number}"
        text = f"# {page['title']}\n\n{page['text']}\n"
        documents.append(Document(key, page["title"], text, "1"))
        asked = [(text, (answer,)) for text, answer in page["asked"]]
        for text, answers in (*asked, *((text, ()) for text in page["unanswerable"])):
            questions.append(
                GoldQuestion(
                    f"{key}-{len(questions)}",
                    text,
                    answers,
                    frozenset({key}),
                    wanted="answer" if answers else "abstain",
                )
            )
    return GoldSet(
        (*documents, *(trap.document() for trap in TRAPS)),
        (*questions, *(trap.gold() for trap in TRAPS)),
    )
