"""Processes share one set of embedded servers, which ends with the last of them."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import safetensors.numpy

from houselore.embedded.lease import lease_servers
from houselore.embedded.supervisor import Address
from houselore.errors import ServerDidNotStart
from tuning.adapters.bundled import STARTER
from tuning.adapters.files import WEIGHTS

ProcessesOf = Callable[[Path], list[str]]
Until = Callable[[Callable[[], bool]], Awaitable[None]]

REPOSITORY = Path(__file__).parents[3]

_HOLD = """
import asyncio, sys
from pathlib import Path
from houselore.embedded.lease import lease_servers

async def hold():
    async with lease_servers(Path(sys.argv[1]), ["redis"]) as lease:
        print((await lease.address("redis")).url, flush=True)
        await lease.lost.wait()

asyncio.run(hold())
"""


def _start_user(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """Another process that uses the folder's Redis, and the address it was told."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(folder)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        text=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def _keeper(folder: Path) -> int:
    listing = subprocess.run(
        ["pgrep", "-f", f"houselore.embedded.supervisor {folder}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(listing.stdout.split()[0])


async def test_nothing_runs_when_nothing_is_needed(
    tmp_path: Path, processes_of: ProcessesOf
) -> None:
    """With every part elsewhere, no keeper is started."""
    async with lease_servers(tmp_path, []):
        assert not processes_of(tmp_path)


async def test_a_second_user_shares_and_does_not_stop(
    tmp_path: Path, processes_of: ProcessesOf, until: Until
) -> None:
    """The second process is given the first one's server, which outlives it, then ends."""
    first, url = await asyncio.to_thread(_start_user, tmp_path)
    async with lease_servers(tmp_path, ["redis"]) as lease:
        assert (await lease.address("redis")).url == url
    assert not lease.was_last
    async with lease_servers(tmp_path, ["redis"]) as lease:
        assert (await lease.address("redis")).url == url
        first.terminate()
        first.wait()
        assert not lease.lost.is_set()
    assert lease.was_last
    await until(lambda: not processes_of(tmp_path))


async def test_servers_end_with_their_last_user_however_it_ends(
    tmp_path: Path, processes_of: ProcessesOf, until: Until
) -> None:
    """`kill -9` of the only user leaves no process behind."""
    user, _ = await asyncio.to_thread(_start_user, tmp_path)
    user.kill()
    user.wait()
    await until(lambda: not processes_of(tmp_path))


async def test_servers_end_with_their_keeper(
    tmp_path: Path, processes_of: ProcessesOf, until: Until
) -> None:
    """`kill -9` of the keeper ends its servers, tells the user, and the next start works."""
    async with lease_servers(tmp_path, ["redis"]) as lease:
        await lease.address("redis")
        os.kill(_keeper(tmp_path), signal.SIGKILL)
        await asyncio.wait_for(lease.lost.wait(), 10)
        await until(lambda: not processes_of(tmp_path))
    async with lease_servers(tmp_path, ["redis"]) as lease:
        await lease.address("redis")


async def test_users_that_come_and_go_at_once_do_not_trip(tmp_path: Path) -> None:
    """Whoever arrives while the servers are leaving gets new ones."""

    async def use() -> str:
        async with lease_servers(tmp_path, ["redis"]) as lease:
            return (await lease.address("redis")).url

    for _ in range(3):
        assert len(set(await asyncio.gather(*(use() for _ in range(4))))) == 1


async def test_each_adapter_has_a_server_of_its_own(tmp_path: Path) -> None:
    """A canary answers beside what is served, each with its own weights, on one base."""
    untaught = tmp_path / "untaught"
    shutil.copytree(STARTER, untaught)
    weights = safetensors.numpy.load_file(untaught / WEIGHTS)
    for name, numbers in weights.items():
        weights[name] = numbers * 0 if ".lora_B." in name else numbers
    safetensors.numpy.save_file(weights, untaught / WEIGHTS)
    data = tmp_path / "data"
    async with (
        lease_servers(data, ["chat_model"]) as served,
        lease_servers(data, ["chat_model"], adapter=untaught) as canary,
        lease_servers(data, ["chat_model"], adapter=tmp_path / "gone") as gone,
    ):
        said = [await _say_when(await lease.address("chat_model")) for lease in (served, canary)]
        assert "[1]" in said[0]
        assert said[0] != said[1]
        with pytest.raises(ServerDidNotStart, match="gone"):
            await gone.address("chat_model")


async def test_an_adapters_server_ends_with_its_last_user(
    tmp_path: Path, processes_of: ProcessesOf, until: Until
) -> None:
    """It goes while the others' servers go on, not before both who use it have, and comes again."""

    def adapters() -> int:
        return len([line for line in processes_of(data) if "chat_model_server" in line])

    data = tmp_path / "data"
    adapter = shutil.copytree(STARTER, tmp_path / "house-2")
    async with lease_servers(data, ["redis"]) as others:
        await others.address("redis")
        for _ in range(2):
            async with lease_servers(data, ["chat_model"], adapter=adapter) as first:
                url = (await first.address("chat_model")).url
                async with lease_servers(data, ["chat_model"], adapter=adapter) as second:
                    assert (await second.address("chat_model")).url == url
                assert adapters() == 1
                assert "[1]" in await _say_when(await first.address("chat_model"))
            await until(lambda: adapters() == 0)
        assert not others.lost.is_set()


async def _say_when(address: Address) -> str:
    """What a model says to one note and a question."""
    import openai

    client = openai.AsyncOpenAI(base_url=address.url, api_key=address.api_key or "none")
    prompt = "Notes:\n[1] Lunch: Lunch is at noon in the garden.\n\nQuestion: When is lunch?"
    answer = await client.chat.completions.create(
        model="house",
        messages=[{"role": "user", "content": prompt}],
        max_tokens=24,
        temperature=0,
    )
    await client.close()
    return answer.choices[0].message.content or ""


async def test_a_server_that_cannot_start_is_told_to_whoever_asked(tmp_path: Path) -> None:
    """Its sentence comes through; the parts that did start are there."""
    async with lease_servers(tmp_path, ["redis", "chat_model"], tmp_path / "no-such.gguf") as lease:
        with pytest.raises(ServerDidNotStart, match=r"no-such\.gguf"):
            await lease.address("chat_model")
        assert (await lease.address("redis")).url.startswith("unix://")
