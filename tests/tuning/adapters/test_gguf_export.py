"""An adapter as llama.cpp reads it: the same tensors in its order, and PEFT's words from it."""

import json
from pathlib import Path

import httpx
import numpy as np
import pytest
import safetensors.numpy

from houselore.embedded.chat_model import embedded_chat_model
from houselore.embedded.chat_model_files import bundled_gguf
from tuning.adapters.bundled import STARTER
from tuning.adapters.files import CONFIG, WEIGHTS
from tuning.adapters.gguf_export import export_adapter, interleave
from tuning.errors import MissingAdapter, UnusableAdapter

HEADS = {"attn_q": 9, "attn_k": 3}
PLACES = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def test_rows_of_a_head_are_put_in_turns() -> None:
    """Its first half and its second, which rotary embeddings turn together, alternate."""
    rows = np.arange(8, dtype=np.float32).reshape(8, 1)
    assert interleave(rows, heads=2).ravel().tolist() == [0, 2, 1, 3, 4, 6, 5, 7]


def test_every_tensor_is_there_once_and_unchanged(tmp_path: Path) -> None:
    """Un-permuted, each tensor of the GGUF file equals the adapter's."""
    gguf = pytest.importorskip("gguf", reason="the converter's package is not installed")
    reader = gguf.GGUFReader(export_adapter(STARTER, bundled_gguf(), tmp_path / "a.gguf"))
    ours = safetensors.numpy.load_file(STARTER / WEIGHTS)
    assert reader.fields["adapter.type"].contents() == "lora"
    alpha = json.loads((STARTER / CONFIG).read_text(encoding="utf-8"))["lora_alpha"]
    assert reader.fields["adapter.lora.alpha"].contents() == alpha
    for tensor in reader.tensors:
        _, layer, place, _, half = tensor.name.split(".")
        letter = half[-1].upper()
        name = f"base_model.model.model.layers.{layer}.{PLACES[place]}.lora_{letter}.weight"
        found, wanted = np.asarray(tensor.data), ours.pop(name)
        if letter == "B" and place in HEADS:
            size = found.shape[0] // HEADS[place] // 2
            turned = found.reshape(HEADS[place], size, 2, -1).swapaxes(1, 2)
            found = turned.reshape(wanted.shape)
        assert np.array_equal(found, wanted), tensor.name
    assert not ours


def test_what_is_no_plain_lora_is_refused(tmp_path: Path) -> None:
    """Another kind of adapter, one without weights and one for other layers: each is named."""
    with pytest.raises(MissingAdapter, match="cannot be read"):
        export_adapter(tmp_path, bundled_gguf(), tmp_path / "a.gguf")
    config = tmp_path / CONFIG
    config.write_text('{"peft_type": "LORA", "lora_alpha": 8, "use_dora": true}', encoding="utf-8")
    with pytest.raises(UnusableAdapter, match="use_dora"):
        export_adapter(tmp_path, bundled_gguf(), tmp_path / "a.gguf")
    config.write_text('{"peft_type": "LORA", "lora_alpha": 8}', encoding="utf-8")
    weights = {"base_model.model.lm_head.lora_A.weight": np.zeros((2, 2), np.float32)}
    safetensors.numpy.save_file(weights, tmp_path / WEIGHTS)
    with pytest.raises(UnusableAdapter, match="lm_head"):
        export_adapter(tmp_path, bundled_gguf(), tmp_path / "a.gguf")
    assert not list(tmp_path.glob("*.gguf*"))


async def test_the_served_adapter_says_what_peft_says(tmp_path: Path) -> None:
    """The texts are PEFT's own, written down when the adapter was made (greedy, on the CPU)."""
    said = json.loads(Path(__file__).with_name("said.json").read_text(encoding="utf-8"))
    async with embedded_chat_model(tmp_path) as url, httpx.AsyncClient(timeout=60) as client:
        for asked in said:
            reply = await client.post(
                f"{url}/chat/completions",
                json={"messages": asked["messages"], "temperature": 0, "max_tokens": 60},
            )
            assert reply.json()["choices"][0]["message"]["content"] == asked["answer"]


async def test_without_the_adapter_the_base_says_something_else(tmp_path: Path) -> None:
    """A file named in the settings is served as it is: the adapter is not put on it."""
    said = json.loads(Path(__file__).with_name("said.json").read_text(encoding="utf-8"))
    server = embedded_chat_model(tmp_path, gguf=bundled_gguf())
    async with server as url, httpx.AsyncClient(timeout=60) as client:
        reply = await client.post(
            f"{url}/chat/completions",
            json={"messages": said[0]["messages"], "temperature": 0, "max_tokens": 60},
        )
        assert reply.json()["choices"][0]["message"]["content"] != said[0]["answer"]
