"""The README is true: its file tree, its commands, its links."""

import ast
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PACKAGES = ("houselore", "bot", "tuning", "answering", "retrieval", "sandbox")
START, END = "<!-- tree: checked by tests/test_readme.py -->", "<!-- end of tree -->"


def first_line(module: Path) -> str:
    """The first line of a module's docstring."""
    text = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))
    assert text, f"{module} has no docstring"
    return text.splitlines()[0]


def tree() -> str:
    """The file tree as the README shows it: each module with its docstring's first line."""
    parts = []
    for package in PACKAGES:
        lines = [
            f"<summary><b>{package}/</b> {first_line(ROOT / package / '__init__.py')}</summary>"
        ]
        lines.append("")
        for module in sorted((ROOT / package).rglob("*.py")):
            name = module.relative_to(ROOT / package)
            if name == Path("__init__.py"):
                continue
            shown = f"{name.parent}/" if name.name == "__init__.py" else str(name)
            lines.append(f"- `{shown}` {first_line(module)}")
        parts.append("\n".join(["<details>", *lines, "", "</details>"]))
    return "\n".join(parts)


def test_the_file_tree_is_true() -> None:
    """Every module stands in the README with its docstring's first line."""
    shown = README.split(START)[1].split(END)[0].strip()
    assert shown == tree()


def test_the_commands_exist() -> None:
    """Each `make` target in the README is one of the Makefile's."""
    for target in re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE):
        subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


def test_links_lead_somewhere() -> None:
    """Each relative link in the README and the docs names a file that is there."""
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            if not target.startswith(("http:", "https:", "#", "mailto:")):
                assert (page.parent / target.split("#")[0]).exists(), f"{page.name}: {target}"


if __name__ == "__main__":  # `make docs`
    before, rest = README.split(START)
    after = rest.split(END)[1]
    (ROOT / "README.md").write_text(f"{before}{START}\n{tree()}\n{END}{after}", encoding="utf-8")
