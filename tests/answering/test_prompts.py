"""What a model is told, with a style guide and without one."""

from answering.prompts import HOUSE_PROMPT, PROMPT_VERSION, in_style, version_in_style

TOLD = HOUSE_PROMPT.format_messages(notes="[1] Lunch: At noon.", question="When?", thread=[])


def test_a_guide_stands_behind_the_rules() -> None:
    """It is told once, behind what the house asks of every answer; notes and question stay."""
    told = in_style(TOLD, "We write short sentences.")
    assert str(told[0].content).startswith(str(TOLD[0].content))
    assert str(told[0].content).endswith("How the house writes:\nWe write short sentences.")
    assert told[1:] == TOLD[1:]
    assert in_style(TOLD, "") == TOLD


def test_another_guide_is_another_version() -> None:
    """So that no cached answer and no example is taken for one in today's style."""
    versions = {version_in_style(guide) for guide in ("", "Short.", "Long.")}
    assert len(versions) == 3
    assert version_in_style("") == PROMPT_VERSION
