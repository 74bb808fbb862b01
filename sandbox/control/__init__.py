"""The control API under /sandbox, which the page and tests use; no Slack app calls it."""

from starlette.routing import Route, WebSocketRoute

from sandbox.control import acting, interacting, reading, standing, testing
from sandbox.control.request import control

ROUTES = [
    Route("/sandbox/world", control(reading.world)),
    Route("/sandbox/view", control(reading.view)),
    Route("/sandbox/messages", control(reading.messages)),
    Route("/sandbox/home", control(reading.home)),
    WebSocketRoute("/sandbox/stream", reading.stream),
    Route("/sandbox/post", control(acting.post), methods=["POST"]),
    Route("/sandbox/edit", control(acting.edit), methods=["POST"]),
    Route("/sandbox/delete", control(acting.delete), methods=["POST"]),
    Route("/sandbox/react", control(acting.react), methods=["POST"]),
    Route("/sandbox/open", control(acting.open_), methods=["POST"]),
    Route("/sandbox/dm", control(acting.direct), methods=["POST"]),
    Route("/sandbox/channels", control(acting.make_channel), methods=["POST"]),
    Route("/sandbox/members", control(acting.members), methods=["POST"]),
    Route("/sandbox/share", control(standing.share), methods=["POST"]),
    Route("/sandbox/role", control(standing.role), methods=["POST"]),
    Route("/sandbox/group", control(standing.group), methods=["POST"]),
    Route("/sandbox/stop", control(acting.stop), methods=["POST"]),
    Route("/sandbox/press", control(interacting.press), methods=["POST"]),
    Route("/sandbox/submit", control(interacting.submit), methods=["POST"]),
    Route("/sandbox/close", control(interacting.close), methods=["POST"]),
    Route("/sandbox/command", control(interacting.command), methods=["POST"]),
    Route("/sandbox/shortcut", control(interacting.shortcut), methods=["POST"]),
    Route("/sandbox/calls", control(testing.calls)),
    Route("/sandbox/deliveries", control(testing.deliveries), methods=["GET", "DELETE"]),
    Route("/sandbox/faults", control(testing.faults), methods=["GET", "POST", "DELETE"]),
    Route("/sandbox/uninstall", control(testing.uninstall), methods=["POST"]),
]
