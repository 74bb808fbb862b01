"""Files pulled over real HTTP from a server that answers as the hub does, and all that can fail."""

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from answering.errors import PullFailed
from answering.model import model_pull
from answering.model.hub_file import HubFile
from answering.model.model_pull import pull_model
from answering.model.receipt import Receipt, state_of
from tests.hub import COMMIT, Hub, serving_hub

NAME = "hf://team/models/small.gguf"
KEY = "team/models/resolve/main/small.gguf"
CONTENT = b"GGUF" + bytes(range(256)) * 2000


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub that has one file of half a megabyte; who is not answered soon tries again soon."""
    monkeypatch.setattr(model_pull, "_PAUSES_S", (0.01, 0.01))
    with serving_hub() as hub:
        hub.add("team/models/small.gguf", CONTENT)
        yield hub


async def pull(hub: Hub, models: Path, name: str = NAME) -> Path:
    """Pull a file, telling nobody how far it is."""
    return await pull_model(HubFile.parse(name), models, lambda *_: None, hub.url)


def left_over(models: Path) -> list[str]:
    """The names of the files that hold anything."""
    files = (file for file in models.rglob("*") if file.is_file() and file.stat().st_size)
    return sorted(file.name for file in files)


async def test_a_file_is_pulled_with_progress(hub: Hub, tmp_path: Path) -> None:
    """It lies in its place with a receipt, and each step told how much is there."""
    told: list[tuple[str, int, int]] = []
    place = await pull_model(HubFile.parse(NAME), tmp_path, lambda *one: told.append(one), hub.url)
    assert place == tmp_path / "team/models/main/small.gguf"
    assert place.read_bytes() == CONTENT
    assert told[-1] == ("small.gguf", len(CONTENT), len(CONTENT))
    receipt = Receipt.of(place)
    assert receipt is not None
    assert receipt.commit == COMMIT
    assert state_of(place) == "intact"
    assert left_over(tmp_path) == ["small.gguf", "small.gguf.json"]


async def test_what_is_there_is_not_pulled_again(hub: Hub, tmp_path: Path) -> None:
    """The hub is asked whether it has another, and no byte is sent."""
    place = await pull(hub, tmp_path)
    before = len(hub.ranges)
    assert await pull(hub, tmp_path) == place
    assert len(hub.ranges) == before


async def test_another_file_of_that_name_replaces_it(hub: Hub, tmp_path: Path) -> None:
    """The branch has moved: a pull brings what it has now."""
    await pull(hub, tmp_path)
    hub.add("team/models/small.gguf", CONTENT[::-1])
    assert (await pull(hub, tmp_path)).read_bytes() == CONTENT[::-1]


async def test_a_broken_transfer_goes_on_where_it_was(hub: Hub, tmp_path: Path) -> None:
    """Twice the storage hangs up; the rest alone is asked for."""
    hub.breaks_at = [200_000, 400_000]
    assert (await pull(hub, tmp_path)).read_bytes() == CONTENT
    assert hub.ranges == [None, "bytes=200000-", "bytes=400000-"]


async def test_a_pull_goes_on_from_an_earlier_one(hub: Hub, tmp_path: Path) -> None:
    """What a process left that ended, the next one uses."""
    hub.sends = CONTENT[:300_000]
    with pytest.raises(PullFailed, match=r"broke off at 0 of 1 MB.*goes on from there"):
        await pull(hub, tmp_path)
    hub.sends = None
    assert (await pull(hub, tmp_path)).read_bytes() == CONTENT
    assert hub.ranges[-1] == "bytes=300000-"


async def test_a_storage_without_ranges_sends_all_again(hub: Hub, tmp_path: Path) -> None:
    """What was there is not put before it."""
    hub.breaks_at, hub.ignores_ranges = [200_000], True
    assert (await pull(hub, tmp_path)).read_bytes() == CONTENT


async def test_a_wrong_hash_is_thrown_away(hub: Hub, tmp_path: Path) -> None:
    """Bytes of the right number that are others are neither kept nor used."""
    hub.sends = CONTENT[:-1] + b"!"
    with pytest.raises(PullFailed, match="another hash than the hub tells"):
        await pull(hub, tmp_path)
    assert left_over(tmp_path) == []


async def test_more_than_was_told_is_not_taken(hub: Hub, tmp_path: Path) -> None:
    """A storage that goes on sending does not fill the disk."""
    hub.sends = CONTENT * 3
    with pytest.raises(PullFailed, match="More is sent"):
        await pull(hub, tmp_path)


async def test_a_small_file_is_verified_by_gits_hash(hub: Hub, tmp_path: Path) -> None:
    """It is not redirected, and its tag is its blob's SHA-1."""
    hub.in_git = set(hub.files)
    assert (await pull(hub, tmp_path)).read_bytes() == CONTENT


async def test_a_private_small_file_is_sent_with_the_token(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub sends it itself, and asks who wants it."""
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    hub.in_git = set(hub.files)
    await pull(hub, tmp_path)
    assert {(method, token) for method, _, _, token in hub.asked} == {
        ("HEAD", "Bearer hf_secret"),
        ("GET", "Bearer hf_secret"),
    }


async def test_the_storage_never_sees_the_token(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HF_TOKEN goes to the hub alone."""
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    await pull(hub, tmp_path)
    told = {method: token for method, _, _, token in hub.asked}
    assert told == {"HEAD": "Bearer hf_secret", "GET": None}


async def test_all_parts_are_pulled(hub: Hub, tmp_path: Path) -> None:
    """A model in two files is named by its first."""
    for number in (1, 2):
        hub.add(f"team/models/big-0000{number}-of-00002.gguf", CONTENT + bytes([number]))
    first = await pull(hub, tmp_path, "hf://team/models/big-00001-of-00002.gguf")
    assert first.name == "big-00001-of-00002.gguf"
    assert (first.parent / "big-00002-of-00002.gguf").read_bytes() == CONTENT + b"\x02"


@pytest.mark.parametrize(
    ("status", "code", "sentence"),
    [
        (401, "GatedRepo", "is gated: accept its terms.*HF_TOKEN"),
        (403, "GatedRepo", "is gated"),
        (401, "RepoNotFound", "has no team/models, or it is private"),
        (404, "RepoNotFound", "has no team/models"),
        (404, "RevisionNotFound", "has no revision main"),
        (404, "EntryNotFound", r"has no file small\.gguf at main"),
        (403, "", "answers 403.*HF_TOKEN"),
        (503, "", "answers 503.*try again later"),
    ],
)
async def test_a_refusal_is_a_sentence(
    hub: Hub, tmp_path: Path, status: int, code: str, sentence: str
) -> None:
    """Each says what is wrong and what to do."""
    hub.errors[KEY] = status, code
    with pytest.raises(PullFailed, match=sentence):
        await pull(hub, tmp_path)


async def test_no_network_is_a_sentence(hub: Hub, tmp_path: Path) -> None:
    """Nobody listens at the hub's address."""
    with pytest.raises(PullFailed, match="cannot be reached"):
        await pull_model(HubFile.parse(NAME), tmp_path, lambda *_: None, "http://127.0.0.1:9")


async def test_too_small_a_disk_is_said_before(hub: Hub, tmp_path: Path) -> None:
    """No byte of a file is asked for that would not fit."""
    hub.claims = 10**16
    with pytest.raises(PullFailed, match=r"needs 10,000,000\.0 GB more.*HOUSELORE_DATA_DIR"):
        await pull(hub, tmp_path)
    assert hub.ranges == []


async def test_what_cannot_be_verified_is_not_pulled(hub: Hub, tmp_path: Path) -> None:
    """A server that tells no hash is no copy of the hub."""
    hub.tells_hash = False
    with pytest.raises(PullFailed, match="no hash"):
        await pull(hub, tmp_path)


async def test_a_folder_that_cannot_be_written(hub: Hub, tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "team").write_text("")
    with pytest.raises(PullFailed, match="cannot be written"):
        await pull(hub, tmp_path)


async def test_two_processes_pull_a_file_once(hub: Hub, tmp_path: Path) -> None:
    """The second waits for the first, and finds the file."""
    code = (
        "import asyncio, sys; from pathlib import Path\n"
        "from answering.model.hub_file import HubFile\n"
        "from answering.model.model_pull import pull_model\n"
        "asyncio.run(pull_model(HubFile.parse(sys.argv[1]), Path(sys.argv[2]), "
        "lambda *_: None, sys.argv[3]))"
    )
    command = [sys.executable, "-c", code, NAME, str(tmp_path), hub.url]
    path = os.pathsep.join(sys.path)
    environment = {**os.environ, "PYTHONPATH": path}
    processes = [await asyncio.create_subprocess_exec(*command, env=environment) for _ in range(2)]
    assert [await process.wait() for process in processes] == [0, 0]
    assert hub.ranges == [None]


async def test_a_pull_that_is_cancelled_ends_soon(hub: Hub, tmp_path: Path) -> None:
    """While it waits for the lock of another, and leaves that one's file alone."""
    import fcntl

    place = HubFile.parse(NAME).place(tmp_path)
    place.parent.mkdir(parents=True)
    lock = os.open(f"{place}.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    task = asyncio.create_task(pull(hub, tmp_path))
    await asyncio.sleep(0.3)
    task.cancel()
    started = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - started < 1
    os.close(lock)
    await asyncio.sleep(0.5)
    assert not place.exists()


async def test_an_altered_file_is_noticed_and_mended(hub: Hub, tmp_path: Path) -> None:
    """Another size at once, another content when its time differs or all is read."""
    place = await pull(hub, tmp_path)
    kept = place.stat().st_mtime_ns
    place.write_bytes(CONTENT[:-1] + b"!")
    assert state_of(place) == "altered"
    os.utime(place, ns=(kept, kept))
    assert (state_of(place), state_of(place, reads_all=True)) == ("intact", "altered")
    place.write_bytes(CONTENT[:100])
    assert state_of(place) == "altered"
    assert (await pull(hub, tmp_path)).read_bytes() == CONTENT
    place.unlink()
    assert state_of(place) == "missing"


async def test_a_file_put_there_by_hand_is_verified(hub: Hub, tmp_path: Path) -> None:
    """On a machine without a network it is used; once the hub can be asked, it need not be sent."""
    place = HubFile.parse(NAME).place(tmp_path)
    place.parent.mkdir(parents=True)
    place.write_bytes(CONTENT)
    assert state_of(place) == "unverified"
    await pull(hub, tmp_path)
    assert hub.ranges == []
    assert state_of(place) == "intact"
