"""What stands between a request and its handler: whose address, which language, which headers go out."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from aiohttp import web

from bot.model.basics import Lang
from channels.services import Edge
from channels.wire import lang_of

_HEADERS = {
    "Server": "weihub",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_HSTS = "max-age=31536000; includeSubDomains"
_NEARBY = (".localhost", ".local", ".lan", ".internal", ".home.arpa")
_ALLOWED = "Authorization, Content-Type, If-Match, Accept-Language, X-Request-Id"
_EXPOSED = "ETag, Retry-After, X-Request-Id, Location"
_METHODS = "GET, POST, PUT, PATCH, DELETE"


def client_address(request: web.BaseRequest, edge: Edge) -> str:
    """The address limits are counted for.

    The peer, unless it is a trusted proxy: then the last address of `X-Forwarded-For` that is not one itself. A header
    from anybody else is not believed. An IPv6 address stands for its /64, which one customer holds.
    """
    address = _nearest_stranger(request, edge)
    parsed = _parsed(address)
    return str(ip_network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else str(parsed or address)


def _nearest_stranger(request: web.BaseRequest, edge: Edge) -> str:
    peer = request.remote or "unknown"
    if not _trusted(peer, edge):
        return peer
    named = [part.strip() for value in request.headers.getall("X-Forwarded-For", []) for part in value.split(",")]
    for address in reversed(named[-32:]):
        if _parsed(address) is None:
            return peer
        if not _trusted(address, edge):
            return address
    return peer


def _trusted(address: str, edge: Edge) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in edge.trusted_proxies)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return mapped or parsed


def is_direct_and_near(request: web.BaseRequest) -> bool:
    """Whether a peer of this machine or a private network asks, and not on behalf of somebody else."""
    peer = _parsed(request.remote or "")
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return peer is not None and not forwarded and (peer.is_private or peer.is_loopback)


def is_named_nearby(request: web.BaseRequest) -> bool:
    """Whether the hub was asked for by a number, or by a name that only its own network gives out.

    A page of another site can let its own name point to this machine (DNS rebinding), and is then of the same origin as we are.
    """
    host = request.host.lower()
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return _parsed(name) is not None or "." not in name or name.endswith(_NEARBY)


def is_https(request: web.BaseRequest, edge: Edge) -> bool:
    """Whether the browser came by https, as far as the hub can know."""
    if _trusted(request.remote or "", edge):
        return edge.secure or request.headers.get("X-Forwarded-Proto", "") == "https"
    return edge.secure or request.secure


def language(request: web.BaseRequest) -> Lang:
    """The caller's language by `Accept-Language`."""
    return lang_of(request.headers.get("Accept-Language", "")[:200])


def protect(request: web.BaseRequest, response: web.StreamResponse, edge: Edge) -> None:
    """Put the strict headers on an answer; a handler may have set narrower or wider ones of its own."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if "frame-ancestors 'self'" in response.headers.get("Content-Security-Policy", ""):
        del response.headers["X-Frame-Options"]  # the older header knows no list
    response.headers["Server"] = "weihub"
    response.headers.setdefault("Content-Security-Policy", _CSP)
    response.headers.setdefault("Cache-Control", "no-store")
    if is_https(request, edge):
        response.headers.setdefault("Strict-Transport-Security", _HSTS)
    _share(request, response, edge)


def _share(request: web.BaseRequest, response: web.StreamResponse, edge: Edge) -> None:
    """Let pages of the listed origins read the answer (CORS). Never with cookies: they carry a token instead."""
    if not edge.origins:
        return
    response.headers.add("Vary", "Origin")
    origin = request.headers.get("Origin", "")
    if origin in edge.origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = _EXPOSED
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"


def preflight(request: web.BaseRequest, edge: Edge) -> web.Response | None:
    """The answer to a browser that asks before it calls from a listed origin; None for any other request."""
    asks = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
    if not asks or request.headers.get("Origin", "") not in edge.origins:
        return None
    headers = {"Access-Control-Allow-Methods": _METHODS, "Access-Control-Allow-Headers": _ALLOWED, "Access-Control-Max-Age": "600"}
    return web.Response(status=204, headers=headers)
