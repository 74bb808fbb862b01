"""Passages become the few sentences that matter."""

import pytest

from answering.evidence import Evidence, condense
from retrieval.documents import Passage
from retrieval.embeddings import Embedder, open_embedder

DEPLOY = Passage(
    1,
    1,
    "deploying.md",
    "Deploying",
    None,
    ("Deploying", "When"),
    "# Deploying\n\nWe deploy on Tuesdays. The coffee machine is new. We deploy fixes on any day.",
    1.0,
    None,
)
LUNCH = Passage(
    2, 2, "lunch.md", "Lunch", None, ("Lunch",), "Lunch is at noon. Bring your own cup.", 0.5, None
)


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The embedded embedder."""
    return open_embedder("embedded:")


async def ask(question: str, embedder: Embedder, *passages: Passage) -> tuple[Evidence, ...]:
    """The evidence for a question among these passages."""
    return (await condense(question, passages, embedder, 2)).notes


async def test_the_sentence_that_answers_is_chosen(embedder: Embedder) -> None:
    """The answering sentence is quoted from its passage, which comes first."""
    evidence = await ask("On which days do we deploy?", embedder, LUNCH, DEPLOY)
    assert evidence[0].passage == DEPLOY
    assert "We deploy on Tuesdays." in evidence[0].quote
    assert [note.n for note in evidence] == list(range(1, len(evidence) + 1))


async def test_headings_are_not_evidence(embedder: Embedder) -> None:
    """A heading is no statement and is never quoted."""
    evidence = await ask("Deploying", embedder, DEPLOY)
    assert all("#" not in note.quote for note in evidence)


async def test_a_gap_in_a_quotation_is_shown(embedder: Embedder) -> None:
    """Sentences that do not stand together are joined by an ellipsis."""
    evidence = await ask("When do we deploy?", embedder, DEPLOY)
    assert evidence[0].quote == "We deploy on Tuesdays. … We deploy fixes on any day."


async def test_what_is_unrelated_is_no_evidence(embedder: Embedder) -> None:
    """A question about something else finds nothing."""
    assert await ask("Who painted the Mona Lisa?", embedder, DEPLOY, LUNCH) == ()


async def test_no_passages_no_evidence(embedder: Embedder) -> None:
    """Nothing found is nothing condensed."""
    assert await ask("Anything?", embedder) == ()


async def test_the_label_names_the_innermost_heading(embedder: Embedder) -> None:
    """A note is named by its document and the heading it stands under."""
    assert (await ask("On which days do we deploy?", embedder, DEPLOY))[
        0
    ].label == "Deploying, When"


async def test_the_best_sentence_is_known(embedder: Embedder) -> None:
    """Of several sentences the one that answers best can be quoted alone."""
    evidence = await ask("Is the coffee machine of the deploy team new?", embedder, DEPLOY)
    assert evidence[0].best == "The coffee machine is new."
