"""From a request to a verb and back: makes an aiohttp handler of every `Route`."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import msgspec
from aiohttp import web

from bot.actions.identity import REFRESH_LIFE_S
from bot.model.basics import Invalid, RateLimited, TooLarge, Unauthenticated
from bot.model.groups import Deed
from bot.model.people import Actor
from channels.edge import client_address, is_https, language
from channels.route import GENERAL, Call, Reply, Route
from channels.services import Services
from channels.wire import fault

API = "/api/v1"
COOKIE = "weihub_refresh"
COOKIE_PATH = f"{API}/sessions"
BODY_TIMEOUT_S = 30.0
PART_LIMIT = 64
"""Characters of a member of the path: of an id, a handle, a person, a tag."""

SERVICES = web.AppKey("services", Services)
PERSON = web.RequestKey("person", str)

_NUL = rb"\u0000"
_VERSION = re.compile(r'(?:W/)?"?(\d{1,10})"?')
_NOBODY = Actor(person="", name="")


def handler_of(route: Route, services: Services) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The aiohttp handler: limits and authentication first, then parse, call, encode."""
    decoder = None if route.request is None or route.raw_body else msgspec.json.Decoder(route.request)

    async def handle(request: web.Request) -> web.StreamResponse:
        client = client_address(request, services.edge)
        actor = await _actor(request, services) if route.signed_in else _NOBODY
        await _limit(route, services, actor.person or client)
        path = _clean(request.match_info)
        if isinstance(route.asks, Deed):
            await services.groups.check_right(actor, path["group"], route.asks)
        elif route.asks is not None:
            await services.rulebook.check_right(actor, path["account"], route.asks)
        call = Call(
            services=services,
            actor=actor,
            path=path,
            body=None if route.request is None else _parsed(decoder, await read_body(request, route)),
            query=None if route.query is None else _query(route.query, request),
            client=client,
            version=_version(request) if route.versioned or route.match_optional else None,
            http=request,
        )
        result = await route.handler(call)
        return result if isinstance(result, web.StreamResponse) else _answer(route, request, services, result)

    return handle


async def _actor(request: web.Request, services: Services) -> Actor:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("请先登录。", "Sign in first: send Authorization: Bearer <token>.")
    actor = await services.identity.authenticate(token.strip(), language(request))
    request[PERSON] = actor.person
    return actor


async def _limit(route: Route, services: Services, caller: str) -> None:
    wait = await services.limiter.take(f"rest:{caller}", GENERAL)
    if wait <= 0 and route.rate is not None:
        wait = await services.limiter.take(f"rest:{route.name}:{caller}", route.rate)
    if wait > 0:
        raise RateLimited("操作太频繁，请稍后再试。", "Too many requests; wait a moment.", retry_after=max(1, round(wait)))


def _clean(path: Mapping[str, str]) -> dict[str, str]:
    for name, value in path.items():
        if "\0" in value:
            raise Invalid("地址里有不允许的字符。", "The address holds a character that is not allowed.", path=name)
        if len(value) > PART_LIMIT:
            raise Invalid(f"地址里的这一段最多 {PART_LIMIT} 个字符。", f"This part of the address has at most {PART_LIMIT} characters.", path=name)
    return dict(path)


async def body_chunks(request: web.Request, limit: int) -> AsyncIterator[bytes]:
    """The body as it arrives.

    Raises:
        TooLarge: more than `limit` bytes, by what it announces or by what comes.
        Invalid: it comes too slowly, or ends too early.
    """
    if (request.content_length or 0) > limit:
        raise _too_large(limit)
    total = 0
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            async for chunk in request.content.iter_any():
                total += len(chunk)
                if total > limit:
                    raise _too_large(limit)
                yield chunk
    except TimeoutError:
        raise Invalid("请求内容传得太慢。", "The body of the request comes too slowly.", path="$") from None
    except web.RequestPayloadError:
        raise Invalid("请求内容不完整。", "The body of the request is broken.", path="$") from None


async def read_body(request: web.Request, route: Route) -> bytes:
    """The whole JSON body. Raises as `body_chunks`, and Invalid for another content type."""
    if route.body_optional and not request.can_read_body:
        return b"{}"
    if request.content_type not in {"application/json", "application/octet-stream"}:
        raise Invalid("请用 JSON 格式。", "Send JSON: Content-Type: application/json.", path="Content-Type")
    return b"".join([chunk async for chunk in body_chunks(request, route.body_limit)]) or (b"{}" if route.body_optional else b"")


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"内容太大，最多 {limit} 字节。", f"The body is too large: {limit} bytes at most.", limit=limit)


def _parsed(decoder: msgspec.json.Decoder[Any] | None, raw: bytes) -> Any:
    """The body as a value, or as it came where the handler parses it. U+0000 is refused everywhere: no text needs it and PostgreSQL cannot hold it."""
    if holds_nul(raw):
        raise Invalid("文字里有不允许的字符。", "U+0000 is not allowed in texts.", path="$")
    try:
        return raw if decoder is None else decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise fault(error) from None


def holds_nul(raw: bytes) -> bool:
    """Whether JSON text holds an escaped U+0000, and not only a backslash before `u0000`. A pattern would take a second for the largest bodies."""
    return _NUL in raw and _NUL in raw.replace(rb"\\", b"..")


def _query(shape: type[msgspec.Struct], request: web.Request) -> msgspec.Struct:
    values = {name: value for name, value in request.query.items() if name in shape.__struct_encode_fields__}
    if any("\0" in value for value in values.values()):
        raise Invalid("参数里有不允许的字符。", "U+0000 is not allowed in parameters.", path="$")
    try:
        return msgspec.convert(values, shape, strict=False)
    except msgspec.ValidationError as error:
        raise fault(error) from None


def _version(request: web.Request) -> int | None:
    given = request.headers.get("If-Match")
    if given is None:
        return None
    match = _VERSION.fullmatch(given.strip())
    if match is None:
        raise Invalid("If-Match 应该是版本号。", 'If-Match must be a version, such as "3".', path="If-Match")
    return int(match[1])


def _answer(route: Route, request: web.Request, services: Services, result: object) -> web.Response:
    reply = result if isinstance(result, Reply) else Reply(result)
    if route.response is None:
        response = web.Response(status=204)
    else:
        response = web.Response(body=msgspec.json.encode(reply.value), status=route.status, content_type="application/json", charset="utf-8")
    if route.etag:
        response.headers["ETag"] = f'"{getattr(reply.value, "version")}"'  # noqa: B009 the response types differ; mypy cannot know
    response.headers.update(reply.headers or {})
    _set_cookie(response, reply, secure=is_https(request, services.edge))
    return response


def _set_cookie(response: web.Response, reply: Reply, *, secure: bool) -> None:
    if reply.cookie is not None:
        response.set_cookie(COOKIE, reply.cookie, max_age=REFRESH_LIFE_S, path=COOKIE_PATH, secure=secure, httponly=True, samesite="Strict")
    elif reply.drop_cookie:
        response.del_cookie(COOKIE, path=COOKIE_PATH, secure=secure, httponly=True, samesite="Strict")
