"""Load and unload LoRA adapters at a running endpoint, by vLLM's API."""

import logging
from pathlib import Path

import httpx

from houselore.errors import ModelUnusable, ServerDidNotStart
from tuning.rollout.registry import Model

_LOADS, _UNLOADS = 60.0, 2.0  # seconds; the registry is held while one is let go
_NOT_OFFERED = (403, 404, 405, 501)
_REFUSED = 400  # what vLLM answers for an adapter that does not fit it
_UNSEEN = "No adapter found"

_log = logging.getLogger(__name__)


def name_at_endpoint(model: Model) -> str:
    """Return an adapter's name at an endpoint: the model's name and the start of its SHA-256.

    A model that was registered without a hash has its name alone.
    """
    # Several workspaces may share an endpoint, and each has a `house-2`.
    return f"{model.name}-{model.adapter_hash[:12]}" if model.adapter_hash else model.name


async def load_adapter(url: str, api_key: str | None, name: str, folder: Path) -> None:
    """Load the adapter in `folder`, which the endpoint can read too, as `name`.

    vLLM offers `/v1/load_lora_adapter` if VLLM_ALLOW_RUNTIME_LORA_UPDATING is set. An endpoint that
    does not is assumed to have loaded the adapter when it started. Raises ModelUnusable when the
    endpoint refuses the adapter itself (a rank above its limit), and ServerDidNotStart.
    """
    asked = {"lora_name": name, "lora_path": str(folder)}
    reply = await _post(f"{url.rstrip('/')}/load_lora_adapter", api_key, asked, _LOADS)
    if reply.is_success or "already" in reply.text:
        return
    if reply.status_code in _NOT_OFFERED and _UNSEEN not in reply.text:
        _log.info("%s loads no adapters while it runs: %s must be there already", url, name)
        return
    kind = ModelUnusable if reply.status_code == _REFUSED else ServerDidNotStart
    raise kind(f"{url} cannot load the adapter {name} from {folder} ({_reason(reply)}")


async def unload_adapter(url: str, api_key: str | None, name: str) -> None:
    """Unload the adapter `name` from the endpoint.

    An adapter that is not loaded and an endpoint without this API are no error. Raises
    ServerDidNotStart.
    """
    asked = {"lora_name": name}
    reply = await _post(f"{url.rstrip('/')}/unload_lora_adapter", api_key, asked, _UNLOADS)
    if reply.is_success:
        _log.info("%s serves the adapter %s no more", url, name)
    elif reply.status_code not in _NOT_OFFERED:
        raise ServerDidNotStart(f"{url} cannot let go of the adapter {name} ({_reason(reply)}")


async def _post(
    url: str, api_key: str | None, asked: dict[str, str], seconds: float
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    try:
        async with httpx.AsyncClient(timeout=seconds, headers=headers) as client:
            return await client.post(url, json=asked)
    except httpx.HTTPError as error:
        raise ServerDidNotStart(f"{url} does not answer ({type(error).__name__}).") from None


def _reason(reply: httpx.Response) -> str:
    return f"{reply.status_code}): {' '.join(reply.text.split())[:200]}"
