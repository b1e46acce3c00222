"""A bare aiohttp websocket that answers the load client's bytes without being Socket.IO: the limit of Python and aiohttp."""

import asyncio

import msgspec
import uvloop
from aiohttp import WSMsgType, web

from bench.peers.base import serve

_OPENING = '0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":65536}'


class Raw:
    """The relay, with the parsing done by cutting strings."""

    def __init__(self) -> None:
        self._places: dict[str, list[web.WebSocketResponse]] = {}

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """One websocket."""
        ws = web.WebSocketResponse(compress=False)
        await ws.prepare(request)
        await ws.send_str(_OPENING)
        auth = msgspec.json.decode((await ws.receive_str())[2:])
        others = self._join(ws, auth)
        await ws.send_str('40{"sid":"y"}')
        async for message in ws:
            if message.type is WSMsgType.TEXT and message.data.startswith("42"):
                number, _, rest = message.data[2:].partition('["send",')
                told = '42["message",' + rest
                for other in others:
                    if other is not ws and not other.closed:
                        await other.send_str(told)
                await ws.send_str(f'43{number}[{{"ok":true}}]')
        others.clear()
        return ws

    def _join(self, ws: web.WebSocketResponse, auth: dict[str, str]) -> list[web.WebSocketResponse]:
        place = auth.get("room") or f"{auth['pair']}/{auth['side']}"
        to = auth.get("room") or f"{auth['pair']}/{'b' if auth['side'] == 'a' else 'a'}"
        self._places.setdefault(place, []).append(ws)
        return self._places.setdefault(to, [])


async def main() -> None:
    """Serve until killed."""
    app = web.Application()
    app.router.add_get("/socket.io/", Raw().handle)
    await serve(app)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
