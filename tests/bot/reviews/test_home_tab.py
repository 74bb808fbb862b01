"""The Home tab and the prompts of the messages tab."""

import json
from typing import Any

from jsonschema import Draft7Validator

from bot.admin.slash_command import Status
from bot.reviews.home_tab import home_view
from tests.bot.running_bot import House
from tests.bot.slack_client import ADMIN, MEMBER, Scene, until

STATUS = Status(1, 2, 3, None, "house", 0, 0, "It <broke>", "up")


async def opened(scene: Scene, person: str) -> dict[str, Any]:
    """What a person's Home tab shows, published because they have just opened it."""
    before = len(await scene.calls("views.publish"))
    await scene.act("open", **{"as": person}, tab="home")

    async def published() -> dict[str, Any] | None:
        if len(await scene.calls("views.publish")) == before:
            return None
        view: dict[str, Any] | None = (await scene.see("home", **{"as": person}))["view"]
        return view

    return await until(published, "the Home tab")


async def test_the_home_tab_shows_what_the_bot_can_do(house: House, scene: Scene) -> None:
    """Opening Home publishes it: help and status for all, reindexing for admins."""
    for person in (MEMBER, ADMIN):
        view = await opened(scene, person)
        assert "/houselore status" in view["html"]
        assert "No documents are indexed yet" in view["html"]
        assert ("Reindex the documents" in view["html"]) == (person == ADMIN)


async def test_first_questions_are_offered(house: House, scene: Scene) -> None:
    """Opening the messages tab offers prompts, and not for one thread only."""
    before = len(await scene.calls("assistant.threads.setSuggestedPrompts"))
    await scene.act("open", **{"as": MEMBER}, tab="messages")

    async def offered() -> dict[str, Any] | None:
        calls = await scene.calls("assistant.threads.setSuggestedPrompts")
        return calls[-1] if len(calls) > before else None

    call = await until(offered, "the prompts")
    assert call["ok"]
    assert "thread_ts" not in call["arguments"]


def test_the_view_is_what_slack_describes(shared_data: Any) -> None:
    """The Home tab is valid by Slack's own types, and shows errors to admins alone."""
    schema = json.loads((shared_data / "slack" / "AnyView.schema.json").read_text())
    for is_admin in (True, False):
        view = home_view(STATUS, ["how <do> we deploy?"], is_admin)
        assert not list(Draft7Validator(schema).iter_errors(view))
        text = json.dumps(view)
        assert "how &lt;do&gt; we deploy?" in text
        assert ("broke" in text) == is_admin
