"""Name the two files of a PEFT adapter's folder, and hash its weights."""

import hashlib
from pathlib import Path

from tuning.errors import MissingAdapter

WEIGHTS = "adapter_model.safetensors"
CONFIG = "adapter_config.json"


def hash_adapter(adapter: Path) -> str:
    """Return the SHA-256 of the weights in the folder `adapter`. Raises MissingAdapter."""
    return hash_file(adapter / WEIGHTS)


def hash_file(path: Path) -> str:
    """Return the SHA-256 of one of an adapter's files. Raises MissingAdapter."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise MissingAdapter(f"{path} cannot be read ({error.strerror}).") from None
