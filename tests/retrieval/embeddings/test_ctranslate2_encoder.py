"""A checkpoint's weights as an encoder, beside the same arithmetic in 32 bits."""

import math

import numpy as np
import numpy.typing as npt
import pytest

from retrieval.embeddings.ctranslate2_encoder import Shape, Weights, open_encoder

Array = npt.NDArray[np.float32]
SIZE, WIDE, WORDS, PLACES = 48, 96, 40, 16
SHAPE = Shape(layers=2, heads=4)


@pytest.fixture(scope="module")
def weights() -> Weights:
    """A small BERT of random weights, named as published ones are."""
    chance = np.random.default_rng(7)

    def array(*shape: int) -> Array:
        return chance.normal(0, 0.2, shape).astype(np.float32)

    def norm(name: str) -> dict[str, Array]:
        return {f"{name}.weight": 1 + array(SIZE), f"{name}.bias": array(SIZE)}

    made = {
        "embeddings.word_embeddings.weight": array(WORDS, SIZE),
        "embeddings.position_embeddings.weight": array(PLACES, SIZE),
        "embeddings.token_type_embeddings.weight": array(2, SIZE),
        **norm("embeddings.LayerNorm"),
    }
    for number in range(SHAPE.layers):
        at = f"encoder.layer.{number}"
        sizes = {
            **{f"attention.self.{part}": (SIZE, SIZE) for part in ("query", "key", "value")},
            "attention.output.dense": (SIZE, SIZE),
            "intermediate.dense": (WIDE, SIZE),
            "output.dense": (SIZE, WIDE),
        }
        for name, (rows, columns) in sizes.items():
            made |= {f"{at}.{name}.weight": array(rows, columns), f"{at}.{name}.bias": array(rows)}
        made |= norm(f"{at}.attention.output.LayerNorm") | norm(f"{at}.output.LayerNorm")
    return made


def in_32_bits(weights: Weights, tokens: list[int]) -> Array:
    """The last hidden states (tokens, SIZE), as BERT is defined (Devlin et al. 2019)."""

    def linear(name: str, hidden: Array) -> Array:
        made: Array = hidden @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
        return made

    def norm(name: str, hidden: Array) -> Array:
        mean, deviation = hidden.mean(axis=1, keepdims=True), hidden.std(axis=1, keepdims=True)
        even: Array = (hidden - mean) / deviation
        return even * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def gelu(hidden: Array) -> Array:
        error = np.vectorize(math.erf)(hidden / math.sqrt(2))
        curved: Array = (hidden * (1 + error) / 2).astype(np.float32)
        return curved

    places = weights["embeddings.position_embeddings.weight"][: len(tokens)]
    words = weights["embeddings.word_embeddings.weight"][tokens]
    types = weights["embeddings.token_type_embeddings.weight"][0]
    hidden = norm("embeddings.LayerNorm", words + places + types)
    for number in range(SHAPE.layers):
        at = f"encoder.layer.{number}"
        asked, keys, values = (
            np.stack(np.split(linear(f"{at}.attention.self.{part}", hidden), SHAPE.heads, axis=1))
            for part in ("query", "key", "value")
        )
        scores = np.exp(asked @ keys.transpose(0, 2, 1) / math.sqrt(SIZE // SHAPE.heads))
        seen = np.concatenate(scores / scores.sum(axis=2, keepdims=True) @ values, axis=1)
        hidden = norm(
            f"{at}.attention.output.LayerNorm",
            hidden + linear(f"{at}.attention.output.dense", seen),
        )
        curved = gelu(linear(f"{at}.intermediate.dense", hidden))
        hidden = norm(f"{at}.output.LayerNorm", hidden + linear(f"{at}.output.dense", curved))
    return hidden


def test_eight_bits_compute_what_the_weights_say(weights: Weights) -> None:
    """Texts of unlike lengths in one batch have the hidden states that 32 bits give, nearly."""
    encoder = open_encoder(weights, SHAPE, ["[UNK]", *map(str, range(1, WORDS))], threads=1)
    texts = [[1, 2, 3, 4, 5, 6, 7, 8, 9], [30, 5, 30]]
    found = np.array(encoder.forward_batch(texts).last_hidden_state)
    for tokens, rows in zip(texts, found, strict=True):
        expected = in_32_bits(weights, tokens)
        for one, other in zip(rows, expected, strict=False):
            cosine = one @ other / np.linalg.norm(one) / np.linalg.norm(other)
            assert cosine > 0.999


def test_a_checkpoint_that_lacks_an_array_is_refused(weights: Weights) -> None:
    """Nothing is made up for what is missing."""
    lacking = {name: array for name, array in weights.items() if "layer.1.output" not in name}
    with pytest.raises(KeyError, match=r"layer\.1"):
        open_encoder(lacking, SHAPE, ["[UNK]", *map(str, range(1, WORDS))], threads=1)
