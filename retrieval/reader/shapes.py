"""The names and shapes of the reader's arrays: MiniLM's body and three heads."""

from collections.abc import Iterator, Mapping

_WORDS, _PLACES, _TYPES = 30522, 512, 2
_LAYERS, _WIDE, _WIDER = 6, 384, 1536

HEADS: Mapping[str, tuple[int, ...]] = {
    "span.weight": (2, _WIDE),
    "span.bias": (2,),
    "dense.weight": (_WIDE, 2 * _WIDE),
    "dense.bias": (_WIDE,),
    "answers.weight": (1, _WIDE),
    "answers.bias": (1,),
}


def _layer(name: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    linears = {
        "attention.self.query": (_WIDE, _WIDE),
        "attention.self.key": (_WIDE, _WIDE),
        "attention.self.value": (_WIDE, _WIDE),
        "attention.output.dense": (_WIDE, _WIDE),
        "intermediate.dense": (_WIDER, _WIDE),
        "output.dense": (_WIDE, _WIDER),
    }
    for part, shape in linears.items():
        yield f"{name}.{part}.weight", shape
        yield f"{name}.{part}.bias", shape[:1]
    for part in ("attention.output.LayerNorm", "output.LayerNorm"):
        yield f"{name}.{part}.weight", (_WIDE,)
        yield f"{name}.{part}.bias", (_WIDE,)


BODY: Mapping[str, tuple[int, ...]] = {
    "embeddings.word_embeddings.weight": (_WORDS, _WIDE),
    "embeddings.position_embeddings.weight": (_PLACES, _WIDE),
    "embeddings.token_type_embeddings.weight": (_TYPES, _WIDE),
    "embeddings.LayerNorm.weight": (_WIDE,),
    "embeddings.LayerNorm.bias": (_WIDE,),
    **{
        name: shape
        for number in range(_LAYERS)
        for name, shape in _layer(f"encoder.layer.{number}")
    },
}


def check_shapes(found: Mapping[str, tuple[int, ...]]) -> None:
    """Raise ValueError, naming the first array that differs, for arrays of another model."""
    for name, shape in {**BODY, **HEADS}.items():
        if name not in found:
            raise ValueError(f"{name} is missing")
        if found[name] != shape:
            raise ValueError(f"{name} is of {found[name]} instead of {shape}")
