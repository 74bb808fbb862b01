"""Houselore over HTTP: is it alive, is it ready, and the reader pages. Takes no events."""

from collections.abc import Awaitable, Callable, Mapping

from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from answering.links import SourceLinks
from houselore.reader import STYLE, message_page, reader_page
from retrieval.statements import load_statements

Check = Callable[[], Awaitable[bool]]

_SQL = load_statements("houselore")
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "private, no-store",
}


def health_routes(checks: Mapping[str, Check], optional: frozenset[str]) -> list[Route]:
    """/healthz: the process lives. /readyz: every part answers, save the `optional` ones."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_: Request) -> Response:
        parts = {name: await check() for name, check in checks.items()}
        ready = all(answers for name, answers in parts.items() if name not in optional)
        said = {name: "answers" if answers else "away" for name, answers in parts.items()}
        return JSONResponse({"ready": ready, "parts": said}, status_code=200 if ready else 503)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def create_web(
    pool: AsyncConnectionPool, workspace: str, links: SourceLinks, health: list[Route]
) -> Starlette:
    """The application on the reader port."""

    async def document(request: Request) -> Response:
        document_id = request.path_params["document"]
        chunk_id = _number(request.query_params.get("chunk", ""))
        key = request.query_params.get("key", "")
        if chunk_id is None or not links.verify(document_id, chunk_id, key):
            return _page(message_page("Houselore", "This link does not open anything."), 403)
        values = {"document": document_id, "chunk": chunk_id, "workspace": workspace}
        async with pool.connection() as connection:
            cursor = await connection.execute(_SQL["reader_document"], values)
            row = await cursor.fetchone()
        if row is None:
            return _page(message_page("Houselore", "This document is no longer indexed."), 404)
        title, text, indexed_at, start, end = row
        cited = None if start is None else (start, end)
        return _page(reader_page(title, text, cited, indexed_at), 200)

    async def style(_: Request) -> Response:
        return Response(STYLE, media_type="text/css", headers={"cache-control": "max-age=3600"})

    reader = [Route("/documents/{document:int}", document), Route("/reader.css", style)]
    return Starlette(routes=[*health, *reader])


def _page(text: str, status: int) -> Response:
    return HTMLResponse(text, status, headers=_HEADERS)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
