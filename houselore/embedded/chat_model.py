"""A small chat model behind an OpenAI-compatible address on this machine. Writes no prompt."""

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
    """Serve `gguf` (default: the bundled one, tuned) as the model `house`; yield its URL, to /v1.

    With the PEFT adapter in the folder `adapter` on it, instead of the one that comes with it.
    Only callers with `api_key` are answered, or everyone on this machine when it is None. The
    server ends with the block, or with this process. Raises ServerDidNotStart.
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
