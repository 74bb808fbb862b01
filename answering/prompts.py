"""The house prompt: what the model is told, in which version. Asks no model."""

import hashlib
from collections.abc import Sequence

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder

from answering.evidence import Evidence
from answering.types.questions import Turn

_SYSTEM = (
    "Answer from the notes alone, in one to three short sentences, and cite them like [1]. "
    "Where notes disagree, say so, the newest first, with dates. "
    "If they do not hold the answer, reply: I don't know."
)
_HUMAN = "Notes:\n{notes}\n\nQuestion: {question}"

# A small model follows what was said last; more of the thread only pushes the notes away.
_TURNS = 2
_TURN_CHARACTERS = 300

_ROLES = {"system": "system", "human": "user", "ai": "assistant"}

HOUSE_PROMPT = ChatPromptTemplate(
    [("system", _SYSTEM), MessagesPlaceholder("thread"), ("human", _HUMAN)]
)

PROMPT_VERSION = "house-" + hashlib.sha256((_SYSTEM + _HUMAN).encode()).hexdigest()[:8]
"""Changes whenever the words of the prompt change; stored with each answer."""


def in_style(messages: Sequence[BaseMessage], guide: str) -> list[BaseMessage]:
    """The messages with a style guide behind what the model is told; without one as they are."""
    if not guide:
        return list(messages)
    told, *rest = messages
    return [SystemMessage(f"{told.content}\n\nHow the house writes:\n{guide}"), *rest]


def version_in_style(guide: str) -> str:
    """The prompt's version with this style guide in it."""
    if not guide:
        return PROMPT_VERSION
    return f"{PROMPT_VERSION}-{hashlib.sha256(guide.encode()).hexdigest()[:8]}"


def format_notes(evidence: Sequence[Evidence]) -> str:
    """The evidence as numbered notes: where each stands, of which day where known, its words."""
    return "\n".join(f"[{note.n}] {_place(note)}: {note.quote}" for note in evidence)


def as_sent(messages: Sequence[BaseMessage]) -> list[dict[str, str]]:
    """The messages as a model's endpoint is sent them: role and content."""
    return [{"role": _ROLES[one.type], "content": str(one.content)} for one in messages]


def format_thread(thread: Sequence[Turn]) -> list[BaseMessage]:
    """The last turns of a thread as chat messages, cut to what a small model can hold."""
    return [
        HumanMessage(turn.text[:_TURN_CHARACTERS])
        if turn.speaker == "person"
        else AIMessage(turn.text[:_TURN_CHARACTERS])
        for turn in thread[-_TURNS:]
    ]


def _place(note: Evidence) -> str:
    modified_at = note.passage.modified_at
    return f"{note.label} ({modified_at:%Y-%m-%d})" if modified_at else note.label
