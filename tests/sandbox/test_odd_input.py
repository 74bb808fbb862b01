"""Odd values in every argument: refused by name, never a crash."""

import random
from typing import Any

import pytest

from sandbox.control import ROUTES
from sandbox.web_api.arguments import arguments_of
from sandbox.web_api.methods import METHODS

ODD: list[Any] = [
    None,
    "",
    "x",
    "1.000001",
    0,
    -1,
    5,
    True,
    [],
    [5],
    {},
    {"type": "modal"},
    {"b": 5},
    "C0GENERAL",
    "U0MARA",
    "[]",
    "{}",
    "{",
    "\x00",
    "x" * 300,
]
CONTROL = [
    "as",
    "channel",
    "text",
    "thread_ts",
    "ts",
    "emoji",
    "remove",
    "action_id",
    "block_id",
    "value",
    "view_id",
    "values",
    "command",
    "callback_id",
    "tab",
    "people",
    "name",
    "private",
    "shared",
    "person",
    "undo",
    "redeliver",
    "delay_ms",
    "rate_limit",
    "fail",
]


@pytest.mark.parametrize("method", sorted(METHODS))
async def test_methods(bench: Any, method: str) -> None:
    """Whatever a method is given, it answers in JSON with ok or an error's name."""
    chance = random.Random(method)
    names = [*arguments_of(method), "odd"]
    token = bench.site.app.app_token if method == "apps.connections.open" else None
    for _ in range(15):
        args = {name: chance.choice(ODD) for name in names if chance.random() < 0.8}
        args |= {"channel": "C0GENERAL"} if "channel" in names and chance.random() < 0.7 else {}
        if chance.random() < 0.9:
            args.pop("odd", None)
        answer = await bench.api(method, token=token, **args)
        assert answer["ok"] or answer["error"].replace("_", "").isalpha(), (args, answer)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: str(route.path))
async def test_control(bench: Any, route: Any) -> None:
    """So does the control API, with a sentence beside the error."""
    if "POST" not in (getattr(route, "methods", None) or ()):
        return
    bench.site.delivery.transport = _Nobody()
    chance = random.Random(route.path)
    for _ in range(25):
        body = {name: chance.choice(ODD) for name in CONTROL if chance.random() < 0.5}
        body |= {"as": "U0MARA"} if chance.random() < 0.8 else {}
        body |= {"channel": "C0GENERAL"} if chance.random() < 0.6 else {}
        if route.path.endswith("faults"):
            body = {name: body[name] for name in CONTROL[-4:] if name in body}
        answer = await bench.post(route.path.removeprefix("/sandbox/"), **body)
        assert answer["ok"] or answer["detail"], (body, answer)


async def test_a_form_filled_in_oddly(bench: Any) -> None:
    """Values of a modal that have the wrong shape are a mistake, not a crash."""
    words = {"type": "plain_text", "text": "Title"}
    elements = [
        {"type": "plain_text_input", "action_id": "a"},
        {"type": "checkboxes", "action_id": "a", "options": [{"text": words, "value": "one"}]},
        {"type": "users_select", "action_id": "a"},
        {"type": "multi_users_select", "action_id": "a"},
    ]
    blocks = [
        {"type": "input", "block_id": str(number), "label": words, "element": element}
        for number, element in enumerate(elements)
    ]
    modal = {"type": "modal", "title": words, "submit": words, "blocks": blocks}
    trigger = bench.site.triggers.give("U0MARA")
    view = (await bench.api("views.open", trigger_id=trigger, view=modal))["view"]
    bench.site.delivery.transport = _Nobody()
    for odd in ODD:
        for values in (odd, {"0": odd}, *({str(n): {"a": odd}} for n in range(4))):
            answer = await bench.post("submit", who="U0MARA", view_id=view["id"], values=values)
            assert answer["ok"] or answer["detail"], (values, answer)


class _Nobody:
    """An app that can never be reached, so that nothing waits for it."""

    async def deliver(self, *_: Any) -> Any:
        """Never called: it is never ready."""
        raise AssertionError

    async def ready(self, seconds: float) -> bool:
        """Says at once that the app is away."""
        return False

    async def close(self) -> None:
        """Has nothing to let go."""
