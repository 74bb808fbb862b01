"""How the page holds up: small windows, the keyboard, contrast, scrolling, a lost server."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.sandbox.page.driver import Desk, Sandbox

CONTRAST = """() => {
  const probe = document.body.appendChild(document.createElement("span"));
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const light = (name) => {
    probe.style.color = `var(--${name})`;
    canvas.fillStyle = getComputedStyle(probe).color;
    canvas.fillRect(0, 0, 1, 1);
    const part = (value) => value <= 10 ? value / 3294 : ((value / 255 + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(part);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const pairs = [["ink", "paper"], ["ink", "side"], ["ink", "raised"], ["ink", "sunken"],
    ["quiet", "paper"], ["quiet", "side"], ["quiet", "sunken"], ["quiet", "hover"],
    ["quiet", "raised"], ["quiet", "only-you"], ["on-accent", "accent"], ["on-here", "here"],
    ["accent", "accent-soft"], ["accent", "paper"], ["link", "paper"], ["link", "hover"],
    ["mention", "mention-soft"], ["danger", "paper"], ["danger", "danger-soft"]];
  return Object.fromEntries(pairs.map(([front, back]) => {
    const [dark, bright] = [light(front), light(back)].sort((a, b) => a - b);
    return [`${front} on ${back}`, (bright + 0.05) / (dark + 0.05)];
  }));
}"""

UNNAMED = """() => [...document.querySelectorAll("button, a, input, textarea, select, summary")]
  .filter((one) => one.checkVisibility())
  .filter((one) => !(one.getAttribute("aria-label") || one.textContent.trim() || one.title
    || one.labels?.length || one.getAttribute("aria-labelledby")))
  .map((one) => one.outerHTML)"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(desk: Desk, scheme: Any) -> None:
    """Every pair of colours that carries words has the contrast that AA asks for."""
    desk.page.emulate_media(color_scheme=scheme)
    desk.open("U0MARA", "C0HELP")
    ratios: dict[str, float] = desk.page.evaluate(CONTRAST)
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5} == {}


def test_theme(desk: Desk) -> None:
    """The toggle goes from the system's colours to light, to dark, and a reload keeps it."""
    desk.page.emulate_media(color_scheme="light")
    desk.open("U0MARA", "C0HELP")
    paper = "() => getComputedStyle(document.documentElement).backgroundColor"
    bright = desk.page.evaluate(paper)
    toggle = desk.page.get_by_test_id("theme")
    toggle.click()
    toggle.click()
    expect(toggle).to_have_accessible_name("Colours: dark")
    assert desk.page.evaluate(paper) != bright
    desk.page.reload()
    expect(toggle).to_have_accessible_name("Colours: dark")
    assert desk.page.evaluate(paper) != bright


def test_names(desk: Desk, sandbox: Sandbox) -> None:
    """Everything that one can press or fill in has a name that a screen reader says."""
    ts = sandbox.act("post", as_="U0LENA", channel="C0HELP", text="Names for all")["ts"]
    desk.open("U0MARA", "C0HELP", ts)
    desk.in_thread("Names for all").hover()
    desk.page.get_by_test_id("scene-open").click()
    assert desk.page.evaluate(UNNAMED) == []


def test_keyboard(desk: Desk, sandbox: Sandbox) -> None:
    """Messages are walked through with arrows, and their tools are reached with Tab."""
    sandbox.act("post", as_="U0LENA", channel="C0HELP", text="The one before")
    sandbox.act("post", as_="U0TOMAS", channel="C0HELP", text="The last one")
    desk.open("U0MARA", "C0HELP")
    expect(desk.message("The last one")).to_be_visible()
    desk.page.get_by_test_id("composer").focus()
    desk.page.keyboard.press("Shift+Tab")
    for _ in range(8):
        if desk.page.evaluate("document.activeElement.matches('.message')"):
            break
        desk.page.keyboard.press("Shift+Tab")
    desk.page.keyboard.press("ArrowUp")
    expect(desk.message("The one before")).to_be_focused()
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.press("Enter")
    expect(desk.message("The one before").locator(".pill[data-reaction='+1']")).to_be_visible()


def test_small_window(browser: Browser, sandbox: Sandbox) -> None:
    """At 400 pixels nothing sticks out, the list is a drawer, and a thread fills the page."""
    ts = sandbox.act("post", as_="U0LENA", channel="C0HELP", text="word" * 60)["ts"]
    context = browser.new_context(viewport={"width": 400, "height": 800})
    page = context.new_page()
    desk = Desk(page, sandbox).open("U0MARA", "C0HELP")
    expect(desk.message("wordword")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 400
    channel = page.get_by_test_id("channel-general")
    expect(channel).to_be_hidden()
    page.get_by_test_id("drawer").click()
    expect(channel).to_be_visible()
    page.keyboard.press("Escape")
    expect(channel).to_be_hidden()
    desk.open("U0MARA", "C0HELP", ts)
    box = page.get_by_test_id("thread").bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 400)
    page.get_by_role("button", name="Back to the channel").click()
    expect(desk.message("wordword")).to_be_visible()
    context.close()


def test_reading_above(desk: Desk, sandbox: Sandbox) -> None:
    """Who reads above stays there when a message comes, and is told; who is below goes along."""
    for number in range(30):
        sandbox.act("post", as_="U0MARA", channel="C0GENERAL", text=f"Line {number}\nand more")
    desk.open("U0JONAS", "C0GENERAL")
    expect(desk.message("Line 29")).to_be_in_viewport()
    sandbox.act("post", as_="U0LENA", channel="C0GENERAL", text="Seen at once")
    expect(desk.message("Seen at once")).to_be_in_viewport()
    desk.message("Line 3\n").or_(desk.message("Line 3and")).first.scroll_into_view_if_needed()
    top = "() => document.querySelector('main .feed-scroll').scrollTop"
    desk.page.wait_for_timeout(100)
    before = desk.page.evaluate(top)
    sandbox.act("post", as_="U0LENA", channel="C0GENERAL", text="While you read")
    jump = desk.page.get_by_role("button", name="New messages")
    expect(jump).to_be_visible()
    assert abs(desk.page.evaluate(top) - before) <= 1
    jump.click()
    expect(desk.message("While you read")).to_be_in_viewport()
    expect(jump).to_be_hidden()


def test_lost_server(page: Page, tmp_path: Path) -> None:
    """When the server goes a banner says so; when it is back the page reads everything again."""
    own = Sandbox(tmp_path)
    try:
        desk = Desk(page, own).open("U0MARA", "C0HELP")
        expect(desk.message("old plan")).to_be_visible()
        own.stop()
        banner = page.get_by_text("The connection is lost")
        expect(banner).to_be_visible()
        own.start()
        own.act("post", as_="U0LENA", channel="C0HELP", text="Said in between")
        expect(desk.message("Said in between")).to_be_visible(timeout=8000)
        expect(banner).to_be_hidden()
    finally:
        own.stop()


def test_not_a_member(desk: Desk, sandbox: Sandbox) -> None:
    """Who is not in a public channel reads it, and joins before writing."""
    desk.open("U0TOMAS", "C0ENGINEERING")
    expect(desk.page.get_by_test_id("composer")).to_have_count(0)
    desk.page.get_by_test_id("join").click()
    expect(desk.page.get_by_test_id("composer")).to_be_visible()
    sandbox.act("members", channel="C0ENGINEERING", person="U0TOMAS", remove=True)
    expect(desk.page.get_by_test_id("join")).to_be_visible()


def test_policy(sandbox: Sandbox) -> None:
    """The page may load only what is its own, runs no inline script, and is framed by nobody."""
    response = sandbox.http.get("/")
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in response.text and "style=" not in response.text
