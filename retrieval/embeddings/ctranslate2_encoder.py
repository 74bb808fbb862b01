"""A BERT's published weights as an int8 CTranslate2 encoder, made at each start. Reads no text."""

from collections.abc import Mapping
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

Weights = Mapping[str, npt.NDArray[np.float32]]
"""A checkpoint's arrays by their names."""

LARGEST_WEIGHT = 95
"""Of 127: CPUs without VNNI add two products in 16 bits, where larger ones would overflow."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a checkpoint's arrays do not tell of it."""

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
    """A `ctranslate2.Encoder` of `threads` batches at a time, each on one core.

    `words` is the vocabulary in the order of its numbers. Each row of what a layer reads has a
    scale of its own, so that a text's vector hardly depends on what else is in its batch.
    """
    # Where PyTorch is installed it is imported with them: only those who encode wait for that.
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
    """Weights, and the largest that one of a row becomes in 8 bits."""

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
    """The layers of these names as one, each of its rows in 8 bits of its own scale."""
    weight = np.concatenate([rows.weights[f"{name}.weight"] for name in names])
    scale = rows.largest / np.abs(weight).max(axis=1)
    linear.weight = np.rint(weight * scale[:, None]).astype(np.int8)
    linear.weight_scale = scale.astype(np.float32)
    linear.bias = np.concatenate([rows.weights[f"{name}.bias"] for name in names])


def _set_norm(norm: Any, weights: Weights, name: str) -> None:
    norm.gamma = weights[f"{name}.weight"]
    norm.beta = weights[f"{name}.bias"]
