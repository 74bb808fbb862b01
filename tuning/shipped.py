"""The adapter that ships with the project: where it is and how it is known. Loads nothing."""

import hashlib
from pathlib import Path

from tuning.errors import UnusableAdapter

STARTER = Path(__file__).with_name("starter")
STARTER_NAME = "house-starter-1"
STARTER_SHA256 = "abd8b195b7b68d6b5da7127bbf6f147a4525d9791306ff82abe5cd588cb9fe24"
"""Of its weights, `adapter_model.safetensors`."""


def check_starter() -> None:
    """Raises UnusableAdapter where the shipped adapter is not the one we know."""
    weights = STARTER / "adapter_model.safetensors"
    try:
        with weights.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnusableAdapter(
            f"{weights} cannot be read ({error.strerror}): install Houselore again."
        ) from None
    if found != STARTER_SHA256:
        raise UnusableAdapter(
            f"{weights} is not the adapter Houselore was made with (its SHA-256 is {found}): "
            "install Houselore again."
        )
