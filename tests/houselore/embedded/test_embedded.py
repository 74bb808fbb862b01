"""The embedded servers are real, private, end with whoever started them, and start again."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import gguf
import psycopg
import pytest
import xllamacpp  # type: ignore[import-untyped]  # it has no types
from redis.asyncio import Redis

from houselore.embedded.chat_model import embedded_chat_model
from houselore.embedded.chat_model_files import ABLE_BYTES, context_of, is_able
from houselore.embedded.chat_model_server import has_gpu
from houselore.embedded.data_dir import socket_folder
from houselore.embedded.postgres import embedded_postgres
from houselore.embedded.redis import embedded_redis
from houselore.errors import ServerDidNotStart

ProcessesOf = Callable[[Path], list[str]]
Until = Callable[[Callable[[], bool]], Awaitable[None]]

REPOSITORY = Path(__file__).parents[3]

_HOLD = """
import asyncio, sys
from pathlib import Path
from houselore.embedded.postgres import embedded_postgres
from houselore.embedded.redis import embedded_redis

async def hold():
    async with embedded_postgres(Path(sys.argv[1]) / "postgres") as url:
        async with embedded_redis(Path(sys.argv[1]) / "redis"):
            print(url, flush=True)
            await asyncio.sleep(60)

asyncio.run(hold())
"""


async def test_postgres_keeps_its_data_and_has_pgvector(
    tmp_path: Path, processes_of: ProcessesOf
) -> None:
    """What was written before a stop is there after the next start, and vectors can be compared."""
    async with embedded_postgres(tmp_path / "pg") as url:
        with psycopg.connect(url) as connection:
            connection.execute("create extension vector")
            connection.execute("create table kept as select '[1,2]'::vector as v")
    async with embedded_postgres(tmp_path / "pg") as url:
        with psycopg.connect(url) as connection:
            row = connection.execute("select v <-> '[1,3]' from kept").fetchone()
    assert row == (1.0,)
    assert not processes_of(tmp_path)


async def test_postgres_is_closed_to_others(tmp_path: Path) -> None:
    """It has no TCP port, and only its owner may enter the folder of its socket."""
    async with embedded_postgres(tmp_path / "pg", durable=False) as url:
        with psycopg.connect(url) as connection:
            row = connection.execute("show listen_addresses").fetchone()
        assert row == ("",)
        assert (tmp_path / "pg").stat().st_mode & 0o077 == 0


async def test_servers_end_with_a_killed_owner_and_start_again(
    tmp_path: Path, processes_of: ProcessesOf, until: Until
) -> None:
    """`kill -9` of the process that started them ends Postgres and Redis; the next start works."""
    if sys.platform != "linux":
        pytest.skip("only Linux tells a process that its parent died")
    owner = subprocess.Popen(  # noqa: ASYNC220 - it is not waited for
        [sys.executable, "-c", _HOLD, str(tmp_path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        text=True,
    )
    assert owner.stdout is not None
    url = await asyncio.to_thread(owner.stdout.readline)
    with psycopg.connect(url.strip()) as connection:
        connection.execute("create table kept (n int)")
    owner.kill()
    owner.wait()
    await until(lambda: not processes_of(tmp_path))
    async with embedded_postgres(tmp_path / "postgres") as again:
        with psycopg.connect(again) as connection:
            connection.execute("insert into kept values (1)")


async def test_a_postgres_left_running_is_taken_over(
    tmp_path: Path, processes_of: ProcessesOf
) -> None:
    """A server whose starter vanished is used as it is, and stopped at the end."""
    first = embedded_postgres(tmp_path / "pg", durable=False)
    url = await first.__aenter__()
    note = tmp_path / "pg" / "data" / "postmaster.pid"
    pid = note.read_text().split()[0]
    async with embedded_postgres(tmp_path / "pg", durable=False) as again:
        assert again == url
        assert note.read_text().split()[0] == pid
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    await first.__aexit__(None, None, None)
    assert not processes_of(tmp_path)


async def test_postgres_starts_after_its_server_was_killed(tmp_path: Path) -> None:
    """`kill -9` of the server itself loses nothing that was committed."""
    async with embedded_postgres(tmp_path / "pg") as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("create table kept as select 1 as n")
        pid = int((tmp_path / "pg" / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
    async with embedded_postgres(tmp_path / "pg") as url:
        with psycopg.connect(url) as connection:
            assert connection.execute("select n from kept").fetchone() == (1,)


async def test_a_stale_note_of_a_server_does_not_hinder(tmp_path: Path) -> None:
    """A pid file whose number now belongs to something else is not taken for a server."""
    async with embedded_postgres(tmp_path / "pg", durable=False):
        pass
    note = tmp_path / "pg" / "data" / "postmaster.pid"
    note.write_text(f"{os.getpid()}\n{tmp_path}\n0\n5432\n\n\n\nready\n")
    async with embedded_postgres(tmp_path / "pg", durable=False) as url:
        with psycopg.connect(url) as connection:
            assert connection.execute("select 1").fetchone() == (1,)


async def test_data_of_another_postgres_version_is_refused(tmp_path: Path) -> None:
    """It is left alone, and the sentence says what to do with it."""
    async with embedded_postgres(tmp_path / "pg", durable=False):
        pass
    (tmp_path / "pg" / "data" / "PG_VERSION").write_text("14\n")
    with pytest.raises(ServerDidNotStart, match=r"made by Postgres 14.*pg_dump"):
        await embedded_postgres(tmp_path / "pg").__aenter__()


async def test_a_long_path_and_odd_characters_do_no_harm(tmp_path: Path) -> None:
    """A data folder too deep for a socket's path gets a private short one; spaces are quoted."""
    folder = tmp_path / ("a long name é " * 8) / "pg"
    async with embedded_postgres(folder, durable=False) as url:
        with psycopg.connect(url) as connection:
            assert connection.execute("select 1").fetchone() == (1,)


def test_a_short_folder_that_belongs_to_others_is_refused(tmp_path: Path) -> None:
    """Nobody can put a folder of theirs where our socket is going to be."""
    deep = tmp_path / ("x" * 100)
    short = socket_folder(deep)
    assert short.stat().st_mode & 0o077 == 0
    short.chmod(0o777)
    try:
        with pytest.raises(ServerDidNotStart, match="belongs to somebody else"):
            socket_folder(deep)
    finally:
        short.rmdir()


async def test_redis_is_a_cache_on_a_private_socket(
    tmp_path: Path, processes_of: ProcessesOf
) -> None:
    """It answers, forgets the least used first, and leaves nothing behind."""
    async with embedded_redis(tmp_path / "redis") as url:
        client: Redis = Redis.from_url(url)
        await client.set("a", "b")
        assert await client.get("a") == b"b"
        assert (await client.config_get("maxmemory-policy"))["maxmemory-policy"] == "allkeys-lru"
        assert (tmp_path / "redis").stat().st_mode & 0o077 == 0
        await client.aclose()
    assert not processes_of(tmp_path)


async def test_the_chat_model_answers_whoever_has_the_key(
    tmp_path: Path, processes_of: ProcessesOf
) -> None:
    """The model is called `house`, speaks OpenAI's protocol, and refuses a wrong key."""
    import openai

    async with embedded_chat_model(tmp_path / "chat", api_key="right") as url:
        client = openai.AsyncOpenAI(base_url=url, api_key="right", max_retries=0)
        answer = await client.chat.completions.create(
            model="house", messages=[{"role": "user", "content": "Say hello."}], max_tokens=8
        )
        assert answer.model == "house"
        assert answer.choices[0].message.content
        with pytest.raises(openai.AuthenticationError):
            await client.with_options(api_key="wrong").models.list()
    assert not processes_of(tmp_path)


async def test_a_missing_model_file_is_named(tmp_path: Path) -> None:
    """The sentence names the file and the setting."""
    with pytest.raises(ServerDidNotStart, match=r"no\.gguf.*HOUSELORE_CHAT_GGUF"):
        await embedded_chat_model(tmp_path, gguf=tmp_path / "no.gguf").__aenter__()


async def test_a_broken_model_file_says_where_the_log_is(tmp_path: Path) -> None:
    """A file that is no model ends the server at once, not after a minute."""
    (tmp_path / "broken.gguf").write_bytes(b"not a model")
    with pytest.raises(ServerDidNotStart, match="its log is"):
        await embedded_chat_model(tmp_path, gguf=tmp_path / "broken.gguf").__aenter__()


def test_layers_go_to_a_gpu_where_there_is_one() -> None:
    """By the kinds of device that llama.cpp tells of; a processor alone is none."""
    kinds = xllamacpp.ggml_backend_dev_type
    cpu = {"type": kinds.GGML_BACKEND_DEVICE_TYPE_CPU}
    assert not has_gpu([cpu, {"type": kinds.GGML_BACKEND_DEVICE_TYPE_ACCEL}])
    assert has_gpu([cpu, {"type": kinds.GGML_BACKEND_DEVICE_TYPE_GPU}])
    assert has_gpu([cpu, {"type": kinds.GGML_BACKEND_DEVICE_TYPE_IGPU}])


def test_a_large_file_is_an_able_model_s(tmp_path: Path) -> None:
    """It may read more, as far as it was trained to; the bundled one and a small one may not."""
    for name, size, trained in (
        ("small.gguf", 10_000, 32_768),
        ("large.gguf", ABLE_BYTES, 32_768),
        ("short.gguf", ABLE_BYTES, 4096),
    ):
        writer = gguf.GGUFWriter(tmp_path / name, "llama")
        writer.add_context_length(trained)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.close()
        os.truncate(tmp_path / name, size)  # a hole, which takes no disk
    found = {name: context_of(tmp_path / f"{name}.gguf") for name in ("small", "large", "short")}
    assert found == {"small": 2048, "large": 8192, "short": 4096}
    assert context_of(None) == 2048
    assert is_able(tmp_path / "large.gguf")
    assert not is_able(tmp_path / "small.gguf")
    assert not is_able(None)
