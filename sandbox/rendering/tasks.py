"""Render an agent's `plan` and `task_card` blocks."""

from typing import Any

from sandbox.rendering.reading import mapping, mappings, string
from sandbox.rendering.rich_text import render_rich_text
from sandbox.rendering.text.links import link
from sandbox.rendering.text.markup import EMPTY, Html, element, text
from sandbox.rendering.text.names import Names
from sandbox.rendering.text_objects import plain

_STATUSES = {
    "pending": ("○", "to do"),
    "in_progress": ("◐", "in progress"),
    "complete": ("✓", "done"),
    "error": ("!", "failed"),
}


def render_plan(block: dict[str, Any], names: Names) -> Html:
    """Render a titled list of tasks."""
    tasks = [render_task(task, names) for task in mappings(block.get("tasks"))]
    title = element("p", text(plain(block.get("title"))), class_="plan-title")
    return element("section", title, *tasks, class_="plan")


def render_task(block: dict[str, Any], names: Names) -> Html:
    """Render a task with its status; its results are folded behind the title."""
    status = string(block.get("status"))
    mark, said = _STATUSES.get(status, _STATUSES["pending"])
    title = text(plain(block.get("title")))
    head = element("span", text(mark), class_="task-mark", role="img", aria_label=said)
    inside = [
        part
        for part in (
            _prose(block.get("details"), names),
            _prose(block.get("output"), names),
            _sources(block),
        )
        if part
    ]
    state = status if status in _STATUSES else "pending"
    if not inside:
        return element("div", head, title, class_="task", data_status=state)
    summary = element("summary", head, title)
    return element("details", summary, *inside, class_="task", data_status=state)


def _prose(value: object, names: Names) -> Html:
    given = mapping(value)
    if given.get("type") == "rich_text":
        return element("div", render_rich_text(given, names), class_="task-text")
    words = plain(value)
    return element("div", text(words), class_="task-text") if words else EMPTY


def _sources(block: dict[str, Any]) -> Html:
    shown = [
        link(
            string(source.get("url")), text(plain(source.get("text")) or string(source.get("url")))
        )
        for source in mappings(block.get("sources"))
    ]
    items = [element("li", source) for source in shown if source is not None]
    return element("ul", *items, class_="task-sources") if items else EMPTY
