"""Keeping order by REST: every operation once, with its refusals, and what the answers say."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.model.people import Actor
from bot.store.tables import FOLLOWS
from tests.channels.door import Door, door
from tests.world import BUYER, MODERATOR, OPERATOR, OWNER, SHOP, VISITOR

AMY, BOB = (Actor(person=f"fan-{name}", name=name) for name in ("amy", "bob"))


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Door]:
    """A shop with some more followers."""
    async with door(data_dir) as hub:
        async with hub.hub.db.write() as conn:
            await conn.execute(sa.insert(FOLLOWS), [{"account": SHOP, "person": fan.person, "at": 0} for fan in (AMY, BOB)])
        yield hub


async def make(hub: Door) -> str:
    """A group with two members; Amy wrote two messages."""
    group = str((await hub.get(OWNER, "POST", "/accounts/shop/groups", {"name": "茶友"}))["id"])
    for fan in (AMY, BOB):
        await hub.get(fan, "PUT", f"/groups/{group}/membership")
    for key in "ab":
        await hub.hub.say(AMY, group, key, f"加微信{key}")
    return group


async def changes(hub: Door, reader: Actor, group: str) -> list[Any]:
    """The texts that somebody reads."""
    return [one["fallback"] for one in (await hub.get(reader, "GET", f"/conversations/{group}/messages"))["messages"]]


async def test_reports_are_taken_and_told_to_nobody_else(hub: Door) -> None:
    """An empty answer; what cannot be reported is refused with the place."""
    group = await make(hub)
    reports = f"/groups/{group}/reports"

    assert await hub.get(BOB, "POST", reports, {"seq": 1, "reason": "spam", "note": "广告"}) is None
    assert await hub.refusal(AMY, "POST", reports, {"seq": 2, "reason": "spam"}) == (400, "invalid")
    assert await hub.refusal(MODERATOR, "POST", reports, {"seq": 9, "reason": "spam"}) == (404, "not_found")
    assert await hub.refusal(OWNER, "POST", reports, {"seq": 1, "reason": "boring"}) == (400, "invalid")
    assert await hub.refusal(VISITOR, "POST", reports, {"seq": 1, "reason": "spam"}) == (404, "not_found")
    assert await hub.get(BUYER, "POST", "/accounts/shop/reports", {"reason": "fraud", "note": "假货"}) is None
    assert await hub.refusal(OPERATOR, "POST", "/accounts/shop/reports", {"reason": "fraud"}) == (400, "invalid")
    assert await hub.refusal(BUYER, "POST", "/accounts/nobody/reports", {"reason": "fraud"}) == (404, "not_found")
    limited = await hub.ask(BOB, "POST", reports, {"person": AMY.person, "reason": "spam"})
    assert limited.status == 429
    assert (await limited.json())["error"]["retry_after"] in range(1, 6)


async def test_what_was_purged_can_come_back(hub: Door) -> None:
    """Its messages are gone for members and for moderators, and there again."""
    group = await make(hub)
    asked = {"person": AMY.person, "seconds": 600, "reason": "广告"}
    assert await hub.refusal(BOB, "POST", f"/groups/{group}/purges", asked) == (403, "forbidden")
    assert await hub.refusal(MODERATOR, "POST", f"/groups/{group}/purges", {**asked, "seconds": 604_801}) == (400, "invalid")
    assert await hub.refusal(MODERATOR, "POST", f"/groups/{group}/purges", {**asked, "person": "nobody"}) == (404, "not_found")
    made = await hub.get(MODERATOR, "POST", f"/groups/{group}/purges", asked)
    assert (made["person"], made["messages"], made["more"]) == (AMY.person, 2, False)
    for reader in (BOB, MODERATOR):
        assert await changes(hub, reader, group) == ["[消息已移除]"] * 2

    undo = f"/purges/{made['id']}/undo"
    assert await hub.refusal(AMY, "POST", undo, {"reason": "x"}) == (403, "forbidden")
    assert await hub.refusal(MODERATOR, "POST", "/purges/none/undo", {"reason": "x"}) == (404, "not_found")
    await hub.get(OWNER, "POST", undo, {"reason": "看错了"})
    assert await changes(hub, BOB, group) == ["加微信a", "加微信b"]
    assert await hub.refusal(OWNER, "POST", undo, {"reason": "看错了"}) == (409, "conflict")


async def test_a_member_is_warned(hub: Door) -> None:
    """By moderators, with a reason."""
    group = await make(hub)
    warning = f"/groups/{group}/members/{AMY.person}/warning"
    assert await hub.refusal(BOB, "POST", warning, {"reason": "x"}) == (403, "forbidden")
    assert await hub.refusal(MODERATOR, "POST", warning, {"reason": "  "}) == (400, "invalid")
    await hub.get(MODERATOR, "POST", warning, {"reason": "别发广告"})
    line = (await hub.get(OWNER, "GET", f"/groups/{group}/log"))["items"][0]
    assert (line["act"], line["target"], line["reason"]) == ("warn", AMY.person, "别发广告")
