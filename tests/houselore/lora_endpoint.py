"""An endpoint that loads and unloads adapters while it runs, as vLLM documents it."""

import asyncio
import json

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route


class Endpoint:
    """An endpoint that takes each name once, finds no `missing` and no `wide` adapter fits it."""

    def __init__(self) -> None:
        self.loaded: dict[str, str] = {}
        self.keys: list[str | None] = []
        self.asked: list[str] = []
        """The models that answers were asked of."""
        self.says = ""
        """What every answer is; nothing: none is given."""
        self.let_go: list[str] = []
        self.hangs = False
        """Whether it takes half a minute to let go of an adapter."""

    async def load(self, request: Request) -> Response:
        """As vLLM answers."""
        asked = await request.json()
        self.keys.append(request.headers.get("authorization"))
        if asked["lora_name"] in self.loaded:
            said = f"The lora adapter '{asked['lora_name']}' has already been loaded."
            return JSONResponse({"error": {"message": said}}, 400)
        if asked["lora_path"].endswith("missing"):
            said = f"Loading lora {asked['lora_name']} failed: No adapter found for missing"
            return JSONResponse({"error": {"message": said, "type": "NotFoundError"}}, 404)
        if asked["lora_path"].endswith("wide"):
            said = "LoRA rank 64 is greater than max_lora_rank 16."
            return JSONResponse({"error": {"message": said, "type": "BadRequestError"}}, 400)
        self.loaded[asked["lora_name"]] = asked["lora_path"]
        return PlainTextResponse("Success: LoRA adapter added successfully.")

    async def unload(self, request: Request) -> Response:
        """As vLLM answers."""
        asked = await request.json()
        self.keys.append(request.headers.get("authorization"))
        self.let_go.append(asked["lora_name"])
        if self.hangs:
            await asyncio.sleep(30)
        if asked["lora_name"] == "stuck":
            return JSONResponse({"error": {"message": "The engine is busy."}}, 500)
        if self.loaded.pop(asked["lora_name"], None) is None:
            said = f"The lora adapter '{asked['lora_name']}' cannot be found."
            return JSONResponse({"error": {"message": said, "type": "NotFoundError"}}, 404)
        return PlainTextResponse("Success: LoRA adapter removed successfully.")

    async def chat(self, request: Request) -> Response:
        """It notes whom it is asked for, and says its sentence as a stream."""
        self.asked.append((await request.json())["model"])
        if not self.says:
            return JSONResponse({"error": {"message": "Busy."}}, 400)
        choice = {"index": 0, "delta": {"role": "assistant", "content": self.says}}
        piece = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        chunk = json.dumps({**piece, "choices": [{**choice, "finish_reason": "stop"}]})
        stream = f"data: {chunk}\n\ndata: [DONE]\n\n"
        return Response(stream, media_type="text/event-stream")

    def app(self) -> Starlette:
        """Behind HTTP."""
        return Starlette(
            routes=[
                Route("/v1/load_lora_adapter", self.load, methods=["POST"]),
                Route("/v1/unload_lora_adapter", self.unload, methods=["POST"]),
                Route("/v1/chat/completions", self.chat, methods=["POST"]),
            ]
        )
