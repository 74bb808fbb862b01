"""The shipped adapter is the one we know, small, plain LoRA, and halved without harm."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from houselore.embedded.chat_model_files import (
    BUNDLED_NAME,
    bundled_gguf,
    chat_model_files,
    chat_model_name,
)
from houselore.errors import ServerDidNotStart
from tuning.adapters import bundled
from tuning.adapters.bundled import MANNERS, STARTER, STARTER_NAME, check_manners, check_starter
from tuning.adapters.bundling import ship
from tuning.adapters.files import CONFIG, WEIGHTS


@pytest.mark.parametrize(("adapter", "check"), [(STARTER, check_starter), (MANNERS, check_manners)])
def test_an_adapter_is_the_one_we_know_and_fits_into_git(
    adapter: Path, check: Callable[[], None]
) -> None:
    """Its weights have the hash that is checked, and take less than 25 MB."""
    check()
    assert (adapter / WEIGHTS).stat().st_size < 25_000_000
    config = json.loads((adapter / CONFIG).read_text(encoding="utf-8"))
    assert config["base_model_name_or_path"] == f"HuggingFaceTB/{BUNDLED_NAME}"
    assert config["peft_type"] == "LORA"


def test_the_bundled_model_has_the_adapter_and_a_name(tmp_path: Path) -> None:
    """It is converted once and found again; a file of one's own is served as it is."""
    pytest.importorskip("gguf", reason="the converter's package is not installed")
    files = chat_model_files(tmp_path, None)
    assert files.name == f"{BUNDLED_NAME} + {STARTER_NAME}"
    assert files.adapter is not None
    made = files.adapter.stat()
    assert chat_model_files(tmp_path, None) == files
    assert files.adapter.stat() == made
    own = chat_model_files(tmp_path, bundled_gguf())
    assert own.adapter is None
    assert own.name == chat_model_name(bundled_gguf()) == bundled_gguf().stem


def test_a_changed_adapter_is_not_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither one whose weights are not ours nor one without weights; the sentence names it."""
    monkeypatch.setattr(bundled, "STARTER", tmp_path)
    with pytest.raises(ServerDidNotStart, match="cannot be read"):
        chat_model_files(tmp_path, None)
    (tmp_path / WEIGHTS).write_bytes(b"other weights")
    with pytest.raises(ServerDidNotStart, match="not the adapter"):
        chat_model_files(tmp_path, None)


def test_shipping_halves_the_weights_and_names_the_base(tmp_path: Path) -> None:
    """Each weight is the nearest half-precision number; everybody may read the files."""
    weights = {"a": np.array([[0.1, -2.5], [3e-5, 7.0]], dtype=np.float32)}
    (tmp_path / "from").mkdir()
    safetensors.numpy.save_file(weights, tmp_path / "from" / WEIGHTS)
    config = {"target_modules": ["v_proj", "k_proj"], "base_model_name_or_path": "/here"}
    (tmp_path / "from" / CONFIG).write_text(json.dumps(config), encoding="utf-8")
    ship(tmp_path / "from", tmp_path / "to", "Some/base")
    halves = safetensors.numpy.load_file(tmp_path / "to" / WEIGHTS)
    assert np.array_equal(halves["a"], weights["a"].astype(np.float16))
    shipped_config = json.loads((tmp_path / "to" / CONFIG).read_text(encoding="utf-8"))
    assert shipped_config["base_model_name_or_path"] == "Some/base"
    assert shipped_config["target_modules"] == ["k_proj", "v_proj"]
    assert (tmp_path / "to" / WEIGHTS).stat().st_mode & 0o044 == 0o044
