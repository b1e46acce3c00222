"""Signing in and out by REST, and the cookie that goes with it."""

from collections.abc import AsyncIterator
from http.cookies import Morsel
from pathlib import Path
from typing import Any

import pytest

from channels.rest import COOKIE
from tests.channels.door import PASSWORD, Door, door
from tests.world import BUYER, OPERATOR, OWNER

CREDENTIALS = {"login": "owner", "password": PASSWORD}


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Door]:
    async with door(data_dir) as opened:
        yield opened


async def sign_in(hub: Door) -> tuple[dict[str, Any], "Morsel[str]"]:
    """A session's answer and its cookie; the client itself keeps none."""
    response = await hub.ask(None, "POST", "/sessions", CREDENTIALS)
    assert response.status == 201
    hub.client.session.cookie_jar.clear()
    return await response.json(), response.cookies[COOKIE]


async def refresh(hub: Door, cookie: str) -> Any:
    response = await hub.ask(None, "POST", "/sessions/refresh", headers={"Cookie": f"{COOKIE}={cookie}"})
    hub.client.session.cookie_jar.clear()
    return response


async def call(hub: Door, token: str, method: str, path: str, json: object = None) -> Any:
    return await hub.client.request(method, f"/api/v1{path}", json=json, headers={"Authorization": f"Bearer {token}"})


async def test_signing_in_tells_who_one_is_and_where_one_works(hub: Door) -> None:
    """The answer that the pages and the command line are built on."""
    answer, _ = await sign_in(hub)

    assert set(answer) == {"token", "expires_at", "person", "accounts"}
    assert answer["person"] == {"id": OWNER.person, "name": OWNER.name, "avatar": None}
    assert answer["accounts"] == [{"id": "shop-id", "handle": "shop", "name": "shop 小店", "role": "owner"}]
    assert answer["expires_at"].endswith("Z")


async def test_the_cookie_is_for_refreshing_alone(hub: Door) -> None:
    """No script reads it, no other site sends it, no other address gets it."""
    _, cookie = await sign_in(hub)

    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/api/v1/sessions")
    assert int(cookie["max-age"]) == 14 * 86_400


async def test_a_wrong_password_is_one_error(hub: Door) -> None:
    """Whatever was wrong."""
    for body in ({"login": "owner", "password": "wrong"}, {"login": "nobody", "password": PASSWORD}):
        assert await hub.refusal(None, "POST", "/sessions", body) == (401, "unauthenticated")


async def test_refreshing_goes_on_with_a_new_cookie(hub: Door) -> None:
    """One used long before, used again, ends the session for everybody who holds it."""
    first, cookie = await sign_in(hub)
    second = await refresh(hub, cookie.value)
    body, following = await second.json(), second.cookies[COOKIE].value
    last = (await refresh(hub, following)).cookies[COOKIE].value

    assert (await call(hub, body["token"], "GET", "/me")).status == 200
    assert len({cookie.value, following, last}) == 3
    assert (await refresh(hub, cookie.value)).status == 401
    assert (await refresh(hub, last)).status == 401
    for token in (first["token"], body["token"]):
        assert (await call(hub, token, "GET", "/me")).status == 401


async def test_refreshing_without_a_cookie_is_unauthenticated(hub: Door) -> None:
    """Also with one that is nonsense."""
    assert await hub.refusal(None, "POST", "/sessions/refresh") == (401, "unauthenticated")
    assert (await refresh(hub, "rubbish")).status == 401


async def test_signing_out_takes_the_cookie_back(hub: Door) -> None:
    """And the token is worth nothing from then on."""
    answer, _ = await sign_in(hub)
    response = await call(hub, answer["token"], "DELETE", "/sessions/current")

    assert (response.status, await response.read()) == (204, b"")
    assert response.cookies[COOKIE]["max-age"] == "0"
    assert (await call(hub, answer["token"], "GET", "/me")).status == 401


async def test_sessions_are_seen_and_ended(hub: Door) -> None:
    """One's own; the one in use is marked."""
    first, _ = await sign_in(hub)
    second, _ = await sign_in(hub)
    listed = (await (await call(hub, second["token"], "GET", "/sessions")).json())["items"]

    assert [one["current"] for one in listed].count(True) == 1
    other = next(one["id"] for one in listed if not one["current"])
    assert (await hub.refusal(OPERATOR, "DELETE", f"/sessions/{other}"))[0] == 404
    assert (await call(hub, second["token"], "DELETE", f"/sessions/{other}")).status == 204
    assert (await call(hub, first["token"], "GET", "/me")).status == 401
    assert (await call(hub, second["token"], "GET", "/me")).status == 200


async def test_a_password_is_changed(hub: Door) -> None:
    """With the old one; too short a new one is told before anything is tried."""
    answer, _ = await sign_in(hub)
    short = await call(hub, answer["token"], "PUT", "/me/password", {"old": PASSWORD, "new": "short"})
    wrong = await call(hub, answer["token"], "PUT", "/me/password", {"old": "wrong", "new": "a new long password"})
    right = await call(hub, answer["token"], "PUT", "/me/password", {"old": PASSWORD, "new": "a new long password"})

    assert ((await short.json())["error"]["path"], (await wrong.json())["error"]["path"], right.status) == ("new", "old", 204)
    assert await hub.refusal(None, "POST", "/sessions", CREDENTIALS) == (401, "unauthenticated")


async def test_me_is_who_the_token_says(hub: Door) -> None:
    """A buyer works nowhere and cannot rename themselves; staff can, and drop their picture with null."""
    assert await hub.get(BUYER, "GET", "/me") == {"person": {"id": "buyer-1", "name": "小张", "avatar": None}, "staff": False, "accounts": []}
    assert await hub.refusal(BUYER, "PATCH", "/me", {"name": "别人"}) == (403, "forbidden")
    assert await hub.refusal(BUYER, "GET", "/sessions") == (403, "forbidden")

    renamed = await hub.get(OWNER, "PATCH", "/me", {"name": " 大掌柜 ", "avatar": "https://shop.example/b.png"})
    kept = await hub.get(OWNER, "PATCH", "/me", {})
    bare = await hub.get(OWNER, "PATCH", "/me", {"avatar": None})
    assert (renamed["person"]["name"], renamed["person"]["avatar"]) == ("大掌柜", "https://shop.example/b.png")
    assert kept == renamed
    assert bare["person"] == {"id": OWNER.person, "name": "大掌柜", "avatar": None}


@pytest.mark.parametrize("avatar", ["javascript:alert(1)", "data:text/html,x", "//evil.example/x", "https://" + "x" * 2_000])
async def test_a_picture_is_an_http_address(hub: Door, avatar: str) -> None:
    assert await hub.refusal(OWNER, "PATCH", "/me", {"avatar": avatar}) == (400, "invalid")
