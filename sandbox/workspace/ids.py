"""Make ids like Slack's, random or derived from a name."""

import hashlib
import secrets

_LETTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_id(prefix: str) -> str:
    """Return a random id such as `C07Q2MZK4TB`."""
    return prefix + "0" + "".join(secrets.choice(_LETTERS) for _ in range(9))


def id_from(prefix: str, name: str) -> str:
    """Return the same id for the same name, so that it survives a restart."""
    digest = hashlib.sha256(name.encode()).digest()
    return prefix + "0" + "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:9])
