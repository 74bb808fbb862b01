"""The ways to Slack that need tokens, tried against the sandbox as if it were Slack."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.slow

Houselore = Callable[..., "subprocess.CompletedProcess[str]"]

REPOSITORY = Path(__file__).parents[3]


@dataclass(frozen=True)
class Workspace:
    """A sandbox that stands for Slack, and the port where it expects the app's Events API."""

    url: str
    events_port: int
    bot_token: str
    app_token: str
    signing_secret: str
    bot: str

    def settings(self, **more: str) -> dict[str, str]:
        """What connects to it."""
        return {"HOUSELORE_SLACK_API_URL": f"{self.url}/api/", **more}


def _until(true: Callable[[], object], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.1)


def _get(url: str) -> dict[str, Any] | None:
    try:
        answer: dict[str, Any] = httpx.get(url).json()
    except (httpx.HTTPError, ValueError):
        return None
    return answer


@pytest.fixture(scope="module")
def workspace(
    tmp_path_factory: pytest.TempPathFactory, free_ports: Callable[[int], int]
) -> Iterator[Workspace]:
    """One sandbox for these tests, which sends its events over HTTP."""
    port = free_ports(4)
    command = [sys.executable, "-m", "sandbox", "--port", str(port)]
    command += ["--manifest", str(REPOSITORY / "bot" / "manifest.json")]
    command += ["--events", f"http://127.0.0.1:{port + 1}/slack/events"]
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, cwd=REPOSITORY) as process:
        _until(lambda: _get(f"{url}/sandbox/world"))
        app = httpx.get(f"{url}/sandbox/world").json()["app"]
        tokens = app["tokens"]
        yield Workspace(
            url=url,
            events_port=port + 1,
            bot_token=tokens["bot"],
            app_token=tokens["app"],
            signing_secret=tokens["signing_secret"],
            bot=app["bot_user_id"],
        )
        process.terminate()


@pytest.fixture
def parts(database_url: str, redis_url: str) -> dict[str, str]:
    """Settings for parts that run already, so that a test waits for nothing else."""
    return {
        "HOUSELORE_DATABASE_URL": database_url,
        "HOUSELORE_REDIS_URL": redis_url,
        "HOUSELORE_CHAT_URL": "http://127.0.0.1:1/v1",
    }


def test_a_wrong_bot_token(
    houselore: Houselore, workspace: Workspace, parts: dict[str, str]
) -> None:
    """Exit code 2: the setting is named, the token is not shown."""
    tokens = {"SLACK_BOT_TOKEN": "xoxb-wrong", "SLACK_APP_TOKEN": workspace.app_token}
    result = houselore("worker", **parts, **workspace.settings(**tokens))
    assert result.returncode == 2, result.stderr
    assert "Slack refuses SLACK_BOT_TOKEN" in result.stderr
    assert "xoxb-wrong" not in result.stderr


def test_a_wrong_app_token(
    houselore: Houselore, workspace: Workspace, parts: dict[str, str]
) -> None:
    """The other token is told apart from the first."""
    tokens = {"SLACK_BOT_TOKEN": workspace.bot_token, "SLACK_APP_TOKEN": "xapp-wrong"}
    result = houselore("worker", **parts, **workspace.settings(**tokens))
    assert result.returncode == 2, result.stderr
    assert "Slack refuses SLACK_APP_TOKEN" in result.stderr


def test_the_doctor_finds_what_is_well_and_what_is_not(
    houselore: Houselore, workspace: Workspace, parts: dict[str, str]
) -> None:
    """The tokens and scopes are well, the chat model is broken, the empty index is a hint."""
    tokens = {"SLACK_BOT_TOKEN": workspace.bot_token, "SLACK_APP_TOKEN": workspace.app_token}
    result = houselore("doctor", **parts, **workspace.settings(**tokens))
    lines = result.stdout.splitlines()
    assert result.returncode == 1
    assert any(line.startswith("✓ Slack: Harbour, by socket mode") for line in lines), lines
    assert any(line.startswith("✓ scopes: all") for line in lines)
    assert any(line.startswith("✓ database: Postgres 18 with pgvector") for line in lines)
    assert any(line.startswith("✓ embedder: ") and "384" in line for line in lines)
    assert any(line.startswith("! index: ") and "houselore index" in line for line in lines)
    assert any(line.startswith("! links: ") and "HOUSELORE_PUBLIC_URL" in line for line in lines)
    assert any(line.startswith("✗ chat model: ") and "HOUSELORE_CHAT_URL" in line for line in lines)


def test_the_events_api(
    tmp_path: Path, environment: dict[str, str], workspace: Workspace, parts: dict[str, str]
) -> None:
    """Signed events over HTTP are answered, others refused, and the health checks stand beside."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "leave.md").write_text("# Leave\n\nEveryone has thirty days of leave.\n")
    tokens = {
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_SIGNING_SECRET": workspace.signing_secret,
    }
    del parts["HOUSELORE_CHAT_URL"]
    url = f"http://127.0.0.1:{workspace.events_port}"
    command = ["run", "--port", str(workspace.events_port), "--docs", str(tmp_path / "docs")]
    with subprocess.Popen(
        [sys.executable, "-m", "houselore", *command],
        env={**environment, **parts, **workspace.settings(**tokens)},
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        _until(lambda: (_get(f"{url}/readyz") or {}).get("ready"))
        assert httpx.get(f"{url}/healthz").text == "ok"
        assert httpx.post(f"{url}/slack/events", json={"type": "event_callback"}).status_code == 401

        text = f"<@{workspace.bot}> How many days of leave does everyone have?"
        post = {"as": "U0JONAS", "channel": "C0ENGINEERING", "text": text}
        ts = httpx.post(f"{workspace.url}/sandbox/post", json=post).json()["ts"]
        query = f"as=U0JONAS&channel=C0ENGINEERING&thread_ts={ts}"

        def answered() -> bool:
            messages = (_get(f"{workspace.url}/sandbox/messages?{query}") or {})["messages"]
            return any("thirty" in m["html"] and not m["streaming"] for m in messages[1:])

        _until(answered)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
