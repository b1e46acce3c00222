"""The same relay on picows, with no library of Python's in between: fast enough to show the load client's own ceiling."""

import asyncio
import sys
from typing import Any

import msgspec
import picows
import uvloop
from picows import WSFrame, WSMsgType, WSTransport

from channels.frames import text_frame

_OPENING = b'0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":65536}'


_Listener: Any = picows.WSListener


class Relay(_Listener):  # type: ignore[misc]  # whether or not picows is installed where types are checked
    """One connection. What one read brings is answered in one write, so that system calls do not limit it."""

    places: dict[str, list["Relay"]] = {}  # noqa: RUF012  # one process, one table
    others: list["Relay"]

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Say the opening."""
        self.transport = transport
        self.out: list[bytes] = []
        transport.send(WSMsgType.TEXT, _OPENING)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Join, or push and acknowledge."""
        data = frame.get_payload_as_bytes()
        if data.startswith(b"42"):
            number, _, rest = data[2:].partition(b'["send",')
            told = text_frame(b'42["message",' + rest)
            for other in self.others:
                if other is not self:
                    other.out.append(told)
            self.out.append(text_frame(b'43%b[{"ok":true}]' % number))
            if frame.last_in_buffer:
                for one in (*self.others, self):
                    one.flush()
        elif data.startswith(b"40"):
            self._join(msgspec.json.decode(data[2:]))
            transport.send(WSMsgType.TEXT, b'40{"sid":"y"}')

    def flush(self) -> None:
        """Write what was said."""
        if self.out:
            self.transport.underlying_transport.write(b"".join(self.out))
            self.out.clear()

    def _join(self, auth: dict[str, str]) -> None:
        place = auth.get("room") or f"{auth['pair']}/{auth['side']}"
        to = auth.get("room") or f"{auth['pair']}/{'b' if auth['side'] == 'a' else 'a'}"
        self.places.setdefault(place, []).append(self)
        self.others = self.places.setdefault(to, [])


async def main() -> None:
    """Serve until killed."""
    server = await picows.ws_create_server(lambda _: Relay(), "127.0.0.1", int(sys.argv[1]), backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
