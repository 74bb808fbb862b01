"""Training examples: a prompt rendered as in service, and the answer that should follow it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from answering.evidence.notes import Evidence
from answering.prompts import HOUSE_PROMPT, as_sent, format_notes, format_thread
from answering.types.questions import Turn


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a chat, as a chat template takes it."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class TrainingExample:
    """A training example: the house prompt's messages, the right answer, the set it comes from."""

    prompt: tuple[ChatMessage, ...]
    answer: str
    origin: str


def lesson(
    question: str,
    evidence: Sequence[Evidence],
    answer: str,
    origin: str,
    thread: Sequence[Turn] = (),
) -> TrainingExample:
    """Build an example whose prompt is rendered exactly as it is when people ask."""
    messages = HOUSE_PROMPT.format_messages(
        notes=format_notes(evidence), question=question, thread=format_thread(thread)
    )
    prompt = tuple(ChatMessage(**one) for one in as_sent(messages))
    return TrainingExample(prompt, answer, origin)


def write_lessons(path: Path, lessons: Iterable[TrainingExample]) -> None:
    """Write the examples to a file, one JSON object a line."""
    with path.open("w", encoding="utf-8") as file:
        for one in lessons:
            file.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")


def read_lessons(path: Path) -> list[TrainingExample]:
    """Read what `write_lessons` wrote. Raises KeyError if a field is missing."""
    lessons = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line:
            row = json.loads(line)
            prompt = tuple(ChatMessage(one["role"], one["content"]) for one in row["prompt"])
            lessons.append(TrainingExample(prompt, row["answer"], row["origin"]))
    return lessons
