"""The adapter that ships with the project: where it is and how it is known. Loads nothing."""

from pathlib import Path

from tuning.adapters import WEIGHTS, hash_adapter
from tuning.errors import UnusableAdapter

STARTER = Path(__file__).with_name("starter")
STARTER_NAME = "house-starter-1"
STARTER_SHA256 = "abd8b195b7b68d6b5da7127bbf6f147a4525d9791306ff82abe5cd588cb9fe24"
"""Of its weights, `adapter_model.safetensors`."""


def check_starter() -> None:
    """Raises UnusableAdapter where the shipped adapter is not the one we know."""
    try:
        found = hash_adapter(STARTER)
    except UnusableAdapter as error:
        raise UnusableAdapter(f"{error} Install Houselore again.") from None
    if found != STARTER_SHA256:
        raise UnusableAdapter(
            f"{STARTER / WEIGHTS} is not the adapter Houselore was made with (SHA-256 {found}): "
            "install Houselore again."
        )
