"""Nobody is shown, by any way, what they may not read: a random workspace, and questions to get it.

The judge is tests/bot/random_workspace.py, which knows people and no readers. `LEAKS_SEED` draws
another one.
"""

import logging
import os
import random
import statistics
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from answering.types.answers import Answer
from answering.types.questions import Turn
from database.database import open_database
from houselore.web.app import create_web
from retrieval.embeddings.embedder import Embedder
from retrieval.indexing.sync import index_source
from retrieval.search.retriever import search
from tests.bot.leaky_bot import LINKS, Office, Place, Remembering, attack, open_office, places
from tests.bot.random_workspace import Vault

pytestmark = pytest.mark.slow

SEEDS = [int(os.environ["LEAKS_SEED"])] if "LEAKS_SEED" in os.environ else [1, 2]
QUESTIONS = 1_040 // len(SEEDS)


@pytest.fixture(scope="module")
def remembering(embedder: Embedder) -> Embedder:
    """The embedder for all offices."""
    return Remembering(embedder)


@pytest.fixture(params=SEEDS)
def vault(request: pytest.FixtureRequest) -> Vault:
    """A workspace drawn by chance."""
    return Vault(request.param)


@pytest.fixture
async def office(
    vault: Vault, database_url: str, remembering: Embedder, tmp_path: Path
) -> AsyncIterator[Office]:
    """The bot of that workspace, with nothing indexed yet."""
    async with open_office(vault, database_url, remembering, tmp_path) as opened:
        yield opened


async def test_a_thousand_questions_give_nothing_away(
    office: Office, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Random people in random conversations ask for random documents, by every handle they have.

    Neither what is shown (steps, words, sources, quotations), nor what is kept (the evidence),
    nor what the model is sent, nor what is logged holds anything that somebody there may not read;
    another workspace in the same database, with the same ids, stays out too. What all may read is
    found, so that silence proves nothing.
    """
    vault, chance = office.vault, random.Random(office.vault.seed)
    caplog.set_level(logging.INFO)
    for package in ("bot", "answering", "retrieval"):
        caplog.set_level(logging.DEBUG, logger=package)
    await office.index(vault.secrets)
    other = Vault(vault.seed, prefix="other")
    async with open_database(database_url, "other") as elsewhere:
        await replace(office, vault=other, database=elsewhere, workspace="other").index(
            other.secrets
        )
    everywhere = places(vault)
    asked = found = wanted = 0
    for _ in range(QUESTIONS):
        place, secret = chance.choice(everywhere), chance.choice(vault.secrets)
        text = attack(chance, secret)
        turns = _thread(chance, vault)
        _, told = await office.ask(place, text, *turns)
        said = text + "".join(turn.text for turn in turns)
        assert vault.leaks(told, place.channel, place.asker, said) == set(), (place, text)
        assert not any(code in told for one in other.secrets for code in one.canaries), text
        asked += 1
        audience = await office.audience(place)
        if secret.readers & audience.readers and text.startswith(("What is the access", "ERR_")):
            wanted += 1
            found += secret.code in told or secret.error in told
    assert asked == QUESTIONS
    assert wanted > 5
    assert found >= 0.95 * wanted
    for record in caplog.records:
        logged = record.getMessage()
        assert not any(code in logged for one in vault.secrets for code in one.canaries), logged


def _thread(chance: random.Random, vault: Vault) -> tuple[Turn, ...]:
    """Now and then the question is a follow-up, in a thread that asked for another document."""
    if chance.random() < 0.8:
        return ()
    subject = chance.choice(vault.secrets).subject
    return (Turn("person", f"Tell me about project {subject}."), Turn("bot", "I found nothing."))


async def test_what_is_hidden_changes_nothing(office: Office) -> None:
    """The same questions before and after documents are added that the askers may not read.

    Answers, sources, scores, prompts and the very statements sent to the database are equal: a
    hidden document can be told neither from one that is not there, nor by how much is done.
    """
    vault, chance = office.vault, random.Random(office.vault.seed)
    askers = chance.sample(places(vault), 4)
    audiences = [await office.audience(place) for place in askers]
    hidden = [
        secret
        for secret in vault.secrets
        if all(secret.readers.isdisjoint(audience.readers) for audience in audiences)
    ]
    assert len(hidden) >= 3
    await office.index([secret for secret in vault.secrets if secret not in hidden])
    questions = [
        (place, attack(random.Random(n), secret))
        for n, secret in enumerate(hidden[:10])
        for place in askers
    ]
    before = [await _trace(office, *question) for question in questions]
    await office.index(hidden, "hidden")
    after = [await _trace(office, *question) for question in questions]
    for question, (answer, statements), then in zip(questions, before, after, strict=True):
        assert then[0] == answer, question
        assert then[1] == statements, question


async def _trace(office: Office, place: Place, text: str) -> tuple[Answer, list[str]]:
    """An answer without its timings, and the statements that it took."""
    office.statements.clear()
    answer, _ = await office.ask(place, text)
    return replace(answer, timings_ms={}), list(office.statements)


async def test_who_may_read_no_longer_finds_nothing(office: Office) -> None:
    """Once a document has other readers it is theirs alone, without its text being read again."""
    vault, chance = office.vault, random.Random(office.vault.seed)
    for shelf in vault.shelves(vault.secrets, "vault", each=True):
        await index_source(office.database, shelf, office.embedder)
    first, *others = (secret.readers for secret in vault.secrets)
    vault.secrets = [
        replace(secret, readers=readers, document=replace(secret.document, readers=readers))
        for secret, readers in zip(vault.secrets, [*others, first], strict=True)
    ]
    for shelf in vault.shelves(vault.secrets, "vault", each=True):
        report = await index_source(office.database, shelf, office.embedder)
        assert (report.added, report.changed) == (0, 0)
    shown = 0
    for _ in range(50):
        place, secret = chance.choice(places(vault)), chance.choice(vault.secrets)
        text = attack(chance, secret)
        _, told = await office.ask(place, text)
        assert vault.leaks(told, place.channel, place.asker, text) == set(), (place, text)
        shown += secret.code in told and secret.code not in text
    assert shown


async def test_silence_takes_as_long(office: Office) -> None:
    """Searching for a hidden document and for one that does not exist takes about as long."""
    vault, chance = office.vault, random.Random(office.vault.seed)
    await office.index(vault.secrets)
    place = chance.choice([place for place in places(vault) if place.channel])
    audience = await office.audience(place)
    hidden = [one for one in vault.secrets if one.readers.isdisjoint(audience.readers)]
    took: dict[bool, list[float]] = {True: [], False: []}
    for n in range(30):
        secret = hidden[n % len(hidden)]
        for exists, name in ((True, secret.error), (False, f"q{chance.getrandbits(48):012x}z")):
            text = f"What does ERR_{name} mean?"
            office.embedder.embed_query(text)
            start = time.perf_counter()
            await search(office.database, office.embedder, text, audience, 5)
            took[exists].append(time.perf_counter() - start)
    assert 0.5 < statistics.median(took[True]) / statistics.median(took[False]) < 2


async def test_a_link_is_no_key_to_another_document(office: Office) -> None:
    """The reader page says the same word for word of a document one has no key to and of none."""
    await office.index(office.vault.secrets)
    async with office.database.connection() as connection:
        rows = await (
            await connection.execute(
                "select d.id, d.readers, min(c.id) from documents d "
                "join chunks c on c.document_id = d.id group by d.id"
            )
        ).fetchall()
    transport = httpx.ASGITransport(create_web(office.database, LINKS, []))
    async with httpx.AsyncClient(transport=transport, base_url="http://reader") as client:
        nowhere = await client.get("/documents/999999?chunk=1&key=0")
        (mine, readers, chunk), *others = rows
        key = LINKS.link(mine, chunk, frozenset(readers)).partition("key=")[2].partition("#")[0]
        opened = await client.get(f"/documents/{mine}?chunk={chunk}&key={key}")
        assert opened.status_code == 200
        for document, _, its_chunk in others:
            for wanted in (its_chunk, chunk):
                refused = await client.get(f"/documents/{document}?chunk={wanted}&key={key}")
                assert (refused.status_code, refused.text) == (403, nowhere.text)
                assert refused.headers == nowhere.headers
