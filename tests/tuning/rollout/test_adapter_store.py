"""Adapters in object storage: put whole or not at all, fetched once, never another's bytes."""

import asyncio
import fcntl
import hashlib
import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tuning.bucket import Bucket
from tuning.adapters.bundled import STARTER
from tuning.adapters.files import CONFIG, WEIGHTS, hash_adapter
from tuning.adapters.names import FETCHED
from tuning.errors import StorageUnusable, UnusableAdapter
from tuning.rollout.adapter_store import AdapterStore
from tuning.rollout.object_storage import Storage
from tuning.rollout.registry import Model

URL = "s3://models/houselore"
_FETCH = """
import sys
from pathlib import Path
from tuning.rollout.adapter_store import AdapterStore
from tuning.rollout.registry import Model
model = Model(
    id=1, name="house-2", base="b", adapter=sys.argv[2], state="candidate", promoted_by=None,
    reason=None, promoted_at=None, is_pinned=False, adapter_hash=sys.argv[3],
)
print(AdapterStore(Path(sys.argv[1])).get(model))
"""


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    """The shipped adapter in a folder with what a training leaves there besides."""
    folder = shutil.copytree(STARTER, tmp_path / "house-2")
    (folder / "voice.json").write_text('["ahoy"]\n')
    (folder / "optimizer.pt").write_bytes(b"not to be served")
    return folder


def registered(place: str, hash_: str | None) -> Model:
    """A model of the registry whose adapter is at `place`."""
    return Model(
        id=1,
        name="house-2",
        base="SmolLM2",
        adapter=place,
        state="candidate",
        promoted_by=None,
        reason=None,
        promoted_at=None,
        is_pinned=False,
        adapter_hash=hash_,
    )


async def put(store: AdapterStore, adapter: Path) -> Model:
    """The adapter at its place, as the registry notes it."""
    place = await asyncio.to_thread(store.put, "house-2", adapter)
    return registered(place, hash_adapter(adapter))


async def test_another_machine_gets_the_same_files(
    s3: Bucket, adapter: Path, tmp_path: Path
) -> None:
    """What serves and speaks goes there and comes back to the byte, over signed HTTP."""
    model = await put(AdapterStore(tmp_path / "one", URL), adapter)
    assert model.adapter is not None and model.adapter.startswith(f"{URL}/house-2-")
    folder = await asyncio.to_thread(AdapterStore(tmp_path / "two").get, model)
    assert folder is not None and folder.is_relative_to(tmp_path / "two")
    for file in (WEIGHTS, CONFIG, "voice.json"):
        assert (folder / file).read_bytes() == (adapter / file).read_bytes()
    assert not any("optimizer" in key for key in s3.objects)


async def test_it_is_fetched_once(s3: Bucket, adapter: Path, tmp_path: Path) -> None:
    """A copy that is there and whole is served although the storage is gone."""
    model = await put(AdapterStore(tmp_path / "one", URL), adapter)
    other = AdapterStore(tmp_path / "two", URL)
    first = await asyncio.to_thread(other.get, model)
    s3.objects.clear()
    s3.asked.clear()
    assert await asyncio.to_thread(other.get, model) == first
    assert s3.asked == []


async def test_a_damaged_copy_is_fetched_anew(s3: Bucket, adapter: Path, tmp_path: Path) -> None:
    """A file on this machine that was changed or lost does not reach a server."""
    store = AdapterStore(tmp_path / "one", URL)
    model = await put(store, adapter)
    folder = await asyncio.to_thread(store.get, model)
    assert folder is not None
    (folder / CONFIG).write_text("{}")
    (folder / WEIGHTS).unlink()
    await asyncio.to_thread(store.get, model)
    assert (folder / CONFIG).read_bytes() == (adapter / CONFIG).read_bytes()
    assert hash_adapter(folder) == model.adapter_hash


@pytest.mark.parametrize("file", [WEIGHTS, CONFIG, "voice.json", "manifest.json"])
async def test_other_bytes_are_never_served(
    s3: Bucket, adapter: Path, tmp_path: Path, file: str
) -> None:
    """Weights, scale or voice that somebody changed in the bucket are refused, with what to do."""
    model = await put(AdapterStore(tmp_path / "one", URL), adapter)
    (key,) = (key for key in s3.objects if key.endswith(file))
    s3.objects[key] = s3.objects[key].replace(b"a", b"b", 1)
    other = AdapterStore(tmp_path / "two", URL)
    with pytest.raises(UnusableAdapter, match=rf"{file} is not what was put there.*another name"):
        await asyncio.to_thread(other.get, model)
    assert not [path for path in (tmp_path / "two").rglob(WEIGHTS) if "part" not in str(path)]


async def test_a_manifest_that_was_replaced_is_refused(
    s3: Bucket, adapter: Path, tmp_path: Path
) -> None:
    """Whoever changes a file and its hash in the bucket still cannot change the registry's."""
    model = await put(AdapterStore(tmp_path / "one", URL), adapter)
    (key,) = (key for key in s3.objects if key.endswith("manifest.json"))
    (voice,) = (key for key in s3.objects if key.endswith("voice.json"))
    s3.objects[voice] = b'["denied"]\n'
    files = json.loads(s3.objects[key])
    files["voice.json"]["sha256"] = hashlib.sha256(s3.objects[voice]).hexdigest()
    files["voice.json"]["size"] = len(s3.objects[voice])
    s3.objects[key] = json.dumps(files, sort_keys=True).encode()
    with pytest.raises(UnusableAdapter, match="manifest"):
        await asyncio.to_thread(AdapterStore(tmp_path / "two", URL).get, model)


@pytest.mark.parametrize("file", [WEIGHTS, "manifest.json"])
async def test_what_has_grown_is_not_fetched(
    s3: Bucket, adapter: Path, tmp_path: Path, file: str
) -> None:
    """No more is read than was put, and of a manifest no more than it may have: disks stay free."""
    model = await put(AdapterStore(tmp_path / "one", URL), adapter)
    (key,) = (key for key in s3.objects if key.endswith(file))
    s3.objects[key] += b" " * 100_000
    s3.asked.clear()
    with pytest.raises(StorageUnusable, match=rf"{file} has .* is not fetched"):
        await asyncio.to_thread(AdapterStore(tmp_path / "two", URL).get, model)
    assert ("HEAD", key) in s3.asked and ("GET", key) not in s3.asked


async def test_a_disk_that_takes_no_copy_is_said(s3: Bucket, adapter: Path, tmp_path: Path) -> None:
    """Full, or in the way of something else: it is the disk's fault, and not the storage's."""
    model = await put(AdapterStore(tmp_path / "one", URL), adapter)
    (key,) = (key for key in s3.objects if key.endswith(WEIGHTS))
    read = Storage("s3://models").read
    with pytest.raises(StorageUnusable, match=r"^/dev/full cannot be written \(No space left"):
        await asyncio.to_thread(read, key, Path("/dev/full"), len(s3.objects[key]))
    other = AdapterStore(tmp_path / "two", URL)
    other.folder.mkdir(parents=True)
    (other.folder / FETCHED).write_text("a file where the folder is to be")
    with pytest.raises(StorageUnusable, match=r"fetched/house-2-\w+ cannot be written"):
        await asyncio.to_thread(other.get, model)


async def test_a_whole_copy_waits_for_nobody(s3: Bucket, adapter: Path, tmp_path: Path) -> None:
    """It is served while another process holds the lock of those who fetch."""
    store = AdapterStore(tmp_path / "one", URL)
    model = await put(store, adapter)
    (lock,) = store.folder.glob("fetched/*.lock")
    with lock.open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        async with asyncio.timeout(20):
            assert await asyncio.to_thread(store.get, model)


async def test_a_torn_upload_has_no_place(s3: Bucket, adapter: Path, tmp_path: Path) -> None:
    """Where one file cannot be written the manifest is not, and the next try makes it whole."""
    store = AdapterStore(tmp_path / "one", URL)
    s3.loses = CONFIG
    with pytest.raises(StorageUnusable, match="cannot be reached"):
        await asyncio.to_thread(store.put, "house-2", adapter)
    assert s3.objects and not any(key.endswith("manifest.json") for key in s3.objects)
    s3.loses = ""
    model = await put(store, adapter)
    assert await asyncio.to_thread(store.get, model)


async def test_processes_that_fetch_at_once_do_not_trip(
    s3: Bucket, adapter: Path, tmp_path: Path
) -> None:
    """Four processes get the one whole copy, which was fetched once."""
    model = await put(AdapterStore(tmp_path / "one", URL), adapter)
    s3.asked.clear()
    arguments = str(tmp_path / "two"), str(model.adapter), str(model.adapter_hash)
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _FETCH, *arguments),
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        )
        for _ in range(4)
    ]
    said = [(await process.communicate())[0].decode().strip() for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    assert len(set(said)) == 1
    assert hash_adapter(Path(said[0])) == model.adapter_hash
    assert [key.endswith(WEIGHTS) for how, key in s3.asked if how == "HEAD"].count(True) == 1


async def test_what_is_wrong_with_the_storage_is_said(
    s3: Bucket, adapter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gone, refused and silent each say what to do, and no message has a key."""
    store = AdapterStore(tmp_path / "one", URL)
    assert URL in await asyncio.to_thread(store.check)
    model = await put(store, adapter)
    s3.objects.clear()
    said = []
    with pytest.raises(StorageUnusable, match=r"manifest\.json is not there") as gone:
        await asyncio.to_thread(AdapterStore(tmp_path / "two", URL).get, model)
    said.append(str(gone.value))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-wrong-secret")
    with pytest.raises(StorageUnusable, match=r"refused.*keys in the environment") as refused:
        await asyncio.to_thread(store.check)
    said.append(str(refused.value))
    with pytest.raises(StorageUnusable, match="refused"):
        await asyncio.to_thread(store.put, "house-3", adapter)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(StorageUnusable, match=r"cannot be reached.*HOUSELORE_ADAPTERS") as silent:
        await asyncio.to_thread(store.check)
    said.append(str(silent.value))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://anna-k:of-the-proxy@127.0.0.1:9")
    with pytest.raises(StorageUnusable, match=r"cannot be reached.*http://127\.0\.0\.1") as proxied:
        await asyncio.to_thread(store.check)
    said.append(str(proxied.value))
    for value in (*s3.environment().values(), "a-wrong-secret", "anna-k", "of-the-proxy"):
        assert value == "true" or not any(value in message for message in said)


def test_a_folder_is_kept_where_it_is_and_checked(adapter: Path, tmp_path: Path) -> None:
    """Without object storage nothing is copied; other weights than the registered are refused."""
    store = AdapterStore(tmp_path / "data")
    place = store.put("house-2", adapter)
    model = registered(place, hash_adapter(adapter))
    assert store.get(model) == adapter == Path(place)
    with (adapter / WEIGHTS).open("ab") as file:
        file.write(b"more")
    with pytest.raises(UnusableAdapter, match=r"not the one that was registered.*another name"):
        store.get(model)
    assert store.get(replace(model, adapter=None)) is None
    assert store.get(replace(model, adapter="hosted:ft-1")) is None


def test_a_shared_folder_that_is_not_mounted_is_not_made(adapter: Path, tmp_path: Path) -> None:
    """Neither a look nor an adapter that is put makes it: they would fill the disk below it."""
    store = AdapterStore(tmp_path / "one", (tmp_path / "mounted" / "adapters").as_uri())
    for work in (store.check, lambda: store.put("house-2", adapter)):
        with pytest.raises(StorageUnusable, match=r"is not there.*mounted"):
            work()
    assert not (tmp_path / "mounted").exists()


def test_a_shared_folder_is_a_storage_too(adapter: Path, tmp_path: Path) -> None:
    """With `file:///` a folder that all machines mount does as well as a bucket."""
    shared = tmp_path / "shared folder"
    shared.mkdir()
    store = AdapterStore(tmp_path / "one", shared.as_uri())
    assert "answers" in store.check()
    place = store.put("house-2", adapter)
    assert "/house-2-" in place
    shutil.rmtree(adapter)
    folder = AdapterStore(tmp_path / "two").get(registered(place, None))
    assert folder is not None and (folder / CONFIG).is_file()
