"""An adapter is loaded into an endpoint as vLLM documents it, or what is wrong is said."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from houselore.endpoint_adapters import load_adapter
from houselore.errors import ServerDidNotStart
from tests.serving import serving


class Endpoint:
    """An endpoint that takes each name once, and no folder called `broken`."""

    def __init__(self) -> None:
        self.loaded: dict[str, str] = {}
        self.keys: list[str | None] = []

    async def load(self, request: Request) -> Response:
        """As vLLM answers."""
        asked = await request.json()
        self.keys.append(request.headers.get("authorization"))
        if asked["lora_name"] in self.loaded:
            said = f"The lora adapter '{asked['lora_name']}' has already been loaded."
            return JSONResponse({"error": {"message": said}}, 400)
        if asked["lora_path"].endswith("broken"):
            return JSONResponse({"error": {"message": "No adapter found."}}, 400)
        self.loaded[asked["lora_name"]] = asked["lora_path"]
        return PlainTextResponse("Success: LoRA adapter added successfully.")

    def app(self) -> Starlette:
        """Behind HTTP."""
        return Starlette(routes=[Route("/v1/load_lora_adapter", self.load, methods=["POST"])])


async def test_an_adapter_is_loaded_once_under_its_name() -> None:
    """Its folder and the key are sent; loaded already is as good."""
    endpoint = Endpoint()
    async with serving(endpoint.app()) as url:
        for _ in range(2):
            await load_adapter(f"{url}/v1", "secret", "house-2", Path("/adapters/house-2"))
    assert endpoint.loaded == {"house-2": "/adapters/house-2"}
    assert endpoint.keys == ["Bearer secret"] * 2


async def test_what_cannot_be_loaded_is_said() -> None:
    """A folder that the endpoint refuses, and an endpoint that is not there."""
    async with serving(Endpoint().app()) as url:
        with pytest.raises(ServerDidNotStart, match="No adapter found"):
            await load_adapter(f"{url}/v1", None, "house-2", Path("/adapters/broken"))
    with pytest.raises(ServerDidNotStart, match="does not answer"):
        await load_adapter(f"{url}/v1", None, "house-2", Path("/adapters/house-2"))


async def test_an_endpoint_without_loading_has_it_already() -> None:
    """Where that is not offered, the adapter is taken to be there."""
    async with serving(Starlette()) as url:
        await load_adapter(f"{url}/v1", None, "house-2", Path("/adapters/house-2"))
