"""Serve the health checks and the reader pages over HTTP."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from psycopg.rows import tuple_row
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from answering.types.reader_links import SourceLinks
from database.database import Database
from database.statements import load_statements
from houselore.web.reader import STYLE, message_page, reader_page

Check = Callable[[], Awaitable[bool]]

_SQL = load_statements("houselore.web")
_NOTHING = (
    "This link opens nothing: it is not whole, its document is gone, or other people may read the "
    "document now. Ask again to get a new one."
)
# The page shows texts of others: run no script, leak no address, cache nothing.
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "private, no-store",
}


def health_routes(checks: Mapping[str, Check], optional: frozenset[str]) -> list[Route]:
    """Return the routes /healthz (the process runs) and /readyz (all parts answer).

    /readyz does not depend on the `optional` parts.
    """

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_: Request) -> Response:
        parts = {name: await check() for name, check in checks.items()}
        ready = all(answers for name, answers in parts.items() if name not in optional)
        said = {name: "answers" if answers else "away" for name, answers in parts.items()}
        return JSONResponse({"ready": ready, "parts": said}, status_code=200 if ready else 503)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def create_web(database: Database, links: SourceLinks, health: list[Route]) -> Starlette:
    """Return the application of the reader port."""

    async def document(request: Request) -> Response:
        document_id = _number(request.path_params["document"])
        chunk_id = _number(request.query_params.get("chunk", ""))
        if document_id is None or chunk_id is None:
            return _refused()
        values = {"document": document_id, "chunk": chunk_id}
        row = await database.fetch_one(_SQL["reader_document"], tuple_row, **values)
        if row is None:
            return _refused()
        readers, title, text, indexed_at, start, end = row
        key = request.query_params.get("key", "")
        if not links.verify(document_id, chunk_id, frozenset(readers), key):
            return _refused()
        cited = None if start is None else (start, end)
        # A long document takes seconds, and the bot answers in this process.
        page = await asyncio.to_thread(reader_page, title, text, cited, indexed_at)
        return _page(page, 200)

    async def style(_: Request) -> Response:
        return Response(STYLE, media_type="text/css", headers={"cache-control": "max-age=3600"})

    reader = [Route("/documents/{document}", document), Route("/reader.css", style)]
    return Starlette(routes=[*health, *reader])


def _refused() -> Response:
    """Refuse a link, with the same page whatever is wrong."""
    # The same for all, so that nobody learns which documents exist.
    return _page(message_page("Houselore", _NOTHING), 403)


def _page(text: str, status: int) -> Response:
    return HTMLResponse(text, status, headers=_HEADERS)


def _number(text: str) -> int | None:
    # Up to 18 digits fit into Postgres' bigint.
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
