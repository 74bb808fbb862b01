"""Render the blocks of a modal or a Home tab; the page adds the title and the buttons."""

from typing import Any

from sandbox.rendering.blocks import render_blocks
from sandbox.rendering.text.markup import Html
from sandbox.rendering.text.names import Names


def view_body(view: dict[str, Any], names: Names) -> Html:
    """Render the view's blocks, inputs as form controls with their `block_id` and `action_id`."""
    return render_blocks(view.get("blocks"), names)
