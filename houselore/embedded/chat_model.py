"""Serve a chat model on this machine with an OpenAI-compatible API."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from houselore.embedded.chat_model_files import chat_model_files, context_of, is_able
from houselore.embedded.data_dir import private_folder
from houselore.embedded.llama import serve_gguf

ALIAS = "house"


@asynccontextmanager
async def embedded_chat_model(
    folder: Path,
    *,
    gguf: Path | None = None,
    adapter: Path | None = None,
    api_key: str | None = None,
) -> AsyncIterator[str]:
    """Serve `gguf` (default: the bundled model) as the model `house`; yield its URL, up to /v1.

    `adapter` is a PEFT adapter's folder; the bundled model without one gets the starter adapter.
    Only callers with `api_key` are answered, everyone on this machine if it is None. The server
    ends with the block or with this process. Raises ServerDidNotStart.
    """
    folder = private_folder(folder)
    files = await asyncio.to_thread(chat_model_files, folder, gguf, adapter)
    options = [f"--alias={ALIAS}", f"--context={context_of(files.base)}"]
    if files.adapter:
        options.append(f"--adapter={files.adapter}")
    if is_able(files.base):
        options.append("--share-context")
    server = serve_gguf(files.base, options, folder=folder, name="The chat model", api_key=api_key)
    async with server as url:
        yield url
