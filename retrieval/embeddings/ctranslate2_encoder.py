"""Convert a published BERT checkpoint to an int8 CTranslate2 encoder, at each start."""

from collections.abc import Mapping
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

Weights = Mapping[str, npt.NDArray[np.float32]]
"""A checkpoint's arrays by name."""

LARGEST_WEIGHT = 95
"""The largest int8 weight. CPUs without VNNI add two products in 16 bits: 127 would overflow."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a checkpoint's arrays do not say: layers, attention heads, layer norm's epsilon."""

    layers: int
    heads: int
    epsilon: float = 1e-12


def open_encoder(
    weights: Weights,
    shape: Shape,
    words: list[str],
    threads: int,
    largest_weight: int = LARGEST_WEIGHT,
) -> Any:
    """Open a `ctranslate2.Encoder` that computes `threads` batches at once, each on one core.

    `words` is the vocabulary in the order of its ids. A layer's input is quantised row by row, so
    a text's vector hardly depends on the other texts of its batch.
    """
    # Imported here, because they import PyTorch if it is installed: only those who encode wait.
    import ctranslate2  # type: ignore[import-untyped]  # it comes without types
    from ctranslate2.specs import (  # type: ignore[import-untyped]  # as above
        common_spec,
        transformer_spec,
    )

    encoder = transformer_spec.TransformerEncoderSpec(
        shape.layers,
        shape.heads,
        pre_norm=False,
        activation=common_spec.Activation.GELU,
        layernorm_embedding=True,
        num_source_embeddings=2,
        embeddings_merge=common_spec.EmbeddingsMerge.ADD,
    )
    _set_embeddings(encoder, weights)
    for number, layer in enumerate(encoder.layer):
        _set_layer(layer, _Rows(weights, largest_weight), f"encoder.layer.{number}")
    model = transformer_spec.TransformerEncoderModelSpec(encoder)
    model.register_vocabulary(words)
    model.config.unk_token = "[UNK]"  # noqa: S105 - a word, not a secret
    model.config.layer_norm_epsilon = shape.epsilon
    model.validate()
    model.optimize()
    with TemporaryDirectory(prefix="houselore-encoder-") as folder:
        model.save(folder)
        return ctranslate2.Encoder(
            folder, device="cpu", compute_type="int8", inter_threads=threads, intra_threads=1
        )


def _set_embeddings(encoder: Any, weights: Weights) -> None:
    encoder.scale_embeddings = False
    words, types = encoder.embeddings
    words.weight = weights["embeddings.word_embeddings.weight"]
    types.weight = weights["embeddings.token_type_embeddings.weight"]
    encoder.position_encodings.encodings = weights["embeddings.position_embeddings.weight"]
    _set_norm(encoder.layernorm_embedding, weights, "embeddings.LayerNorm")


@dataclass(frozen=True, slots=True)
class _Rows:
    """The weights, and the int8 value that the largest of each row becomes."""

    weights: Weights
    largest: int


def _set_layer(layer: Any, rows: _Rows, name: str) -> None:
    attention = layer.self_attention
    reads = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
    _set_linear(attention.linear[0], rows, *reads)
    _set_linear(attention.linear[1], rows, f"{name}.attention.output.dense")
    _set_norm(attention.layer_norm, rows.weights, f"{name}.attention.output.LayerNorm")
    _set_linear(layer.ffn.linear_0, rows, f"{name}.intermediate.dense")
    _set_linear(layer.ffn.linear_1, rows, f"{name}.output.dense")
    _set_norm(layer.ffn.layer_norm, rows.weights, f"{name}.output.LayerNorm")


def _set_linear(linear: Any, rows: _Rows, *names: str) -> None:
    """Set a linear layer to these layers stacked, in int8 with one scale for each row."""
    weight = np.concatenate([rows.weights[f"{name}.weight"] for name in names])
    scale = rows.largest / np.abs(weight).max(axis=1)
    linear.weight = np.rint(weight * scale[:, None]).astype(np.int8)
    linear.weight_scale = scale.astype(np.float32)
    linear.bias = np.concatenate([rows.weights[f"{name}.bias"] for name in names])


def _set_norm(norm: Any, weights: Weights, name: str) -> None:
    norm.gamma = weights[f"{name}.weight"]
    norm.beta = weights[f"{name}.bias"]
