"""One timer for the pings and timeouts of all connections, a stride at a time so that nobody waits for a long round."""

import asyncio
from collections.abc import Set as AbstractSet
from typing import Final

import structlog

from channels.connection import Conn
from channels.terms import Limits

_log = structlog.get_logger(__name__)
_ROUND_S: Final = 1.0
_STRIDE: Final = 500
_GOLDEN: Final = 0.6180339887


class Pulse:
    """Calls `check` on every connection about once a second, as long as there are any."""

    def __init__(self, conns: AbstractSet[Conn], limits: Limits) -> None:
        self._conns = conns
        self._pause_s = min(_ROUND_S, limits.ping_interval_s / 4, limits.ping_timeout_s / 4, limits.connect_timeout_s / 4)
        self._interval_s = limits.ping_interval_s
        self._made = 0
        self._timer: asyncio.TimerHandle | None = None

    def first_ping_s(self) -> float:
        """Seconds to a new connection's first ping: spread over half an interval, evenly however many come together."""
        self._made += 1
        return self._interval_s * (0.5 + 0.5 * (self._made * _GOLDEN % 1.0))

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin, unless it runs."""
        if self._timer is None:
            self._timer = loop.call_later(self._pause_s, self._beat, loop, ())

    def stop(self) -> None:
        """End."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _beat(self, loop: asyncio.AbstractEventLoop, rest: tuple[Conn, ...]) -> None:
        now = loop.time()
        conns = rest or tuple(self._conns)
        for conn in conns[:_STRIDE]:
            try:
                conn.check(now)
            except Exception:
                _log.exception("transport.check_failed")
        rest = conns[_STRIDE:]
        again = bool(rest or self._conns)
        self._timer = loop.call_later(0.0 if rest else self._pause_s, self._beat, loop, rest) if again else None
