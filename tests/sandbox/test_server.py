"""Who may talk to the sandbox at all."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sandbox.options import Options


@pytest.mark.parametrize("host", ["evil.example", "evil.example:3000", "10.0.0.1", "", "[odd"])
async def test_other_names_are_refused(bench: Any, host: str) -> None:
    """A name that is not this machine's own is refused: that stops DNS rebinding."""
    async with bench.http.get(f"{bench.url}/sandbox/world", headers={"Host": host}) as response:
        assert response.status in (400, 403)


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.2:80", "[::1]:3000"])
async def test_loopback_names_are_taken(bench: Any, host: str) -> None:
    """Every name of the loopback is fine."""
    async with bench.http.get(f"{bench.url}/sandbox/world", headers={"Host": host}) as response:
        assert response.status == 200


async def test_another_host_opens_it(start_sandbox: Callable[..., Awaitable[Any]]) -> None:
    """Whoever binds it to every address wants other names, and gets its links under them."""
    bench = await start_sandbox(options=Options(host="0.0.0.0"))
    app = bench.site.app
    headers = {"Host": "sandbox.example:3000", "Authorization": f"Bearer {app.app_token}"}
    url = f"{bench.url}/api/apps.connections.open"
    async with bench.http.post(url, headers=headers) as response:
        opened = await response.json()
    assert opened["url"].startswith("ws://sandbox.example:3000/link/?ticket=")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_other_pages_are_refused(bench: Any, origin: str) -> None:
    """A request that another page makes is refused, also to the Web API and the sockets."""
    headers = {"Origin": origin}
    for path in ("sandbox/post", "api/chat.postMessage", "response/x"):
        async with bench.http.post(f"{bench.url}/{path}", headers=headers) as response:
            assert response.status == 403
    for path in ("sandbox/stream?as=U0MARA", "link/?ticket=x"):
        with pytest.raises(Exception, match="403"):
            await bench.http.ws_connect(f"{bench.url}/{path}", headers=headers)


async def test_its_own_page_is_let_in(bench: Any) -> None:
    """The page's own requests carry its own origin."""
    body = {"as": "U0MARA", "channel": "C0GENERAL", "text": "hello"}
    headers = {"Origin": bench.url}
    async with bench.http.post(f"{bench.url}/sandbox/post", json=body, headers=headers) as answer:
        assert answer.status == 200


async def test_a_permalink_leads_to_the_page(bench: Any) -> None:
    """A message's address redirects to the page that shows it, whatever is in it."""
    ts = await bench.say("hello")
    link = await bench.api("chat.getPermalink", channel="C0GENERAL", message_ts=ts)
    async with bench.http.get(link["permalink"], allow_redirects=False) as response:
        assert response.headers["Location"] == f"/#channel=C0GENERAL&ts={ts}"
    odd = f"{bench.url}/archives/C0GENERAL/p%22odd"
    async with bench.http.get(odd, allow_redirects=False) as response:
        assert response.headers["Location"] == "/"
