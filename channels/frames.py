"""Bytes of the wire, pure: WebSocket frames (RFC 6455), Engine.IO 4 and Socket.IO 5 packets.

A packet on the wire is one text message: an Engine.IO type (`4` = message) and, for a message, a Socket.IO type
(`2` = event), an optional namespace and acknowledgement number, and JSON: `4213["send",{"key":"a"}]`.
Binary packets are not part of our protocol: media travel by HTTP.

Sources: https://socket.io/docs/v4/engine-io-protocol/ and https://socket.io/docs/v4/socket-io-protocol/.
"""

import re
import struct
from typing import Any, Final, NewType

import msgspec

Frame = NewType("Frame", bytes)
"""One event as the bytes of a whole WebSocket text frame. A server's frames are not masked, so all receivers share it."""

CONNECT, DISCONNECT, EVENT, ACK = 0, 1, 2, 3

GOING_AWAY: Final = 1001
PROTOCOL_ERROR: Final = 1002
UNSUPPORTED: Final = 1003
INVALID_TEXT: Final = 1007
POLICY: Final = 1008
TOO_LARGE: Final = 1009
INTERNAL: Final = 1011
TRY_AGAIN: Final = 1013

_MAX_NUMBER = 15
_REASON_BYTES = 123


class Fault(Exception):
    """The peer broke the protocol; `code` is the WebSocket close code, the text says what was wrong."""

    def __init__(self, text: str, code: int = PROTOCOL_ERROR) -> None:
        super().__init__(text)
        self.code = code


class Packet(msgspec.Struct, frozen=True, gc=False):
    """A Socket.IO packet that is not a plain event of the namespace `/`; `data` is raw JSON, empty if there is none."""

    kind: int
    namespace: str
    data: bytes


class _Event(msgspec.Struct, array_like=True, gc=False):
    name: str
    data: msgspec.Raw = msgspec.Raw(b"null")


_EVENT = msgspec.json.Decoder(_Event)
_SURROGATES = re.compile(rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2})")


def text_frame(payload: bytes) -> bytes:
    """A final, unmasked WebSocket text frame around `payload`."""
    size = len(payload)
    if size < 126:
        return b"\x81%c%b" % (size, payload)
    if size < 65_536:
        return struct.pack("!BBH", 0x81, 126, size) + payload
    return struct.pack("!BBQ", 0x81, 127, size) + payload


def payload_of(wire: bytes) -> bytes:
    """The payload of a frame made by `text_frame`."""
    size = wire[1]
    return wire[2 if size < 126 else 4 if size == 126 else 10 :]


def pong_frame(payload: bytes) -> bytes:
    """The answer to a WebSocket ping (at most 125 bytes, as every control frame)."""
    return b"\x8a%c%b" % (len(payload), payload)


def close_frame(code: int, reason: str) -> bytes:
    """A WebSocket close frame; a reason too long for a control frame is cut at a whole character."""
    told = reason.encode()[:_REASON_BYTES].decode(errors="ignore").encode()
    return b"\x88%c%b%b" % (2 + len(told), code.to_bytes(2, "big"), told)


def encode_event(name: str, data: bytes) -> Frame:
    """`42["name",data]` as a frame; `data` is JSON already encoded, trusted to be well-formed."""
    return Frame(text_frame(b"42[%b,%b]" % (msgspec.json.encode(name), data)))


def encode_ack(number: int, data: bytes) -> bytes:
    """`43<number>[data]` as a frame."""
    return text_frame(b"43%d[%b]" % (number, data))


def encode_connected(sid: str) -> bytes:
    """`40{"sid":…}`: the namespace `/` is open."""
    return text_frame(b"40" + msgspec.json.encode({"sid": sid}))


def encode_refused(namespace: str, message: str, data: object) -> bytes:
    """`44{"message":…,"data":…}`, which clients hand to their `connect_error` listeners."""
    place = b"" if namespace == "/" else namespace.encode() + b","
    return text_frame(b"44" + place + msgspec.json.encode({"message": message, "data": data}))


def read_event(packet: bytes) -> tuple[int | None, str, bytes]:
    """Number of the wanted acknowledgement (None = none wanted), name and first argument of `42<number>["name",data,…]`.

    Half a surrogate pair, which JavaScript escapes where a text was cut inside an emoji, is read as U+FFFD.

    Raises:
        Fault: anything else; the JSON is checked to its end, including that it is UTF-8.
    """
    start = packet.find(b"[", 2, 3 + _MAX_NUMBER)
    digits = packet[2:start]
    if start < 0 or (digits and not digits.isdigit()):
        raise Fault("malformed event: expected 42<number>[…]")
    _check_text(packet)
    try:
        event = _decoded(packet[start:])
    except (msgspec.DecodeError, RecursionError) as error:
        raise Fault(f"malformed event: {error}") from error
    return int(digits) if digits else None, event.name, bytes(event.data)


def _decoded(array: bytes) -> _Event:
    try:
        return _EVENT.decode(array)
    except msgspec.DecodeError:
        whole = _SURROGATES.sub(lambda found: rb"\ufffd" if found["lone"] else found[0], array)
        if whole == array:
            raise
        return _EVENT.decode(whole)


def read_packet(packet: bytes) -> Packet:
    """A Socket.IO packet without its Engine.IO type; for the rare ones: connect, disconnect, acknowledgement.

    Raises:
        Fault: unknown or binary types, a broken namespace.
    """
    kind = packet[:1]
    if kind in {b"5", b"6"}:
        raise Fault("binary packets are not supported; upload media by HTTP", UNSUPPORTED)
    if kind not in {b"0", b"1", b"2", b"3"}:
        raise Fault("unknown Socket.IO packet")
    _check_text(packet)
    namespace, rest = "/", packet[1:]
    if rest[:1] == b"/":
        place, _, rest = rest.partition(b",")
        namespace = place.decode().partition("?")[0]
    return Packet(int(kind), namespace, rest)


def read_json(data: bytes) -> Any:
    """The value of a packet's JSON; None when there is none.

    Raises:
        Fault: not JSON, or nested too deep to read.
    """
    if not data:
        return None
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Fault(f"malformed packet: {error}") from error


def _check_text(packet: bytes) -> None:
    # msgspec.Raw is passed on unread, and one receiver's bad UTF-8 would close the sockets of all others.
    if not packet.isascii():
        try:
            packet.decode()
        except UnicodeDecodeError as error:
            raise Fault("text that is not UTF-8", INVALID_TEXT) from error
