"""Describe the machine of a measurement: processor, versions, day."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from retrieval.embeddings.cpu_count import usable_cores

_GIGABYTE = 1024**3


def describe_machine(packages: Sequence[str] = ()) -> str:
    """Return one sentence: day, processor, cores, memory, Python, and versions of `packages`."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIGABYTE
    cores = usable_cores()
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {_processor()}, {cores} core{'s' * (cores != 1)}, "
        f"{memory:.0f} GB of memory, Python {platform.python_version()}"
        f"{', ' if versions else ''}{versions}"
    )


def _processor() -> str:
    """Return the processor's name if Linux tells it, else its architecture."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names and names[0] else platform.machine()
