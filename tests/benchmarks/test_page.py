"""Benchmarks share one page, and none of them touches what another has written."""

from pathlib import Path

from benchmarks.page import write_section


def test_a_section_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    """Each name has its own place, whatever was written before it and after it."""
    page = tmp_path / "benchmarks.md"
    for name in ("retrieval", "ann", "indexing"):
        write_section(name, f"## About {name}\n\nold", page)
    before = page.read_text()
    write_section("ann", r"## About ann" + "\n\nnew \\1 \\g<0>", page)
    after = page.read_text()
    assert after == before.replace("## About ann\n\nold", "## About ann\n\nnew \\1 \\g<0>")
    assert after.startswith("# Benchmarks\n")
    assert [line for line in after.splitlines() if line.startswith("## ")] == [
        "## About retrieval",
        "## About ann",
        "## About indexing",
    ]


def test_the_contents_follow_the_headings(tmp_path: Path) -> None:
    """A new page has a list of its sections at the top, which a rewritten section keeps true."""
    page = tmp_path / "benchmarks.md"
    write_section("ann", "## Nearest neighbours\n\n### Time", page)
    write_section("check", "## Does a block support?", page)
    write_section("ann", "## Neighbours", page)
    top = page.read_text().split("\n## ")[0]
    assert [line for line in top.splitlines() if line.startswith("- ")] == [
        "- [Neighbours](#neighbours)",
        "- [Does a block support?](#does-a-block-support)",
    ]


def test_what_a_person_wrote_between_the_sections_stays(tmp_path: Path) -> None:
    """Text outside of the marks is nobody's to change; the same section twice changes nothing."""
    page = tmp_path / "benchmarks.md"
    page.write_text("# Mine\n\nWords of my own.\n")
    write_section("ann", "## ANN", page)
    once = page.read_text()
    write_section("ann", "## ANN", page)
    assert page.read_text() == once
    assert once.startswith("# Mine\n\nWords of my own.\n")
