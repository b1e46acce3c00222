"""What the Python peers share: serving an aiohttp application and saying where."""

import asyncio
import sys

from aiohttp import web


async def serve(app: web.Application) -> None:
    """Serve until killed; the port is the first argument."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(sys.argv[1]), backlog=4096).start()
    await asyncio.Event().wait()
