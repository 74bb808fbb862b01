"""The Web API's door: tokens, scopes, bodies, unknown methods, faults and rates."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from sandbox.app_manifest import PERMISSIVE
from sandbox.options import Options

Start = Callable[..., Awaitable[Any]]


async def test_who_the_token_is(bench: Any) -> None:
    """auth.test answers with the bot's ids, and every answer names the scopes."""
    app = bench.site.app
    answer = await bench.api("auth.test")
    assert (answer["user_id"], answer["bot_id"]) == (app.bot_user_id, app.bot_id)
    headers = {"Authorization": f"Bearer {app.bot_token}"}
    async with bench.http.get(f"{bench.url}/api/auth.test", headers=headers) as response:
        assert "chat:write" in response.headers["X-OAuth-Scopes"]


async def test_tokens_are_checked(bench: Any) -> None:
    """No token, a wrong one and one of the wrong kind are refused each by its name."""
    async with bench.http.post(f"{bench.url}/api/auth.test") as response:
        assert (await response.json())["error"] == "not_authed"
    assert (await bench.api("auth.test", token="xoxb-no"))["error"] == "invalid_auth"
    opened = await bench.api("apps.connections.open")
    assert opened["error"] == "not_allowed_token_type"
    posted = await bench.api("users.list", token=bench.site.app.app_token)
    assert posted["error"] == "not_allowed_token_type"


async def test_a_token_in_the_body(bench: Any) -> None:
    """A form may carry the token, as old clients send it."""
    form = {"token": bench.site.app.bot_token, "user": "U0MARA"}
    async with bench.http.post(f"{bench.url}/api/users.info", data=form) as response:
        assert (await response.json())["user"]["name"] == "mara"


async def test_unknown_methods_and_arguments(bench: Any) -> None:
    """What is not in Slack's list is refused by name."""
    assert (await bench.api("chat.shout"))["error"] == "unknown_method"
    refused = await bench.api("users.info", user="U0MARA", colour="red")
    assert refused["error"] == "invalid_arg_name"
    assert "colour" in refused["response_metadata"]["messages"][0]


async def test_missing_scope(start_sandbox: Start) -> None:
    """A method outside the manifest's scopes says which are needed and which are there."""
    bench = await start_sandbox(app=replace(PERMISSIVE, scopes=frozenset({"chat:write"})))
    refused = await bench.api("users.list")
    assert refused["error"] == "missing_scope"
    assert (refused["needed"], refused["provided"]) == ("users:read", "chat:write")
    only_public = replace(PERMISSIVE, scopes=frozenset({"channels:history", "channels:read"}))
    bench = await start_sandbox(app=only_public)
    refused = await bench.api("conversations.history", channel="C0PEOPLE")
    assert refused["needed"] == "groups:history"
    listed = await bench.api("conversations.list", types="public_channel,im")
    assert listed["needed"] == "im:read"


@pytest.mark.parametrize(
    ("content_type", "body", "error"),
    [
        ("application/json", "{", "invalid_json"),
        ("application/json", "[]", "json_not_object"),
        ("application/xml", "<a/>", "invalid_post_type"),
    ],
)
async def test_odd_bodies(bench: Any, content_type: str, body: str, error: str) -> None:
    """Bodies that cannot be read are refused."""
    headers = {"Content-Type": content_type}
    async with bench.http.post(f"{bench.url}/api/auth.test", data=body, headers=headers) as answer:
        assert (await answer.json())["error"] == error


async def test_promised_failures(bench: Any) -> None:
    """Faults refuse as many calls as they promised: 429 with Retry-After, or any error."""
    await bench.post("faults", rate_limit={"method": "auth.test", "times": 1, "retry_after": 7})
    await bench.post("faults", fail={"method": "*", "times": 1, "error": "internal_error"})
    headers = {"Authorization": f"Bearer {bench.site.app.bot_token}"}
    async with bench.http.post(f"{bench.url}/api/auth.test", headers=headers) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "7")
        assert (await response.json())["error"] == "ratelimited"
    assert (await bench.api("auth.test"))["error"] == "internal_error"
    assert (await bench.api("auth.test"))["ok"]


async def test_rates_when_asked_for(start_sandbox: Start) -> None:
    """With rate limits on, a second message a second in one channel is refused."""
    bench = await start_sandbox(options=Options(rate_limits=True))
    said = {"channel": "C0GENERAL", "text": "hello"}
    assert (await bench.api("chat.postMessage", **said))["ok"]
    assert (await bench.api("chat.postMessage", **said))["error"] == "ratelimited"
    other = await bench.api("chat.postMessage", channel="C0HELP", text="hello")
    assert other["ok"]
    for _ in range(20):
        assert (await bench.api("users.list"))["ok"]
    assert (await bench.api("users.list"))["error"] == "ratelimited"


async def test_calls_are_kept_without_secrets(bench: Any) -> None:
    """The control API shows what the app called, and no token."""
    await bench.api("users.info", user="U0NOBODY")
    form = {"token": "xoxb-secret", "user": "U0MARA"}
    await bench.http.post(f"{bench.url}/api/users.info", data=form)
    first, second = (await bench.get("calls", method="users.info"))["calls"]
    assert (first["ok"], first["error"]) == (False, "user_not_found")
    assert second["arguments"] == {"user": "U0MARA"}


async def test_an_uninstalled_app_is_shut_out(bench: Any) -> None:
    """After uninstalling, the tokens say account_inactive, until it is undone."""
    await bench.post("uninstall")
    assert (await bench.api("auth.test"))["error"] == "account_inactive"
    await bench.post("uninstall", undo=True)
    assert (await bench.api("auth.test"))["ok"]
