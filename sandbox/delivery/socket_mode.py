"""Socket Mode: send envelopes over WebSockets and wait for the app's acknowledgements."""

import asyncio
import json
import random
import secrets
import time
import uuid
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.delivery.transport import NOT_CONNECTED, Attempt, Kind, Reply

MOST_CONNECTIONS = 10
TICKET_LIFE = 30.0


class Connection:
    """One WebSocket of the app, with its unacknowledged envelopes."""

    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.waiting: dict[str, asyncio.Future[Any]] = {}

    async def send(self, message: dict[str, Any]) -> None:
        """Send one message as JSON."""
        await self.websocket.send_text(json.dumps(message))

    def acknowledge(self, text: str) -> None:
        """Take an acknowledgement; anything else is ignored, as in Slack."""
        try:
            message = json.loads(text)
        except ValueError:
            return
        if isinstance(message, dict):
            waiting = self.waiting.pop(str(message.get("envelope_id")), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(message.get("payload"))

    def lose(self) -> None:
        """Fail the open envelopes, as the connection is gone."""
        for waiting in self.waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionError())
        self.waiting.clear()


class SocketMode:
    """The app's open connections; each envelope goes to a random one."""

    def __init__(self, app_id: str, patience: float) -> None:
        self.app_id = app_id
        self.patience = patience
        self.connections: list[Connection] = []
        self._tickets: dict[str, float] = {}
        self._connected = asyncio.Event()

    def ticket(self) -> str:
        """Return a ticket that opens one WebSocket, once, within half a minute."""
        ticket = secrets.token_urlsafe(16)
        self._tickets[ticket] = time.monotonic()
        return ticket

    async def serve(self, websocket: WebSocket) -> None:
        """Serve one WebSocket until it closes."""
        given = self._tickets.pop(websocket.query_params.get("ticket", ""), None)
        if given is None or time.monotonic() - given > TICKET_LIFE:
            await websocket.close(code=1008, reason="invalid ticket")
            return
        await websocket.accept()
        connection = Connection(websocket)
        if len(self.connections) >= MOST_CONNECTIONS:
            await connection.send({"type": "disconnect", "reason": "too_many_websockets"})
            await websocket.close()
            return
        await connection.send(self._hello())
        self.connections.append(connection)
        self._connected.set()
        try:
            while True:
                connection.acknowledge(await websocket.receive_text())
        except (WebSocketDisconnect, KeyError):
            pass  # KeyError: a binary frame, which Slack's clients never send
        finally:
            self._drop(connection)

    async def deliver(self, kind: Kind, payload: dict[str, Any], attempt: Attempt) -> Reply:
        """Send one envelope to one connection and wait for its acknowledgement."""
        if not self.connections:
            return NOT_CONNECTED
        connection = random.choice(self.connections)  # noqa: S311 - chooses, keeps no secret
        envelope_id = str(uuid.uuid4())
        envelope: dict[str, Any] = {
            "envelope_id": envelope_id,
            "payload": payload,
            "type": kind,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt.number, "retry_reason": attempt.reason}
        waiting = connection.waiting[envelope_id] = asyncio.get_running_loop().create_future()
        try:
            await connection.send(envelope)
            answer = await asyncio.wait_for(waiting, self.patience)
        except TimeoutError:
            connection.waiting.pop(envelope_id, None)
            return Reply("timeout")
        except (ConnectionError, RuntimeError, WebSocketDisconnect):
            self._drop(connection)
            return Reply("connection_closed")
        return Reply("acknowledged", acknowledged=True, payload=answer)

    async def ready(self, seconds: float) -> bool:
        """Wait until a connection is open; return False after `seconds`."""
        try:
            await asyncio.wait_for(self._connected.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def refresh(self) -> None:
        """Ask every connection to reconnect, as Slack does now and then, and close it."""
        for connection in list(self.connections):
            debug = {"host": "sandbox"}
            await connection.send(
                {"type": "disconnect", "reason": "refresh_requested", "debug_info": debug}
            )
        await self.close()

    async def close(self) -> None:
        """Close every connection without a message."""
        for connection in list(self.connections):
            self._drop(connection)
            await connection.websocket.close(code=1001)

    def _drop(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)
        if not self.connections:
            self._connected.clear()
        connection.lose()

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self.connections) + 1,
            "debug_info": {"host": "sandbox", "approximate_connection_time": 3600},
            "connection_info": {"app_id": self.app_id},
        }
