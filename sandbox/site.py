"""The state of one running sandbox, composed once."""

from collections import deque
from typing import Any

from sandbox.clock import Clock
from sandbox.delivery import Delivery
from sandbox.events import Events
from sandbox.faults import Faults
from sandbox.happenings import Uninstalled
from sandbox.manifest import PERMISSIVE, App
from sandbox.options import Options
from sandbox.rates import Rates
from sandbox.responses import Responses
from sandbox.sessions import Sessions
from sandbox.sockets import SocketMode
from sandbox.streams import Streams
from sandbox.transports import Transport
from sandbox.triggers import Triggers
from sandbox.views import Views
from sandbox.watching import Watchers
from sandbox.webhooks import Webhook
from sandbox.workspace import Workspace
from sandbox.world import World


class Site:
    """The workspace and all that serves it. Create it inside a running event loop."""

    def __init__(self, world: World, app: App = PERMISSIVE, options: Options | None = None) -> None:
        self.options = options or Options()
        self.clock = Clock(self.options.speed)
        self.workspace = Workspace(world, app, self.clock)
        self.faults = Faults()
        self.rates = Rates() if self.options.rate_limits else None
        self.views = Views(self.workspace)
        self.sessions = Sessions(self.workspace)
        self.streams = Streams(self.workspace, self.options.stream_seconds)
        self.triggers = Triggers()
        self.responses = Responses(self.clock)
        self.sockets = SocketMode(app.id, self.options.patience)
        self.delivery = Delivery(
            self.workspace, Events(self.workspace, self.views), self._transport(app), self.faults
        )
        self.watchers = Watchers(self.workspace, self.views, self.sessions)
        self.calls: deque[dict[str, Any]] = deque(maxlen=5000)
        self.address = f"http://{self.options.host}:{self.options.port}"

    @property
    def app(self) -> App:
        """The installed app."""
        return self.workspace.app

    def reached_at(self, host: str) -> None:
        """Adopt the host name that the app calls us by, if we listen on every address."""
        if self.options.host in ("0.0.0.0", "::") and host:  # noqa: S104 - compared, not bound
            self.address = f"http://{host}"

    def uninstall(self) -> None:
        """Remove the app: its tokens stop working, and it gets an event."""
        self.workspace.installed = False
        self.workspace.tell(Uninstalled())

    async def close(self) -> None:
        """Stop the background tasks."""
        self.streams.close()
        self.watchers.close()
        await self.delivery.close()
        await self.sockets.close()

    def _transport(self, app: App) -> Transport:
        if self.options.events_url is None:
            return self.sockets
        return Webhook(self.options.events_url, app.signing_secret, self.options.patience)
