"""Open modals, stacked for each person, and Home tabs."""

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from sandbox.workspace.domain_events import ViewGone, ViewShown
from sandbox.workspace.ids import new_id
from sandbox.workspace.messages import Blocks
from sandbox.workspace.workspace import Workspace

STACK = 3
"""How many modals may be stacked."""


@dataclass(slots=True)
class View:
    """A modal or a Home tab, and what the person has filled in so far."""

    id: str
    person: str
    source: dict[str, Any]
    hash: str
    root_id: str
    previous_id: str | None = None
    state: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """`modal` or `home`."""
        return str(self.source["type"])

    @property
    def blocks(self) -> Blocks:
        """The blocks it shows."""
        return list(self.source["blocks"])

    @property
    def external_id(self) -> str:
        """The external id that the app gave it, or an empty string."""
        return str(self.source.get("external_id") or "")


class Views:
    """The open views of the workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.homes: dict[str, View] = {}
        self.stacks: dict[str, list[View]] = {}

    def find(self, view_id: str = "", external_id: str = "") -> View | None:
        """Return an open view by its id or its external id."""
        views = [*self.homes.values(), *(view for stack in self.stacks.values() for view in stack)]
        for view in views:
            if view.id == view_id or (external_id and view.external_id == external_id):
                return view
        return None

    def top(self, person: str) -> View | None:
        """Return the topmost modal of a person."""
        stack = self.stacks.get(person)
        return stack[-1] if stack else None

    def open(self, person: str, source: dict[str, Any]) -> View:
        """Show a modal in place of those that were open."""
        for view in reversed(self.stacks.pop(person, [])):
            self.workspace.tell(ViewGone(view.id, person))
        return self.push(person, source)

    def push(self, person: str, source: dict[str, Any]) -> View:
        """Push a modal on the person's stack."""
        stack = self.stacks.setdefault(person, [])
        view = _new(person, source)
        if stack:
            view.root_id, view.previous_id = stack[0].id, stack[-1].id
        stack.append(view)
        self.workspace.tell(ViewShown(view.id))
        return view

    def update(self, view: View, source: dict[str, Any]) -> None:
        """Replace the blocks of an open view; blocks that stay keep what was filled in."""
        view.source, view.hash = source, _hash()
        kept = {block.get("block_id") for block in view.blocks}
        view.state = {block: values for block, values in view.state.items() if block in kept}
        self.workspace.tell(ViewShown(view.id))

    def publish(self, person: str, source: dict[str, Any]) -> View:
        """Publish a person's Home tab."""
        if (view := self.homes.get(person)) is not None:
            self.update(view, source)
            return view
        view = self.homes[person] = _new(person, source)
        self.workspace.tell(ViewShown(view.id))
        return view

    def close(self, view: View) -> None:
        """Close one modal and show the one below."""
        stack = self.stacks.get(view.person, [])
        if view in stack:
            stack.remove(view)
            self.workspace.tell(ViewGone(view.id, view.person))
            if stack:
                self.workspace.tell(ViewShown(stack[-1].id))

    def clear(self, person: str) -> list[View]:
        """Close all modals of a person; return them, topmost first."""
        gone = list(reversed(self.stacks.pop(person, [])))
        for view in gone:
            self.workspace.tell(ViewGone(view.id, person))
        return gone

    def described(self, view: View) -> dict[str, Any]:
        """Return the view object of the Web API and of interaction payloads."""
        app = self.workspace.app
        described = {
            "id": view.id,
            "team_id": self.workspace.team_id,
            "type": view.type,
            "blocks": view.blocks,
            "private_metadata": view.source.get("private_metadata") or "",
            "callback_id": view.source.get("callback_id") or "",
            "external_id": view.external_id,
            "state": {"values": view.state},
            "hash": view.hash,
            "clear_on_close": bool(view.source.get("clear_on_close")),
            "notify_on_close": bool(view.source.get("notify_on_close")),
            "root_view_id": view.root_id,
            "previous_view_id": view.previous_id,
            "app_id": app.id,
            "app_installed_team_id": self.workspace.team_id,
            "bot_id": app.bot_id,
            "title": view.source.get("title"),
            "close": view.source.get("close"),
            "submit": view.source.get("submit"),
        }
        return described


def _new(person: str, source: dict[str, Any]) -> View:
    view_id = new_id("V")
    return View(view_id, person, source, _hash(), root_id=view_id)


def _hash() -> str:
    return f"{int(time.time())}.{secrets.token_hex(4)}"
