"""The adapters that ship with the project: where they are, how they are known. Loads nothing."""

from pathlib import Path

from tuning.adapters.files import WEIGHTS, hash_adapter
from tuning.errors import UnusableAdapter

STARTER = Path(__file__).with_name("starter")
"""What is served until a team has its own."""
STARTER_NAME = "house-starter-2"
STARTER_SHA256 = "5f5b2e7859b05c54600a22c01868441e52b468e4eee4a775f75b89799565e994"
"""Of its weights, `adapter_model.safetensors`."""

MANNERS = Path(__file__).with_name("manners")
"""The starter, taught to read behind whatever a voice says first: what a team's lessons begin from.

It answers each question in another manner, so it is never served.
"""
MANNERS_SHA256 = "7f86981c5e1c5aa39b8627ca66c33dbc230e17302b201af8341fa44579255f00"
"""Of its weights."""


def check_starter() -> None:
    """Raises UnusableAdapter where the served adapter is not the one we know."""
    _check(STARTER, STARTER_SHA256)


def check_manners() -> None:
    """Raises UnusableAdapter where the adapter to begin from is not the one we know."""
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
