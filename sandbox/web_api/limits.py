"""Check texts and messages against Slack's limits, under Slack's error names."""

import secrets
from typing import Any

from sandbox.blocks import (
    METADATA,
    MOST_IN_MESSAGE,
    check_blocks,
    check_chunks,
    check_view,
    elements_of,
    length_of,
)
from sandbox.errors import Refusal
from sandbox.workspace.messages import Blocks

MARKDOWN = 12_000
POSTED_TEXT = 40_000
UPDATED_TEXT = 4_000
BLOCKS_TEXT = 13_000
VIEW_BYTES = 250_000
ATTACHMENTS = 100


def checked_blocks(blocks: Any, too_many: str = "invalid_blocks") -> Blocks:
    """Return the blocks with the ids that Slack adds. Raises Refusal."""
    if blocks is None:
        return []
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format", "must be an array [json-pointer:/blocks]")
    if len(blocks) > MOST_IN_MESSAGE:
        problem = f"no more than {MOST_IN_MESSAGE} items allowed [json-pointer:/blocks]"
        raise Refusal(too_many, problem, errors=[problem])
    if problems := check_blocks(blocks):
        raise Refusal("invalid_blocks", *problems, errors=problems)
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if markdown > MARKDOWN or length_of(blocks) > BLOCKS_TEXT:
        raise Refusal("msg_blocks_too_long")
    return with_ids(blocks)


def checked_chunks(chunks: Any) -> Blocks:
    """Return the chunks of a stream. Raises Refusal."""
    if problems := check_chunks(chunks):
        raise Refusal("invalid_chunks", *problems)
    for chunk in chunks:
        if chunk["type"] == "blocks":
            chunk["blocks"] = checked_blocks(chunk["blocks"], "msg_blocks_too_many")
    return list(chunks)


def checked_view(view: Any) -> dict[str, Any]:
    """Return a view with the ids that Slack adds. Raises Refusal."""
    if len(str(view)) > VIEW_BYTES:
        raise Refusal("view_too_large")
    if isinstance(view, dict):
        view = {name: value for name, value in view.items() if value is not None}
    if problems := check_view(view):
        raise Refusal("invalid_arguments", *problems)
    return {**view, "blocks": with_ids(view["blocks"])}


def checked_attachments(attachments: Any) -> Blocks:
    """Return legacy attachments, of which only the number is checked. Raises Refusal."""
    if attachments is None:
        return []
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        raise Refusal("invalid_attachments")
    if len(attachments) > ATTACHMENTS:
        raise Refusal("too_many_attachments")
    return attachments


def checked_metadata(metadata: Any) -> dict[str, Any] | None:
    """Return message metadata. Raises Refusal."""
    if not metadata:
        return None
    problems: list[str] = []
    METADATA(metadata, "/metadata", problems)
    if problems:
        raise Refusal("invalid_metadata_schema", *problems)
    return dict(metadata)


def with_ids(blocks: Blocks) -> Blocks:
    """Copy the blocks, adding block_ids and action_ids where they lack."""
    given = [{"block_id": secrets.token_urlsafe(4), **_copy(block)} for block in blocks]
    for block in given:
        for element in elements_of(block):
            if element["type"] not in ("image",):
                element.setdefault("action_id", secrets.token_urlsafe(4))
    return given


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value
