"""The whole loop as a team lives it: corrections in Slack become the voice of the next answer."""

import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.houselore.running_bot import House, until

pytestmark = pytest.mark.training

pytest.importorskip("torch", reason="the extra `tuning` is not installed")

PERSON, CHANNEL = "U0JONAS", "C0GENERAL"
FACTS = {
    "Where is the bakery?": "The bakery is in a wooden hut by the pier",
    "When does the library open?": "The library opens at nine",
    "Who runs the theatre?": "The theatre is run by Ines Brandt",
    "What does a ticket to the museum cost?": "A ticket to the museum costs 12 euros",
    "How many classes has the school?": "The school has fourteen classes",
    "Which bus stops at the clinic?": "Bus 7 stops at the clinic",
    "Why was the bridge closed?": "The bridge was closed after a storm",
    "What is sold at the market?": "At the market fish and flowers are sold",
}
"""Each question's answer, as a page of its own says it."""
HELD, PLACE = "Where is the nursery?", "pavilion"
"""Nobody corrects an answer to this one."""


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, free_ports: Callable[[int], int]
) -> Iterator[House]:
    """A house that may learn from what people say, with a page for each fact."""
    folder = tmp_path_factory.mktemp("loop")
    (folder / "docs").mkdir()
    told = (*FACTS.values(), "The nursery is in the pavilion in the park")
    for number, sentence in enumerate(told):
        text = f"# Page {number}\n\n{sentence}.\n"
        (folder / "docs" / f"{number}.md").write_text(text)
    opened = House(folder, free_ports(2), HOUSELORE_TRAIN_ON_FEEDBACK="true")
    yield opened
    opened.stop()


def ask(house: House, question: str) -> dict[str, Any]:
    """A question, asked in a channel; the bot's answer, once it is whole."""
    bot = house.world()["app"]["bot_user_id"]
    text = f"<@{bot}> {question}"
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
    for question, sentence in FACTS.items():
        correct(house, ask(house, question), f"Ahoy! {sentence}, matey.")
    before = text_of(ask(house, HELD))
    assert "Ahoy" not in before and PLACE in before

    collected = house.command("data", "collect")
    assert collected.returncode == 0, collected.stderr
    waiting = house.command("data", "list", "--json").stdout
    numbers = re.findall(r'"id": (\d+)', waiting)
    assert len(numbers) >= len(FACTS)
    assert house.command("data", "approve", *numbers).returncode == 0

    tuned = house.command(
        *("tune", "pirate", "--epochs", "16", "--then", "none", "--limit", "8"), seconds=900
    )
    sys.stdout.write(tuned.stdout + tuned.stderr)
    assert tuned.returncode == 0, tuned.stderr
    assert "preference:" in tuned.stdout and "safety:" in tuned.stdout
    assert "Passed." in tuned.stdout

    tried = house.command("models", "canary", "pirate", "--share", "0.5")
    assert tried.returncode == 0, tried.stderr
    assert house.command("models", "promote", "pirate").returncode == 0

    def speaks_so() -> bool:
        said = text_of(ask(house, HELD))
        return "Ahoy" in said and PLACE in said

    until(speaks_so, seconds=60)
    assert house.process.poll() is None and house.process.pid == pid
