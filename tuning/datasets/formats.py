"""Convert examples to and from the formats of TRL, OpenAI fine-tuning and Argilla.

TRL's conversational formats; OpenAI's chat and preference formats; Argilla's records as
`Record.to_dict` gives them, one a line.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from tuning.datasets.freeze import canonical
from tuning.errors import UnusableExamples
from tuning.examples_for_training import ChatMessage
from tuning.feedback.examples import Kind

Form = Literal["trl", "openai", "argilla"]

# The house prompt's last message ends with this and the question.
_ASKED = "Question: "


@dataclass(frozen=True, slots=True)
class Response:
    """A person's response to a record in Argilla; `answer` is set where they rewrote the answer."""

    person: str
    verdict: Literal["approve", "reject"] | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """An example as the formats hold it; only Argilla has `key` and `responses`."""

    kind: Kind
    prompt: tuple[ChatMessage, ...]
    chosen: str
    rejected: str | None = None
    label: bool | None = None
    key: str | None = None
    responses: tuple[Response, ...] = ()

    @classmethod
    def from_line(cls, line: Mapping[str, Any]) -> "DatasetRow":
        """Build a row from a line of a frozen dataset."""
        prompt = tuple(ChatMessage(**one) for one in line["prompt"])
        return cls(line["kind"], prompt, line["chosen"], line["rejected"], line["label"])

    @property
    def question(self) -> str:
        """The question: the end of the prompt's last message."""
        return self.prompt[-1].content.rpartition(_ASKED)[2] if self.prompt else ""


def write_rows(rows: Iterable[DatasetRow], form: Form) -> str:
    """Return the rows as JSON lines. Raises UnusableExamples if the format cannot hold a kind."""
    write = {"trl": _to_trl, "openai": _to_openai, "argilla": _to_argilla}[form]
    return "".join(canonical(write(row)) + "\n" for row in rows)


def read_rows(text: str, form: Form) -> list[DatasetRow]:
    """Parse JSON lines of this format. Raises UnusableExamples, naming the line."""
    read = {"trl": _from_trl, "openai": _from_openai, "argilla": _from_argilla}[form]
    rows = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                rows.append(_checked(read(json.loads(line))))
            except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
                raise UnusableExamples(
                    f"Line {number} is no example in the form of {form}: {type(error).__name__} "
                    f"{error}."
                ) from None
    return rows


def _to_trl(row: DatasetRow) -> dict[str, Any]:
    prompt, chosen = _messages(row.prompt), [_assistant(row.chosen)]
    if row.kind == "sft":
        return {"messages": prompt + chosen}
    if row.kind == "preference":
        return {"prompt": prompt, "chosen": chosen, "rejected": [_assistant(row.rejected or "")]}
    return {"prompt": prompt, "completion": chosen, "label": row.label}


def _from_trl(line: Mapping[str, Any]) -> DatasetRow:
    if "messages" in line:
        *prompt, chosen = line["messages"]
        return DatasetRow("sft", _read_messages(prompt), _said([chosen]))
    prompt = _read_messages(line["prompt"])
    if "completion" in line:
        return DatasetRow("kto", prompt, _said(line["completion"]), label=line["label"])
    return DatasetRow("preference", prompt, _said(line["chosen"]), _said(line["rejected"]))


def _to_openai(row: DatasetRow) -> dict[str, Any]:
    prompt, chosen = _messages(row.prompt), [_assistant(row.chosen)]
    if row.kind == "sft":
        return {"messages": prompt + chosen}
    if row.kind == "preference":
        return {
            "input": {"messages": prompt, "tools": [], "parallel_tool_calls": True},
            "preferred_output": chosen,
            "non_preferred_output": [_assistant(row.rejected or "")],
        }
    raise UnusableExamples(
        "Hosted fine-tuning has no form for lone thumbs: export --kind sft or preference."
    )


def _from_openai(line: Mapping[str, Any]) -> DatasetRow:
    if "messages" in line:
        return _from_trl(line)
    return DatasetRow(
        "preference",
        _read_messages(line["input"]["messages"]),
        _said(line["preferred_output"]),
        _said(line["non_preferred_output"]),
    )


def _to_argilla(row: DatasetRow) -> dict[str, Any]:
    fields = {"prompt": _messages(row.prompt), "answer": row.chosen}
    if row.rejected is not None:
        fields["rejected"] = row.rejected
    thumb = {} if row.label is None else {"label": "good" if row.label else "bad"}
    responses: dict[str, list[dict[str, str]]] = {}
    for one in row.responses:
        for question, value in (("verdict", one.verdict), ("answer", one.answer)):
            if value is not None:
                said = {"value": value, "user_id": one.person}
                responses.setdefault(question, []).append(said)
    return {
        "id": row.key,
        "fields": fields,
        "metadata": {"kind": row.kind, **thumb},
        "suggestions": {},
        "responses": responses,
        "vectors": {},
        "status": "completed" if row.responses else "pending",
    }


def _from_argilla(record: Mapping[str, Any]) -> DatasetRow:
    fields, metadata = record["fields"], record["metadata"]
    said: dict[str, dict[str, str]] = {}
    for question in ("verdict", "answer"):
        for one in (record.get("responses") or {}).get(question, []):
            said.setdefault(str(one["user_id"]), {})[question] = one["value"]
    return DatasetRow(
        metadata["kind"],
        _read_messages(fields["prompt"]),
        fields["answer"],
        fields.get("rejected"),
        {"good": True, "bad": False, None: None}[metadata.get("label")],
        record.get("id"),
        tuple(
            Response(person, _verdict(values.get("verdict")), values.get("answer"))
            for person, values in sorted(said.items())
        ),
    )


def _verdict(value: str | None) -> Literal["approve", "reject"] | None:
    if value in ("approve", "reject", None):
        return value  # type: ignore[return-value]  # mypy does not narrow by `in`
    raise ValueError(f"the verdict is {value!r}, not approve or reject")


def _checked(row: DatasetRow) -> DatasetRow:
    texts = [row.chosen, *(one.content for one in row.prompt), *filter(None, [row.rejected])]
    if row.kind not in get_args(Kind) or not all(isinstance(text, str) for text in texts):
        raise ValueError("it lacks a kind or a text")
    if not row.chosen.strip() or not row.prompt:
        raise ValueError("it has no prompt or no answer")
    if (row.kind == "kto") != isinstance(row.label, bool):
        raise ValueError("its label does not fit")
    if (row.kind == "preference") != (row.rejected is not None):
        raise ValueError("its rejected answer does not fit")
    return row


def _messages(prompt: Sequence[ChatMessage]) -> list[dict[str, str]]:
    return [asdict(one) for one in prompt]


def _read_messages(messages: Iterable[Mapping[str, str]]) -> tuple[ChatMessage, ...]:
    return tuple(ChatMessage(one["role"], one["content"]) for one in messages)


def _assistant(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}


def _said(messages: Sequence[Mapping[str, str]]) -> str:
    """Return the text of the assistant's only message."""
    (message,) = messages
    if message["role"] != "assistant":
        raise ValueError("what was said is not the assistant's")
    return message["content"]
