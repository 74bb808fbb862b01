"""The README and the docs are true: commands, links, contents, the list of folders."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
ARCHITECTURE = DOCS / "architecture.md"
START, END = "<!-- folders: written by tests/test_readme.py -->", "<!-- end of folders -->"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


def first_line(module: Path) -> str:
    """The first line of a module's docstring."""
    text = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))
    assert text, f"{module} has no docstring"
    return text.splitlines()[0]


def package_folders(package: str) -> Iterator[Path]:
    """The package's folder and each folder with modules below it, in the order of their names."""
    yield ROOT / package
    yield from sorted({path.parent for path in (ROOT / package).glob("*/**/*.py")})


def layers(package: str) -> str:
    """The layers of a package's import contract, the highest first; empty where it has none."""
    for contract in PYPROJECT["tool"]["importlinter"]["contracts"]:
        if contract.get("containers") == [package]:
            levels = [level.split(" | ") for level in contract["layers"]]
            shown = [", ".join(f"`{name}`" for name in level) for level in levels]
            return " → ".join(
                f"[{names}]" if len(level) > 1 else names
                for names, level in zip(shown, levels, strict=True)
            )
    return ""


def folder_list() -> str:
    """The folders as docs/architecture.md lists them: path, what the docstring says, layers."""
    parts = []
    for package in PACKAGES:
        top, *below = package_folders(package)
        parts += [f"### `{package}/`", first_line(top / "__init__.py")]
        lines = [
            f"- `{folder.relative_to(ROOT)}/`: {first_line(folder / '__init__.py')}"
            for folder in below
        ]
        if lines:
            parts.append("\n".join(lines))
        if order := layers(package):
            parts.append(f"Layers: {order}.")
    return "\n\n".join(parts)


def test_the_list_of_folders_is_true() -> None:
    """Each folder of a package is in docs/architecture.md with its docstring's first line."""
    shown = ARCHITECTURE.read_text(encoding="utf-8").split(START)[1].split(END)[0].strip()
    assert shown == folder_list(), "run `make docs`"


@pytest.mark.parametrize("name", ["README.md", "docs/architecture.md", "docs/glossary.md"])
def test_the_paths_that_are_named_exist(name: str) -> None:
    """Each folder and module in code marks, or in a diagram, is there."""
    page = (ROOT / name).read_text(encoding="utf-8")
    named = re.findall(r"(?<![\w./~-])(?:[\w.-]+/)+(?:[\w-]+\.(?:py|json|md))?(?=[`,\s])", page)
    assert named
    for path in named:
        if not path.startswith(".houselore/"):
            assert (ROOT / path).exists(), f"{name}: {path}"


def test_the_commands_exist() -> None:
    """Each `make` target in the README is one of the Makefile's."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"(?:^|`)make ([a-z-]+)", readme, re.MULTILINE):
        subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


def headings(page: Path, level: str = "#{1,6}") -> list[str]:
    """The headings of a page, outside of its code."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    return re.findall(rf"^{level} (.+)$", text, re.MULTILINE)


def anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_links_lead_somewhere() -> None:
    """Each relative link in the README and the docs names a file, and a heading, that is there."""
    for page in (ROOT / "README.md", *sorted(DOCS.glob("*.md"))):
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            if target.startswith(("http:", "https:", "mailto:")):
                continue
            name, _, place = target.partition("#")
            path = page.parent / name if name else page
            assert path.exists(), f"{page.name}: {target}"
            if place:
                assert place in map(anchor, headings(path)), f"{page.name}: {target}"


@pytest.mark.parametrize("name", ["benchmarks.md", "log.md"])
def test_the_contents_name_every_section(name: str) -> None:
    """Each `## ` heading of the page stands in the list at its top, in the page's order."""
    top = (DOCS / name).read_text(encoding="utf-8").split("\n## ")[0]
    assert re.findall(r"^- \[(.+)\]\(#.+\)$", top, re.MULTILINE) == headings(DOCS / name, "##")


if __name__ == "__main__":  # `make docs`
    before, rest = ARCHITECTURE.read_text(encoding="utf-8").split(START)
    after = rest.split(END)[1]
    ARCHITECTURE.write_text(f"{before}{START}\n\n{folder_list()}\n\n{END}{after}", encoding="utf-8")
