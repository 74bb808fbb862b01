"""An answer of steps, a table, a list and code as somebody sees it, on a desk and on a phone."""

from playwright.async_api import Page, async_playwright, expect

from tests.bot.answers import STEPS, WHOLE
from tests.bot.running_bot import House
from tests.bot.slack_client import MEMBER, Scene
from tests.conftest import CHROMIUM

CODE = STEPS.split("```toml\n")[1].split("\n   ```")[0].replace("\n   ", "\n")[3:]
WIDE = "x" * 300


async def left(page: Page, words: str) -> float:
    """How far from the left edge the item with these words stands."""
    box = await page.get_by_test_id("thread").locator("li", has_text=words).first.bounding_box()
    assert box is not None
    return box["x"]


async def test_an_answer_is_shown_as_it_stands(house: House, scene: Scene) -> None:
    """At 1280 and 390 pixels: lists are set in, code is exact, wide tables and code scroll."""
    house.script.words = [*WHOLE.splitlines(keepends=True), f"\n```\n{WIDE}\n```\n"]
    ts = await scene.say("@bot how do I rotate the signing key?")
    await scene.reply(ts)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=CHROMIUM
        )
        for width in (1280, 390):
            page = await browser.new_page(viewport={"width": width, "height": 1200})
            await page.goto(f"{scene.url}/#/{MEMBER}/{scene.channel}/{ts}")
            answer = page.get_by_test_id("thread").get_by_test_id("message").last
            await expect(answer.locator(".table-block")).to_be_visible()
            assert await answer.locator("pre").first.inner_text() == CODE
            steps = answer.locator("ol")
            assert [await one.get_attribute("start") for one in await steps.all()] == [
                "3", "5", "6",
            ]  # fmt: skip
            assert await left(page, "Reviews") < await left(page, "within one working day")
            assert await left(page, "On a Friday") < await left(page, "Not on holidays")
            assert await answer.locator(".mention").count() == 0
            assert await page.evaluate("document.documentElement.scrollWidth") == width
            for wide in (answer.locator(".table-scroll"), answer.locator("pre").last):
                scrolls = await wide.evaluate("one => one.scrollWidth > one.clientWidth")
                box = await wide.bounding_box()
                assert scrolls and box is not None and box["x"] + box["width"] <= width
            head = answer.locator("th strong").first
            assert await head.evaluate("one => one.getClientRects().length") == 1  # no word breaks
            await page.close()
        await browser.close()
