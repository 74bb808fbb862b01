"""Create private folders for servers, with paths short enough for Unix sockets."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from houselore.errors import ServerDidNotStart

_LONGEST_FOLDER = 85  # bytes: a socket's whole path must stay under 104 (macOS) or 108 (Linux)


def private_folder(folder: Path, owner: int | None = None) -> Path:
    """Create `folder` with its parents and return its real path; only `owner` may enter it."""
    folder = folder.resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if owner is not None:
        os.chown(folder, owner, -1)
    return folder


def socket_folder(folder: Path, owner: int | None = None) -> Path:
    """Return `folder`, or a private one in the temporary directory if its path is too long.

    `owner` is a user id, by default ours. Raises ServerDidNotStart when the place belongs to
    somebody else.
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
        # Anybody can create folders in the temporary directory: use this one only if it is the
        # owner's and closed to all others, for that is what protects the server.
        found = short.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
            raise ServerDidNotStart(
                f"{short} belongs to somebody else: remove it, or choose a data folder with a "
                "shorter path."
            ) from None
    return short
