"""The terms of a connection: its bounds, how it may be refused and cut, and the library's queue as its way out."""

from typing import Literal, Protocol

import msgspec

Cut = Literal["slow", "timeout", "unconnected", "malformed", "too_large", "unanswered", "error"]
"""Why we ended a connection against its client's will."""


class Refused(Exception):
    """The door does not take this client; it hears `connect_error` with the message and `data: {code, message, …}`."""

    def __init__(self, code: str, message: str, **more: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = {"code": code, "message": message, **more}


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of one connection, in seconds and bytes."""

    ping_interval_s: float = 25.0
    ping_timeout_s: float = 20.0
    connect_timeout_s: float = 10.0
    close_grace_s: float = 3.0
    max_frame_bytes: int = 65_536
    buffer_limit_bytes: int = 262_144
    max_unacked: int = 256


class Way(Protocol):
    """The way to a polling client: the library's queue."""

    def put(self, text: str) -> None:
        """Queue one Engine.IO packet."""

    def waiting(self) -> int:
        """Bytes queued and not yet fetched."""

    def end(self) -> None:
        """Queue the Engine.IO close packet, and forget the session after a few seconds."""
