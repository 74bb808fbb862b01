"""Control calls for tests: the app's calls, event deliveries, faults, uninstalling."""

from typing import Any

from sandbox.control.request import Control


async def calls(call: Control) -> dict[str, Any]:
    """GET /sandbox/calls: returns the app's Web API calls, oldest first."""
    method = call.text("method", required=False)
    return {"calls": [one for one in call.site.calls if method in ("", one["method"])]}


async def deliveries(call: Control) -> dict[str, Any]:
    """GET, DELETE /sandbox/deliveries: returns the events sent; DELETE first cancels open ones."""
    if call.http_method == "DELETE":
        await call.site.delivery.give_up()
    return {"deliveries": [record.shape() for record in call.site.delivery.records]}


async def faults(call: Control) -> dict[str, Any]:
    """GET, POST, DELETE /sandbox/faults: lists faults; POST switches some on, DELETE all off."""
    faults = call.site.faults
    if call.http_method == "DELETE":
        faults.clear()
    if call.http_method == "POST":
        faults.set(call.args)
        if call.args.get("disconnect") == "refresh":
            await call.site.sockets.refresh()
        elif call.args.get("disconnect"):
            await call.site.sockets.close()
        if call.args.get("expire_streams"):
            for message in call.site.streams.running():
                call.site.streams.expire(message)
    return {"faults": faults.shape()}


async def uninstall(call: Control) -> dict[str, Any]:
    """POST /sandbox/uninstall: removes the app; with `undo` it is installed again."""
    if call.args.get("undo"):
        call.workspace.installed = True
    elif call.workspace.installed:
        call.site.uninstall()
    return {"installed": call.workspace.installed}
