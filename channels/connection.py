"""One client's connection and the door behind it: connecting, events in order, pushes, bounded buffers, the end.

The library that spoke the handshake (`channels.transport`) hands a connection its way out, a TCP transport or the
polling queue; everything from there is here, the same for both. A connection costs no task and no timer while idle.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, Literal, Protocol

import structlog
from aiohttp import WSCloseCode, WSMsgType, web
from aiohttp.http_websocket import WebSocketError
from aiohttp.streams import EofStream

from channels import frames
from channels.frames import Fault, Frame
from channels.terms import Cut, Limits, Refused, Way
from channels.websocket import Inbox

_log = structlog.get_logger(__name__)

_WAITING, _JOINING, _OPEN, _REFUSED, _ENDED = range(5)
_PING = frames.text_frame(b"2")
_RESYNC = frames.encode_event("resync", b"{}")
_EARLY_FRAMES = 256
_BURST_FRAMES = 512
_TEXT, _PING_IN, _PONG_IN, _BINARY = WSMsgType.TEXT, WSMsgType.PING, WSMsgType.PONG, WSMsgType.BINARY
_CLOSING = (WSMsgType.CLOSING, None, None)


class Door(Protocol):
    """What stands behind every connection, whatever its transport."""

    async def connect(self, conn: "Conn", auth: Any, request: web.Request) -> None:
        """Take the client in, or raise `Refused`. Frames pushed meanwhile arrive after the client knows it is connected."""

    def event(self, conn: "Conn", name: str, data: bytes, ack: Callable[[bytes], None] | None) -> Awaitable[None] | None:
        """One event; `data` is the raw JSON of its first argument (`null` if none).

        May be done with it at once and return None. What it returns otherwise is awaited before the client's next event is looked at, so they never overtake and a slow handler slows that client alone.
        `ack(json)` may be called later, on the loop, at most once; None if the client wants no answer.
        """

    async def disconnect(self, conn: "Conn") -> None:
        """The client is gone. Called exactly once for every `connect` that returned."""


class House(Protocol):
    """What connections of one transport share."""

    door: Door
    limits: Limits

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop they live on."""

    def flush_soon(self, conn: "Conn") -> None:
        """Call `conn.flush` at the end of this turn of the loop."""

    def joined(self, conn: "Conn") -> None:
        """The door took the connection in."""

    def left(self, conn: "Conn") -> None:
        """The connection is over."""

    def cut(self, why: Cut) -> None:
        """Count a connection that we ended against the client's will."""

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` in a task that the transport owns."""


class Conn:
    """One client's connection. `id` is its Socket.IO session id; `state` belongs to the door."""

    __slots__ = (
        "_busy",
        "_connect_by",
        "_early",
        "_entered",
        "_house",
        "_listening",
        "_out",
        "_phase",
        "_ping_at",
        "_pinged_at",
        "_reader",
        "_request",
        "_room",
        "_tcp",
        "_unacked",
        "_way",
        "_work",
        "id",
        "state",
    )

    def __init__(self, house: House, sid: str, request: web.Request, ping_in_s: float) -> None:
        """`ping_in_s`: seconds to the first ping, so that clients who came together are not pinged together."""
        now = house.loop.time()
        self.id = sid
        self.state: Any = None
        self._house = house
        self._request: web.Request | None = request
        self._phase = _WAITING
        self._connect_by = now + house.limits.connect_timeout_s
        self._ping_at = now + ping_in_s
        self._pinged_at = 0.0
        self._busy = False
        self._entered = False
        self._early: list[bytes] | None = None
        self._out: list[bytes] = []
        self._unacked = 0
        self._room: asyncio.Future[None] | None = None
        self._tcp: asyncio.Transport | None = None
        self._reader: Inbox
        self._listening = False
        self._work: Awaitable[None] | None = None
        self._way: Way | None = None

    @property
    def transport(self) -> Literal["websocket", "polling"]:
        """How the client is connected now; an upgrade changes it once."""
        return "polling" if self._tcp is None else "websocket"

    @property
    def ended(self) -> bool:
        """No more frames go out and no more events come in."""
        return self._phase == _ENDED

    @property
    def grace_s(self) -> float:
        """How long a closing peer is waited for."""
        return self._house.limits.close_grace_s

    def push(self, frame: Frame) -> None:
        """Send an event. Never blocks; a client that does not read is told `resync` and cut."""
        if self._phase == _OPEN:
            self._write(frame)
        elif self._phase == _JOINING and self._early is not None:
            if len(self._early) == _EARLY_FRAMES:
                self.cut("slow", frames.TRY_AGAIN, "too many pushes while connecting")
            else:
                self._early.append(frame)

    def close(self, *, after: Frame | None = None) -> None:
        """Send `after`, then close; a peer that does not read it within a few seconds is cut off."""
        self._end(after, WSCloseCode.OK, "")

    def cut(self, why: Cut, code: int, reason: str) -> None:
        """End the connection because of `why`; `code` and `reason` go into the WebSocket close frame."""
        if self._phase != _ENDED:
            self._house.cut(why)
            self._end(_RESYNC if why == "slow" else None, code, reason)

    def leave(self, code: int, reason: str) -> None:
        """End the connection without blame: the process or the client is going away."""
        self._end(None, code, reason)

    def by_polling(self, way: Way) -> None:
        """Start as a polling client."""
        self._way = way

    def by_websocket(self, tcp: asyncio.Transport, reader: Inbox, first: list[bytes]) -> None:
        """Start as, or move to, a websocket: its TCP transport, aiohttp's queue of messages read from it, packets to say first."""
        self._tcp, self._reader, self._way = tcp, reader, None
        reader.taker = self._take_now
        self._out[:0] = map(frames.text_frame, first)
        self._house.flush_soon(self)

    def flush(self) -> None:
        """Hand everything written in this turn of the loop to the network in one piece."""
        out = self._out
        if not out or self._phase == _ENDED:
            return
        if self._tcp is not None:
            self._flush_tcp(self._tcp, out)
        elif self._way is not None:
            self._flush_way(self._way, out)

    def _flush_tcp(self, tcp: asyncio.Transport, out: list[bytes]) -> None:
        if tcp.is_closing():
            out.clear()
        elif tcp.get_write_buffer_size() > self._house.limits.buffer_limit_bytes:
            # Looked at before writing, so that one large answer to a reading client is never called slow.
            out.clear()
            self.cut("slow", frames.TRY_AGAIN, "too slow: reconnect and sync")
        else:
            tcp.write(out[0] if len(out) == 1 else b"".join(out))
            out.clear()

    def _flush_way(self, way: Way, out: list[bytes]) -> None:
        if way.waiting() > self._house.limits.buffer_limit_bytes:
            out.clear()
            self.cut("slow", frames.TRY_AGAIN, "too slow: reconnect and sync")
        else:
            for wire in out:
                way.put(frames.payload_of(wire).decode())
            out.clear()

    def _write(self, wire: bytes) -> None:
        out = self._out
        if not out:
            self._house.flush_soon(self)
        out.append(wire)
        if len(out) == _BURST_FRAMES:
            self.flush()

    async def serve(self) -> None:
        """Read a websocket until either side ends it. The one reader of this connection from here on."""
        peer_closed = False
        try:
            peer_closed = await self._read()
        except WebSocketError as error:
            too_large = error.code == WSCloseCode.MESSAGE_TOO_BIG
            limit = self._house.limits.max_frame_bytes
            reason = f"a message may have at most {limit} bytes" if too_large else str(error)
            self.cut("too_large" if too_large else "malformed", error.code, reason)
        except (EofStream, OSError):
            pass
        finally:
            if isinstance(self._work, Coroutine):  # cancelled between its beginning and its turn
                self._work.close()
            self.leave(WSCloseCode.OK, "")
            await self.finish()
        await self._linger(patient=not peer_closed)

    async def _read(self) -> bool:
        """Until the end; True if it was the peer who ended it."""
        read = self._reader.read
        while self._phase != _ENDED:
            self._listening = True
            message = await read()
            self._listening = False
            kind = message[0]
            if kind is _TEXT:
                await self.hear(message[1])
            elif kind is _PING_IN:
                self._write(frames.pong_frame(message[1]))
            elif kind is _BINARY:
                self.cut("malformed", frames.UNSUPPORTED, "binary messages are not supported; upload media by HTTP")
            elif kind is not _PONG_IN:
                return kind is not WSMsgType.CLOSING
        return False

    def _take_now(self, message: Any) -> bool:
        """Deal with a message in the moment it is read, if nothing is before it; True if no more is to be done about it."""
        if not self._listening:
            return False
        self._listening = False
        if message[0] is not _TEXT:
            return False
        self._work = self._begin(message[1])
        if self._work is not None:
            return False  # the reader wakes up with it and waits for the work
        self._listening = self._phase != _ENDED
        return True

    def _begin(self, packet: bytes) -> Awaitable[None] | None:
        try:
            return self._take(packet)
        except Fault as fault:
            self.cut("malformed", fault.code, str(fault))
        except Exception:
            self._failed()
        return None

    async def hear(self, packet: bytes) -> None:
        """Take one Engine.IO packet from the client, unless it was begun already, and wait until the door is done with it."""
        work, self._work = self._work or self._begin(packet), None
        if work is None:
            return
        self._busy = True
        try:
            await work
        except Fault as fault:
            self.cut("malformed", fault.code, str(fault))
        except Exception:
            self._failed()
        finally:
            self._busy = False

    def _failed(self) -> None:
        _log.exception("transport.handler_failed")
        self.cut("error", frames.INTERNAL, "internal error")

    def _take(self, packet: bytes) -> Awaitable[None] | None:
        if packet.startswith(b"42") and self._phase == _OPEN:
            return self._take_event(packet)
        if packet == b"3":
            self._pinged_at = 0.0
        elif packet.startswith(b"4"):
            return self._take_packet(frames.read_packet(packet[1:]))
        elif packet == b"1":
            self.leave(WSCloseCode.OK, "")
        elif packet not in {b"6", b"5"}:
            raise Fault("unknown Engine.IO packet")
        return None

    def _take_event(self, packet: bytes) -> Awaitable[None] | None:
        number, name, data = frames.read_event(packet)
        if number is None:
            return self._house.door.event(self, name, data, None)
        self._unacked += 1
        work = self._house.door.event(self, name, data, partial(self._ack, number))
        return work if self._unacked < self._house.limits.max_unacked else self._throttle(work)

    def _take_packet(self, packet: frames.Packet) -> Awaitable[None] | None:
        if packet.kind == frames.CONNECT:
            return self._take_connect(packet)
        if self._phase != _OPEN or packet.namespace != "/":
            raise Fault("not connected: send CONNECT first", frames.POLICY)
        if packet.kind == frames.DISCONNECT:
            self.leave(WSCloseCode.OK, "")
        elif packet.kind == frames.EVENT:
            raise Fault("malformed event: expected 42<number>[…]")
        return None

    def _take_connect(self, packet: frames.Packet) -> Awaitable[None] | None:
        if packet.namespace != "/":
            self._write(frames.encode_refused(packet.namespace, "Invalid namespace", None))
            return None
        if self._phase != _WAITING:
            raise Fault("CONNECT twice")
        return self._join(frames.read_json(packet.data))

    async def _join(self, auth: Any) -> None:
        request, self._request = self._request, None
        if request is None:
            return
        self._phase, self._early = _JOINING, []
        try:
            await self._house.door.connect(self, auth, request)
        except Refused as refused:
            if self._phase == _JOINING:
                self._phase, self._early = _REFUSED, None
                self._write(frames.encode_refused("/", refused.message, refused.data))
            return
        self._entered = True
        if self._phase != _JOINING:
            await self.finish()
            return
        early, self._early = self._early, None
        self._phase = _OPEN
        self._house.joined(self)
        self._write(frames.encode_connected(self.id))
        for frame in early:
            self._write(frame)

    def _ack(self, number: int, data: bytes) -> None:
        self._unacked -= 1
        self._wake()
        if self._phase == _OPEN:
            self._write(frames.encode_ack(number, data))

    async def _throttle(self, work: Awaitable[None] | None) -> None:
        if work is not None:
            await work
        limits = self._house.limits
        try:
            async with asyncio.timeout(limits.ping_interval_s + limits.ping_timeout_s):
                while self._unacked >= limits.max_unacked and self._phase == _OPEN:
                    self._room = self._house.loop.create_future()
                    await self._room
        except TimeoutError:
            self.cut("unanswered", frames.TRY_AGAIN, "too many unanswered events")

    def _wake(self) -> None:
        room, self._room = self._room, None
        if room is not None and not room.done():
            room.set_result(None)

    def check(self, now: float) -> None:
        """Ping when it is time; end what did not connect or did not answer. Called about once a second."""
        limits = self._house.limits
        if self._phase in {_WAITING, _REFUSED} and now >= self._connect_by:
            self.cut("unconnected", frames.POLICY, "no CONNECT in time")
        elif self._pinged_at:
            # While a handler runs we do not read, and the pong may wait behind its event.
            if now - self._pinged_at >= limits.ping_timeout_s and not self._busy:
                self.cut("timeout", frames.POLICY, "no pong in time")
        elif now >= self._ping_at:
            self._pinged_at, self._ping_at = now, now + limits.ping_interval_s
            self._write(_PING)

    def _end(self, after: Frame | None, code: int, reason: str) -> None:
        if self._phase == _ENDED:
            return
        if self._phase == _OPEN and after is not None:
            self._out.append(after)
        self._phase = _ENDED
        self._wake()
        last, self._out, self._early, self._request = self._out, [], None, None
        if self._tcp is not None:
            self._end_tcp(self._tcp, b"".join(last) + frames.close_frame(code, reason))
        elif self._way is not None:
            for wire in last:
                self._way.put(frames.payload_of(wire).decode())
            self._way.end()
            self._house.spawn(self.finish())

    def _end_tcp(self, tcp: asyncio.Transport, last: bytes) -> None:
        if not tcp.is_closing():
            tcp.write(last)
            self._house.loop.call_later(self._house.limits.close_grace_s, tcp.abort)
            # Wakes the reader, as aiohttp's own close does.
            self._reader.feed_data(_CLOSING, 0)

    async def finish(self) -> None:
        """Tell the door that a client it took in is gone; once."""
        self._house.left(self)
        if self._entered:
            self._entered = False
            try:
                await self._house.door.disconnect(self)
            except Exception:
                _log.exception("transport.disconnect_failed")

    async def _linger(self, *, patient: bool) -> None:
        """Read on until the peer closes: a TCP connection closed on unread bytes resets, and the peer loses our last words."""
        tcp = self._tcp
        if tcp is None or tcp.is_closing():
            return
        if patient:
            await self._read_out()
        tcp.close()

    async def _read_out(self) -> None:
        try:
            async with asyncio.timeout(self._house.limits.close_grace_s):
                while (await self._reader.read())[0] is not WSMsgType.CLOSE:
                    pass
        except WebSocketError:
            await asyncio.sleep(self._house.limits.close_grace_s / 3)
        except (EofStream, OSError, TimeoutError):
            pass
