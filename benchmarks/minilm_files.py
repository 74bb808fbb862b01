"""Convert MiniLM's published weights to ONNX and GGUF files for the compared engines."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from retrieval.embeddings.ctranslate2_encoder import Weights

_LAYERS, _HEADS, _SIZE = 6, 12, 384
_EPSILON = 1e-12
_FUSED = "com.microsoft"
_GGUF_PARTS = {
    "attn_q": "attention.self.query",
    "attn_k": "attention.self.key",
    "attn_v": "attention.self.value",
    "attn_output": "attention.output.dense",
    "ffn_up": "intermediate.dense",
    "ffn_down": "output.dense",
    "attn_output_norm": "attention.output.LayerNorm",
    "layer_output_norm": "output.LayerNorm",
}
_GGUF_EMBEDDINGS = {
    "token_embd": "word_embeddings",
    "position_embd": "position_embeddings",
    "token_types": "token_type_embeddings",
    "token_embd_norm": "LayerNorm",
}


class _Graph:
    """Builds an ONNX graph with ONNX Runtime's fused operators."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, array: npt.NDArray[np.float32]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def weight(self, name: str) -> str:
        array = self._weights[name]
        return self.constant(name, array.T if name.endswith("dense.weight") else array)

    def node(
        self,
        kind: str,
        inputs: list[str],
        domain: str = _FUSED,
        extra: Sequence[str] = (),
        **given: Any,
    ) -> str:
        output = f"{kind}_{len(self.nodes)}"
        node = helper.make_node(kind, inputs, [output, *extra], domain=domain, **given)
        self.nodes.append(node)
        return output

    def embeddings(self) -> str:
        name = "embeddings.{}.weight".format
        places = (
            self._weights[name("position_embeddings")]
            + self._weights[name("token_type_embeddings")][0]
        )
        inputs = [self.weight(name("word_embeddings")), self.constant("places", places), ""]
        norm = [self.weight(name("LayerNorm")), self.weight("embeddings.LayerNorm.bias")]
        inputs = ["input_ids", "", *inputs, *norm]
        return self.node("EmbedLayerNormalization", inputs, extra=["unused"], epsilon=_EPSILON)

    def layer(self, number: int, hidden: str) -> str:
        at = f"encoder.layer.{number}"
        asks = [f"{at}.attention.self.{part}" for part in ("query", "key", "value")]
        weight = np.concatenate([self._weights[f"{name}.weight"].T for name in asks], axis=1)
        bias = np.concatenate([self._weights[f"{name}.bias"] for name in asks])
        read = [self.constant(f"{at}.w", weight), self.constant(f"{at}.b", bias)]
        seen = self.node("Attention", [hidden, *read, "attention_mask"], num_heads=_HEADS)
        middle = self._added(f"{at}.attention.output", seen, hidden)
        wide = self.node("MatMul", [middle, self.weight(f"{at}.intermediate.dense.weight")], "")
        curved = self.node("BiasGelu", [wide, self.weight(f"{at}.intermediate.dense.bias")])
        return self._added(f"{at}.output", curved, middle)

    def _added(self, name: str, inner: str, before: str) -> str:
        """Add a dense layer, a residual connection and layer normalization."""
        dense = self.node("MatMul", [inner, self.weight(f"{name}.dense.weight")], "")
        norm = [self.weight(f"{name}.LayerNorm.weight"), self.weight(f"{name}.LayerNorm.bias")]
        inputs = [dense, before, *norm, self.weight(f"{name}.dense.bias")]
        return self.node("SkipLayerNormalization", inputs, epsilon=_EPSILON)


def write_onnx(weights: Weights, path: Path) -> None:
    """Write a 32-bit graph from token numbers and mask (int32) to `hidden`."""
    graph = _Graph(weights)
    hidden = graph.embeddings()
    for number in range(_LAYERS):
        hidden = graph.layer(number, hidden)
    graph.nodes[-1].output[0] = "hidden"
    whole = helper.make_graph(
        graph.nodes,
        "minilm",
        [
            helper.make_tensor_value_info(name, onnx.TensorProto.INT32, ["texts", "tokens"])
            for name in ("input_ids", "attention_mask")
        ],
        [
            helper.make_tensor_value_info(
                "hidden", onnx.TensorProto.FLOAT, ["texts", "tokens", _SIZE]
            )
        ],
        graph.constants,
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_FUSED, 1)]
    onnx.save(helper.make_model(whole, opset_imports=opsets, ir_version=8), path)


def write_int8_onnx(source: Path, path: Path, *kinds: str) -> None:
    """Quantize the operators `kinds` to 8 bits, with a scale for each column of weights."""
    quantize_dynamic(
        source,
        path,
        per_channel=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=list(kinds),
        extra_options={"MatMulConstBOnly": True, "DefaultTensorType": onnx.TensorProto.FLOAT},
    )


def write_gguf(weights: Weights, words: list[str], path: Path) -> None:
    """Write a GGUF file: weights of layers and words as Q8_0, the rest in 32 bits."""
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_context_length(512)
    writer.add_embedding_length(_SIZE)
    writer.add_feed_forward_length(4 * _SIZE)
    writer.add_block_count(_LAYERS)
    writer.add_head_count(_HEADS)
    writer.add_layer_norm_eps(_EPSILON)
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_tokenizer_model("bert")
    writer.add_token_list([word.encode() for word in words])
    writer.add_token_type_count(2)
    parts = {ours: f"embeddings.{theirs}" for ours, theirs in _GGUF_EMBEDDINGS.items()}
    for number in range(_LAYERS):
        at = f"encoder.layer.{number}"
        parts |= {f"blk.{number}.{ours}": f"{at}.{of}" for ours, of in _GGUF_PARTS.items()}
    for ours, theirs in parts.items():
        for kind in ("weight", "bias"):
            if f"{theirs}.{kind}" in weights:
                _add_tensor(writer, f"{ours}.{kind}", weights[f"{theirs}.{kind}"])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_tensor(writer: gguf.GGUFWriter, name: str, array: npt.NDArray[np.float32]) -> None:
    if array.ndim == 1 or name.startswith(("position_embd", "token_types")):
        writer.add_tensor(name, array)
    else:
        kind = gguf.GGMLQuantizationType.Q8_0
        writer.add_tensor(name, gguf.quants.quantize(array, kind), raw_dtype=kind)
