"""The pages: documents, hashed assets, the widget's script, and the demo's front door.

A document carries what its scripts must know of this
hub in `<meta>` elements, never in a script; only the console's, whose library writes style sheets, carries a nonce.
"""

import html
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping

import msgspec
from aiohttp import web

from bot.model.basics import Invalid, NotFound, new_id
from channels.built import COMPRESSIBLE, Demo, DemoPerson, File, Pages
from channels.edge import is_direct_and_near, is_named_nearby
from channels.rest import SERVICES

DEMO_TOKEN_S = 86_400
FOREVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=300"
_ASSETS = "assets/"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self' blob: data: https:; media-src 'self' blob:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
)
_PERMISSIONS = "camera=(self), geolocation=(), microphone=(self)"

Handler = Callable[[web.Request], Awaitable[web.Response]]


class Entered(msgspec.Struct, frozen=True):
    """A buyer's token for the demo, and the staff to sign in as."""

    account: str
    name: str
    token: str
    person: str
    staff: tuple[DemoPerson, ...]


def add_routes(app: web.Application, pages: Pages) -> None:
    """Add the pages; the demo's door only where there is a demo."""
    origins = app[SERVICES].edge.origins
    demo = app[SERVICES].demo
    documents = _Documents(pages, demo=demo is not None, origins=origins)
    app.router.add_get("/", documents.handler("index.html"))
    app.router.add_get("/widget", documents.handler("index.html", framed=True))
    app.router.add_get("/console", documents.handler("console.html", nonce=True))
    app.router.add_get("/console/{view:.*}", documents.handler("console.html", nonce=True))
    app.router.add_get("/widget.js", _script(pages))
    app.router.add_get("/assets/{name:.+}", _asset(pages))
    if demo is not None:
        app.router.add_get("/demo", documents.handler("demo.html"))
        app.router.add_post("/demo/enter", _enter(demo))


class _Documents:
    """The HTML documents, with what this hub has to tell their scripts."""

    def __init__(self, pages: Pages, *, demo: bool, origins: Iterable[str]) -> None:
        self._pages = pages
        self._demo = demo
        self._origins = sorted(origins)

    def handler(self, name: str, *, framed: bool = False, nonce: bool = False) -> Handler:
        """A handler of one document. `framed`: pages of the listed origins may show it within theirs."""
        template = self._pages.files[name].body.decode()
        text = template.replace("%demo%", "yes" if self._demo else "no").replace("%origins%", html.escape(" ".join(self._origins)))
        ancestors = " ".join(["'self'", *self._origins]) if framed else "'none'"

        async def handle(_: web.Request) -> web.Response:
            once = secrets.token_urlsafe(16) if nonce else ""
            policy = _POLICY.format(styles=f" 'nonce-{once}'" if nonce else "", ancestors=ancestors)
            headers = {"Content-Security-Policy": policy, "Permissions-Policy": _PERMISSIONS, "Cache-Control": "no-cache"}
            return web.Response(text=text.replace("%nonce%", once), content_type="text/html", headers=headers)

        return handle


def _script(pages: Pages) -> Handler:
    """The widget's script, which pages of other hosts load by its one name."""

    async def handle(request: web.Request) -> web.Response:
        headers = {"Cache-Control": BRIEFLY, "Cross-Origin-Resource-Policy": "cross-origin"}
        return _response(request, pages.files["widget.js"], headers)

    return handle


def _asset(pages: Pages) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        file = pages.files.get(_ASSETS + request.match_info["name"])
        if file is None:
            raise NotFound("没有这个地址。", "There is nothing at this address.")
        return _response(request, file, {"Cache-Control": FOREVER})

    return handle


def _response(request: web.Request, file: File, headers: Mapping[str, str]) -> web.Response:
    packs = file.packed is not None and "gzip" in request.headers.get("Accept-Encoding", "")
    body = file.packed if file.packed is not None and packs else file.body
    told = {**headers, "Vary": "Accept-Encoding", **({"Content-Encoding": "gzip"} if packs else {})}
    charset = "utf-8" if file.type.startswith(COMPRESSIBLE) else None
    return web.Response(body=body, content_type=file.type, charset=charset, headers=told)


def _enter(demo: Demo) -> Handler:
    """A new buyer of the demo, and its staff: for whoever sits at this machine or in its private network, by a page of ours."""

    async def handle(request: web.Request) -> web.Response:
        if not (is_direct_and_near(request) and is_named_nearby(request)):
            raise NotFound("没有这个地址。", "There is nothing at this address.")
        if request.content_type != "application/json":  # a form of another site could send anything else without asking first
            raise Invalid("请用 JSON 格式。", "Send JSON: Content-Type: application/json.", path="Content-Type")
        person = f"demo-{new_id()}"[:64]
        name = f"顾客{secrets.randbelow(9_000) + 1_000}"
        token = request.app[SERVICES].identity.mint_buyer_token(person, name, DEMO_TOKEN_S)
        body = msgspec.json.encode(Entered(demo.account, demo.name, token, person, demo.staff))
        return web.Response(body=body, content_type="application/json", charset="utf-8")

    return handle
