"""A sandbox with a world of a test's own: who there is, who is where, who is in which group."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]


class Town:
    """A running sandbox: its address, its app's token, and its control API."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.app: dict[str, Any] = httpx.get(f"{url}/sandbox/world").json()["app"]
        self.token: str = self.app["tokens"]["bot"]
        self.bot: str = self.app["bot_user_id"]

    @property
    def api(self) -> str:
        """The Web API's address."""
        return f"{self.url}/api/"

    def act(self, call: str, **arguments: Any) -> dict[str, Any]:
        """One call of the control API; fails when it was a mistake."""
        answer: dict[str, Any] = httpx.post(f"{self.url}/sandbox/{call}", json=arguments).json()
        assert answer["ok"], (call, arguments, answer)
        return answer


def world(
    people: list[dict[str, Any]],
    channels: list[dict[str, Any]],
    groups: list[dict[str, Any]] | None = None,
    team: str = "T0HOME",
) -> dict[str, Any]:
    """A world file; whoever has no real name has none but the name."""
    return {
        "team": {"id": team, "name": team.title(), "domain": team.lower()},
        "people": [{"real_name": person["name"].title(), **person} for person in people],
        "channels": channels,
        "groups": groups or [],
    }


@contextmanager
def running_town(
    folder: Path, told: Mapping[str, Any], manifest: Path = ROOT / "bot" / "manifest.json"
) -> Iterator[Town]:
    """The sandbox with this world while the block runs."""
    file = folder / "world.json"
    file.write_text(json.dumps(told), encoding="utf-8")
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--world", str(file)]
    command += ["--manifest", str(manifest)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Town(process.stdout.readline().rsplit(" ", 1)[-1].strip())
    finally:
        process.terminate()
        process.wait(10)
