"""Accounts, followers and staff by REST."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.channels.door import PASSWORD, Door, door
from tests.world import BUYER, MODERATOR, OPERATOR, OUTSIDER, OWNER, SECOND, VISITOR

HOURS = {"zone": "Asia/Shanghai", "weekly": {"mon-fri": ["09:00-18:00"]}}


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Door]:
    async with door(data_dir) as opened:
        yield opened


async def test_an_account_is_read_with_its_version(hub: Door) -> None:
    """What everybody sees, what one is to it, and the version for the next change."""
    response = await hub.ask(BUYER, "GET", "/accounts/shop")
    account = await response.json()

    assert response.headers["ETag"] == '"1"'
    assert {name: account[name] for name in ("id", "handle", "kind", "role", "following", "muted", "version", "hours", "chat_open")} == {
        "id": "shop-id",
        "handle": "shop",
        "kind": "seller",
        "role": "follower",
        "following": True,
        "muted": False,
        "version": 1,
        "hours": None,
        "chat_open": "followers",
    }
    assert (await hub.get(VISITOR, "GET", "/accounts/shop-id"))["role"] == "visitor"


async def test_an_account_is_changed_at_the_version_that_was_read(hub: Door) -> None:
    """Hours go in and come out as they are; a stale version is told the version now."""
    response = await hub.ask(OWNER, "PATCH", "/accounts/shop", {"hours": HOURS, "about": "好茶", "unknown": 1}, headers={"If-Match": '"1"'})
    stale = await hub.ask(OWNER, "PATCH", "/accounts/shop", {"about": "旧"}, headers={"If-Match": '"1"'})
    account = await hub.get(BUYER, "GET", "/accounts/shop")

    assert (response.status, response.headers["ETag"]) == (200, '"2"')
    assert ((await stale.json())["error"]["code"], (await stale.json())["error"]["version"], stale.status) == ("conflict", 2, 409)
    assert (account["hours"], account["about"]) == (HOURS, "好茶")
    assert (await hub.get(OWNER, "PATCH", "/accounts/shop", {"hours": None}, headers={"If-Match": "2"}))["hours"] is None
    assert await hub.refusal(OPERATOR, "PATCH", "/accounts/shop", {"about": "x"}, headers={"If-Match": "3"}) == (403, "forbidden")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"kind": "robot"}, "kind"),
        ({"about": "x" * 501}, "about"),
        ({"cover": "ftp://x"}, "cover"),
        ({"chat_open": "nobody"}, "chat_open"),
        ({"hours": {"weekly": {"mon": ["9-18"]}}}, "hours.weekly.mon[0]"),
    ],
)
async def test_a_change_that_does_not_fit_names_the_member(hub: Door, change: dict[str, object], path: str) -> None:
    response = await hub.ask(OWNER, "PATCH", "/accounts/shop", change, headers={"If-Match": "1"})
    error = (await response.json())["error"]
    assert (response.status, error["code"], error["path"]) == (400, "invalid", path)


async def test_accounts_are_created_and_found(hub: Door) -> None:
    """A page at a time, by an opaque cursor."""
    for number in range(3):
        made = await hub.ask(OWNER, "POST", "/accounts", {"handle": f"tea-{number}", "name": f"茶铺 {number}"})
        assert (made.status, (await made.json())["role"]) == (201, "owner")
    first = await hub.get(BUYER, "GET", "/accounts?query=%E8%8C%B6&limit=2")
    rest = await hub.get(BUYER, "GET", f"/accounts?query=%E8%8C%B6&limit=2&cursor={first['cursor']}")

    assert [one["handle"] for one in [*first["items"], *rest["items"]]] == ["tea-0", "tea-1", "tea-2"]
    assert rest["cursor"] is None
    assert await hub.refusal(OWNER, "POST", "/accounts", {"handle": "tea-0", "name": "茶"}) == (409, "conflict")
    assert await hub.refusal(BUYER, "POST", "/accounts", {"handle": "mine", "name": "我的"}) == (403, "forbidden")
    for handle in ("T", "Tea", "-tea", "a" * 33, "tea\n", ""):
        assert await hub.refusal(OWNER, "POST", "/accounts", {"handle": handle, "name": "茶"}) == (400, "invalid")


async def test_following_is_the_persons_own_act(hub: Door) -> None:
    """With a source or with nothing at all; again changes nothing; staff cannot."""
    followed = await hub.get(VISITOR, "PUT", "/accounts/shop/follow", {"source": "qr-1"})
    again = await hub.get(VISITOR, "PUT", "/accounts/shop/follow")

    assert (followed["source"], followed["muted"], again) == ("qr-1", False, followed)
    assert await hub.refusal(OPERATOR, "PUT", "/accounts/shop/follow") == (403, "forbidden")
    assert await hub.refusal(VISITOR, "PUT", "/accounts/shop/follow", {"source": "x" * 65}) == (400, "invalid")
    assert await hub.refusal(VISITOR, "PUT", "/accounts/nowhere/follow") == (404, "not_found")
    for _ in range(2):
        assert (await hub.ask(VISITOR, "DELETE", "/accounts/shop/follow")).status == 204
    assert (await hub.get(VISITOR, "GET", "/accounts/shop"))["following"] is False


async def test_an_account_is_muted_and_unmuted(hub: Door) -> None:
    """By who follows it."""
    assert (await hub.ask(BUYER, "PUT", "/accounts/shop/mute")).status == 204
    assert (await hub.get(BUYER, "GET", "/me/following"))["items"][0]["muted"] is True
    assert (await hub.ask(BUYER, "DELETE", "/accounts/shop/mute")).status == 204
    assert (await hub.get(BUYER, "GET", "/accounts/shop"))["muted"] is False
    assert await hub.refusal(OUTSIDER, "PUT", "/accounts/shop/mute") == (403, "not_following")


async def test_followers_have_a_source_and_a_time(hub: Door) -> None:
    """For the desk, newest first."""
    await hub.get(VISITOR, "PUT", "/accounts/shop/follow", {"source": "qr-1"})
    page = await hub.get(OPERATOR, "GET", "/accounts/shop/followers?limit=1")
    rest = await hub.get(OPERATOR, "GET", f"/accounts/shop/followers?cursor={page['cursor']}")

    assert [(one["person"]["name"], one["source"]) for one in [*page["items"], *rest["items"]]] == [("路人", "qr-1"), ("小张", "")]
    assert page["items"][0]["at"].endswith("Z")
    assert await hub.refusal(MODERATOR, "GET", "/accounts/shop/followers") == (403, "forbidden")


async def test_somebody_is_hired_signs_in_is_promoted_and_dismissed(hub: Door) -> None:
    """The whole way, through the door."""
    hired = await hub.get(OWNER, "POST", "/accounts/shop/staff", {"login": "zhao", "name": "小赵", "role": "operator"})
    signed_in = await hub.get(None, "POST", "/sessions", {"login": "zhao", "password": hired["password"]})
    person = hired["person"]["id"]

    assert [(one["handle"], one["role"]) for one in signed_in["accounts"]] == [("shop", "operator")]
    assert (await hub.ask(OWNER, "PUT", f"/accounts/shop/staff/{person}", {"role": "moderator"})).status == 204
    staff = {one["login"]: one["role"] for one in (await hub.get(OPERATOR, "GET", "/accounts/shop/staff"))["items"]}
    assert staff == {"owner": "owner", "xiaowang": "operator", "xiaoli": "operator", "mod": "moderator", "zhao": "moderator"}
    assert (await hub.ask(OWNER, "DELETE", f"/accounts/shop/staff/{person}")).status == 204
    assert await hub.refusal(OWNER, "DELETE", f"/accounts/shop/staff/{person}") == (404, "not_found")
    assert await hub.refusal(OWNER, "DELETE", f"/accounts/shop/staff/{OWNER.person}") == (409, "conflict")
    assert await hub.refusal(OWNER, "PUT", f"/accounts/shop/staff/{SECOND.person}", {"role": "follower"}) == (400, "invalid")
    assert await hub.refusal(OPERATOR, "POST", "/accounts/shop/staff", {"login": "qian", "name": "小钱", "role": "owner"}) == (403, "forbidden")
    assert PASSWORD not in str(hired)


async def test_teams_and_canned_replies(hub: Door) -> None:
    """Made, listed, replaced, dropped."""
    team = await hub.get(OWNER, "POST", "/accounts/shop/teams", {"name": "售前", "members": [OPERATOR.person]})
    changed = await hub.get(OWNER, "PUT", f"/accounts/shop/teams/{team['id']}", {"name": "售后"})
    assert changed == {"id": team["id"], "name": "售后", "members": []}
    assert (await hub.get(OPERATOR, "GET", "/accounts/shop/teams"))["items"] == [changed]
    assert (await hub.ask(OWNER, "DELETE", f"/accounts/shop/teams/{team['id']}")).status == 204
    assert await hub.refusal(OWNER, "DELETE", f"/accounts/shop/teams/{team['id']}") == (404, "not_found")

    reply = await hub.get(OPERATOR, "POST", "/accounts/shop/canned", {"title": "你好", "text": "您好"})
    edited = await hub.get(SECOND, "PUT", f"/accounts/shop/canned/{reply['id']}", {"title": "你好", "text": "您好呀"})
    assert [(one["id"], one["text"]) for one in (await hub.get(OWNER, "GET", "/accounts/shop/canned"))["items"]] == [(reply["id"], "您好呀")]
    assert edited["id"] == reply["id"]
    assert await hub.refusal(OPERATOR, "POST", "/accounts/shop/canned", {"title": "你好", "text": "x"}) == (409, "conflict")
    assert await hub.refusal(BUYER, "GET", "/accounts/shop/canned") == (403, "forbidden")
    assert (await hub.ask(OPERATOR, "DELETE", f"/accounts/shop/canned/{reply['id']}")).status == 204
