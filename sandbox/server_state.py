"""The state of one running sandbox, composed once."""

from collections import deque
from typing import Any

from sandbox.app_manifest import PERMISSIVE, App
from sandbox.control.change_feed import Watchers
from sandbox.delivery.delivery import Delivery
from sandbox.delivery.events import Events
from sandbox.delivery.faults import Faults
from sandbox.delivery.socket_mode import SocketMode
from sandbox.delivery.transport import Transport
from sandbox.delivery.trigger_ids import Triggers
from sandbox.delivery.webhooks import Webhook
from sandbox.options import Options
from sandbox.web_api.rate_limits import Rates
from sandbox.web_api.response_urls import Responses
from sandbox.workspace.clock import Clock
from sandbox.workspace.domain_events import Uninstalled
from sandbox.workspace.sessions import Sessions
from sandbox.workspace.streams import Streams
from sandbox.workspace.views import Views
from sandbox.workspace.workspace import Workspace
from sandbox.workspace.world import World


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
