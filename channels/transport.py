"""Socket.IO for people who chat: python-socketio's handshake and polling, and a lean websocket of our own.

The library spends a task and two queue hops on each packet and a task on each ping. We keep its HTTP side (handshake,
origins, long polling, the upgrade) and replace, at its own seams, what carries the traffic:

    socketio.AsyncServer._engineio_server_class   gives our Engine.IO server
    engineio.AsyncServer._handle_connect          makes our connections, bounded, and serves websockets directly
    engineio.AsyncServer._async["websocket"]      aiohttp's websocket without compression, bytes undecoded
    engineio AsyncSocket (polling)                poll, handle_post_request, close, _websocket_handler (the upgrade)

Written against python-engineio 4.15.1, python-socketio 5.18.1 and aiohttp 3.14.5; `check_seams` refuses to start on others
whose seams have moved.
"""

import asyncio
import inspect
import logging
from collections.abc import Callable, Coroutine
from collections.abc import Set as AbstractSet
from contextlib import suppress
from importlib.metadata import version
from typing import Any, Final

import engineio
import msgspec
import socketio
import structlog
from aiohttp import web
from engineio.async_socket import AsyncSocket
from engineio.exceptions import EngineIOError, QueueEmpty
from engineio.packet import CLOSE, MESSAGE, NOOP, PING
from engineio.packet import Packet as EnginePacket

from channels import frames
from channels.connection import Conn, Door
from channels.frames import Frame, encode_event
from channels.pulse import Pulse
from channels.terms import Cut, Limits, Refused
from channels.websocket import Inbox, Wire, asks_for_websocket, upgraded

__all__ = ["Conn", "Door", "Frame", "Limits", "Refused", "Transport", "check_seams", "encode_event"]

_log = structlog.get_logger(__name__)
_WAITING_POSTS: Final = 4
_UPGRADE_S: Final = 10.0
_BODY_S: Final = 30.0

_SEAMS: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (socketio.AsyncServer, "_engineio_server_class", ("self",)),
    (engineio.AsyncServer, "_handle_connect", ("self", "environ", "transport", "jsonp_index")),
    (engineio.AsyncServer, "handle_request", ("self", "args", "kwargs")),
    (engineio.AsyncServer, "_upgrades", ("self", "sid", "transport")),
    (engineio.AsyncServer, "_ok", ("self", "packets", "headers", "jsonp_index")),
    (AsyncSocket, "poll", ("self",)),
    (AsyncSocket, "handle_post_request", ("self", "environ")),
    (AsyncSocket, "handle_get_request", ("self", "environ")),
    (AsyncSocket, "close", ("self", "wait", "abort", "reason")),
    (AsyncSocket, "_upgrade_websocket", ("self", "environ")),
    (AsyncSocket, "_websocket_handler", ("self", "ws")),
    (web.WebSocketResponse, "_post_start", ("self", "request", "protocol", "writer")),
    (web.WebSocketResponse, "write_eof", ("self",)),
    (Inbox.__mro__[1], "feed_data", ("self", "data", "size")),
    (Inbox.__mro__[1], "read", ("self",)),
)


def check_seams() -> None:
    """Say clearly that a library was updated past us.

    Raises:
        RuntimeError: a function this module replaces or calls is gone or takes other parameters.
    """
    for owner, name, parameters in _SEAMS:
        found = getattr(owner, name, None)
        taken = None if found is None else _parameters(found)
        if taken not in {parameters, ()}:
            library = {"engineio": "python-engineio", "socketio": "python-socketio"}.get(owner.__module__.partition(".")[0], "aiohttp")
            raise RuntimeError(
                f"{library} {version(library)} has changed {owner.__name__}.{name}: expected parameters {parameters}, found {taken}. "
                "channels/transport.py was written against python-engineio 4.15.1, python-socketio 5.18.1, aiohttp 3.14.5."
            )


def _parameters(function: Any) -> tuple[str, ...]:
    try:
        return tuple(inspect.signature(function).parameters)
    except ValueError:  # compiled, and keeps no signature
        return ()


class Transport:
    """Every Socket.IO connection of this process, and the door behind them.

    Args:
        door: What is told of connects, events and disconnects.
        ping_interval_s: Seconds between pings, from whole milliseconds up.
        ping_timeout_s: Seconds a client has to answer one.
        max_frame_bytes: The largest message or polling body a client may send.
        buffer_limit_bytes: Bytes waiting for one client beyond which its next push cuts it instead.
        max_unacked: Events of one client whose answers are outstanding before its next event has to wait.
        max_waiting: Clients connected but not yet taken in by the door; more are answered 503.
        cors_allowed_origins: As python-socketio takes it; None allows the same origin only, and a list the same origin too: our own pages are served from there.
        on_cut: Hears why we ended a connection: slow, timeout, unconnected, malformed, too_large, unanswered or error.

    Raises:
        RuntimeError: the installed libraries are not those this was written against.
    """

    def __init__(
        self,
        door: Door,
        *,
        ping_interval_s: float = 25.0,
        ping_timeout_s: float = 20.0,
        connect_timeout_s: float = 10.0,
        close_grace_s: float = 3.0,
        max_frame_bytes: int = 65_536,
        buffer_limit_bytes: int = 262_144,
        max_unacked: int = 256,
        max_waiting: int = 2_000,
        cors_allowed_origins: str | list[str] | None = None,
        on_cut: Callable[[str], None] | None = None,
    ) -> None:
        check_seams()
        self.door = door
        self.limits = Limits(
            ping_interval_s=ping_interval_s,
            ping_timeout_s=ping_timeout_s,
            connect_timeout_s=connect_timeout_s,
            close_grace_s=close_grace_s,
            max_frame_bytes=max_frame_bytes,
            buffer_limit_bytes=buffer_limit_bytes,
            max_unacked=max_unacked,
        )
        self._max_waiting = max_waiting
        self._on_cut = on_cut
        self._all: set[Conn] = set()
        self._conns: set[Conn] = set()
        self._dirty: list[Conn] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._pulse = Pulse(self._all, self.limits)
        self._stopping = False
        self._empty: asyncio.Event | None = None
        self.origins = cors_allowed_origins if isinstance(cors_allowed_origins, list) else []
        self._server = _Server(self, None if self.origins else cors_allowed_origins)

    @property
    def conns(self) -> AbstractSet[Conn]:
        """The connections that the door has taken in and that are not over."""
        return self._conns

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop all connections live on."""
        return asyncio.get_running_loop()

    def attach(self, app: web.Application, path: str = "socket.io") -> None:
        """Answer under `/path/` of an aiohttp application."""
        self._server.attach(app, path)

    async def stop(self) -> None:
        """Take no new connections, close all as going away, and wait until each is over or cut off."""
        self._stopping = True
        for conn in list(self._all):
            conn.leave(frames.GOING_AWAY, "the hub is going away")
        if self._all:
            self._empty = asyncio.Event()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), self.limits.close_grace_s + 1)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self.limits.close_grace_s)
        self._pulse.stop()

    def full(self) -> bool:
        """Nobody new is let in: too many wait to be taken in, or we are stopping."""
        return self._stopping or len(self._all) - len(self._conns) >= self._max_waiting

    def new_conn(self, sid: str, request: web.Request) -> Conn:
        """A connection that has yet to send CONNECT."""
        conn = Conn(self, sid, request, self._pulse.first_ping_s())
        self._all.add(conn)
        self._pulse.start(self.loop)
        return conn

    def joined(self, conn: Conn) -> None:
        """See `House`."""
        self._conns.add(conn)

    def left(self, conn: Conn) -> None:
        """See `House`."""
        self._all.discard(conn)
        self._conns.discard(conn)
        if self._empty is not None and not self._all:
            self._empty.set()

    def cut(self, why: Cut) -> None:
        """See `House`."""
        if self._on_cut is not None:
            self._on_cut(why)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """See `House`."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def flush_soon(self, conn: Conn) -> None:
        """See `House`."""
        if not self._dirty:
            self.loop.call_soon(self._flush)
        self._dirty.append(conn)

    def _flush(self) -> None:
        dirty, self._dirty = self._dirty, []
        for conn in dirty:
            try:
                conn.flush()
            except Exception:
                _log.exception("transport.flush_failed")


class _Driver:
    """Stands in for the library's wrapper of aiohttp's websocket."""

    def __init__(self, handler: Callable[[Wire], Coroutine[Any, Any, None]], server: Any) -> None:
        self._handler = handler
        self._max_frame_bytes: int = server.max_http_buffer_size

    async def __call__(self, environ: dict[str, Any]) -> web.StreamResponse:
        wire = await upgraded(environ["aiohttp.request"], self._max_frame_bytes)
        if wire is None:
            return web.Response()
        try:
            await self._handler(wire)
        finally:
            wire.tcp.close()
        return wire.response


class _Polling(AsyncSocket):  # type: ignore[misc]  # the library is untyped
    """The library's polling session, with bounds, ending in a `Conn`; and its upgrade to a websocket."""

    def __init__(self, server: Any, sid: str, conn: Conn) -> None:
        super().__init__(server, sid)
        self.conn = conn
        self.connected = True
        self._turn = asyncio.Lock()
        self._posts = 0
        self._polls = 0
        self._queued = 0
        self.upgrading = False
        self.upgraded = False

    def put(self, text: str) -> None:
        packet = EnginePacket(MESSAGE if text.startswith("4") else PING, text[1:])
        packet.encode_cache = text
        self._queued += len(text)
        self.queue.put_nowait(packet)

    def waiting(self) -> int:
        return self._queued

    def end(self) -> None:
        # Never in one body with the last frames: the official client drops what it has not yet handed on when it sees a close.
        if self.queue.empty():
            self.queue.put_nowait(EnginePacket(CLOSE))
        asyncio.get_running_loop().call_later(self.conn.grace_s, self.server.sockets.pop, self.sid, None)

    async def poll(self) -> Any:
        if self._polls:
            self.conn.cut("malformed", frames.PROTOCOL_ERROR, "two polls at once")
            raise QueueEmpty
        if self.conn.ended and self.queue.empty():
            self.queue.put_nowait(EnginePacket(CLOSE))
        self._polls += 1
        try:
            packets = await super().poll()
        finally:
            self._polls -= 1
        self._queued = 0
        self.closed = packets[0].packet_type == CLOSE
        return packets

    async def handle_post_request(self, environ: dict[str, Any]) -> None:
        if self._posts == _WAITING_POSTS:
            self._refuse("too many requests at once")
        self._posts += 1
        try:
            body = await self._body(environ["aiohttp.request"])
            async with self._turn:
                for packet in body.split(b"\x1e"):
                    if self.conn.ended:
                        break
                    await self.conn.hear(packet)
        finally:
            self._posts -= 1

    async def _body(self, request: web.Request) -> bytes:
        limit: int = self.server.max_http_buffer_size
        body = bytearray()
        try:
            async with asyncio.timeout(_BODY_S):
                while chunk := await request.content.readany():
                    body += chunk
                    if len(body) > limit:
                        self.conn.cut("too_large", frames.TOO_LARGE, f"a body may have at most {limit} bytes")
                        self._refuse("too large")
        except (TimeoutError, OSError):
            self._refuse("the body did not arrive")
        return bytes(body)

    def _refuse(self, why: str) -> None:
        # The library answers 400 and forgets the session, but fails on a session already forgotten.
        if self.sid in self.server.sockets:
            raise EngineIOError(why)

    async def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:  # noqa: ARG002  # the library calls it so
        self.conn.leave(frames.PROTOCOL_ERROR, "polling failed")

    async def _websocket_handler(self, ws: Wire) -> None:
        if self.upgrading or self.upgraded or self.conn.ended:
            return
        self.upgrading = True
        try:
            async with asyncio.timeout(_UPGRADE_S):
                self.upgraded = await self._probe(ws)
        except Exception:  # whatever broke the probe, polling goes on
            self.upgraded = False
        finally:
            self.upgrading = False
        if self.upgraded:
            async with self._turn:  # a body still being worked through comes before the websocket's events
                self.conn.by_websocket(ws.tcp, ws.messages, self._rest())
            try:
                await self.conn.serve()
            finally:
                self.server.sockets.pop(self.sid, None)

    async def _probe(self, ws: Wire) -> bool:
        """Exchange the probe, let the pending poll return empty, and wait for the client's word to switch."""
        if (await ws.messages.read())[1] != b"2probe":
            return False
        ws.tcp.write(frames.text_frame(b"3probe"))
        self.queue.put_nowait(EnginePacket(NOOP))
        return bool((await ws.messages.read())[1] == b"5" and not self.conn.ended)

    def _rest(self) -> list[bytes]:
        rest = [self.queue.get_nowait() for _ in range(self.queue.qsize())]
        return [packet.encode().encode() for packet in rest if packet.packet_type != NOOP]


class _Engine(engineio.AsyncServer):  # type: ignore[misc]  # the library is untyped
    """The library's Engine.IO server with our connections and our websocket."""

    def __init__(self, house: Transport, **options: Any) -> None:
        super().__init__(**options)
        self.house = house
        self._async: dict[str, Any] = {**self._async, "websocket": _Driver}

    async def handle_request(self, request: web.Request) -> Any:
        """Serve a plain websocket directly; the rest, and whatever is wrong, is the library's."""
        # The library would keep its WSGI environment, a dictionary of every header, as long as the connection lives.
        if asks_for_websocket(request) and self._may_call(request) and not self.house.full():
            return await self._serve_websocket(request)
        return await super().handle_request(request)

    def _may_call(self, request: web.Request) -> bool:
        origin = request.headers.get("Origin")
        if origin is None or self.cors_allowed_origins == []:
            return True
        allowed = self._cors_allowed_origins(self._async["translate_request"](request))
        return allowed is None or origin in allowed

    def _cors_allowed_origins(self, environ: dict[str, Any]) -> list[str] | None:
        # The library takes a list for all there is, and would shut our own pages out.
        own: list[str] | None = super()._cors_allowed_origins(environ)
        return own if own is None else [*own, *self.house.origins]

    async def _handle_connect(self, environ: dict[str, Any], transport: str, jsonp_index: int | None = None) -> Any:
        if self.house.full():
            return {"status": "503 SERVICE UNAVAILABLE", "headers": [("Retry-After", "1")], "response": b'"try again in a moment"'}
        if jsonp_index is not None:
            return self._bad_request("JSONP is not part of Engine.IO 4")
        if transport == "websocket":  # a handshake that lacks something
            return self._bad_request("Invalid websocket upgrade")
        # The session id is a secret of the polling client; `Conn.id` is the one that may be told to others.
        sid = self.generate_id()
        conn = self.house.new_conn(self.generate_id(), environ["aiohttp.request"])
        session = _Polling(self, sid, conn)
        self.sockets[sid] = session
        conn.by_polling(session)
        opening = EnginePacket(0, self._opening(sid, self._upgrades(sid, transport)).decode())
        return self._ok([opening])

    async def _serve_websocket(self, request: web.Request) -> web.StreamResponse:
        conn = self.house.new_conn(self.generate_id(), request)
        try:
            wire = await upgraded(request, self.max_http_buffer_size)
            if wire is None:
                return web.Response()
            conn.by_websocket(wire.tcp, wire.messages, [b"0" + self._opening(self.generate_id(), [])])
            await conn.serve()
            wire.tcp.close()
            return wire.response
        finally:
            self.house.left(conn)

    def _opening(self, sid: str, upgrades: list[str]) -> bytes:
        return msgspec.json.encode(
            {
                "sid": sid,
                "upgrades": upgrades,
                "pingInterval": int(self.ping_interval * 1000),
                "pingTimeout": int(self.ping_timeout * 1000),
                "maxPayload": self.max_http_buffer_size,
            }
        )


class _Server(socketio.AsyncServer):  # type: ignore[misc]  # the library is untyped
    """python-socketio, told to use the Engine.IO server above."""

    def __init__(self, house: Transport, cors_allowed_origins: str | list[str] | None) -> None:
        self._house = house
        # Its own log lines repeat what strangers sent; ours do not.
        quiet = logging.getLogger(f"{__name__}.library")
        quiet.setLevel(logging.CRITICAL)
        super().__init__(
            async_mode="aiohttp",
            logger=quiet,
            engineio_logger=quiet,
            ping_interval=house.limits.ping_interval_s,
            ping_timeout=house.limits.ping_timeout_s,
            max_http_buffer_size=house.limits.max_frame_bytes,
            cors_allowed_origins=cors_allowed_origins,
            http_compression=False,
            monitor_clients=False,
        )

    def _engineio_server_class(self) -> Callable[..., _Engine]:
        return lambda **options: _Engine(self._house, **options)
