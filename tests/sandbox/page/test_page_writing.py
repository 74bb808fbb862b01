"""What people do with one another on the page: write, react, reply, edit, switch."""

import re

from playwright.sync_api import Route, expect

from tests.sandbox.page.driver import Desk, Sandbox


def test_posting(desk: Desk, sandbox: Sandbox) -> None:
    """Enter sends and Shift+Enter breaks the line; the server has the message as written."""
    desk.open("U0JONAS", "C0ENGINEERING")
    composer = desk.page.get_by_test_id("composer")
    composer.press_sequentially("two lines:")
    composer.press("Shift+Enter")
    composer.press_sequentially("here & <there>")
    composer.press("Enter")
    expect(desk.message("here & <there>")).to_be_visible()
    expect(composer).to_have_value("")
    last = sandbox.messages("U0MARA", "C0ENGINEERING")[-1]
    assert last["text"] == "two lines:\nhere &amp; &lt;there&gt;"
    assert last["user"] == "U0JONAS"


def test_markup_is_text(desk: Desk, sandbox: Sandbox) -> None:
    """Markup that somebody writes is shown, and does not act."""
    sandbox.act("post", as_="U0PRIYA", channel="C0ENGINEERING", text="<img src=x onerror=alert(1)>")
    desk.open("U0JONAS", "C0ENGINEERING")
    expect(desk.message("<img src=x onerror=alert(1)>")).to_be_visible()
    assert desk.page.locator(".body img").count() == 0


def test_switching_people(desk: Desk) -> None:
    """Another person sees their own channels, and their role beside their name."""
    desk.open("U0MARA", "C0PEOPLE")
    expect(desk.page.get_by_test_id("channel-people-team")).to_be_visible()
    desk.page.get_by_test_id("people").click()
    guest = desk.page.get_by_test_id("person-okoro")
    expect(guest).to_contain_text("guest")
    guest.click()
    expect(desk.page.get_by_test_id("people")).to_contain_text("Ada Okoro")
    expect(desk.page.get_by_test_id("channel-onboarding-pages")).to_be_visible()
    expect(desk.page.get_by_test_id("channel-people-team")).to_have_count(0)
    expect(desk.page).to_have_url(re.compile("#/U0OKORO/"))


def test_switching_by_keyboard(desk: Desk) -> None:
    """The switch is a menu that arrows, Enter and Escape work in."""
    desk.open("U0MARA", "C0HELP")
    switch = desk.page.get_by_test_id("people")
    switch.focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_test_id("person-mara")).to_be_focused()
    desk.page.keyboard.press("Escape")
    expect(switch).to_be_focused()
    desk.page.keyboard.press("Enter")
    desk.page.keyboard.press("ArrowDown")
    desk.page.keyboard.press("Enter")
    expect(switch).to_contain_text("Jonas Lind")


def test_unread(desk: Desk, sandbox: Sandbox) -> None:
    """A message elsewhere marks its channel unread until it is opened; a line says what is new."""
    desk.open("U0LENA", "C0GENERAL")
    row = desk.page.get_by_test_id("channel-help")
    row.click()
    desk.page.get_by_test_id("channel-general").click()
    expect(desk.page.get_by_role("heading", name="general")).to_be_visible()
    sandbox.act("post", as_="U0TOMAS", channel="C0HELP", text="Anybody there?")
    expect(row.get_by_label("1 unread")).to_be_visible()
    row.click()
    expect(desk.message("Anybody there?")).to_be_visible()
    expect(desk.page.get_by_role("separator", name="New")).to_be_visible()
    expect(row.get_by_label("unread")).to_have_count(0)
    view = sandbox.http.get("/sandbox/view", params={"as": "U0LENA"}).json()
    assert next(one for one in view["channels"] if one["id"] == "C0HELP")["unread"] == 0


def test_mention_completion(desk: Desk, sandbox: Sandbox) -> None:
    """@ and some letters offer people and the app; arrows choose, Tab takes, Escape leaves."""
    desk.open("U0JONAS", "C0ENGINEERING")
    composer = desk.page.get_by_test_id("composer")
    composer.press_sequentially("ask @")
    options = desk.page.get_by_role("option")
    expect(options.first).to_contain_text("heron")
    composer.press_sequentially("pri")
    expect(options).to_have_count(1)
    composer.press("Escape")
    expect(options).to_have_count(0)
    composer.press_sequentially("y")
    composer.press("Tab")
    expect(composer).to_have_value("ask @priya ")
    composer.press_sequentially("or @h")
    composer.press("ArrowDown")
    composer.press("ArrowUp")
    composer.press("Enter")
    composer.press("Enter")
    expect(desk.message("ask @priya or @heron").locator(".mention")).to_have_count(2)
    text = sandbox.messages("U0JONAS", "C0ENGINEERING")[-1]["text"]
    assert text == f"ask <@U0PRIYA> or <@{sandbox.bot}>"


def test_reactions(desk: Desk, sandbox: Sandbox) -> None:
    """A reaction is a pill that one presses and takes back; the picker offers more."""
    ts = sandbox.act("post", as_="U0PRIYA", channel="C0HELP", text="Cake at four")["ts"]
    desk.open("U0MARA", "C0HELP")
    message = desk.message("Cake at four")
    desk.tool(message, "React with eyes").click()
    pill = message.locator(".pill[data-reaction=eyes]")
    expect(pill).to_have_attribute("aria-pressed", "true")
    sandbox.act("react", as_="U0JONAS", channel="C0HELP", ts=ts, emoji="eyes")
    expect(pill).to_contain_text("2")
    pill.click()
    expect(pill).to_have_attribute("aria-pressed", "false")
    desk.tool(message, "Add a reaction").click()
    desk.page.get_by_role("menuitem", name="tada", exact=True).click()
    expect(message.locator(".pill[data-reaction=tada]")).to_be_visible()
    found = sandbox.messages("U0MARA", "C0HELP")[-1]["reactions"]
    assert {one["name"]: one["users"] for one in found} == {
        "eyes": ["U0JONAS"],
        "tada": ["U0MARA"],
    }


def test_thread(desk: Desk, sandbox: Sandbox) -> None:
    """A reply goes into the thread at the side, and is counted under its root."""
    ts = sandbox.act("post", as_="U0PRIYA", channel="C0HELP", text="Who has the key?")["ts"]
    desk.open("U0MARA", "C0HELP")
    root = desk.message("Who has the key?")
    desk.tool(root, "Reply in thread").click()
    desk.write("I have it", "thread-composer")
    expect(desk.in_thread("I have it")).to_be_visible()
    expect(root.get_by_test_id("replies")).to_contain_text("1 reply")
    expect(desk.message("I have it")).to_have_count(0)
    assert sandbox.messages("U0PRIYA", "C0HELP", ts)[-1]["text"] == "I have it"
    desk.page.get_by_test_id("thread-close").click()
    expect(desk.page.get_by_test_id("thread")).to_have_count(0)
    root.get_by_test_id("replies").click()
    expect(desk.in_thread("I have it")).to_be_visible()


def test_deep_link(desk: Desk, sandbox: Sandbox) -> None:
    """An address opens a person's channel with a thread beside it."""
    ts = sandbox.act("post", as_="U0PRIYA", channel="C0HELP", text="A link to this")["ts"]
    sandbox.act("post", as_="U0LENA", channel="C0HELP", text="And its reply", thread_ts=ts)
    desk.open("U0TOMAS", "C0HELP", ts)
    expect(desk.in_thread("And its reply")).to_be_visible()
    expect(desk.page.get_by_test_id("people")).to_contain_text("Tomás")


def test_editing_and_deleting(desk: Desk, sandbox: Sandbox) -> None:
    """One edits and deletes one's own messages, and nobody else's."""
    sandbox.act("post", as_="U0LENA", channel="C0HELP", text="Not yours")
    sandbox.act("post", as_="U0JONAS", channel="C0HELP", text="Lunch at <@U0PRIYA> & 12")
    desk.open("U0JONAS", "C0HELP")
    desk.tool(desk.message("Not yours"), "More").click()
    expect(desk.page.get_by_role("menuitem", name="Copy link")).to_be_visible()
    expect(desk.page.get_by_role("menuitem", name="Edit")).to_have_count(0)
    expect(desk.page.get_by_role("menuitem", name="Delete")).to_have_count(0)
    desk.page.keyboard.press("Escape")
    desk.tool(desk.message("Lunch at"), "More").click()
    desk.page.get_by_role("menuitem", name="Edit").click()
    editor = desk.page.get_by_test_id("editor")
    expect(editor).to_have_value("Lunch at @priya & 12")
    editor.fill("Lunch at 13")
    editor.press("Enter")
    message = desk.message("Lunch at 13")
    expect(message).to_contain_text("(edited)")
    desk.tool(message, "More").click()
    desk.page.get_by_role("menuitem", name="Delete").click()
    desk.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(message).to_have_count(0)
    assert all(one["text"] != "Lunch at 13" for one in sandbox.messages("U0MARA", "C0HELP"))


def test_not_sent(desk: Desk, sandbox: Sandbox) -> None:
    """A message that does not arrive stays with the reason, and can be sent again."""
    desk.open("U0MARA", "C0HELP")

    def fail(route: Route) -> None:
        route.abort()

    desk.page.route("**/sandbox/post", fail)
    desk.write("Into the void")
    unsent = desk.page.get_by_test_id("unsent")
    expect(unsent).to_contain_text("Not sent.")
    expect(unsent).to_contain_text("Into the void")
    desk.page.unroute("**/sandbox/post")
    unsent.get_by_role("button", name="Try again").click()
    expect(desk.message("Into the void")).to_be_visible()
    expect(unsent).to_have_count(0)


def test_making_a_channel(desk: Desk, sandbox: Sandbox) -> None:
    """A new private channel opens; members are added and removed, and find it or not."""
    desk.open("U0MARA", "C0HELP")
    desk.page.get_by_role("button", name="Create a channel").click()
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Give it a name")
    dialog.get_by_label("Name").fill("Project heron")
    dialog.get_by_label("Private").check()
    dialog.get_by_role("button", name="Create").click()
    expect(desk.page.get_by_role("heading", name="project-heron", level=1)).to_be_visible()
    desk.page.get_by_test_id("members").click()
    desk.page.get_by_test_id("add-jonas").click()
    desk.page.get_by_test_id("remove-jonas").wait_for()
    assert "project-heron" in _channels(sandbox, "U0JONAS")
    desk.page.get_by_test_id("remove-jonas").click()
    desk.page.get_by_test_id("add-jonas").wait_for()
    assert "project-heron" not in _channels(sandbox, "U0JONAS")


def test_direct_message(desk: Desk) -> None:
    """A direct message is opened from a list of people, and written in."""
    desk.open("U0LENA", "C0HELP")
    desk.page.get_by_role("button", name="New direct message").click()
    desk.page.get_by_role("dialog").get_by_label("Tomás Ferreira").check()
    desk.page.get_by_role("dialog").get_by_role("button", name="Open").click()
    expect(desk.page.get_by_role("heading", name="Tomás Ferreira", level=1)).to_be_visible()
    desk.write("Coffee?")
    expect(desk.message("Coffee?")).to_be_visible()


def _channels(sandbox: Sandbox, person: str) -> list[str]:
    view = sandbox.http.get("/sandbox/view", params={"as": person}).json()
    return [channel["name"] for channel in view["channels"]]
