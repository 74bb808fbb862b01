"""One sandbox a module; a fresh page a test, which must log no error."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.sandbox.page.driver import AppEnd, Desk, Sandbox

PATIENCE = 10_000
"""Milliseconds; what is tested takes far less, on a machine that has nothing else to do."""

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox with the default world and the tests' app."""
    running = Sandbox(tmp_path_factory.mktemp("sandbox"))
    for channel in ("C0GENERAL", "C0ENGINEERING", "C0HELP"):
        running.http.post(
            "/sandbox/members", json={"as": "U0MARA", "channel": channel, "person": running.bot}
        )
    yield running
    running.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of 1280 by 800; an uncaught error in it, or a broken policy, fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on(
        "console",
        lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None,
    )
    yield opened
    context.close()
    assert wrong == []


@pytest.fixture
def desk(page: Page, sandbox: Sandbox) -> Desk:
    """The page, ready to be opened somewhere."""
    return Desk(page, sandbox)


@pytest.fixture
def app(sandbox: Sandbox) -> Iterator[AppEnd]:
    """The app, connected."""
    with AppEnd(sandbox) as connected:
        yield connected
