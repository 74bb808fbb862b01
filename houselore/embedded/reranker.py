"""Serve a reranker (a cross-encoder) on this machine at `/v1/rerank`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from houselore.embedded.llama import serve_gguf
from houselore.errors import ServerDidNotStart

RERANKER_ALIAS = "reranker"
_CONTEXT_TOKENS = 2048  # of a question with one passage


@asynccontextmanager
async def embedded_reranker(
    folder: Path, gguf: Path, *, api_key: str | None = None
) -> AsyncIterator[str]:
    """Serve the reranker `gguf` with llama.cpp; yield its URL, up to /v1. Raises ServerDidNotStart.

    The file needs a ranking head, as bge-reranker and jina-reranker have.
    """
    if not await asyncio.to_thread(gguf.is_file):
        raise ServerDidNotStart(f"There is no reranker's file {gguf}: `houselore models pull`.")
    options = [f"--alias={RERANKER_ALIAS}", f"--context={_CONTEXT_TOKENS}", "--rerank"]
    server = serve_gguf(gguf, options, folder=folder, name="The reranker", api_key=api_key)
    async with server as url:
        yield url
