"""Count the CPU cores that this process may use."""

import os
import sys


def usable_cores() -> int:
    """Return the number of cores this process may use; a container or `taskset` may limit it."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1  # macOS has no affinity of a process: all of the machine's cores
