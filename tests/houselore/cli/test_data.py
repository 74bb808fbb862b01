"""From feedback to a dataset, in the terminal."""

import asyncio
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from database.database import open_database
from retrieval.embeddings.open import open_embedder
from retrieval.indexing.sync import index_source
from tests.bot.workspace import running_town, world
from tests.retrieval.documents import Library
from tests.tuning.rated_answers import ASKER, READER, add_answer, add_document, say

Houselore = Callable[..., "subprocess.CompletedProcess[str]"]
VAN = "Mara drives the van on Fridays."
CONSENT = {"HOUSELORE_TRAIN_ON_FEEDBACK": "true"}


async def _judge(url: str) -> None:
    """One answer that was found bad in style, with a better one."""
    async with open_database(url, "home") as database:
        answer = await add_answer(
            database,
            await add_document(database, "lunch"),
            "Lunch is served in the canteen at noon. [1]",
        )
        await say(database, answer, ASKER, "bad", ["style"], "Noon, canteen.")


def test_the_whole_way(houselore: Houselore, tmp_path: Path, database_url: str) -> None:
    """Refused without consent; then collected, reviewed, frozen, exported, and forgotten again."""
    settings = {"HOUSELORE_DATABASE_URL": database_url}
    asyncio.run(_judge(database_url))
    refused = houselore("data", "collect", **settings)
    assert refused.returncode == 2
    assert "HOUSELORE_TRAIN_ON_FEEDBACK=true" in refused.stderr

    collected = houselore("data", "collect", "--json", **settings, **CONSENT)
    assert collected.returncode == 0, collected.stderr
    said = json.loads(collected.stdout)
    assert said["examples"] == {"sft": 1, "preference": 1}
    assert said["causes"][0]["cause"] == "style"
    assert "nothing new is taken from channels" in collected.stderr

    waiting = json.loads(houselore("data", "list", "--json", **settings).stdout)["examples"]
    numbers = {one["kind"]: str(one["id"]) for one in waiting}
    assert houselore("data", "freeze", **settings).returncode == 2
    houselore("data", "approve", numbers["sft"], "--by", "ben", **settings)
    assert houselore("data", "edit", numbers["sft"], "Noon. [1]", **settings).returncode == 0
    assert houselore("data", "reject", numbers["preference"], **settings).returncode == 0
    assert "1.00" in houselore("data", "agreement", **settings).stdout

    frozen = houselore("data", "freeze", **settings)
    assert "| sft | 1 | 0 |" in frozen.stdout
    file = str(tmp_path / "sft.jsonl")
    assert houselore("data", "export", file, **settings).returncode == 0
    (line,) = (tmp_path / "sft.jsonl").read_text().splitlines()
    assert json.loads(line)["messages"][-1] == {"role": "assistant", "content": "Noon. [1]"}
    assert "Taken in: 1 examples" in houselore("data", "import", file, **settings).stderr

    forgotten = houselore("data", "forget", ASKER, **settings)
    assert "2 examples left, 1 datasets are stale" in forgotten.stdout
    assert "a person is forgotten" in houselore("data", "sets", **settings).stdout
    stale = houselore("data", "export", file, **settings)
    assert (stale.returncode, "is stale" in stale.stderr) == (2, True)
    allowed = houselore("data", "allow", "C024BE91L", **settings)
    assert "C024BE91L may be learned from" in allowed.stdout


@pytest.mark.training
def test_what_machines_train_on(houselore: Houselore, tmp_path: Path, database_url: str) -> None:
    """`tune --prepare` writes a folder with the base and the lessons, and says what to run where.

    Trained at an endpoint, there is nothing to prepare.
    """
    pytest.importorskip("torch", reason="the extra `tuning` is not installed")
    from tuning.training.inputs import read_material

    settings = {"HOUSELORE_DATABASE_URL": database_url, "HOUSELORE_TRAIN_UNREVIEWED": "true"}
    asyncio.run(_judge(database_url))
    houselore("data", "collect", **settings, **CONSENT)
    wish = ("tune", "away", "--prepare", "--epochs", "2", "--then", "none")
    prepared = houselore(*wish, **settings)
    assert prepared.returncode == 0, prepared.stderr
    folder = Path(re.findall(r"is in (\S+): copy", prepared.stdout)[0])
    base, material, plan = read_material(folder)
    assert Path(base.place).is_relative_to(folder)
    assert (base.start, base.manners) == tuple(
        folder / "material" / one for one in ("start", "manners")
    )
    assert [one.answer for one in material.lessons] == ["Noon, canteen. [1]"]
    assert (plan.epochs, plan.then) == (2.0, "none")
    again = f"houselore tune away --dataset {material.dataset[:12]} --epochs 2 --then none"
    assert again in prepared.stdout
    assert (folder / "material").stat().st_mode & 0o777 == 0o700
    elsewhere = {"HOUSELORE_CHAT_URL": "http://127.0.0.1:9/v1", "HOUSELORE_CHAT_MODEL": "m"}
    refused = houselore(*wish, **settings, **elsewhere)
    assert (refused.returncode, "trained where it is" in refused.stderr) == (2, True)


@pytest.mark.training
@pytest.mark.parametrize("by", ["data forget", "data sets"])
def test_what_machines_train_on_is_removed_with_its_dataset(
    houselore: Houselore, tmp_path: Path, database_url: str, by: str
) -> None:
    """Once its dataset is stale, a prepared folder has no examples any more; copies are named.

    The folder of another dataset stays.
    """
    pytest.importorskip("torch", reason="the extra `tuning` is not installed")
    settings = {"HOUSELORE_DATABASE_URL": database_url, "HOUSELORE_TRAIN_UNREVIEWED": "true"}
    asyncio.run(_judge(database_url))
    houselore("data", "collect", **settings, **CONSENT)
    prepared = houselore("tune", "away", "--prepare", "--then", "none", **settings)
    assert prepared.returncode == 0, prepared.stderr
    folder = Path(re.findall(r"is in (\S+): copy", prepared.stdout)[0])
    other = folder.parents[1] / "other" / "training"
    shutil.copytree(folder, other)
    (other / "plan.json").write_text('{"dataset": "0123"}', encoding="utf-8")
    houselore("data", "sets", **settings)
    assert (folder / "material").is_dir()
    if by == "data forget":
        said = houselore("data", "forget", ASKER, **settings).stdout
    else:
        asyncio.run(_delete_documents(database_url))
        said = houselore("data", "sets", **settings).stdout
    assert "What away was to learn from is removed here" in said
    assert not (folder / "material").exists() and (other / "material").is_dir()


async def _delete_documents(url: str) -> None:
    """All that was indexed is gone."""
    async with open_database(url, "home") as database, database.connection() as connection:
        await connection.execute("delete from documents where workspace = 'home'")


async def _index(url: str, *texts: str) -> None:
    """Documents that everyone may read."""
    async with open_database(url, "home") as database:
        for number, text in enumerate(texts):
            await add_document(database, f"page-{number}", text)


def test_texts_in_the_house_voice(houselore: Houselore, tmp_path: Path, database_url: str) -> None:
    """A folder of them becomes examples that wait; what marks the voice is shown, and what is no
    text. Where nothing marks it, that is said."""
    settings = {"HOUSELORE_DATABASE_URL": database_url}
    rooms = ("kitchen", "garden", "cellar", "attic", "yard")
    asyncio.run(_index(database_url, *(f"The {room} opens at nine." for room in rooms)))
    folder = tmp_path / "texts"
    folder.mkdir()
    for room in rooms:
        text = f"Ahoy! The {room} opens at nine, matey."
        (folder / f"{room}.txt").write_text(text, encoding="utf-8")
    (folder / "picture.png").write_bytes(b"PNG")
    taken = houselore("data", "import", str(folder), "--form", "texts", **settings)
    assert taken.returncode == 0, taken.stderr
    assert "Taken in: 5 examples; 0 pieces" in taken.stderr
    assert "picture.png is neither" in taken.stderr
    assert "“ahoy”" in taken.stderr and "“matey”" in taken.stderr
    waiting = json.loads(houselore("data", "list", "--json", **settings).stdout)["examples"]
    assert {one["chosen"] for one in waiting} == {
        f"Ahoy! The {room} opens at nine, matey. [1]" for room in rooms
    }
    again = houselore("data", "import", str(folder), "--form", "texts", **settings)
    assert again.returncode == 0
    (folder / "kitchen.txt").write_text("The kitchen opens at nine.", encoding="utf-8")
    alone = str(folder / "kitchen.txt")
    refused = houselore("data", "import", alone, "--form", "texts", **settings)
    assert (refused.returncode, "over and over" in refused.stderr) == (2, True)
    missing = houselore("data", "import", str(tmp_path / "no"), "--form", "texts", **settings)
    assert (missing.returncode, "is not there" in missing.stderr) == (2, True)
    assert json.loads(houselore("data", "list", "--json", **settings).stdout)["examples"] == waiting


def test_wrong_numbers_decide_nothing(
    houselore: Houselore, tmp_path: Path, database_url: str
) -> None:
    """An empty queue says where examples come from; a number that is not there, however odd, is one
    sentence, and what stands beside it is left as it was; so is a database that is not there.
    """
    settings = {"HOUSELORE_DATABASE_URL": database_url}
    empty = houselore("data", "list", **settings)
    assert (empty.returncode, empty.stdout) == (
        0, "Examples: 0. `houselore data collect` looks for new ones.\n",
    )  # fmt: skip
    asyncio.run(_judge(database_url))
    houselore("data", "collect", **settings, **CONSENT)
    examples = json.loads(houselore("data", "list", "--json", **settings).stdout)["examples"]
    numbers = [str(one["id"]) for one in examples]
    for odd in ("999", "0", "9" * 30):
        refused = houselore("data", "approve", *numbers, odd, **settings)
        assert refused.returncode == 2
        assert refused.stderr == f"\u2717 There is no example {odd}: `houselore data list`.\n"
    assert houselore("data", "edit", "9" * 30, "Noon.", **settings).returncode == 2
    word = houselore("data", "approve", "three", **settings)
    assert (word.returncode, "`three` is no number" in word.stderr) == (2, True)
    waiting = houselore("data", "list", **settings).stdout
    assert f"Examples: {len(numbers)}." in waiting and "approved" not in waiting
    twice = houselore("data", "approve", *numbers, numbers[0], **settings)
    assert (twice.returncode, twice.stderr) == (0, f"Approved: {len(numbers)}.\n")
    away = houselore("data", "approve", "1", HOUSELORE_DATABASE_URL="postgresql://127.0.0.1:1/x")
    assert away.returncode == 1 and "The database cannot be reached" in away.stderr


async def _ail(url: str) -> None:
    """A question in vain, a document called outdated, a bad style, and an answer corrected by what
    another document says.
    """
    async with open_database(url, "home") as database:
        lunch = await add_document(database, "lunch")
        for question in ("Where is [/the] key?", "where is the KEY"):
            await add_answer(database, None, "I found nothing.", question, abstained=True)
        for person in (ASKER, READER):
            stale = await add_answer(database, lunch, question=f"When does {person} eat?")
            await say(database, stale, person, "bad", ["outdated"])
        styled = await add_answer(database, lunch, question="At what time is lunch?")
        await say(database, styled, ASKER, "bad", ["style"], "Noon, canteen.")
        await index_source(database, Library({"van": VAN}), open_embedder("embedded:"))
        wrong = await add_answer(database, lunch, "Nobody. [1]", "Who drives the van?")
        await say(database, wrong, ASKER, "bad", better=VAN)


def test_cures(houselore: Houselore, tmp_path: Path, database_url: str) -> None:
    """Each cure with what it is about and what is to be done; without any it is said where to look;
    wrong use and a database that is away are one sentence.
    """
    settings = {"HOUSELORE_DATABASE_URL": database_url}
    nothing = houselore("data", "cures", **settings)
    assert (nothing.returncode, "Nothing is to be mended" in nothing.stdout) == (0, True)
    asyncio.run(_ail(database_url))
    collected = houselore("data", "collect", **settings, **CONSENT)
    assert "Golden questions from better answers: 1." in collected.stdout
    found = json.loads(houselore("data", "cures", "--json", **settings).stdout)
    assert found["gaps"] == [{"question": "Where is [/the] key?", "asked": 2}]
    (stale,) = found["outdated"]
    assert (stale["document"], stale["source"], stale["people"]) == ("Lunch", "lunch", 2)
    (golden,) = found["golden"]
    assert (golden["question"], golden["quote"]) == ("Who drives the van?", VAN)
    assert found["training"] == {"examples": 2, "approved": 0}
    shown = houselore("data", "cures", **settings)
    assert shown.returncode == 0, shown.stderr
    for words in (
        "write one, or index the source", "Where is [/the] key?", "bring the document up to date",
        "by which every new index is compared", VAN, "Examples of bad answers: 2, approved: 0.",
    ):  # fmt: skip
        assert words in shown.stdout
    assert "a better answer" in houselore("golden", **settings).stdout
    assert houselore("data", "cures", "all", **settings).returncode == 2
    away = houselore("data", "cures", HOUSELORE_DATABASE_URL="postgresql://127.0.0.1:1/x")
    assert away.returncode == 1 and "The database cannot be reached" in away.stderr


async def _ask_in(url: str, *channels: str) -> None:
    """A good answer in each channel, which everyone in the workspace could have read."""
    async with open_database(url, "home") as database:
        document = await add_document(database, "lunch")
        for channel in channels:
            answer = await add_answer(
                database,
                document,
                "Ask ben. [1]",
                f"Who knows when lunch is in {channel}?",
                readers=["public", f"channel:{channel}"],
                channel=channel,
            )
            await say(database, answer, ASKER, "good")


def test_slack_says_what_is_public(houselore: Houselore, tmp_path: Path, database_url: str) -> None:
    """Only a public channel is learned from, without members' names, until an admin allows more."""
    asyncio.run(_ask_in(database_url, "C0OPEN", "C0DATA"))
    channels: list[dict[str, Any]] = [
        {"id": "C0OPEN", "name": "open", "members": ["U0BEN"]},
        {"id": "C0DATA", "name": "team-data", "private": True, "members": ["U0BEN"]},
    ]
    with running_town(tmp_path, world([{"id": "U0BEN", "name": "ben"}], channels)) as town:
        settings = {
            "HOUSELORE_DATABASE_URL": database_url,
            "HOUSELORE_SLACK_API_URL": town.api,
            "SLACK_BOT_TOKEN": town.token,
            **CONSENT,
        }
        assert "1 kto, 1 sft" in houselore("data", "collect", **settings).stdout
        found = json.loads(houselore("data", "list", "--json", **settings).stdout)["examples"]
        assert {one["chosen"] for one in found} == {"Ask [person]. [1]"}
        houselore("data", "allow", "#team-data", **settings)
        assert "2 kto, 2 sft" in houselore("data", "collect", **settings).stdout
