"""What the search learns, in the terminal: on the built-in embedder, with a database of its own."""

import asyncio
import subprocess
from collections.abc import Callable

import numpy as np

from database.database import open_database
from retrieval.embeddings.embedder import EMBEDDED
from retrieval.embeddings.open import open_embedder
from retrieval.index.generations import live_generation
from retrieval.indexing.golden_questions import refresh_golden
from retrieval.search.query_adapter import Adapter
from retrieval.search.weights import Weights
from tests.tuning.rated_answers import ASKER, add_answer, say
from tests.tuning.routines import fill_office, leave_one_lesson
from tuning.evaluation.gate import judge
from tuning.retriever.gate import hold_out
from tuning.retriever.registry import SearchLearned, promote_weights, register_weights

Houselore = Callable[..., "subprocess.CompletedProcess[str]"]
CONSENT = {"HOUSELORE_TRAIN_ON_FEEDBACK": "true"}


async def _fill(url: str, count: int) -> None:
    async with open_database(url, "home") as database:
        await fill_office(database, open_embedder(EMBEDDED), count)


async def _praise(url: str) -> None:
    """A good answer from a page that is not held out."""
    async with open_database(url, "home") as database:
        golden = await refresh_golden(database)
        page = next(one for one in golden if one not in hold_out(golden))
        answer = await add_answer(database, page.document_id, question="Who?", note=page.quote)
        await say(database, answer, ASKER, "good")


async def _damage(url: str) -> int:
    """Serve an adapter that turns every question anywhere; its number."""
    async with open_database(url, "home") as database:
        generation = await live_generation(database)
        assert generation is not None
        size = (generation.dimensions, generation.dimensions)
        adapter = Adapter(np.random.default_rng(1).normal(size=size).astype(np.float32))
        verdict = judge({"rank": [1.0]}, {"rank": [0.0]}, {}, ["rank"])
        number = await register_weights(
            database, generation, Weights(0.9, adapter), SearchLearned([], verdict, None, "ben")
        )
        await promote_weights(database, generation, number, "ben", "a slip of the pen")
    return number


async def _leave_one(url: str) -> None:
    async with open_database(url, "home") as database:
        await leave_one_lesson(database)


def test_learned_judged_served_and_taken_back(houselore: Houselore, database_url: str) -> None:
    """What gains nothing is refused, and served only for a reason; what mends a slip passes; and
    each step leads back. A forgotten person's part is to be learned anew.
    """
    settings = {"HOUSELORE_DATABASE_URL": database_url, **CONSENT}

    def run(*arguments: str, code: int = 0) -> str:
        ended = houselore(*arguments, **settings)
        assert ended.returncode == code, ended.stderr
        return ended.stdout + ended.stderr

    asyncio.run(_fill(database_url, 60))
    asyncio.run(_praise(database_url))
    said = run("retriever", "learn", "--promote")
    assert "Weights 1, learned from 24 lessons" in said
    assert "Refused: reciprocal rank is not surely better." in said
    assert "did not pass" in run("retriever", "promote", "1", code=2)
    assert "Weights 1 are served" in run(
        "retriever", "promote", "1", "--reason", "we want it [/now]"
    )
    assert "24 lessons say nothing new" in run("retriever", "learn")
    assert "we want it [/now]" in run("retriever")
    assert "as shipped are served again" in run("retriever", "rollback")

    damaged = asyncio.run(_damage(database_url))
    said = run("retriever", "learn", "--promote")
    assert f"weights {damaged}: vectors count 0.90, words 0.10, an adapter" in said
    assert "Passed." in said and "Weights 3 are served." in said
    assert "The search is to learn anew: weights 3." in run("data", "forget", ASKER)
    assert "Weights 3 have learned from what was taken back" in run("retriever")
    asyncio.run(_leave_one(database_url))
    said = run("retriever", "learn")
    assert "lessons say nothing new" in said and "`houselore retriever rollback --shipped`" in said
    assert "Weights 3 have learned from" in run("retriever")
    assert "The weights as shipped are served" in run("retriever", "learn", "--promote")
    assert "weighed as shipped" in run("retriever")


def test_wrong_use_is_one_sentence(houselore: Houselore, database_url: str) -> None:
    """Without an index, consent, enough questions or such weights: what is missing, and code 2."""
    settings = {"HOUSELORE_DATABASE_URL": database_url}
    for arguments, given, said in (
        ([], {}, "Nothing is indexed yet"),
        (["learn"], CONSENT, "Nothing is indexed yet"),
    ):
        ended = houselore("retriever", *arguments, **settings, **given)
        assert (ended.returncode, said in ended.stderr) == (2, True), ended.stderr
    asyncio.run(_fill(database_url, 4))
    for arguments, given, said in (
        (["learn"], {}, "HOUSELORE_TRAIN_ON_FEEDBACK=true"),
        (["learn"], CONSENT, "20 golden questions have to be held out"),
        (["promote", "7"], {}, "no weights 7"),
        (["rollback"], {}, "weighed as shipped"),
    ):
        ended = houselore("retriever", *arguments, **settings, **given)
        assert (ended.returncode, said in ended.stderr) == (2, True), ended.stderr
        assert "Traceback" not in ended.stderr
    listed = houselore("retriever", **settings)
    assert listed.returncode == 0
    assert "as shipped: vectors count 0.60, words 0.40, no adapter" in listed.stdout
