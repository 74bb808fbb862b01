"""The command line: one line at the start, a clear sentence when it cannot, a clean end."""

import asyncio
import json
import signal
import socket
import sys
from pathlib import Path

import aiohttp
import pytest

from sandbox.__main__ import main


async def _started(*arguments: str) -> tuple[asyncio.subprocess.Process, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sandbox",
        "--port",
        "0",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    return process, line.rsplit(" ", 1)[-1].strip()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_stops_at_once(number: signal.Signals) -> None:
    """With sockets open it ends within a second of a signal, without a word of complaint."""
    process, url = await _started()
    async with aiohttp.ClientSession() as http:
        page = await http.ws_connect(f"{url}/sandbox/stream?as=U0MARA")
        async with http.get(f"{url}/sandbox/world") as response:
            token = (await response.json())["app"]["tokens"]["app"]
        headers = {"Authorization": f"Bearer {token}"}
        async with http.post(f"{url}/api/apps.connections.open", headers=headers) as response:
            link = await http.ws_connect((await response.json())["url"])
        began = asyncio.get_running_loop().time()
        process.send_signal(number)
        _, complaints = await asyncio.wait_for(process.communicate(), 5)
        took = asyncio.get_running_loop().time() - began
        assert (process.returncode, complaints.decode()) == (0, "")
        assert took < 2  # a second, and one more for a busy machine
        await page.close()
        await link.close()


async def test_the_state_outlives_it(tmp_path: Path) -> None:
    """With --state what was said is there after a restart."""
    state = tmp_path / "deep" / "state.json"
    process, url = await _started("--state", str(state))
    said = {"as": "U0MARA", "channel": "C0GENERAL", "text": "remember this"}
    async with aiohttp.ClientSession() as http, http.post(f"{url}/sandbox/post", json=said) as _:
        process.terminate()
    await process.wait()
    process, url = await _started("--state", str(state))
    query = {"as": "U0MARA", "channel": "C0GENERAL"}
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{url}/sandbox/messages", params=query) as response,
    ):
        assert (await response.json())["messages"][-1]["text"] == "remember this"
    process.terminate()
    await process.wait()


def test_a_port_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence and exit code 2."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["--port", str(port)]) == 2
    error = capsys.readouterr().err
    assert f"Port {port} on 127.0.0.1 is in use" in error and error.count("\n") == 1


@pytest.mark.parametrize(
    ("option", "content", "words"),
    [
        ("--world", None, "cannot be read"),
        ("--world", "{", "is not JSON"),
        ("--world", "{}", "lacks or misplaces 'team'"),
        ("--manifest", None, "cannot be read"),
        ("--manifest", "[]", "must be a JSON object"),
        ("--manifest", "{}", "give the app a name"),
        ("--state", "{}", "cannot be read"),
        ("--state", json.dumps({"team": "T0OTHER"}), "of another workspace"),
    ],
)
def test_files_that_are_wrong(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    option: str,
    content: str | None,
    words: str,
) -> None:
    """A missing or broken file is one sentence and exit code 2."""
    path = tmp_path / "file.json"
    if content is not None:
        path.write_text(content)
    assert main(["--port", "0", option, str(path)]) == 2
    error = capsys.readouterr().err
    assert words in error and error.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--port", "70000"], ["--host", "no.such.host.invalid"]])
def test_addresses_that_are_wrong(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """So is an address that cannot be listened on."""
    assert main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1
