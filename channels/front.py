"""What is served outside `/api/v1`: health, readiness, metrics, the API document, and a plain page where the pages were not built."""

import base64
import hashlib
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from bot.model.basics import NotFound
from channels.edge import is_direct_and_near
from channels.rest import SERVICES

_STYLE = """
body { max-width: 40rem; margin: 4rem auto; padding: 0 1.25rem; font: 16px/1.6 system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif;
       color: #1f2328; background: #fff }
h1 { font-size: 1.5rem; margin-bottom: .25rem } p { margin: .5rem 0 } li { margin: .25rem 0 }
a { color: #0b5cad } code { font-family: ui-monospace, monospace; background: #f2f4f6; padding: .1em .3em; border-radius: 3px }
@media (prefers-color-scheme: dark) { body { color: #e6e8ea; background: #16181b } a { color: #7db8f5 } code { background: #24272b } }
"""
_LANDING = f"""<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Weihub</title>
<style>{_STYLE}</style>
<h1>Weihub</h1>
<p>店铺账号与粉丝的聊天服务正在这里运行。</p>
<p lang="en">A chat hub that links shop accounts with their followers is running here.</p>
<p>网页还没有构建：在源码目录运行 <code>make pages</code>，再重新启动。
<span lang="en">The pages are not built: run <code>make pages</code> where the source is, then start the hub again.</span></p>
<ul>
<li><a href="/api/openapi.json"><code>/api/openapi.json</code></a> REST 接口文档 <span lang="en">(the REST API, OpenAPI 3.1)</span></li>
<li><code>/socket.io/</code> Socket.IO 长连接 <span lang="en">(the chat socket)</span></li>
<li><a href="/healthz"><code>/healthz</code></a> · <a href="/readyz"><code>/readyz</code></a> 运行状态 <span lang="en">(health)</span></li>
</ul>
</html>
"""
_LANDING_CSP = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def add_routes(app: web.Application) -> None:
    """Add the pages of this module."""
    app.router.add_get("/healthz", _health)
    app.router.add_get("/readyz", _readiness)
    app.router.add_get("/metrics", _metrics)


def add_landing(app: web.Application) -> None:
    """Where the pages would be: what runs here, and how to build them."""
    for path in ("/", "/console"):
        app.router.add_get(path, _landing)


def document_handler(described: bytes) -> Callable[[web.Request], Awaitable[web.Response]]:
    """A handler that gives the API document, which anybody may read."""

    async def handle(_: web.Request) -> web.Response:
        headers = {"Cache-Control": "public, max-age=60"}
        return web.Response(body=described, content_type="application/json", charset="utf-8", headers=headers)

    return handle


async def _landing(_: web.Request) -> web.Response:
    headers = {"Content-Security-Policy": _LANDING_CSP, "Cache-Control": "public, max-age=300"}
    return web.Response(text=_LANDING, content_type="text/html", headers=headers)


async def _health(_: web.Request) -> web.Response:
    """The process is alive and its loop turns; says nothing of what it stands on."""
    return web.json_response({"status": "ok"})


async def _readiness(request: web.Request) -> web.Response:
    """Whether the hub can serve, check by check. Degraded still serves."""
    checks = await request.app[SERVICES].ready()
    states = {check.state for check in checks.values()}
    status = "down" if "down" in states else "degraded" if "degraded" in states else "ready"
    body = msgspec.json.encode({"status": status, "checks": checks})
    return web.Response(body=body, status=503 if status == "down" else 200, content_type="application/json", charset="utf-8")


async def _metrics(request: web.Request) -> web.Response:
    """Figures for a scraper of this machine or a private network that asks directly; for others there is nothing here."""
    if not is_direct_and_near(request):
        raise NotFound("没有这个地址。", "There is nothing at this address.")
    body, content_type = request.app[SERVICES].metrics.render()
    return web.Response(body=body, headers={"Content-Type": content_type})
