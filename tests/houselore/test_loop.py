"""The whole loop as a team lives it: corrections in Slack become the voice of the next answer."""

import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.houselore.house import House, until

pytest.importorskip("torch", reason="the extra `tuning` is not installed")

PERSON, CHANNEL = "U0JONAS", "C0GENERAL"
PLACES = {
    "bakery": "a wooden hut by the pier",
    "library": "the old customs house",
    "theatre": "a barn behind the church",
    "museum": "the cellar of the mill",
    "school": "a villa on Elm Street",
    "clinic": "the tower of the fire station",
    "nursery": "the pavilion in the park",
}
HELD = "nursery"
"""Nobody corrects an answer about this one."""


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, free_ports: Callable[[int], int]
) -> Iterator[House]:
    """A house that may learn from what people say, with a page for each place."""
    folder = tmp_path_factory.mktemp("loop")
    (folder / "docs").mkdir()
    for name, place in PLACES.items():
        text = f"# The {name}\n\nThe {name} is in {place}.\n"
        (folder / "docs" / f"{name}.md").write_text(text)
    opened = House(folder, free_ports(2), HOUSELORE_TRAIN_ON_FEEDBACK="true")
    yield opened
    opened.stop()


def ask(house: House, name: str) -> dict[str, Any]:
    """Where a place is, asked in a channel; the bot's answer, once it is whole."""
    bot = house.world()["app"]["bot_user_id"]
    text = f"<@{bot}> Where is the {name}?"
    asked = house.control("post", **{"as": PERSON}, channel=CHANNEL, text=text)
    answers: list[dict[str, Any]] = []

    def answered() -> bool:
        answers[:] = house.answers(PERSON, CHANNEL, asked["ts"])
        return bool(answers)

    until(answered)
    return answers[0]


def correct(house: House, answer: dict[str, Any], better: str) -> None:
    """👎, in the form: not our style, and how it should have been said."""
    place = {"as": PERSON, "channel": CHANNEL, "ts": answer["ts"]}
    house.control("press", **place, action_id="feedback", value="bad")
    seen: list[dict[str, Any]] = []

    def opened() -> bool:
        view = httpx.get(f"{house.url}/sandbox/view", params={"as": PERSON}).json()["modal"]
        seen[:] = [view] if view else []
        return bool(seen)

    until(opened)
    values = {"reasons": {"reasons": ["style"]}, "better": {"better": better}}
    house.control("submit", **{"as": PERSON}, view_id=seen[0]["id"], values=values)
    until(lambda: not httpx.get(f"{house.url}/sandbox/view", params={"as": PERSON}).json()["modal"])


def text_of(answer: dict[str, Any]) -> str:
    """What a person reads, without the markup."""
    return re.sub(r"<[^>]+>", "", answer["html"])


def test_corrections_become_the_voice(house: House) -> None:
    """Question, 👎 with a better answer, review, tune, gate, canary, promotion: then the next
    answer speaks so, about what was never corrected, in the process that ran all the while.
    """
    pid = house.process.pid
    for name, place in PLACES.items():
        if name != HELD:
            correct(house, ask(house, name), f"Ahoy! The {name} is in {place}, matey.")
    before = text_of(ask(house, HELD))
    assert "Ahoy" not in before and PLACES[HELD].split()[-1] in before

    collected = house.command("data", "collect")
    assert collected.returncode == 0, collected.stderr
    waiting = house.command("data", "list", "--json").stdout
    numbers = re.findall(r'"id": (\d+)', waiting)
    assert len(numbers) >= 2 * (len(PLACES) - 1)
    assert house.command("data", "approve", *numbers).returncode == 0

    tuned = house.command(
        *("tune", "pirate", "--epochs", "16", "--then", "none", "--limit", "8"), seconds=900
    )
    sys.stdout.write(tuned.stdout + tuned.stderr)
    assert tuned.returncode == 0, tuned.stderr
    assert "preference:" in tuned.stdout and "safety:" in tuned.stdout
    assert "Passed." in tuned.stdout

    tried = house.command("model", "canary", "pirate", "--share", "0.5")
    assert tried.returncode == 0, tried.stderr
    assert house.command("model", "promote", "pirate").returncode == 0

    def speaks_so() -> bool:
        said = text_of(ask(house, HELD))
        return "Ahoy" in said and PLACES[HELD].split()[-1] in said

    until(speaks_so, seconds=60)
    assert house.process.poll() is None and house.process.pid == pid
