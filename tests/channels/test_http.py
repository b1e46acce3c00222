"""The HTTP application as a whole: errors, limits, languages, headers, health."""

import asyncio
import gzip
import re
from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiohttp.test_utils import make_mocked_request

from bot.model.basics import ERRORS, HubError
from channels.edge import client_address
from channels.http import STATUS
from channels.rest import BODY_TIMEOUT_S, holds_nul
from channels.route import GENERAL, JSON_LIMIT, Route
from channels.routes import ROUTES
from channels.services import Check, Edge
from tests.channels.door import PASSWORD, Door, door, strict
from tests.world import BUYER, OPERATOR, OWNER, STRANGER

PROXY = Edge(trusted_proxies=(ip_network("127.0.0.0/8"), ip_network("10.1.0.0/16")), origins=frozenset({"https://shop.example"}))


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Door]:
    async with door(data_dir) as opened:
        yield opened


@pytest.fixture
async def guarded(data_dir: Path) -> AsyncIterator[Door]:
    """With the real limiter, behind a proxy."""
    async with door(data_dir, edge=PROXY, limiter=strict()) as opened:
        yield opened


def test_every_error_has_its_number() -> None:
    """The table of the house and the table of numbers name the same errors."""
    assert set(STATUS) == set(ERRORS)
    documented = {"invalid": 400, "unauthenticated": 401, "forbidden": 403, "not_found": 404, "conflict": 409, "too_large": 413, "rate_limited": 429}
    documented |= {"slow_mode": 429, "muted": 403, "banned": 403, "blocked": 422, "not_following": 403, "not_member": 403, "closed": 409}
    documented |= {"quota": 429, "unavailable": 503}
    assert {error.code: number for error, number in STATUS.items()} == documented


async def test_an_error_has_one_shape_and_speaks_the_callers_language(hub: Door) -> None:
    """Code and data for programs, a sentence for people: Chinese unless English is asked for."""
    said = {}
    for language in ("zh-CN,zh;q=0.9,en;q=0.8", "en-GB", "fr", ""):
        response = await hub.ask(BUYER, "GET", "/accounts/nowhere", headers={"Accept-Language": language})
        error = (await response.json())["error"]
        assert (response.status, error["code"], set(error)) == (404, "not_found", {"code", "message"})
        said[language] = error["message"]

    assert said == {"zh-CN,zh;q=0.9,en;q=0.8": "没有这个账号。", "en-GB": "There is no such account.", "fr": "没有这个账号。", "": "没有这个账号。"}


async def test_addresses_and_methods_that_are_not_there(hub: Door) -> None:
    """The same shape; a wrong method says which are right."""
    assert await hub.refusal(None, "GET", "/nothing") == (404, "not_found")
    response = await hub.ask(None, "DELETE", "/accounts")
    assert (response.status, (await response.json())["error"]["code"]) == (405, "invalid")
    assert set(response.headers["Allow"].split(",")) >= {"GET", "POST"}


async def test_without_a_token_nothing_is_done(hub: Door) -> None:
    """Every operation but signing in asks for one, before it looks at anything else."""
    for route in ROUTES:
        path = re.sub(r"\{\w+\}", "1", route.path)
        if not route.signed_in:
            continue
        for headers in ({}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer"}, {"Authorization": "Bearer rubbish"}):
            response = await hub.ask(None, route.method, path, {}, headers=headers)
            assert (response.status, response.headers["WWW-Authenticate"]) == (401, "Bearer"), route.path


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b"", "$"),
        (b"{", "$"),
        (b"[]", "$"),
        (b"\xff\xfe", "$"),
        (b'{"login": "x"}', "password"),
        (b'{"login": 7, "password": "x"}', "login"),
        (b'{"login": "' + b"x" * 65 + b'", "password": "x"}', "login"),
        (b'{"login": "\\u0000", "password": "x"}', "$"),
        (b'{"login": "\\ud800", "password": "x"}', "$"),
        (b'{"login": ' + b"[" * 4_000, "login"),
    ],
)
async def test_a_body_that_does_not_fit_names_the_member(hub: Door, body: bytes, path: str) -> None:
    """Broken JSON, wrong types, too long, U+0000, half a surrogate, four thousand brackets."""
    headers = {"Content-Type": "application/json"}
    response = await hub.client.post("/api/v1/sessions", data=body, headers=headers)

    error = (await response.json())["error"]
    assert (response.status, error["code"], error["path"]) == (400, "invalid", path)


async def test_a_backslash_before_a_code_is_a_text_like_any_other(hub: Door) -> None:
    r"""`\\u0000` in JSON is six ordinary characters."""
    response = await hub.client.post(
        "/api/v1/sessions", data=b'{"login": "\\\\u0000", "password": "x"}', headers={"Content-Type": "application/json"}
    )
    assert response.status == 401


@pytest.mark.parametrize(
    ("raw", "holds"),
    [
        (rb'"\u0000"', True),
        (rb'"\\u0000"', False),
        (rb'"\\\u0000"', True),
        (rb'"\\\\u0000"', False),
        (rb'"\u00\\00"', False),
        (rb'"\\u0000 \u0000"', True),
        (b'""', False),
    ],
)
def test_an_escaped_nul_is_found_behind_any_number_of_backslashes(raw: bytes, holds: bool) -> None:
    """Of a run of backslashes each pair is one backslash."""
    assert holds_nul(raw) is holds


async def test_a_body_of_another_type_is_invalid(hub: Door) -> None:
    """Forms of other people's pages never reach a verb."""
    response = await hub.client.post("/api/v1/sessions", data={"login": "x", "password": "y"})
    assert ((await response.json())["error"]["path"], response.status) == ("Content-Type", 400)


async def test_a_body_over_the_limit_is_refused_announced_or_not(hub: Door) -> None:
    """By its length, while it comes in pieces, and after it was unpacked."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 4_096

    token = await hub.token(OWNER)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    bomb = gzip.compress(b" " * 50_000_000)
    assert len(bomb) < JSON_LIMIT
    for data, more in ((b" " * (JSON_LIMIT + 1), {}), (pieces(), {}), (bomb, {"Content-Encoding": "gzip"})):
        response = await hub.client.post("/api/v1/accounts", data=data, headers={**headers, **more})
        error = (await response.json())["error"]
        assert (response.status, error["code"], error["limit"]) == (413, "too_large", JSON_LIMIT)


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.body_limit > JSON_LIMIT and "{account}" in route.path], ids=lambda route: route.name
)
async def test_nothing_large_is_read_from_whoever_may_not(hub: Door, route: Route) -> None:
    """Neither from a buyer nor from another shop's staff: they are refused while they still send."""
    path = re.sub(r"\{\w+\}", "none", route.path.replace("{account}", "shop"))
    for who in (BUYER, STRANGER):
        answered = asyncio.Event()

        async def pieces(answered: asyncio.Event = answered) -> AsyncIterator[bytes]:
            yield b"["
            await answered.wait()

        headers = {"Authorization": f"Bearer {await hub.token(who)}", "Content-Type": "application/json", "If-Match": '"0"'}
        async with asyncio.timeout(10), hub.client.request(route.method, f"/api/v1{path}", data=pieces(), headers=headers) as response:
            answered.set()
            assert (response.status, (await response.json())["error"]["code"]) == (403, "forbidden")


async def test_a_part_of_an_address_has_so_many_characters_and_no_more(hub: Door) -> None:
    """As the document says; SQLite would keep a person's name of any length."""
    group = (await hub.get(OWNER, "POST", "/accounts/shop/groups", {"name": "茶友"}))["id"]
    ban = {"reason": "广告"}
    assert await hub.refusal(OWNER, "PUT", f"/groups/{group}/sanctions/{'x' * 65}/ban", ban) == (400, "invalid")
    assert (await hub.get(OWNER, "PUT", f"/groups/{group}/sanctions/{'x' * 64}/ban", ban))["person"]["id"] == "x" * 64


async def test_a_body_that_comes_too_slowly_is_given_up(hub: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that sends a byte an hour does not keep a handler."""
    monkeypatch.setattr("channels.rest.BODY_TIMEOUT_S", 0.05)
    assert BODY_TIMEOUT_S > 1
    hold = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await hold.wait()

    response = await hub.client.post("/api/v1/sessions", data=slow(), headers={"Content-Type": "application/json"})
    hold.set()
    assert (response.status, (await response.json())["error"]["code"]) == (400, "invalid")


async def test_a_parameter_that_does_not_fit_names_itself(hub: Door) -> None:
    """Unknown ones are passed over."""
    for query, path in (("limit=0", "limit"), ("limit=x", "limit"), ("limit=201", "limit"), ("cursor=%00", "$"), ("cursor=x", "cursor")):
        response = await hub.ask(BUYER, "GET", f"/accounts?{query}")
        error = (await response.json())["error"]
        assert (response.status, error["code"], error["path"]) == (400, "invalid", path)
    assert (await hub.ask(BUYER, "GET", "/accounts?limit=1&unknown=1")).status == 200


@pytest.mark.parametrize("path", ["/accounts/%00", "/media/%00", "/media/..%2f..%2fhub.db", "/conversations/%ff/messages", "/media/" + "x" * 4_000])
async def test_an_address_is_never_more_than_a_name(hub: Door, path: str) -> None:
    """Slashes, zeros and broken bytes in an address lead nowhere."""
    assert (await hub.ask(BUYER, "GET", path)).status in {400, 404}


async def test_a_version_that_is_none_is_told_so(hub: Door) -> None:
    """`If-Match` is needed where changes can collide, and is a version."""
    for headers in ({}, {"If-Match": "*"}, {"If-Match": "soon"}):
        response = await hub.ask(OWNER, "PATCH", "/accounts/shop", {"about": "x"}, headers=headers)
        assert (response.status, (await response.json())["error"]["path"]) == (400, "If-Match")


async def test_a_bug_is_answered_without_its_story(hub: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five hundred, a sentence, a request id to look for in the log; no trace of where it broke."""

    async def broken(*_: object) -> None:
        raise RuntimeError("secret place")

    monkeypatch.setattr(hub.services.people, "me", broken)
    with structlog.testing.capture_logs() as logs:
        response = await hub.ask(BUYER, "GET", "/me", headers={"X-Request-Id": "my-request-1"})
    text = await response.text()

    assert (response.status, response.headers["X-Request-Id"]) == (500, "my-request-1")
    assert "unavailable" in text
    assert "secret place" not in text
    assert [log["event"] for log in logs if log["log_level"] == "error"] == ["http.failed"]


async def test_a_hub_error_nobody_foresaw_still_has_its_number(hub: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the closed set, raised by a verb, goes out with its status and its data."""
    for kind, number in STATUS.items():

        async def refuse(*_: object, error: type[HubError] = kind) -> None:
            raise error("不行", "No", retry_after=7)

        monkeypatch.setattr(hub.services.people, "me", refuse)
        response = await hub.ask(BUYER, "GET", "/me")
        error = (await response.json())["error"]
        assert (response.status, error, response.headers["Retry-After"]) == (number, {"code": kind.code, "message": "No", "retry_after": 7}, "7")


async def test_a_request_has_one_line_in_the_log_without_secrets(hub: Door) -> None:
    """Method, pattern, status, time and person; no token, no password, no body."""
    with structlog.testing.capture_logs() as logs:
        await hub.ask(None, "POST", "/sessions", {"login": "owner", "password": PASSWORD})
        await hub.ask(BUYER, "GET", "/accounts/shop?query=%E5%AF%86")

    lines = [log for log in logs if log["event"] == "http.request"]
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("POST", "/api/v1/sessions", 201),
        ("GET", "/api/v1/accounts/{account}", 200),
    ]
    assert lines[1]["person"] == BUYER.person
    assert PASSWORD not in str(logs)
    assert await hub.token(BUYER) not in str(logs)


async def test_what_is_no_http_is_no_line_in_the_log(hub: Door, caplog: pytest.LogCaptureFixture) -> None:
    """Anybody can send it, as often as they like, and there may be a token in it."""
    with structlog.testing.capture_logs() as lines:
        for request in (
            b"GET /?token=hunter2" + b"a" * 9_000 + b" HTTP/1.1\r\n\r\n",
            b"hunter2 hello\r\n\r\n",
            b"GET / HTTP/1.1\r\nhunter2: \x00\r\n\r\n",
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", hub.client.port)
            writer.write(request)
            assert (await reader.readline()).startswith(b"HTTP/1.0 400")
            writer.close()
            await writer.wait_closed()

    assert {line["log_level"] for line in lines} == {"debug"}
    assert "hunter2" not in f"{lines}{caplog.text}"
    assert caplog.records == []


async def test_a_request_id_is_kept_only_if_it_looks_like_one(hub: Door) -> None:
    """Anything else is replaced, so that nobody writes into the log."""
    for given in ("short", "x" * 65, "with space or worse", 'quo"te-1234'):
        response = await hub.ask(BUYER, "GET", "/me", headers={"X-Request-Id": given})
        assert re.fullmatch(r"[0-9a-z]{20}", response.headers["X-Request-Id"])


async def test_requests_are_counted_by_pattern(hub: Door) -> None:
    """Never by address: that would make a line for every id somebody tries."""
    await hub.ask(BUYER, "GET", "/accounts/shop")
    await hub.ask(BUYER, "GET", "/accounts/other")
    await hub.client.get("/what/is/this")
    await hub.client.request("BREW", "/")

    text = await (await hub.client.get("/metrics")).text()
    assert 'weihub_requests_total{method="GET",route="/api/v1/accounts/{account}",status="200"} 2.0' in text
    assert "/what/is/this" not in text
    assert "BREW" not in text


async def test_strict_headers_stand_on_every_answer(hub: Door) -> None:
    """Good and bad, JSON and page."""
    for path in ("/", "/healthz", "/api/v1/me", "/api/openapi.json", "/nothing"):
        headers = (await hub.client.get(path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Server"] == "weihub"
        assert headers["Cache-Control"]
        assert "Access-Control-Allow-Origin" not in headers


async def test_the_landing_page_runs_no_script(hub: Door) -> None:
    """And its policy lets none run; the one style is named by its hash."""
    response = await hub.client.get("/")
    text = await response.text()

    assert response.content_type == "text/html"
    assert "/api/openapi.json" in text
    assert "<script" not in text
    assert "style-src 'sha256-" in response.headers["Content-Security-Policy"]


async def test_health_and_readiness(hub: Door) -> None:
    """Alive is alive; ready says what it stands on, and is no more when something is down."""
    assert (await hub.client.get("/healthz")).status == 200
    for state, number, told in (("ok", 200, "ready"), ("degraded", 200, "degraded"), ("down", 503, "down")):
        hub.checks = {"database": Check("ok"), "bus": Check(state, "why")}  # type: ignore[arg-type]  # the three states
        response = await hub.client.get("/readyz")
        body: Any = await response.json()
        assert (response.status, body["status"], body["checks"]["bus"]) == (number, told, {"state": state, "detail": "why"})


async def test_metrics_are_for_scrapers_nearby(hub: Door) -> None:
    """Whoever comes through a proxy gets nothing."""
    assert (await hub.client.get("/metrics")).status == 200
    for header in ("X-Forwarded-For", "Forwarded"):
        assert (await hub.client.get("/metrics", headers={header: "1.2.3.4"})).status == 404


async def test_a_caller_may_ask_so_much_and_no_more(guarded: Door) -> None:
    """All operations together, by person; the answer says when to come back; others are not concerned."""
    asked, response = 0, await guarded.ask(BUYER, "GET", "/me")
    while response.status == 200 and asked < GENERAL.burst * 4:
        asked, response = asked + 1, await guarded.ask(BUYER, "GET", "/me")
    assert asked >= GENERAL.burst - 1
    assert (response.status, int(response.headers["Retry-After"]) >= 1) == (429, True)
    assert (await guarded.ask(OPERATOR, "GET", "/accounts/shop")).status == 200


async def test_signing_in_is_limited_by_the_address_behind_the_proxy(guarded: Door) -> None:
    """A trusted proxy says who calls; another address is another caller."""
    body = {"login": "owner", "password": "wrong"}
    statuses = [(await guarded.ask(None, "POST", "/sessions", body, headers={"X-Forwarded-For": "203.0.113.9"})).status for _ in range(12)]

    assert statuses[:8] == [401] * 8
    assert statuses[-1] == 429
    good = {"login": "owner", "password": PASSWORD}
    assert await guarded.refusal(None, "POST", "/sessions", good, headers={"X-Forwarded-For": "203.0.113.9"}) == (429, "rate_limited")
    assert (await guarded.ask(None, "POST", "/sessions", good, headers={"X-Forwarded-For": "203.0.113.10"})).status == 201


class Peer:
    """A transport that knows only where it comes from."""

    def __init__(self, address: str) -> None:
        self._address = address

    def get_extra_info(self, name: str, default: object = None) -> object:
        """The peer, or nothing."""
        return (self._address, 1) if name == "peername" else default


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.1", None, "203.0.113.1"),
        ("203.0.113.1", "198.51.100.7", "203.0.113.1"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "6.6.6.6, 198.51.100.7, 10.1.2.3", "198.51.100.7"),
        ("127.0.0.1", "6.6.6.6, rubbish", "127.0.0.1"),
        ("127.0.0.1", "10.1.2.3", "127.0.0.1"),
        ("::ffff:127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("127.0.0.1", ",".join(["6.6.6.6"] * 500), "6.6.6.6"),
    ],
)
def test_only_a_trusted_proxy_says_who_calls(peer: str, forwarded: str | None, address: str) -> None:
    """The last stranger of the chain, an IPv6 network as one; nobody else's header is believed."""
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = make_mocked_request("GET", "/", headers=headers, transport=Peer(peer))

    assert client_address(request, PROXY) == address


async def test_pages_of_listed_origins_may_call(guarded: Door) -> None:
    """With a token and never with cookies; pages of other origins may not read the answer."""
    shop, other = {"Origin": "https://shop.example"}, {"Origin": "https://evil.example"}
    asks = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization"}

    allowed = await guarded.client.options("/api/v1/accounts/shop/follow", headers={**shop, **asks})
    refused = await guarded.client.options("/api/v1/accounts/shop/follow", headers={**other, **asks})
    answer = await guarded.ask(BUYER, "GET", "/me", headers=shop)

    assert (allowed.status, allowed.headers["Access-Control-Allow-Origin"]) == (204, "https://shop.example")
    assert "Authorization" in allowed.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Origin" not in refused.headers
    assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Access-Control-Allow-Origin" not in (await guarded.ask(BUYER, "GET", "/me", headers=other)).headers


async def test_https_is_remembered_where_the_proxy_ends_it(guarded: Door) -> None:
    """The browser is told to keep to https, and the cookie goes over nothing else."""
    body = {"login": "owner", "password": PASSWORD}
    plain = await guarded.ask(None, "POST", "/sessions", body)
    secure = await guarded.ask(None, "POST", "/sessions", body, headers={"X-Forwarded-Proto": "https"})

    assert "Strict-Transport-Security" not in plain.headers
    assert "Secure" not in plain.headers["Set-Cookie"]
    assert secure.headers["Strict-Transport-Security"].startswith("max-age=")
    assert "Secure" in secure.headers["Set-Cookie"]
