"""python-socketio as it comes, on aiohttp and uvloop, as the same relay. Nothing is stored."""

import asyncio
from typing import Any

import socketio
import uvloop
from aiohttp import web

from bench.peers.base import serve


async def main() -> None:
    """Serve until killed."""
    sio = socketio.AsyncServer(async_mode="aiohttp", transports=["websocket"])
    to: dict[str, str] = {}

    async def connect(sid: str, environ: dict[str, Any], auth: dict[str, Any]) -> None:  # noqa: ARG001  # the library calls it so
        place = auth.get("room") or f"{auth['pair']}/{auth['side']}"
        to[sid] = auth.get("room") or f"{auth['pair']}/{'b' if auth['side'] == 'a' else 'a'}"
        await sio.enter_room(sid, place)

    async def send(sid: str, message: Any) -> dict[str, bool]:
        await sio.emit("message", message, to=to[sid], skip_sid=sid)
        return {"ok": True}

    sio.on("connect", connect)
    sio.on("send", send)
    app = web.Application()
    sio.attach(app)
    await serve(app)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
