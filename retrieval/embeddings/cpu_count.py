"""How many cores there are for this process. Starts no thread."""

import os
import sys


def usable_cores() -> int:
    """The cores that this process may use, which a container or `taskset` may limit.

    macOS does not say it of a process: there all of the machine's.
    """
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
