"""The HTTP application: every route, the errors' numbers, the limits, the headers, one log line a request."""

import re
import time
from collections.abc import Awaitable, Callable

import msgspec
import structlog
from aiohttp import web
from aiohttp.http import HttpProcessingError

from bot.model.basics import (
    Banned,
    Blocked,
    Closed,
    Conflict,
    Forbidden,
    HubError,
    Invalid,
    Muted,
    NotFollowing,
    NotFound,
    NotMember,
    Quota,
    RateLimited,
    SlowMode,
    TooLarge,
    Unauthenticated,
    Unavailable,
    new_id,
)
from channels import front, pages
from channels.edge import language, preflight, protect
from channels.openapi import document
from channels.rest import API, PERSON, SERVICES, handler_of
from channels.routes import ROUTES
from channels.services import Services
from channels.wire import error_object

STATUS: dict[type[HubError], int] = {
    Invalid: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    TooLarge: 413,
    RateLimited: 429,
    SlowMode: 429,
    Muted: 403,
    Banned: 403,
    Blocked: 422,
    NotFollowing: 403,
    NotMember: 403,
    Closed: 409,
    Quota: 429,
    Unavailable: 503,
}
"""The number of every error, here and nowhere else."""

SOCKET_PATH = "/socket.io"

_ID = web.RequestKey("request_id", str)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_Next = Callable[[web.Request], Awaitable[web.StreamResponse]]
_log = structlog.get_logger(__name__)


def build_app(services: Services) -> web.Application:
    """The application: REST, its document, health, metrics, the pages. The socket is attached to it afterwards."""
    app = web.Application(middlewares=[_account_for, _answer_errors], handler_args={"access_log": None, "logger": _ServerLog()})
    app[SERVICES] = services
    for route in ROUTES:
        app.router.add_route(route.method, f"{API}{route.path}", handler_of(route, services), name=route.name)
    described = msgspec.json.encode(document(ROUTES, STATUS))
    app.router.add_get("/api/openapi.json", front.document_handler(described))
    front.add_routes(app)
    if services.pages is None:
        front.add_landing(app)
    else:
        pages.add_routes(app, services.pages)
    app.on_response_prepare.append(_protect)
    return app


class _ServerLog:
    """What aiohttp's server has to tell. Who does not speak HTTP to it is no error of ours, and what they said instead is not repeated."""

    def debug(self, *_: object, **__: object) -> None:
        """Nothing of that is of use here."""

    def exception(self, _: str, *__: object, exc_info: BaseException | None = None) -> None:
        """A request that is none, or a bug."""
        if isinstance(exc_info, HttpProcessingError):
            _log.debug("http.malformed", reason=type(exc_info).__name__)
        else:
            _log.error("http.server_failed", exc_info=exc_info)


async def _protect(request: web.Request, response: web.StreamResponse) -> None:
    protect(request, response, request.app[SERVICES].edge)
    response.headers["X-Request-Id"] = request.get(_ID, "")


@web.middleware
async def _account_for(request: web.Request, handler: _Next) -> web.StreamResponse:
    """Give the request an id, and note how it ended. A socket's request lasts as long as the socket: it is not noted."""
    if request.path.startswith(SOCKET_PATH):
        return await handler(request)
    given = request.headers.get("X-Request-Id", "")
    request[_ID] = given if _REQUEST_ID.fullmatch(given) else new_id()
    started = time.perf_counter()
    with structlog.contextvars.bound_contextvars(request_id=request[_ID]):
        response = await handler(request)
        _note(request, response.status, time.perf_counter() - started)
    return response


def _note(request: web.Request, status: int, seconds: float) -> None:
    resource = request.match_info.route.resource
    pattern = "unknown" if resource is None else resource.canonical
    metrics = request.app[SERVICES].metrics
    metrics.requests.labels(method=request.method if resource else "other", route=pattern, status=str(status)).inc()
    metrics.request_seconds.labels(route=pattern).observe(seconds)
    tell = _log.info if pattern.startswith("/api/") else _log.debug  # probes and scrapers come every few seconds
    tell("http.request", method=request.method, route=pattern, status=status, ms=round(seconds * 1000, 1), person=request.get(PERSON))


@web.middleware
async def _answer_errors(request: web.Request, handler: _Next) -> web.StreamResponse:
    """Turn whatever was raised into the one shape of an error."""
    try:
        return preflight(request, request.app[SERVICES].edge) or await handler(request)
    except HubError as error:
        return _error(request, error, STATUS[type(error)])
    except web.HTTPException as error:
        return _http_error(request, error)
    except Exception:
        _log.exception("http.failed", method=request.method, route=request.match_info.route.name)
        failed = Unavailable("服务器出错了，请稍后再试。", "Something went wrong in the hub; try again later.", retry_after=5)
        return _error(request, failed, 500)


def _http_error(request: web.Request, error: web.HTTPException) -> web.StreamResponse:
    """What aiohttp raises for itself: no such path, no such method, a body over its limit."""
    if error.status == 404:
        return _error(request, NotFound("没有这个地址。", "There is nothing at this address."), 404)
    if isinstance(error, web.HTTPMethodNotAllowed):
        response = _error(request, Invalid("这个地址不支持这种请求。", f"{request.method} is not possible here.", path="$"), error.status)
        response.headers["Allow"] = error.headers["Allow"]
        return response
    if error.status < 400:
        raise error
    return _error(request, Invalid("请求不正确。", f"The request is not acceptable: {error.reason}", path="$"), error.status)


def _error(request: web.Request, error: HubError, status: int) -> web.Response:
    body = msgspec.json.encode({"error": error_object(error, language(request))})
    response = web.Response(body=body, status=status, content_type="application/json", charset="utf-8")
    if "retry_after" in error.data:
        response.headers["Retry-After"] = str(error.data["retry_after"])
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
