"""A modal's or a Home tab's blocks to safe Html; its title and its buttons are the page's."""

from typing import Any

from sandbox.rendering.blocks import render_blocks
from sandbox.rendering.markup import Html
from sandbox.rendering.names import Names


def view_body(view: dict[str, Any], names: Names) -> Html:
    """The view's blocks, inputs as form controls that carry their `block_id` and `action_id`."""
    return render_blocks(view.get("blocks"), names)
