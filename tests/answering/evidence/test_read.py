"""What is known of each excerpt once it was read: the reader's scores, and how far it is behind."""

import pytest

from answering.conversation.understand import Understood
from answering.evidence.read import Read, read, read_excerpts
from answering.evidence.retrieve import Retrieved
from answering.types.questions import Question
from retrieval.audience import everyone
from retrieval.embeddings.embedder import Embedder
from retrieval.index.generations import Generation
from retrieval.reader.reader import Reader, Reading
from retrieval.search.pages import Page
from tests.answering.pages import NOTHING_READ, candidates, page, passage

TEXT = (
    "# Deploying\n\n## When\n\nWe deploy on Tuesdays.\n\n## Who\n\nPriya approves each release.\n"
)
GENERATION = Generation(1, "home", "", 384, "", "", "live", "", None)


def retrieved(question: str, *pages: Page) -> Retrieved:
    """What a search of these pages gives."""
    understood = Understood(Question(question, everyone("home")), question)
    return Retrieved(understood, GENERATION, tuple(map(passage, pages)), pages)


def test_each_knows_how_far_it_is_behind_the_best() -> None:
    """In the words, in meaning, in what the reader says; the best one is behind by nothing."""
    found = candidates("Who approves a release?", page(TEXT))
    readings = [Reading(2.0 - n, 1.0, 0, 3) for n in range(len(found))]
    first, *others = read_excerpts(found, readings, [0.9 - 0.1 * n for n in range(len(found))])
    for name in ("words", "cosine", "answers", "span"):
        assert first.features[f"{name}_behind"] == 0
    assert others[0].features["answers_behind"] == 1
    assert others[0].features["cosine_behind"] == pytest.approx(0.1)
    assert first.features["answers"] == 2
    assert first.reading == readings[0]
    assert first.features.items() >= found[0].features.items()


def test_without_a_reader_nothing_is_said_of_what_it_would_find() -> None:
    """The features are missing, so that a fit takes their mean; the reading is empty."""
    found = candidates("Who approves a release?", page(TEXT))
    first, *_ = read_excerpts(found, [None] * len(found), [0.5] * len(found))
    assert first.reading == NOTHING_READ
    assert not {"answers", "span", "answers_behind"} & set(first.features)


async def test_the_nearest_in_meaning_is_known(embedder: Embedder) -> None:
    """By the real embedder, with the headings that an excerpt stands under."""
    step = read(embedder, None)
    found: Read = await step.ainvoke(retrieved("On which weekday is it shipped?", page(TEXT)))
    best = max(found.excerpts, key=lambda one: one.features["cosine"])
    assert "Tuesdays" in best.excerpt.text
    assert all(-1 <= one.features["cosine"] <= 1.001 for one in found.excerpts)


async def test_what_the_reader_reads_stands_in_the_excerpt(
    embedder: Embedder, reader: Reader
) -> None:
    """The span that it finds is a place of the plain text, and answers the question."""
    step = read(embedder, reader)
    found: Read = await step.ainvoke(retrieved("Who approves a release?", page(TEXT)))
    best = max(found.excerpts, key=lambda one: one.reading.answers)
    span = best.excerpt.plain[best.reading.start : best.reading.end]
    assert "Priya" in span


async def test_nothing_found_is_nothing_read(embedder: Embedder) -> None:
    """Then neither reader nor embedder is asked."""
    asked = retrieved("Who?")
    assert await read(embedder, None).ainvoke(asked) == Read(asked)
