"""Convert a PEFT LoRA adapter to a GGUF file that llama.cpp loads beside its base.

Works without PyTorch. Tensor names and the order of rows are those of llama.cpp's own converter for
the llama architecture.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from tuning.adapters.files import CONFIG, WEIGHTS
from tuning.adapters.gguf_header import read_header
from tuning.errors import MissingAdapter, UnusableAdapter

_ARCHITECTURE = "llama"
_HEADS, _KEY_HEADS = "llama.attention.head_count", "llama.attention.head_count_kv"
_TENSOR = re.compile(r"^base_model\.model\.model\.layers\.(\d+)\.(\w+\.\w+)\.lora_([AB])\.weight$")
_PLACES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
_FOREIGN = ("use_dora", "use_rslora", "lora_bias", "rank_pattern", "alpha_pattern")

Weights = NDArray[np.floating[Any]]


def export_adapter(adapter: Path, base: Path, to: Path) -> Path:
    """Write the adapter in the folder `adapter` to the GGUF file `to`, for the GGUF model `base`.

    The file appears whole or not at all. Raises UnusableAdapter unless it is a LoRA of a llama
    model.
    """
    from gguf import GGUFWriter  # takes half a second, and only the first start needs it

    config = _config(adapter)
    heads, key_heads = _heads(base)
    writer = GGUFWriter(None, _ARCHITECTURE)
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(config["lora_alpha"]))
    for name, weights in _tensors(adapter, heads, key_heads):
        writer.add_tensor(name, weights)
    to.parent.mkdir(parents=True, exist_ok=True)
    # Two processes may export the same adapter at once: each writes a file of its own, then renames
    # it.
    part = to.with_name(f"{to.name}.{os.getpid()}")
    writer.write_header_to_file(part)
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return part.replace(to)


def interleave(rows: Weights, heads: int) -> Weights:
    """Interleave the two halves of each head in the rows of q or k."""
    # Rotary embeddings pair rows: PyTorch's llama pairs across a head's halves, llama.cpp
    # neighbours.
    halves = rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:])
    return np.ascontiguousarray(halves.swapaxes(1, 2).reshape(rows.shape))


def _tensors(adapter: Path, heads: int, key_heads: int) -> Iterator[tuple[str, Weights]]:
    try:
        tensors = safetensors.numpy.load_file(adapter / WEIGHTS)
    except OSError as error:
        raise MissingAdapter(f"The adapter in {adapter} cannot be read: {error}.") from None
    except safetensors.SafetensorError as error:
        raise UnusableAdapter(f"The adapter in {adapter} cannot be read: {error}.") from None
    for name, weights in sorted(tensors.items()):
        match = _TENSOR.match(name)
        place = _PLACES.get(match[2]) if match else None
        if match is None or place is None:
            raise UnusableAdapter(
                f"The adapter in {adapter} changes {name}: I cannot convert that."
            )
        if match[3] == "B" and place in ("attn_q", "attn_k"):
            weights = interleave(weights, heads if place == "attn_q" else key_heads)
        yield f"blk.{match[1]}.{place}.weight.lora_{match[3].lower()}", weights


def _config(adapter: Path) -> dict[str, Any]:
    try:
        config: dict[str, Any] = json.loads((adapter / CONFIG).read_text(encoding="utf-8"))
    except OSError as error:
        raise MissingAdapter(f"{adapter / CONFIG} cannot be read: {error}.") from None
    except ValueError as error:
        raise UnusableAdapter(f"{adapter / CONFIG} cannot be read: {error}.") from None
    foreign = [name for name in _FOREIGN if config.get(name)]
    if config.get("peft_type") != "LORA" or foreign:
        kind = ", ".join(foreign) or config.get("peft_type")
        raise UnusableAdapter(f"The adapter in {adapter} is not plain LoRA ({kind}).")
    return config


def _heads(base: Path) -> tuple[int, int]:
    """Return the base's number of query heads and of key heads."""
    keys = ("general.architecture", _HEADS, _KEY_HEADS)
    found = read_header(base, keys)
    if found.get("general.architecture") != _ARCHITECTURE or _HEADS not in found:
        kind = found.get("general.architecture", "nameless")
        raise UnusableAdapter(
            f"{base.name} is a {kind} model; adapters can be converted for llama ones."
        )
    heads = int(found[_HEADS])
    return heads, int(found.get(_KEY_HEADS, heads))
