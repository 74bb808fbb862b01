"""Get the pages that the questions are asked of, byte for byte as they were then.

    python -m benchmarks.document_questions.pages [--clones TEMPLATE] [--docs FOLDER]

pages.jsonl names each page's repository, commit and SHA-256; LICENSES.md lists their licences. The
pages are no part of the project: git ignores docs/. Without `--clones` each repository is fetched
at its commit from github.com; TEMPLATE is the path of existing clones, with {owner} and {name} in
it: '/somewhere/{owner}/{name}'.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.document_questions.check import DOCS, HERE

MANIFEST = HERE / "pages.jsonl"
SECONDS = 600  # for one fetch


@dataclass(frozen=True)
class Page:
    """One page: its path below docs/, and where it comes from."""

    page: str
    repository: str
    commit: str
    file: str
    bytes: int
    sha256: str


class PagesMissing(Exception):
    """A page cannot be had; the text says which one, and what to do."""


def read_manifest(path: Path = MANIFEST) -> list[Page]:
    """Read the list of pages."""
    return [Page(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _git(*words: str, at: Path) -> bytes:
    git = shutil.which("git")
    if git is None:
        raise PagesMissing("git is not installed: install it, the pages come out of repositories.")
    ran = subprocess.run([git, "-C", str(at), *words], capture_output=True, timeout=SECONDS)  # noqa: S603 - no shell; the words are ours and the manifest's
    if ran.returncode:
        said = ran.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise PagesMissing(f"git {words[0]} failed in {at}: {' '.join(said)}")
    return ran.stdout


def fetch(repository: str, commit: str, into: Path) -> None:
    """Fetch one commit of a public repository into an empty folder, without its history."""
    into.mkdir(parents=True)
    _git("init", "--quiet", "--bare", at=into)
    url = f"https://github.com/{repository}"
    _git("fetch", "--quiet", "--depth", "1", "--no-tags", url, commit, at=into)


def take(page: Page, clone: Path) -> bytes:
    """Read one page from a clone, and check its hash."""
    content = _git("show", f"{page.commit}:{page.file}", at=clone)
    if hashlib.sha256(content).hexdigest() != page.sha256:
        raise PagesMissing(
            f"{page.page} is not what the questions were written to: its hash differs."
        )
    return content


def write(page: Page, content: bytes, docs: Path) -> None:
    """Write a page below `docs`; refuse a path that leads out of it."""
    path = (docs / page.page).resolve()
    if not path.is_relative_to(docs.resolve()):
        raise PagesMissing(f"{page.page} leads out of {docs}: correct pages.jsonl.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def by_repository(pages: Sequence[Page]) -> dict[tuple[str, str], list[Page]]:
    """Group the pages by repository and commit."""
    found: dict[tuple[str, str], list[Page]] = defaultdict(list)
    for page in pages:
        found[page.repository, page.commit].append(page)
    return dict(found)


def get_pages(pages: Sequence[Page], docs: Path, clones: str | None) -> None:
    """Write all pages below `docs`, from existing clones or fetched ones."""
    with tempfile.TemporaryDirectory() as folder:
        for (repository, commit), group in by_repository(pages).items():
            owner, name = repository.split("/")
            clone = Path(clones.format(owner=owner, name=name) if clones else f"{folder}/{name}")
            if not clones:
                fetch(repository, commit, clone)
            for page in group:
                write(page, take(page, clone), docs)


def main() -> None:
    """Get the pages, or exit with the reason."""
    parser = argparse.ArgumentParser(description="Get the pages that the questions are asked of.")
    parser.add_argument("--docs", type=Path, default=DOCS, help="the folder to write them to")
    parser.add_argument("--clones", help="where clones lie, with {owner} and {name}")
    options = parser.parse_args()
    pages = read_manifest()
    try:
        get_pages(pages, options.docs, options.clones)
    except PagesMissing as error:
        sys.exit(str(error))
    sys.stdout.write(f"{len(pages)} pages in {options.docs}\n")


if __name__ == "__main__":
    main()
