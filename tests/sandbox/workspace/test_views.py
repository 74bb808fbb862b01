"""Modals and the Home tab over the Web API."""

from dataclasses import replace
from typing import Any

from sandbox.app_manifest import PERMISSIVE
from sandbox.delivery import trigger_ids


def modal(title: str = "Title", **more: Any) -> dict[str, Any]:
    """A small modal."""
    words = {"type": "plain_text", "text": title}
    return {"type": "modal", "title": words, "blocks": [{"type": "divider"}], **more}


HOME = {"type": "home", "blocks": [{"type": "divider"}]}


async def test_opening_needs_a_fresh_trigger(bench: Any, monkeypatch: Any) -> None:
    """A trigger opens one modal, once, and not after it expired."""
    trigger = bench.site.triggers.give("U0MARA")
    opened = await bench.api("views.open", trigger_id=trigger, view=modal())
    assert opened["view"]["state"] == {"values": {}}
    again = await bench.api("views.open", trigger_id=trigger, view=modal())
    assert again["error"] == "exchanged_trigger_id"
    unknown = await bench.api("views.open", trigger_id="1.2.3", view=modal())
    assert unknown["error"] == "invalid_trigger_id"
    monkeypatch.setattr(trigger_ids, "LIFE", -1.0)
    old = bench.site.triggers.give("U0MARA")
    late = await bench.api("views.open", trigger_id=old, view=modal())
    assert late["error"] == "expired_trigger_id"


async def test_a_bad_view_does_not_use_up_the_trigger(bench: Any) -> None:
    """A view with mistakes is refused with pointers to them, and the trigger still works."""
    trigger = bench.site.triggers.give("U0MARA")
    bad = await bench.api("views.open", trigger_id=trigger, view={"type": "modal", "blocks": []})
    assert bad["error"] == "invalid_arguments"
    assert "title" in bad["response_metadata"]["messages"][0]
    assert (await bench.api("views.open", trigger_id=trigger, view=modal()))["ok"]


async def test_a_stack_of_three(bench: Any) -> None:
    """Modals lie on one another, three at most; a new one by views.open replaces them all."""
    give = bench.site.triggers.give
    nothing = await bench.api("views.push", trigger_id=give("U0MARA"), view=modal())
    assert nothing["error"] == "not_found"
    first = await bench.api("views.open", trigger_id=give("U0MARA"), view=modal("1"))
    second = await bench.api("views.push", trigger_id=give("U0MARA"), view=modal("2"))
    assert second["view"]["previous_view_id"] == first["view"]["id"]
    assert second["view"]["root_view_id"] == first["view"]["id"]
    await bench.api("views.push", trigger_id=give("U0MARA"), view=modal("3"))
    fourth = await bench.api("views.push", trigger_id=give("U0MARA"), view=modal("4"))
    assert fourth["error"] == "push_limit_reached"
    await bench.api("views.open", trigger_id=give("U0MARA"), view=modal("new"))
    assert (await bench.get("view", who="U0MARA"))["modal"]["title"] == "new"
    assert len(bench.site.views.stacks["U0MARA"]) == 1


async def test_updating(bench: Any) -> None:
    """An open view changes by its id or its own name; an old hash is a conflict."""
    trigger = bench.site.triggers.give("U0MARA")
    view = modal(external_id="mine")
    opened = (await bench.api("views.open", trigger_id=trigger, view=view))["view"]
    changed = await bench.api("views.update", external_id="mine", view=modal("New"))
    assert changed["view"]["title"]["text"] == "New"
    stale = await bench.api("views.update", view_id=opened["id"], view=modal(), hash=opened["hash"])
    assert stale["error"] == "hash_conflict"
    assert (await bench.api("views.update", view_id="V0", view=modal()))["error"] == "not_found"
    neither = await bench.api("views.update", view=modal())
    assert neither["error"] == "invalid_arguments"


async def test_the_home_tab(bench: Any, start_sandbox: Any) -> None:
    """A Home tab is published to one person, if the app has one at all."""
    published = await bench.api("views.publish", user_id="U0MARA", view=HOME)
    assert published["view"]["type"] == "home"
    assert (await bench.get("home", who="U0MARA"))["view"]["id"] == published["view"]["id"]
    assert (await bench.get("home", who="U0JONAS"))["view"] is None
    nobody = await bench.api("views.publish", user_id="U0X", view=HOME)
    assert nobody["error"] == "invalid_arguments"
    other = await start_sandbox(app=replace(PERMISSIVE, home_tab=False))
    refused = await other.api("views.publish", user_id="U0MARA", view=HOME)
    assert refused["error"] == "not_enabled"
