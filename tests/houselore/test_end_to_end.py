"""The whole house as a newcomer meets it: `houselore run`, the page in a browser, its own docs."""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.houselore.running_bot import House, until

ROOT = Path(__file__).parents[2]
ANSWERED = 60_000
"""Milliseconds within which an answer is whole, on a busy machine."""


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, free_ports: Callable[[int], int]
) -> Iterator[House]:
    """A house that has read this project's own documentation."""
    opened = House(tmp_path_factory.mktemp("house"), free_ports(2), docs=ROOT / "docs")
    yield opened
    opened.stop()


@pytest.fixture(scope="module")
def page(house: House, browser: Browser) -> Iterator[Page]:
    """The sandbox's page in a browser, as its admin."""
    opened = browser.new_page(viewport={"width": 1280, "height": 800})
    opened.goto(house.url)
    yield opened
    opened.close()


def ask(page: Page, composer: Locator, question: str) -> None:
    """Write a question and send it, as a person who closes the completion first."""
    composer.click()
    composer.press_sequentially(question)
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")


def open_thread(page: Page, house: House) -> Locator:
    """The last thread, opened as somebody does who comes to the page just now."""
    page.goto(house.url)
    page.get_by_text(re.compile(r"^\d+ repl(y|ies)")).last.click()
    return page.get_by_test_id("thread")


def test_a_question_about_the_docs_streams_in_with_a_source(house: House, page: Page) -> None:
    """Asked in #general, the answer streams into a thread, and its source opens at the passage."""
    ask(page, page.get_by_test_id("composer").first, "@houselore Which database does it need?")
    page.get_by_text("1 reply").last.click()
    thread = page.get_by_test_id("thread")
    expect(thread.get_by_role("button", name="This answer helped")).to_be_visible(timeout=ANSWERED)
    answer = thread.get_by_test_id("message").last
    expect(answer).to_contain_text("Postgres")
    expect(answer).to_contain_text("[1]")
    if folder := os.environ.get("HOUSELORE_PICTURES"):  # `make pictures`
        page.mouse.move(0, 0)
        page.screenshot(path=f"{folder}/sandbox.png")
    source = answer.get_by_role("link").first.get_attribute("href")
    assert source is not None
    opened = httpx.get(source)
    assert opened.status_code == 200
    assert re.search(r'class="cited"', opened.text)
    calls = httpx.get(f"{house.url}/sandbox/calls").json()["calls"]
    methods = [call["method"] for call in calls if call["ok"]]
    assert methods.index("chat.startStream") < methods.index("chat.stopStream")


def test_a_follow_up_needs_no_mention(page: Page, house: House) -> None:
    """A further question in the same thread is answered without naming the bot again."""
    thread = open_thread(page, house)
    ask(page, thread.get_by_test_id("thread-composer"), "And which Redis?")
    helped = thread.get_by_role("button", name="This answer helped")
    expect(helped).to_have_count(2, timeout=ANSWERED)
    expect(thread.get_by_test_id("message").last).to_contain_text("Redis")


def test_a_thumb_is_in_the_ledger(house: House, page: Page) -> None:
    """A 👍 on the answer, given in the page, is counted by `houselore status`."""
    answer = open_thread(page, house).get_by_test_id("message").nth(1)
    answer.hover()
    answer.get_by_role("button", name="React with +1").click()
    until(lambda: json.loads(house.command("status", "--json").stdout)["good"] == 1, seconds=60)


def test_an_admin_reindexes_and_sees_how_far_it_is(page: Page) -> None:
    """`/houselore reindex` answers with one message that ends with what was done."""
    composer = page.get_by_test_id("composer").first
    ask(page, composer, "/houselore reindex")
    expect(page.get_by_text(re.compile("unchanged", re.I)).last).to_be_visible(timeout=ANSWERED)


def test_a_member_may_not_reindex(page: Page, house: House) -> None:
    """The same command by a member is refused, and only the member sees that."""
    page.goto(f"{house.url}/#/U0JONAS/C0GENERAL")
    page.reload()
    ask(page, page.get_by_test_id("composer").first, "/houselore reindex")
    expect(page.get_by_text(re.compile("admin", re.I)).last).to_be_visible(timeout=ANSWERED)
