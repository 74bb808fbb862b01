"""A provider's fine-tuning API, kept in memory: files, jobs, events, as OpenAI documents them."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.serving import serving

KEY = "sk-the-right-one"


@dataclass
class Site:
    """What the provider holds; each look at a job moves it one status on, through `course`."""

    course: tuple[str, ...] = ("validating_files", "queued", "running", "succeeded")
    failure: dict[str, Any] | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    looks: dict[str, int] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    """Statuses with which the next looks at a job are answered instead."""
    loses_reply: bool = False
    """Whether a job is made whose maker never hears of it."""
    url: str = ""

    def lines(self, file: str) -> list[dict[str, Any]]:
        """The rows of an uploaded file, or of one that was deleted since."""
        return [json.loads(line) for line in self.files[file].decode().splitlines()]


@asynccontextmanager
async def provider(site: Site) -> AsyncIterator[Site]:
    """Serve the site on a port of this machine; its `url` is set."""
    async with serving(_app(site)) as url:
        site.url = f"{url}/v1"
        yield site


def _error(status: int, message: str, code: str | None = None) -> Response:
    body = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    return JSONResponse({"error": body}, status)


def _app(site: Site) -> ASGIApp:
    async def create_file(request: Request) -> Response:
        head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
        form = {
            part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
            for part in message_from_bytes(head + await request.body()).walk()
            if not part.is_multipart()
        }
        assert form["purpose"] == b"fine-tune"
        lines = form["file"]
        assert isinstance(lines, bytes)
        name = f"file-{len(site.files) + 1}"
        site.files[name] = lines
        return JSONResponse(_file(name, len(lines)))

    async def delete_file(request: Request) -> Response:
        name = request.path_params["file"]
        site.deleted.append(name)
        return JSONResponse({"id": name, "object": "file", "deleted": True})

    async def create_job(request: Request) -> Response:
        asked = await request.json()
        if asked["model"] == "not-tunable":
            return _error(400, f"Model {asked['model']} is not available for fine-tuning")
        if asked["training_file"] not in site.files:
            return _error(400, f"invalid training_file: {asked['training_file']}")
        name = f"ftjob-{len(site.jobs) + 1}"
        site.jobs[name], site.looks[name] = asked, 0
        if site.loses_reply:
            site.loses_reply = False
            return _error(503, "The server is overloaded")
        return JSONResponse(_job(site, name))

    async def list_jobs(_: Request) -> Response:
        data = [_job(site, name) for name in reversed(site.jobs)]
        return JSONResponse({"object": "list", "data": data, "has_more": False})

    async def see_job(request: Request) -> Response:
        if site.broken:
            return _error(site.broken.pop(), "Something is wrong here")
        name = request.path_params["job"]
        if name not in site.jobs:
            return _error(404, f"Could not find fine tune: {name}", "fine_tune_not_found")
        shown = _job(site, name)
        site.looks[name] = min(site.looks[name] + 1, len(site.course) - 1)
        return JSONResponse(shown)

    async def events(request: Request) -> Response:
        name = request.path_params["job"]
        data = [
            {
                "object": "fine_tuning.job.event",
                "id": f"ftevent-{number}",
                "created_at": 1721764800 + number,
                "level": "info",
                "message": f"The job is {site.course[number]}",
                "type": "message",
                "data": {},
            }
            for number in range(site.looks[name], -1, -1)
        ]
        return JSONResponse({"object": "list", "data": data, "has_more": False})

    routes = [
        Route("/v1/files", create_file, methods=["POST"]),
        Route("/v1/files/{file}", delete_file, methods=["DELETE"]),
        Route("/v1/fine_tuning/jobs", create_job, methods=["POST"]),
        Route("/v1/fine_tuning/jobs", list_jobs, methods=["GET"]),
        Route("/v1/fine_tuning/jobs/{job}", see_job, methods=["GET"]),
        Route("/v1/fine_tuning/jobs/{job}/events", events, methods=["GET"]),
    ]
    app = Starlette(routes=routes)

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        given = dict(scope.get("headers", [])).get(b"authorization")
        if scope["type"] == "http" and given != f"Bearer {KEY}".encode():
            refused = _error(401, "Incorrect API key provided: sk-wrong.", "invalid_api_key")
            await refused(scope, receive, send)
        else:
            await app(scope, receive, send)

    return guarded


def _file(name: str, size: int) -> dict[str, Any]:
    return {
        "id": name,
        "object": "file",
        "bytes": size,
        "created_at": 1721764800,
        "filename": "train.jsonl",
        "purpose": "fine-tune",
        "status": "processed",
    }


def _job(site: Site, name: str) -> dict[str, Any]:
    asked, status = site.jobs[name], site.course[site.looks[name]]
    has_ended = status in ("succeeded", "failed", "cancelled")
    tuned = f"ft:{asked['model']}:team:{asked.get('suffix', '')}:{name}"
    return {
        "object": "fine_tuning.job",
        "id": name,
        "model": asked["model"],
        "created_at": 1721764800,
        "finished_at": 1721768400 if has_ended else None,
        "fine_tuned_model": tuned if status == "succeeded" else None,
        "organization_id": "org-123",
        "result_files": [],
        "status": status,
        "validation_file": asked.get("validation_file"),
        "training_file": asked["training_file"],
        "hyperparameters": {"n_epochs": "auto"},
        "method": asked.get("method"),
        "trained_tokens": 5768 if has_ended else None,
        "error": site.failure if status == "failed" else {},
        "seed": 7,
    }
