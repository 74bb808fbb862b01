"""A lesson's prompt is the house prompt, and lessons survive their file."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from answering.evidence.notes import Evidence
from answering.prompts import HOUSE_PROMPT, format_notes, format_thread
from answering.types.questions import Turn
from retrieval.documents import Passage
from tuning.examples_for_training import lesson, read_lessons, write_lessons

SENTENCE = "The travel budget is 3,000 euros a year."
PLACE = Passage(
    1, 1, "a.md", "Travel", None, (), SENTENCE, 1.0, datetime(2026, 3, 1, tzinfo=UTC)
)  # fmt: skip
NOTE = Evidence(
    n=1, passage=PLACE, sentences=(SENTENCE,), best=SENTENCE, quote=SENTENCE, score=1.0
)  # fmt: skip
THREAD = (Turn("person", "Is there one?"), Turn("bot", "Yes. [1]"))


def test_a_lesson_is_asked_as_people_are_answered() -> None:
    """Its messages are those of the house prompt, in a chat template's words."""
    made = lesson("How much is it?", [NOTE], "3,000 euros. [1]", "facts", THREAD)
    served = HOUSE_PROMPT.format_messages(
        notes=format_notes([NOTE]), question="How much is it?", thread=format_thread(THREAD)
    )
    assert [one.content for one in made.prompt] == [one.content for one in served]
    assert [one.role for one in made.prompt] == ["system", "user", "assistant", "user"]


def test_lessons_come_back_from_their_file(tmp_path: Path) -> None:
    """Also with letters and line ends of other languages in them."""
    lessons = [
        lesson("\u591a\u5c11\uff1f", [NOTE], "3,000\u2028\u5143\u3002 [1]", "facts"),
        lesson("How much?", [NOTE], "3,000.\n[1]", "facts", THREAD),
    ]
    write_lessons(tmp_path / "lessons", lessons)
    assert read_lessons(tmp_path / "lessons") == lessons


def test_what_serves_needs_no_pytorch() -> None:
    """Only `tuning.training.sft` loads it: the registry, lessons, export and adapter do not."""
    modules = (
        "tuning.rollout.registry, tuning.examples_for_training, tuning.adapters.gguf_export, "
        "tuning.adapters.bundled, tuning.training.loss_log"
    )
    code = (
        f"import sys, {modules}; assert not {{'torch', 'transformers', 'gguf'}} & {{*sys.modules}}"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
