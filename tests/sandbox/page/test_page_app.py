"""What the app does on the page: it answers, streams, asks in modals, shows its home."""

from typing import Any

from playwright.sync_api import expect

from tests.sandbox.page.driver import AppEnd, Desk, Sandbox


def button(action_id: str, words: str, **more: Any) -> dict[str, Any]:
    """A button of Block Kit."""
    text = {"type": "plain_text", "text": words}
    return {"type": "button", "action_id": action_id, "text": text, "value": "7", **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    """An actions block."""
    return {"type": "actions", "block_id": "buttons", "elements": list(elements)}


def plain(words: str) -> dict[str, str]:
    """Text without markup."""
    return {"type": "plain_text", "text": words}


FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Where from?"),
    "submit": plain("Save"),
    "blocks": [
        {"type": "input", "block_id": "name", "label": plain("Name"),
         "element": {"type": "plain_text_input", "action_id": "typed"}},
        {"type": "input", "block_id": "kind", "label": plain("Kind"), "optional": True,
         "element": {"type": "static_select", "action_id": "chosen", "options": [
             {"text": plain("Folder"), "value": "folder"}, {"text": plain("Web"), "value": "web"},
         ]}},
        {"type": "input", "block_id": "days", "label": plain("Days"), "optional": True,
         "element": {"type": "checkboxes", "action_id": "ticked", "options": [
             {"text": plain("Monday"), "value": "mon"}, {"text": plain("Friday"), "value": "fri"},
         ]}},
    ],
}  # fmt: skip


def test_stream(desk: Desk, sandbox: Sandbox) -> None:
    """A stream grows before the reader's eyes behind a caret, which goes when it ends."""
    question = sandbox.act("post", as_="U0MARA", channel="C0HELP", text="@heron how long?")["ts"]
    desk.open("U0MARA", "C0HELP", question)
    stream = sandbox.api(
        "chat.startStream", channel="C0HELP", thread_ts=question, markdown_text="Copies are ",
        recipient_team_id=sandbox.world["team"]["id"], recipient_user_id="U0MARA",
    )  # fmt: skip
    answer = desk.in_thread("Copies are")
    expect(answer.locator(".caret")).to_have_count(1)
    sandbox.api(
        "chat.appendStream", channel="C0HELP", ts=stream["ts"],
        markdown_text="kept **90 days** [1](https://a.example/b) <script>alert(1)</script>",
    )  # fmt: skip
    expect(answer.locator("strong", has_text="90 days")).to_be_visible()
    expect(answer.get_by_role("link", name="1")).to_have_attribute("href", "https://a.example/b")
    expect(answer).to_contain_text("<script>alert(1)</script>")
    sandbox.api("chat.stopStream", channel="C0HELP", ts=stream["ts"])
    expect(answer.locator(".caret")).to_have_count(0)
    expect(desk.message("how long?").get_by_test_id("replies")).to_contain_text("1 reply")


def test_status_and_stop(desk: Desk, sandbox: Sandbox, app: AppEnd) -> None:
    """While the app works a line says so, its words turn, and Stop tells the app."""
    ts = sandbox.act("post", as_="U0MARA", channel="C0HELP", text="@heron think hard")["ts"]
    desk.open("U0MARA", "C0HELP")
    place = {"channel_id": "C0HELP", "thread_ts": ts}
    turning = ["Reading…", "Weighing…"]
    sandbox.api(
        "assistant.threads.setStatus", **place, status="is thinking…", loading_messages=turning
    )
    line = desk.page.get_by_test_id("status")
    expect(line).to_contain_text("Reading…")
    expect(line).to_contain_text("Weighing…")
    sandbox.api("agents.sessions.setStatus", **place, status="processing")
    desk.message("think hard").click()
    desk.tool(desk.message("think hard"), "Reply").click()
    line.get_by_test_id("stop").click()
    assert app.wait_for("agent_session_stopped")["event"]["thread_ts"] == ts
    sandbox.api("assistant.threads.setStatus", **place, status="")
    sandbox.api("agents.sessions.setStatus", **place, status="active")
    expect(line).to_have_count(0)


def test_answer_opens_beside_the_question(desk: Desk, sandbox: Sandbox) -> None:
    """In the app's own conversation a prompt is one press, and its answer opens by itself."""
    channel = sandbox.app_channel("U0PRIYA")
    desk.open("U0PRIYA", channel)
    desk.page.get_by_test_id("prompt").filter(has_text="A start").click()
    expect(desk.message("Where do I start?")).to_be_visible()
    ts = sandbox.messages("U0PRIYA", channel)[-1]["ts"]
    sandbox.api("chat.postMessage", channel=channel, thread_ts=ts, text="Begin at the door")
    expect(desk.in_thread("Begin at the door")).to_be_visible()


def test_ephemeral(desk: Desk, sandbox: Sandbox) -> None:
    """A message for one person is marked so, and nobody else sees it."""
    desk.open("U0MARA", "C0HELP")
    sandbox.api("chat.postEphemeral", channel="C0HELP", user="U0MARA", text="Between us")
    expect(desk.message("Between us")).to_contain_text("Only visible to you")
    desk.open("U0JONAS", "C0HELP")
    expect(desk.message("customers on the old plan")).to_be_visible()
    expect(desk.message("Between us")).to_have_count(0)


def test_buttons(desk: Desk, sandbox: Sandbox, app: AppEnd) -> None:
    """A press reaches the app with its value; a button with a `confirm` asks first."""
    confirm = {
        "title": plain("Sure?"), "text": plain("It goes."), "confirm": plain("Yes, drop"),
        "deny": plain("Keep"),
    }  # fmt: skip
    blocks = [actions(button("keep", "Keep it"), button("drop", "Drop it", confirm=confirm))]
    sandbox.api("chat.postMessage", channel="C0HELP", text="Choose", blocks=blocks)
    desk.open("U0MARA", "C0HELP")
    desk.page.get_by_role("button", name="Keep it").click()
    assert app.wait_for("block_actions")["actions"][0]["value"] == "7"
    app.received.clear()
    desk.page.get_by_role("button", name="Drop it").click()
    desk.page.get_by_role("dialog").get_by_role("button", name="Keep", exact=True).click()
    desk.page.get_by_role("button", name="Drop it").click()
    assert app.received == []
    desk.page.get_by_role("dialog").get_by_role("button", name="Yes, drop").click()
    assert app.wait_for("block_actions")["actions"][0]["action_id"] == "drop"


def test_feedback(desk: Desk, sandbox: Sandbox, app: AppEnd) -> None:
    """A feedback button stays pressed, also when its message changes, and the app is told."""
    pair = {
        "type": "feedback_buttons", "action_id": "rate",
        "positive_button": {"text": plain("Good"), "value": "up"},
        "negative_button": {"text": plain("Bad"), "value": "down"},
    }  # fmt: skip
    blocks = [
        {"type": "section", "text": plain("Rate this")},
        {"type": "context_actions", "elements": [pair]},
    ]
    sent = sandbox.api("chat.postMessage", channel="C0HELP", text="Rate", blocks=blocks)
    desk.open("U0MARA", "C0HELP")
    good = desk.message("Rate this").get_by_role("button", name="Good")
    good.click()
    expect(good).to_have_attribute("aria-pressed", "true")
    action = app.wait_for("block_actions")["actions"][0]
    assert (action["type"], action["value"]) == ("feedback_buttons", "up")
    sandbox.act("react", as_="U0JONAS", channel="C0HELP", ts=sent["ts"], emoji="tada")
    expect(desk.message("Rate this").locator(".pill[data-reaction=tada]")).to_be_visible()
    expect(good).to_have_attribute("aria-pressed", "true")


def test_command(desk: Desk, app: AppEnd) -> None:
    """/ offers the app's commands with their hints; a command's answer is only for its asker."""
    app.answers = lambda payload: {"text": f"You asked {payload.get('text')}"}
    desk.open("U0MARA", "C0HELP")
    composer = desk.page.get_by_test_id("composer")
    composer.press_sequentially("/a")
    expect(desk.page.get_by_role("option")).to_contain_text("/aska question")
    composer.press("Enter")
    expect(composer).to_have_value("/ask ")
    expect(desk.page.locator(".usage")).to_have_text("/ask a question")
    composer.press_sequentially("why")
    composer.press("Enter")
    expect(desk.message("You asked why")).to_contain_text("Only visible to you")
    expect(composer).to_have_value("")


def test_unknown_command(desk: Desk) -> None:
    """A command that nobody has says so where it was typed, and stays there."""
    desk.open("U0MARA", "C0HELP")
    desk.write("/nope now")
    expect(desk.page.locator(".composer").get_by_role("alert")).to_contain_text("/nope is not")
    expect(desk.page.get_by_test_id("composer")).to_have_value("/nope now")


def test_modal(desk: Desk, sandbox: Sandbox, app: AppEnd) -> None:
    """A modal says what is missing or wrong at its field, keeps what was typed, and closes."""

    def answer(payload: dict[str, Any]) -> dict[str, Any] | None:
        if payload.get("command") == "/form":
            sandbox.api("views.open", trigger_id=payload["trigger_id"], view=FORM)
            return {}
        if payload.get("type") != "view_submission":
            return None
        typed = payload["view"]["state"]["values"]["name"]["typed"]["value"]
        wrong = {"response_action": "errors", "errors": {"name": "Longer, please."}}
        return wrong if len(typed) < 3 else {}

    app.answers = answer
    desk.open("U0MARA", "C0HELP")
    desk.write("/form")
    modal = desk.page.get_by_test_id("modal")
    name = modal.get_by_label("Name")
    expect(name).to_be_focused()
    modal.get_by_test_id("submit").click()
    expect(modal.get_by_role("alert")).to_have_text("Please fill this in.")
    expect(name).to_have_attribute("aria-invalid", "true")
    name.fill("ab")
    modal.get_by_label("Kind").select_option("web")
    modal.get_by_label("Friday").check()
    name.press("Enter")
    expect(modal.get_by_role("alert")).to_have_text("Longer, please.")
    name.fill("abc")
    modal.get_by_test_id("submit").click()
    expect(modal).to_be_hidden()
    values = app.received[-1]["view"]["state"]["values"]
    assert values["kind"]["chosen"]["selected_option"]["value"] == "web"
    ticked = values["days"]["ticked"]["selected_options"]
    assert [option["value"] for option in ticked] == ["fri"]


def test_closing_a_modal(desk: Desk, sandbox: Sandbox, app: AppEnd) -> None:
    """Escape closes a modal, and the app hears of it."""

    def answer(payload: dict[str, Any]) -> dict[str, Any] | None:
        if payload.get("command") == "/form":
            view = {**FORM, "notify_on_close": True}
            sandbox.api("views.open", trigger_id=payload["trigger_id"], view=view)
        return None

    app.answers = answer
    desk.open("U0MARA", "C0HELP")
    desk.write("/form")
    modal = desk.page.get_by_test_id("modal")
    expect(modal).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(modal).to_be_hidden()
    assert app.wait_for("view_closed")["view"]["callback_id"] == "form"


def test_home(desk: Desk, sandbox: Sandbox, app: AppEnd) -> None:
    """The Home tab shows what the app published for this person, and its buttons act."""
    view = {"type": "home", "blocks": [
        {"type": "header", "text": plain("Good morning, Mara")}, actions(button("go", "Go")),
    ]}  # fmt: skip
    desk.open("U0MARA", sandbox.app_channel("U0MARA"))
    desk.page.get_by_test_id("tab-home").click()
    assert app.wait_for("app_home_opened")["event"]["user"] == "U0MARA"
    sandbox.api("views.publish", user_id="U0MARA", view=view)
    home = desk.page.get_by_test_id("home")
    expect(home.get_by_role("heading", name="Good morning, Mara")).to_be_visible()
    home.get_by_role("button", name="Go").click()
    assert app.wait_for("block_actions")["view"]["type"] == "home"


def test_message_shortcut(desk: Desk, sandbox: Sandbox, app: AppEnd) -> None:
    """A message's menu has the app's shortcuts, and runs them on that message."""
    ts = sandbox.act("post", as_="U0LENA", channel="C0HELP", text="Keep this one")["ts"]
    desk.open("U0MARA", "C0HELP")
    desk.tool(desk.message("Keep this one"), "More").click()
    desk.page.get_by_role("menuitem", name="File this away").click()
    assert app.wait_for("message_action")["message"]["ts"] == ts


def test_scene(desk: Desk, sandbox: Sandbox) -> None:
    """The scene lists the app's calls and switches faults on and off."""
    sandbox.api("auth.test")
    desk.open("U0MARA", "C0HELP")
    desk.page.get_by_test_id("scene-open").click()
    expect(desk.page.get_by_test_id("calls")).to_contain_text("auth.test")
    again = desk.page.get_by_label("Deliver each event again")
    again.fill("2")
    again.press("Tab")
    expect(again).to_have_value("2")
    desk.page.get_by_role("button", name="429").click()
    expect(desk.page.locator(".fault-state")).to_contain_text("1 × chat.postMessage")
    faults = sandbox.http.get("/sandbox/faults").json()
    assert faults.get("faults", faults)["redeliver"] == 2
    desk.page.get_by_role("button", name="All off").click()
    expect(desk.page.locator(".fault-state")).to_be_empty()
    expect(again).to_have_value("0")
