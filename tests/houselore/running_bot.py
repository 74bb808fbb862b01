"""A running `houselore run` in its sandbox, for the tests that use it as a person does."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

REPOSITORY = Path(__file__).parents[2]


class House:
    """A running `houselore run` in the sandbox, and what a person does with it."""

    def __init__(self, folder: Path, port: int, docs: Path | None = None, **settings: str) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        self.reader = f"http://127.0.0.1:{port + 1}"
        self.output = folder / "output"
        self.environment = {
            **{
                key: value
                for key, value in os.environ.items()
                if not key.startswith(("HOUSELORE_", "SLACK_"))
            },
            "PYTHONPATH": str(REPOSITORY),
            "HOUSELORE_DATA_DIR": str(folder / "data"),
            **settings,
        }
        command = ["run", "--port", str(port), "--docs", str(docs or folder / "docs")]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "houselore", *command],
                env=self.environment,
                cwd=folder,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        until(lambda: self._says("Houselore is ready") or self.process.poll() is not None)
        assert self.process.poll() is None, self.output.read_text()

    def _says(self, words: str) -> bool:
        return words in self.output.read_text()

    def command(self, *arguments: str, seconds: float = 600) -> "subprocess.CompletedProcess[str]":
        """Another `houselore …` beside the running one."""
        return subprocess.run(
            [sys.executable, "-m", "houselore", *arguments],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def control(self, call: str, **arguments: Any) -> dict[str, Any]:
        """A call of the sandbox's control API."""
        response = httpx.post(f"{self.url}/sandbox/{call}", json=arguments)
        answer: dict[str, Any] = response.json()
        assert answer["ok"], answer
        return answer

    def world(self) -> dict[str, Any]:
        """Who and what there is in the sandbox."""
        world: dict[str, Any] = httpx.get(f"{self.url}/sandbox/world").json()
        return world

    def answers(self, person: str, channel: str, thread_ts: str) -> list[dict[str, Any]]:
        """The bot's finished messages in a thread."""
        query = {"as": person, "channel": channel, "thread_ts": thread_ts}
        got = httpx.get(f"{self.url}/sandbox/messages", params=query).json()["messages"]
        bot = self.world()["app"]["bot_user_id"]
        return [message for message in got if message["user"] == bot and not message["streaming"]]

    def stop(self, with_signal: signal.Signals = signal.SIGINT) -> int:
        """End it; the exit code."""
        self.process.send_signal(with_signal)
        return self.process.wait(timeout=30)


def until(true: Callable[[], object], seconds: float = 120) -> None:
    """Wait until `true()`; a busy machine may take its time."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.1)
