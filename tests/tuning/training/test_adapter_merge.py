"""An adapter between two others. Needs the extra `tuning`."""

from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the extra `tuning` is not installed")

from hypothesis import given, settings  # noqa: E402 - after the check for PyTorch
from hypothesis import strategies as st  # noqa: E402

from tuning.training.adapter_merge import mix  # noqa: E402

pytestmark = pytest.mark.training

LAYER = "base_model.model.layers.0.q_proj"
Adapter = dict[str, Any]


def adapter(seed: int, rank: int, wide: int, high: int) -> Adapter:
    """LoRA's two factors of one layer, drawn by chance."""
    drawn = torch.Generator().manual_seed(seed)
    return {
        f"{LAYER}.lora_A.weight": torch.randn(rank, wide, generator=drawn),
        f"{LAYER}.lora_B.weight": torch.randn(high, rank, generator=drawn),
    }


def added(found: Adapter) -> Any:
    """What an adapter adds to its layer's weights."""
    return found[f"{LAYER}.lora_B.weight"] @ found[f"{LAYER}.lora_A.weight"]


@given(
    *(st.integers(0, 99), st.integers(1, 4), st.integers(4, 24), st.integers(4, 24)),
    st.floats(0, 1),
)
@settings(deadline=None)
def test_no_adapter_of_the_same_rank_is_nearer(
    seed: int, rank: int, wide: int, high: int, share: float
) -> None:
    """It has the shapes of both, and is as far from their mixed weights as the best of its rank."""
    one, two = adapter(seed, rank, wide, high), adapter(seed + 100, rank, wide, high)
    mixed = mix(one, two, share)
    assert {name: w.shape for name, w in mixed.items()} == {n: w.shape for n, w in one.items()}
    wanted = (1 - share) * added(one) + share * added(two)
    sizes = torch.linalg.svdvals(wanted)
    least = sizes[rank:].norm()
    assert (added(mixed) - wanted).norm() == pytest.approx(float(least), abs=1e-3 * float(sizes[0]))


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_nothing_mixed_in_changes_nothing(share: float) -> None:
    """At either end it adds what one of the two adds."""
    one, two = adapter(1, 4, 16, 12), adapter(2, 4, 16, 12)
    assert torch.allclose(added(mix(one, two, share)), added(two if share else one), atol=1e-4)
