"""An adapter loaded into an endpoint while it runs, as vLLM has it. Starts no server."""

import logging
from pathlib import Path

import httpx

from houselore.errors import ServerDidNotStart

_SECONDS = 60.0
_NOT_OFFERED = (403, 404, 405, 501)

_log = logging.getLogger(__name__)


async def load_adapter(url: str, api_key: str | None, name: str, folder: Path) -> None:
    """Ask the endpoint to serve the adapter in `folder`, which it can read too, as `name`.

    vLLM does so at `/v1/load_lora_adapter` where VLLM_ALLOW_RUNTIME_LORA_UPDATING is set. One that
    is loaded already stays; an endpoint that does not offer it is taken to have loaded it when it
    started. Raises ServerDidNotStart.
    """
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    asked = {"lora_name": name, "lora_path": str(folder)}
    try:
        async with httpx.AsyncClient(timeout=_SECONDS, headers=headers) as client:
            reply = await client.post(f"{url.rstrip('/')}/load_lora_adapter", json=asked)
    except httpx.HTTPError as error:
        raise ServerDidNotStart(f"{url} does not answer ({type(error).__name__}).") from None
    if reply.is_success or "already" in reply.text:
        return
    if reply.status_code in _NOT_OFFERED:
        _log.info("%s loads no adapters while it runs: %s must be there already", url, name)
        return
    raise ServerDidNotStart(
        f"{url} cannot load the adapter {name} from {folder} ({reply.status_code}): "
        f"{' '.join(reply.text.split())[:200]}"
    )
