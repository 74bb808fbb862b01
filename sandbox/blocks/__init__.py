"""Block Kit's rules: what Slack rejects in blocks, views and stream chunks."""

from collections.abc import Iterator
from typing import Any

from sandbox.blocks.checks import (
    Problems,
    boolean,
    items,
    mapping,
    one_of,
    shape,
    string,
    typed,
    variant,
)
from sandbox.blocks.elements import SOURCE, plain
from sandbox.blocks.kinds import IN_VIEWS, KINDS

MOST_IN_MESSAGE = 50
MOST_IN_VIEW = 100
MOST_TEXT_IN_TABLE = 10_000

_MESSAGE = items(variant(KINDS))
_VIEW = items(variant(IN_VIEWS), MOST_IN_VIEW)
_VIEW_REST = {
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
_VIEWS = variant(
    {
        "home": typed({"blocks": _VIEW}, _VIEW_REST),
        "modal": typed(
            {"blocks": _VIEW, "title": plain(24)},
            {
                **_VIEW_REST,
                "submit": plain(24),
                "close": plain(24),
                "clear_on_close": boolean,
                "notify_on_close": boolean,
                "submit_disabled": boolean,
            },
        ),
    }
)
STATUSES = ("pending", "in_progress", "complete", "error")
_CHUNKS = items(
    variant(
        {
            "markdown_text": typed({"text": string()}, {}),
            "task_update": typed(
                {"id": string(), "title": string(), "status": one_of(*STATUSES)},
                {"details": string(), "output": string(), "sources": items(SOURCE)},
            ),
            "plan_update": typed({"title": string()}, {}),
            "blocks": typed({"blocks": _MESSAGE}, {}),
        }
    )
)
METADATA = shape({"event_type": string(least=1), "event_payload": mapping}, {})


def check_blocks(blocks: Any) -> Problems:
    """Return what is wrong with a message's blocks, except their number."""
    problems: Problems = []
    _MESSAGE(blocks, "/blocks", problems)
    return problems or [*_repeated(blocks, "/blocks"), *_tables(blocks, "/blocks")]


def check_view(view: Any) -> Problems:
    """Return what is wrong with a modal or a Home tab."""
    problems: Problems = []
    _VIEWS(view, "/view", problems)
    if problems:
        return problems
    has_input = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and has_input and "submit" not in view:
        problems.append("submit is required when an input block is present [json-pointer:/view]")
    return problems or _repeated(view["blocks"], "/view/blocks")


def check_chunks(chunks: Any) -> Problems:
    """Return what is wrong with a stream's chunks."""
    problems: Problems = []
    _CHUNKS(chunks, "/chunks", problems)
    return problems


def length_of(value: Any) -> int:
    """Count the characters in blocks as Slack counts them against a message's limit."""
    if isinstance(value, list):
        return sum(map(length_of, value))
    if isinstance(value, dict):
        own = value.get("text")
        inner = sum(length_of(item) for key, item in value.items() if key != "text")
        return inner + (len(own) if isinstance(own, str) else length_of(own))
    return 0


def elements_of(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the interactive elements of a block."""
    if block["type"] in ("actions", "context_actions"):
        yield from block["elements"]
    elif block["type"] == "section" and "accessory" in block:
        yield block["accessory"]
    elif block["type"] == "input":
        yield block["element"]
    elif block["type"] == "card":
        yield from block.get("actions", ())
    elif block["type"] == "carousel":
        for card in block["elements"]:
            yield from elements_of(card)
    elif block["type"] == "container":
        for child in block["child_blocks"]:
            yield from elements_of(child)


def _tables(blocks: list[dict[str, Any]], at: str) -> Problems:
    """Return problems of tables: a second one in a message, or too much text in one."""
    tables = [n for n, block in enumerate(blocks) if block["type"] in ("table", "data_table")]
    problems = [f"only_one_table_allowed [json-pointer:{at}/{number}]" for number in tables[1:]]
    for number in tables:
        if length_of(blocks[number]) > MOST_TEXT_IN_TABLE:
            most = f"must be less than {MOST_TEXT_IN_TABLE + 1} characters"
            problems.append(f"{most} in all cells [json-pointer:{at}/{number}]")
    return problems


def _repeated(blocks: list[dict[str, Any]], at: str) -> Problems:
    """Return problems of ids: a repeated block id, or an action id repeated in one block."""
    problems: Problems = []
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id and block_id in seen:
            problems.append(f"block_id {block_id} already exists [json-pointer:{at}/{number}]")
        seen.add(block_id or "")
        actions = [name for item in elements_of(block) if (name := item.get("action_id"))]
        if len(set(actions)) < len(actions):
            problems.append(f"an action_id stands twice [json-pointer:{at}/{number}]")
    return problems
