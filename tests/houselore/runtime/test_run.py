"""`houselore run` as a person meets it: a process, a sandbox, an answer, nothing left behind."""

import json
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.houselore.running_bot import House, until

pytestmark = pytest.mark.slow

ProcessesOf = Callable[[Path], list[str]]

_LEAVE = "# Leave\n\nEveryone has thirty days of leave a year.\n\nAsk your lead two weeks before.\n"


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, free_ports: Callable[[int], int]
) -> Iterator[House]:
    """One house for the tests that leave it running."""
    folder = tmp_path_factory.mktemp("house")
    (folder / "docs").mkdir()
    (folder / "docs" / "leave.md").write_text(_LEAVE)
    opened = House(folder, free_ports(2))
    yield opened
    if opened.process.poll() is None:
        opened.stop()


def test_it_says_where_it_is(house: House) -> None:
    """The address of the page is printed, the page is there, and every part answers."""
    assert house.url in house.output.read_text()
    assert "1 document indexed" in house.output.read_text()
    assert httpx.get(house.url).status_code == 200
    ready = httpx.get(f"{house.reader}/readyz").json()
    assert ready["ready"]
    assert set(ready["parts"]) == {"database", "redis", "chat model", "slack"}


def test_the_log_tells_of_our_own_doings_alone(house: House) -> None:
    """Without a terminal the log goes to stderr: what we did is there, no library's chatter."""
    told = re.findall(r" INFO +([\w.]+):", house.output.read_text())
    assert "houselore.runtime.startup" in told
    assert {name.partition(".")[0] for name in told} == {"houselore"}


def test_the_box_speaks_of_the_documents_given(house: House) -> None:
    """With documents of one's own nobody is told to ask about Houselore; the model is named."""
    output = " ".join(re.sub("[│\n]", " ", house.output.read_text()).split())
    assert "write in #general: @houselore and a question about your documents" in output
    assert "How do I connect" not in output
    assert "small demo model (135M); HOUSELORE_CHAT_MODEL takes a larger one." in output
    assert "no longer indexed" not in output


def test_a_question_is_answered_with_a_source_that_opens(house: House) -> None:
    """A mention in a channel gets one answer, whose link leads to the marked passage."""
    bot = house.world()["app"]["bot_user_id"]
    question = f"<@{bot}> How many days of leave does everyone have?"
    ts = house.control("post", **{"as": "U0JONAS", "channel": "C0ENGINEERING", "text": question})[
        "ts"
    ]
    until(lambda: house.answers("U0JONAS", "C0ENGINEERING", ts))
    (answer,) = house.answers("U0JONAS", "C0ENGINEERING", ts)
    assert "thirty" in answer["html"].lower()
    links = re.findall(rf'href="({re.escape(house.reader)}/documents/[^"]+)"', answer["html"])
    page = httpx.get(links[0].replace("&amp;", "&"))
    assert page.status_code == 200
    assert re.search(r'class="cited"[^>]*>[^<]*thirty days', page.text)


def test_a_command_beside_it_shares_its_servers(house: House) -> None:
    """`houselore search` finds what the bot indexed, links to its page, and stops nothing."""
    result = house.command("search", "days of leave", "--json")
    assert result.returncode == 0, result.stderr
    (found,) = json.loads(result.stdout)["results"]
    assert found["url"].startswith(house.reader)
    assert httpx.get(f"{house.reader}/readyz").json()["ready"]


def test_a_second_one_is_told_that_the_port_is_taken(house: House) -> None:
    """Exit code 2, the port is named, and how to choose another; the first one goes on."""
    port = house.url.rsplit(":", 1)[1]
    result = house.command("run", "--port", port)
    assert result.returncode == 2
    assert port in result.stderr
    assert "--port" in result.stderr
    assert "`make run PORT=…`" in result.stderr
    assert house.process.poll() is None


def test_it_needs_less_than_one_and_a_half_gigabytes(house: House) -> None:
    """Resident memory of the bot with all its servers, after it has answered."""
    listing = subprocess.run(
        ["ps", "-eo", "pid=,ppid=,rss="], capture_output=True, text=True, check=True
    ).stdout
    rows = [tuple(map(int, line.split())) for line in listing.splitlines()]
    family = {house.process.pid}
    while more := {pid for pid, parent, _ in rows if parent in family} - family:
        family |= more
    assert len(family) > 4
    assert sum(rss for pid, _, rss in rows if pid in family) < 1_500_000


def test_readers_and_askers_have_the_sandboxs_names(house: House) -> None:
    """Beside a running house its sandbox says who is who: what is for a channel is found there."""
    (house.folder / "pay.md").write_text("# Pay\n\nThe zanzibar bonus is paid in June.\n")
    indexed = house.command("index", "pay.md", "--readers", "#people-team")
    assert indexed.returncode == 0, indexed.stderr

    def finds(*asker: str) -> bool:
        found = house.command("search", "zanzibar bonus", *asker)
        assert found.returncode == 0, found.stderr
        return "June" in found.stdout

    assert finds("--as", "@lena")
    assert finds("--as", "@lena", "--in", "#people-team")
    assert not finds("--as", "@lena", "--in", "#general")
    assert not finds("--as", "@jonas")
    refused = house.command("search", "bonus", "--as", "@jonas", "--in", "#people-team")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "@jonas is not in #people-team" in refused.stderr


def test_ctrl_c_leaves_nothing_behind(house: House, processes_of: ProcessesOf) -> None:
    """It ends within seconds with exit code 0, says no traceback, and no process stays."""
    start = time.monotonic()
    assert house.stop(signal.SIGINT) == 0
    assert time.monotonic() - start < 15
    assert "Traceback" not in house.output.read_text()
    assert not processes_of(house.folder)


def test_killed_in_mid_answer_it_finishes_the_same_message(
    tmp_path: Path, processes_of: ProcessesOf, free_ports: Callable[[int], int]
) -> None:
    """After `kill -9` and a new start, the question has exactly one answer, and it is whole."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "leave.md").write_text(_LEAVE)
    port = free_ports(2)
    house = House(tmp_path, port)
    bot = house.world()["app"]["bot_user_id"]
    question = f"<@{bot}> How many days of leave does everyone have?"
    ts = house.control("post", **{"as": "U0JONAS", "channel": "C0ENGINEERING", "text": question})[
        "ts"
    ]
    until(lambda: b"chat.startStream" in httpx.get(f"{house.url}/sandbox/calls").content)
    house.stop(signal.SIGKILL)
    until(lambda: not processes_of(tmp_path))
    house = House(tmp_path, port)
    try:
        until(lambda: house.answers("U0JONAS", "C0ENGINEERING", ts))
        (answer,) = house.answers("U0JONAS", "C0ENGINEERING", ts)
        assert "thirty" in answer["html"].lower()
    finally:
        assert house.stop(signal.SIGTERM) == 0
    assert not processes_of(tmp_path)
