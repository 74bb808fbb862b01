"""Locate the LoRA adapters that ship with the project, and check their hashes."""

from pathlib import Path

from tuning.adapters.files import WEIGHTS, hash_adapter
from tuning.errors import UnusableAdapter

STARTER = Path(__file__).with_name("starter")
"""The adapter that is served until a team has trained its own."""
STARTER_NAME = "house-starter-2"
STARTER_SHA256 = "5f5b2e7859b05c54600a22c01868441e52b468e4eee4a775f75b89799565e994"
"""SHA-256 of its weights, `adapter_model.safetensors`."""

MANNERS = Path(__file__).with_name("manners")
"""The starter, trained to follow whatever voice an answer opens with; training starts from it.

It phrases each answer differently, so it is unfit to be served itself.
"""
MANNERS_SHA256 = "7f86981c5e1c5aa39b8627ca66c33dbc230e17302b201af8341fa44579255f00"
"""SHA-256 of its weights."""


def check_starter() -> None:
    """Raise UnusableAdapter if the served adapter's hash is not the one we shipped."""
    _check(STARTER, STARTER_SHA256)


def check_manners() -> None:
    """Raise UnusableAdapter if the start adapter's hash is not the one we shipped."""
    _check(MANNERS, MANNERS_SHA256)


def _check(adapter: Path, known: str) -> None:
    try:
        found = hash_adapter(adapter)
    except UnusableAdapter as error:
        raise UnusableAdapter(f"{error} Install Houselore again.") from None
    if found != known:
        raise UnusableAdapter(
            f"{adapter / WEIGHTS} is not the adapter Houselore was made with (SHA-256 {found}): "
            "install Houselore again."
        )
