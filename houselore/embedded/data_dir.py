"""A server's own folder, and one with a path short enough for its Unix socket. Starts nothing."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from houselore.errors import ServerDidNotStart

_LONGEST_FOLDER = 85  # bytes: a socket's whole path must stay under 104 (macOS) or 108 (Linux)


def private_folder(folder: Path, owner: int | None = None) -> Path:
    """Make `folder` (and what it lies in) and return its real path; only `owner` may enter it."""
    folder = folder.resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if owner is not None:
        os.chown(folder, owner, -1)
    return folder


def socket_folder(folder: Path, owner: int | None = None) -> Path:
    """`folder`, or where its path is too long a private folder for it in the temporary one.

    Only `owner` (a user id, default ours) may enter it: that is what keeps the machine's other
    users out. Raises ServerDidNotStart when somebody else holds the place.
    """
    if len(os.fsencode(folder)) <= _LONGEST_FOLDER:
        return folder
    owner = os.geteuid() if owner is None else owner
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"houselore-{owner}-{name}"
    try:
        short.mkdir(mode=0o700)
        os.chown(short, owner, -1)
    except FileExistsError:
        found = short.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
            raise ServerDidNotStart(
                f"{short} belongs to somebody else: remove it, or choose a data folder with a "
                "shorter path."
            ) from None
    return short
