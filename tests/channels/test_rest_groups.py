"""Groups by REST: every operation once, with its refusals, and what the answers say."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.model.people import Actor
from bot.store.tables import FOLLOWS
from tests.channels.door import Door, door
from tests.world import BUYER, MODERATOR, OPERATOR, OUTSIDER, OWNER, SHOP, VISITOR

FANS = [Actor(person=f"fan-{number}", name=f"粉丝{number}") for number in range(3)]


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Door]:
    """A shop with some more followers."""
    async with door(data_dir) as hub:
        async with hub.hub.db.write() as conn:
            await conn.execute(sa.insert(FOLLOWS), [{"account": SHOP, "person": fan.person, "at": 0} for fan in FANS])
        yield hub


async def make(hub: Door, **more: Any) -> str:
    """A group; its id."""
    made = await hub.get(OWNER, "POST", "/accounts/shop/groups", {"name": "茶友", **more})
    return str(made["id"])


async def version(hub: Door, group: str) -> dict[str, str]:
    """The header that names the group's version."""
    return {"If-Match": str((await hub.get(OWNER, "GET", f"/groups/{group}"))["version"])}


async def test_a_group_from_its_making_to_its_end(hub: Door) -> None:
    """Made, listed, read, changed, announced, silenced, dissolved; the log tells all of it."""
    made = await hub.get(OWNER, "POST", "/accounts/shop/groups", {"name": "茶友", "question": "买过吗"})
    group = made["id"]
    assert (made["role"], made["members"], made["capacity"], made["order"]["slow_s"], made["announcement"]) == ("owner", 1, 500, 0, None)
    assert made["membership"]["muted_until"] is None
    listed = await hub.get(VISITOR, "GET", "/accounts/shop/groups")
    assert [one["name"] for one in listed["items"]] == ["茶友"]

    changed = await hub.get(OWNER, "PATCH", f"/groups/{group}", {"name": "老茶友", "capacity": 7}, headers=await version(hub, group))
    assert (changed["name"], changed["capacity"], changed["question"], changed["version"]) == ("老茶友", 7, "买过吗", 2)
    assert await hub.refusal(OWNER, "PATCH", f"/groups/{group}", {"name": "x"}, headers={"If-Match": "1"}) == (409, "conflict")
    assert await hub.refusal(MODERATOR, "PATCH", f"/groups/{group}", {"name": "x"}, headers={"If-Match": "2"}) == (403, "forbidden")
    ordered = await hub.get(MODERATOR, "PATCH", f"/groups/{group}/order", {"slow_s": 5, "links": {"mode": "none"}}, headers=await version(hub, group))
    assert (ordered["order"]["slow_s"], ordered["order"]["links"]["mode"], ordered["order"]["media"]) == (5, "none", True)
    announced = await hub.get(MODERATOR, "PUT", f"/groups/{group}/announcement", {"text": "今晚直播"})
    assert (announced["announcement"]["text"], announced["announcement"]["by"]) == ("今晚直播", MODERATOR.person)
    assert (await hub.get(BUYER, "GET", f"/groups/{group}"))["announcement"] is None
    silent = await hub.get(MODERATOR, "PUT", f"/groups/{group}/silence", {"seconds": 60, "reason": "夜深了"})
    assert silent["order"]["silent_until"].endswith("Z")
    await hub.get(MODERATOR, "DELETE", f"/groups/{group}/silence")

    assert await hub.refusal(MODERATOR, "PUT", f"/groups/{group}/dissolution", {"reason": "没人了"}) == (403, "forbidden")
    assert await hub.refusal(OWNER, "PUT", f"/groups/{group}/dissolution", {"reason": " "}) == (400, "invalid")
    await hub.get(OWNER, "PUT", f"/groups/{group}/dissolution", {"reason": "没人了"})
    assert await hub.refusal(OWNER, "PUT", f"/groups/{group}/announcement", {"text": "喂"}) == (409, "closed")
    assert await hub.refusal(BUYER, "GET", f"/groups/{group}") == (404, "not_found")
    assert (await hub.get(MODERATOR, "GET", f"/groups/{group}"))["dissolved_at"] is not None
    log = await hub.get(MODERATOR, "GET", f"/groups/{group}/log")
    assert [line["act"] for line in log["items"]] == ["dissolve", "silence", "silence", "announce", "order", "edit", "create"]
    assert (log["items"][0]["reason"], log["items"][2]["until"] is not None, log["cursor"]) == ("没人了", True, None)


async def test_coming_and_going(hub: Door) -> None:
    """An open group, one by approval, one by invitation; each with its refusals."""
    group, asked, closed = await make(hub), await make(hub, joining="approval"), await make(hub, joining="invitation")

    joined = await hub.get(BUYER, "PUT", f"/groups/{group}/membership")
    assert (joined["group"], joined["joined"]) == (group, True)
    assert await hub.refusal(VISITOR, "PUT", f"/groups/{group}/membership") == (403, "not_following")
    waiting = await hub.get(FANS[0], "PUT", f"/groups/{asked}/membership", {"answer": "常客"})
    assert (waiting["joined"], waiting["joined_at"]) == (False, None)
    assert (await hub.get(FANS[0], "GET", f"/groups/{asked}"))["waiting"]
    assert [one["answer"] for one in (await hub.get(MODERATOR, "GET", f"/groups/{asked}/requests"))["items"]] == ["常客"]
    assert await hub.refusal(BUYER, "POST", f"/groups/{asked}/requests/{FANS[0].person}", {"approve": True}) == (403, "forbidden")
    await hub.get(MODERATOR, "POST", f"/groups/{asked}/requests/{FANS[0].person}", {"approve": True})
    await hub.get(FANS[1], "PUT", f"/groups/{asked}/membership")
    await hub.get(MODERATOR, "POST", f"/groups/{asked}/requests/{FANS[1].person}", {"approve": False, "reason": "先买一单"})

    assert await hub.refusal(BUYER, "PUT", f"/groups/{closed}/membership") == (404, "not_found")
    for person in (BUYER, FANS[1]):
        await hub.get(MODERATOR, "PUT", f"/groups/{closed}/invitations/{person.person}")
    assert await hub.refusal(MODERATOR, "PUT", f"/groups/{closed}/invitations/{OUTSIDER.person}") == (400, "invalid")
    invited = (await hub.get(BUYER, "GET", "/invitations"))["items"]
    assert [(one["group"]["id"], one["by"]) for one in invited] == [(closed, MODERATOR.person)]
    assert (await hub.get(BUYER, "PUT", f"/groups/{closed}/membership"))["joined"]
    await hub.get(FANS[1], "DELETE", f"/groups/{closed}/invitation")
    assert await hub.refusal(FANS[1], "GET", f"/groups/{closed}") == (404, "not_found")

    assert {one["id"] for one in (await hub.get(BUYER, "GET", "/groups"))["items"]} == {group, closed}
    await hub.get(BUYER, "PUT", f"/groups/{group}/hush")
    assert (await hub.get(BUYER, "GET", f"/groups/{group}"))["membership"]["hushed"]
    await hub.get(BUYER, "DELETE", f"/groups/{group}/hush")
    await hub.get(BUYER, "DELETE", f"/groups/{group}/membership")
    assert await hub.refusal(BUYER, "PUT", f"/groups/{group}/hush") == (403, "not_member")
    await hub.get(BUYER, "DELETE", "/accounts/shop/follow")
    assert (await hub.get(BUYER, "GET", "/groups"))["items"] == []


async def test_order_among_people(hub: Door) -> None:
    """Mute, ban, removal, roles: each done, listed, lifted, and refused to those who may not."""
    group = await make(hub)
    for person in (BUYER, *FANS):
        await hub.get(person, "PUT", f"/groups/{group}/membership")
    one, two, three = (f"/groups/{group}/sanctions/{fan.person}" for fan in FANS)

    muted = await hub.get(MODERATOR, "PUT", f"{one}/mute", {"seconds": 600, "reason": "刷屏"})
    assert (muted["kind"], muted["reason"], muted["by"], muted["until"][-1]) == ("mute", "刷屏", MODERATOR.person, "Z")
    mine = (await hub.get(FANS[0], "GET", f"/groups/{group}"))["membership"]
    assert (mine["muted_until"], mine["mute_reason"]) == (muted["until"], "刷屏")
    assert (await hub.get(MODERATOR, "PUT", f"{two}/ban", {"reason": "广告"}))["until"] is None
    response = await hub.ask(FANS[1], "PUT", f"/groups/{group}/membership")
    assert (response.status, (await response.json())["error"]["reason"]) == (403, "广告")
    assert await hub.refusal(BUYER, "PUT", f"{three}/mute", {"seconds": 600, "reason": "烦"}) == (403, "forbidden")
    assert await hub.refusal(MODERATOR, "PUT", f"{three}/mute", {"seconds": 5, "reason": "烦"}) == (400, "invalid")
    assert await hub.refusal(MODERATOR, "PUT", f"{three}/mute", {"seconds": 600}) == (400, "invalid")
    assert await hub.refusal(MODERATOR, "PUT", f"/groups/{group}/sanctions/{OWNER.person}/mute", {"seconds": 60, "reason": "x"}) == (403, "forbidden")
    assert await hub.refusal(MODERATOR, "PUT", f"/groups/{group}/sanctions/nobody/mute", {"seconds": 60, "reason": "x"}) == (404, "not_found")
    assert [(one["person"]["id"], one["kind"]) for one in (await hub.get(MODERATOR, "GET", f"/groups/{group}/sanctions"))["items"]] == [
        (FANS[1].person, "ban"),
        (FANS[0].person, "mute"),
    ]
    shown = (await hub.get(MODERATOR, "GET", f"/groups/{group}/members"))["items"]
    assert {one["person"]["id"] for one in shown if one["muted_until"] is not None} == {FANS[0].person}
    assert len((await hub.get(BUYER, "GET", f"/groups/{group}/members?limit=2"))["items"]) == 2
    await hub.get(MODERATOR, "PUT", f"/groups/{group}/membership")
    roles = {one["person"]["id"]: one["role"] for one in (await hub.get(BUYER, "GET", f"/groups/{group}/members"))["items"]}
    assert (roles[OWNER.person], roles[MODERATOR.person], roles[BUYER.person]) == ("owner", "moderator", "member"), "as the account has them"

    await hub.get(MODERATOR, "DELETE", f"{one}/mute", {"reason": "误会"})
    await hub.get(MODERATOR, "DELETE", f"{two}/ban")
    assert await hub.refusal(MODERATOR, "DELETE", f"{two}/ban") == (404, "not_found")
    await hub.get(OWNER, "PUT", f"/groups/{group}/members/{BUYER.person}/moderator")
    await hub.get(BUYER, "POST", f"/groups/{group}/members/{FANS[2].person}/removal", {"reason": "跑题"})
    await hub.get(OWNER, "DELETE", f"/groups/{group}/members/{BUYER.person}/moderator")
    assert await hub.refusal(BUYER, "POST", f"/groups/{group}/members/{FANS[0].person}/removal", {"reason": "跑题"}) == (403, "forbidden")
    log = (await hub.get(MODERATOR, "GET", f"/groups/{group}/log"))["items"]
    assert [line["act"] for line in log] == ["demote", "remove", "appoint", "unban", "unmute", "join", "ban", "mute", *["join"] * 4, "create"]


async def test_pins(hub: Door) -> None:
    """What is not there cannot be pinned; outsiders see none."""
    group = await make(hub)

    assert await hub.refusal(OWNER, "PUT", f"/groups/{group}/pins/1") == (404, "not_found")
    assert (await hub.get(OWNER, "GET", f"/groups/{group}/pins"))["items"] == []
    await hub.get(OWNER, "DELETE", f"/groups/{group}/pins/1")
    assert await hub.refusal(OPERATOR, "GET", f"/groups/{group}/pins") == (403, "forbidden")


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": "x" * 65},
        {"name": "x", "capacity": 20_001},
        {"name": "x", "joining": "anyhow"},
        {"name": "x", "cover": "javascript:alert(1)"},
        {"name": "x", "rules": "x" * 2_001},
        {},
    ],
)
async def test_a_group_that_cannot_be_is_told_where(hub: Door, body: dict[str, Any]) -> None:
    """Every limit is checked at the door, with the path of the member at fault."""
    response = await hub.ask(OWNER, "POST", "/accounts/shop/groups", body)
    error = (await response.json())["error"]
    assert (response.status, error["code"]) == (400, "invalid")
    assert error["path"] in {"name", "capacity", "joining", "cover", "rules"}


async def test_a_group_is_talked_in_as_any_conversation(hub: Door) -> None:
    """Sent, pulled, synced, listed, read, recalled by the same addresses; refusals say what the group's order says."""
    group = await make(hub)
    talk = f"/conversations/{group}"
    text = {"kind": "text", "body": {"text": "大家好"}}
    assert await hub.refusal(BUYER, "POST", f"{talk}/messages", {"key": "1", **text}) == (403, "not_member")
    assert await hub.refusal(BUYER, "GET", f"{talk}/messages") == (403, "not_member")
    await hub.get(BUYER, "PUT", f"/groups/{group}/membership")

    assert (await hub.get(BUYER, "POST", f"{talk}/messages", {"key": "1", **text}))["seq"] == 1
    called = {"kind": "text", "body": {"text": "@小张 看", "mentions": [BUYER.person]}}
    assert (await hub.get(OWNER, "POST", f"{talk}/messages", {"key": "2", **called}))["seq"] == 2
    pulled = (await hub.get(BUYER, "GET", f"{talk}/messages"))["messages"]
    assert [(one["seq"], one["author"]["role"], one.get("key")) for one in pulled] == [(1, "follower", "1"), (2, "owner", None)]
    assert (pulled[0]["body"], pulled[1]["body"]) == ({"text": "大家好"}, called["body"])
    (listed,) = (await hub.get(BUYER, "GET", "/conversations"))["items"]
    assert (listed["kind"], listed["title"], listed["unread"], listed["account"]) == ("group", "茶友", 1, "shop")
    await hub.get(BUYER, "PUT", f"{talk}/read", {"seq": 2})
    (synced,) = (await hub.get(BUYER, "POST", "/conversations/sync", {"cursors": {group: 0}}))["conversations"]
    assert (synced["unread"], len(synced["messages"])) == (0, 2)
    await hub.get(BUYER, "POST", f"{talk}/typing")
    await hub.get(BUYER, "DELETE", f"{talk}/messages/1")

    await hub.get(OWNER, "PATCH", f"/groups/{group}/order", {"slow_s": 60, "cards": False}, headers=await version(hub, group))
    card = {"kind": "card", "body": {"title": "新品"}}
    response = await hub.ask(BUYER, "POST", f"{talk}/messages", {"key": "3", **card})
    assert (response.status, (await response.json())["error"]["policy"]) == (403, "cards")
    await hub.get(BUYER, "POST", f"{talk}/messages", {"key": "4", **text})
    response = await hub.ask(BUYER, "POST", f"{talk}/messages", {"key": "5", **text})
    assert (response.status, (await response.json())["error"]["code"]) == (429, "slow_mode")
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    await hub.get(OWNER, "PUT", f"/groups/{group}/sanctions/{BUYER.person}/mute", {"seconds": 60, "reason": "刷屏"})
    response = await hub.ask(BUYER, "POST", f"{talk}/messages", {"key": "6", **text})
    error = (await response.json())["error"]
    assert (response.status, error["code"], error["reason"], error["until"][-1]) == (403, "muted", "刷屏", "Z")
    assert await hub.refusal(OPERATOR, "GET", f"{talk}/messages/1/trace") == (404, "not_found")


@pytest.mark.parametrize("mentions", [["x" * 65], [""], [1], ["x"] * 21, "x"])
async def test_mentions_that_cannot_be_are_told_where(hub: Door, mentions: Any) -> None:
    """At most twenty ids."""
    group = await make(hub)
    message = {"key": "1", "kind": "text", "body": {"text": "喂", "mentions": mentions}}
    response = await hub.ask(OWNER, "POST", f"/conversations/{group}/messages", message)
    error = (await response.json())["error"]
    assert error["code"] in {"invalid", "too_large"}
    assert error["path"].startswith("body.mentions")
