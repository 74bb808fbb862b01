"""In the sandbox's page a person does with the bot's form and shortcut what they do in Slack."""

from playwright.async_api import async_playwright, expect

from database.database import Database
from tests.bot.rated_answers import answered, holds
from tests.bot.running_bot import House
from tests.bot.slack_client import MEMBER, OTHER, Scene
from tests.conftest import CHROMIUM


async def test_the_form_and_the_shortcut(house: House, scene: Scene, database: Database) -> None:
    """A thumb down opens the form, which refuses nothing at all; a reply's menu saves it."""
    answer = await answered(scene)
    thread = answer["thread_ts"]
    await scene.say("Use the button.", OTHER, thread=thread)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=CHROMIUM
        )
        page = await browser.new_page()
        await page.goto(f"{scene.url}/#/{MEMBER}/{scene.channel}/{thread}")
        await page.get_by_role("button", name="This answer did not help").last.click()
        form = page.get_by_role("dialog", name="Tell us why")
        await form.get_by_role("button", name="Send").click()
        await expect(form.get_by_role("alert")).to_contain_text("Tick a reason")
        await form.get_by_label("It is outdated").check()
        await form.get_by_label("A better answer").fill("Run make ship.")
        await form.get_by_role("button", name="Send").click()
        await expect(form).to_have_count(0)
        await holds(database, "select person, reasons from remarks", [(MEMBER, ["outdated"])])
        reply = page.locator(".message", has_text="Use the button.")
        await reply.hover()
        await reply.get_by_test_id("more").click()
        await page.get_by_role("menuitem", name="Save as answer").click()
        saved = [(MEMBER, "Run make ship."), (OTHER, "Use the button.")]
        await holds(database, "select author, text from better_answers order by id", saved)
        await page.get_by_role("button", name="Tell us why").last.click()
        await expect(form.get_by_label("A better answer")).to_have_value("Run make ship.")
        await expect(form.get_by_label("It is outdated")).to_be_checked()
        await browser.close()
