"""Keeping order by REST: every operation once, with its refusals, and what the answers say."""

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
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

    assert await hub.refusal(BOB, "GET", f"/groups/{group}/purges") == (403, "forbidden")
    assert await hub.refusal(OWNER, "GET", f"/groups/{group}/purges?cursor=x") == (400, "invalid")
    (listed,) = (await hub.get(OWNER, "GET", f"/groups/{group}/purges"))["items"]
    assert listed == {
        **{name: made[name] for name in ("id", "messages", "at", "undo_until")},
        "person": {"id": AMY.person, "name": "amy", "avatar": None},
        "by": {"id": MODERATOR.person, "name": MODERATOR.name, "avatar": None},
    }
    undo = f"/purges/{made['id']}/undo"
    assert await hub.refusal(AMY, "POST", undo, {"reason": "x"}) == (404, "not_found")
    assert await hub.refusal(MODERATOR, "POST", "/purges/none/undo", {"reason": "x"}) == (404, "not_found")
    await hub.get(OWNER, "POST", undo, {"reason": "看错了"})
    assert await changes(hub, BOB, group) == ["加微信a", "加微信b"]
    assert await hub.refusal(OWNER, "POST", undo, {"reason": "看错了"}) == (409, "conflict")
    assert (await hub.get(OWNER, "GET", f"/groups/{group}/purges"))["items"] == []


async def test_a_member_is_warned(hub: Door) -> None:
    """By moderators, with a reason."""
    group = await make(hub)
    warning = f"/groups/{group}/members/{AMY.person}/warning"
    assert await hub.refusal(BOB, "POST", warning, {"reason": "x"}) == (403, "forbidden")
    assert await hub.refusal(MODERATOR, "POST", warning, {"reason": "  "}) == (400, "invalid")
    await hub.get(MODERATOR, "POST", warning, {"reason": "别发广告"})
    line = (await hub.get(OWNER, "GET", f"/groups/{group}/log"))["items"][0]
    assert (line["act"], line["target"], line["reason"]) == ("warn", AMY.person, "别发广告")


async def case_against(hub: Door, group: str, offender: str = AMY.person, seq: int | None = 1) -> str:
    """A report; its case."""
    asked = {"person": offender, "reason": "spam"} if seq is None else {"seq": seq, "reason": "spam", "note": "广告"}
    await hub.get(BOB, "POST", f"/groups/{group}/reports", asked)
    return str((await hub.get(OWNER, "GET", f"/accounts/shop/cases?group={group}"))["items"][0]["id"])


async def test_a_case_from_report_to_undo(hub: Door) -> None:
    """Listed, read, claimed, released, decided, undone; each with its refusals."""
    group = await make(hub)
    case = await case_against(hub, group)
    (shown,) = (await hub.get(MODERATOR, "GET", "/accounts/shop/cases"))["items"]
    assert (shown["state"], shown["group"], shown["reporters"], shown["signals"], shown["counts"]) == ("open", group, 1, 1, {"report": 1})
    assert {**shown["offender"], "member_since": ""} == {
        "id": AMY.person,
        "kind": "person",
        "name": "amy",
        "member_since": "",
        "posts": 2,
        "sanctions": 0,
    }
    assert (shown["suggested"], shown["claim"], shown["decision"]) == ({"act": "warn", "seconds": None}, None, None)
    assert (shown["latest"][0]["by"]["id"], shown["latest"][0]["detail"]) == (BOB.person, {"reason": "spam", "note": "广告"})
    detail = await hub.get(MODERATOR, "GET", f"/cases/{case}?limit=1")
    assert detail["case"] == shown
    assert [one["text"] for one in detail["signals"][0]["evidence"]] == ["加微信a", "加微信b"]
    assert (detail["signals"][0]["evidence"][0]["author"]["name"], detail["cursor"]) == ("amy", None)

    for path in (f"/cases/{case}", "/cases/none"):
        assert await hub.refusal(AMY, "GET", path) == (404, "not_found")
    assert await hub.refusal(BOB, "GET", "/accounts/shop/cases") == (403, "forbidden")
    assert await hub.refusal(OWNER, "GET", "/accounts/shop/cases?state=lost") == (400, "invalid")
    claimed = await hub.get(MODERATOR, "POST", f"/cases/{case}/claim")
    assert (claimed["state"], claimed["claim"]["by"]) == ("claimed", {"id": MODERATOR.person, "name": MODERATOR.name, "avatar": None})
    assert await hub.refusal(OWNER, "POST", f"/cases/{case}/claim") == (409, "conflict")
    assert await hub.refusal(OWNER, "POST", f"/cases/{case}/decide", {"act": "dismiss", "reason": "x"}) == (409, "conflict")
    await hub.get(MODERATOR, "POST", f"/cases/{case}/release")

    asked = {"act": "mute", "seconds": 3_600, "reason": "广告", "purge_s": 600}
    assert await hub.refusal(BOB, "POST", f"/cases/{case}/decide", asked) == (404, "not_found")
    assert await hub.refusal(MODERATOR, "POST", f"/cases/{case}/decide", {**asked, "seconds": None}) == (400, "invalid")
    decided = await hub.get(MODERATOR, "POST", f"/cases/{case}/decide", asked)
    assert (decided["state"], decided["decision"]["act"], decided["decision"]["purged"]) == ("decided", "mute", True)
    assert decided["decision"]["until"].endswith("Z")
    assert await changes(hub, BOB, group) == ["[消息已移除]"] * 2
    assert await hub.refusal(OWNER, "POST", f"/cases/{case}/decide", asked) == (409, "conflict")
    assert [one["id"] for one in (await hub.get(OWNER, "GET", "/accounts/shop/cases?state=decided"))["items"]] == [case]

    undone = await hub.get(OWNER, "POST", f"/cases/{case}/undo", {"reason": "看错了"})
    assert undone["decision"]["undone_by"]["id"] == OWNER.person
    assert await changes(hub, BOB, group) == ["加微信a", "加微信b"]
    assert await hub.refusal(OWNER, "POST", f"/cases/{case}/undo", {"reason": "x"}) == (409, "conflict")
    log = [line["act"] for line in (await hub.get(OWNER, "GET", f"/groups/{group}/log"))["items"]]
    assert log[:4] == ["undo", "restore", "purge", "mute"]


async def test_the_reporter_is_not_told_to_who_is_reported(hub: Door) -> None:
    """Neither by what the offender can read, nor by what they are told of the decision and of their appeal."""
    group = await make(hub)
    heard: list[object] = []
    hub.hub.bus.subscribe(f"p:{AMY.person}")
    hub.hub.bus.attach(heard.append)
    case = await case_against(hub, group)
    await hub.get(MODERATOR, "POST", f"/cases/{case}/decide", {"act": "ban", "reason": "广告"})
    appeal = await hub.get(AMY, "POST", f"/groups/{group}/appeals", {"text": "我没有"})
    read = [await hub.get(AMY, "GET", path) for path in (f"/appeals/{appeal['id']}/messages", "/accounts/shop/appeals")]

    assert len(heard) >= 1
    assert BOB.person not in str([ring for ring in heard if f"p:{AMY.person}" in getattr(ring, "topics", ())])
    assert BOB.person not in str([appeal, *read])


async def test_an_appeal_from_its_beginning_to_its_end(hub: Door) -> None:
    """Made, listed, talked about, decided; each with its refusals."""
    group = await make(hub)
    assert await hub.refusal(AMY, "POST", f"/groups/{group}/appeals", {"text": "我没有"}) == (404, "not_found")
    await hub.get(MODERATOR, "PUT", f"/groups/{group}/sanctions/{AMY.person}/ban", {"reason": "广告"})
    made = await hub.get(AMY, "POST", f"/groups/{group}/appeals", {"text": "我没有"})
    assert (made["state"], made["against"]["kind"], made["against"]["reason"], made["group_name"]) == ("open", "ban", "广告", "茶友")
    assert await hub.refusal(AMY, "POST", f"/groups/{group}/appeals", {"text": "再来"}) == (409, "conflict")
    listed = (await hub.get(OWNER, "GET", "/accounts/shop/appeals"))["items"]
    assert [(one["id"], one["imposed_by"], made["imposed_by"]) for one in listed] == [(made["id"], MODERATOR.person, None)]
    assert (await hub.get(OWNER, "GET", "/accounts/shop/appeals?mine=true"))["items"] == []
    assert (await hub.get(BOB, "GET", "/accounts/shop/appeals"))["items"] == []

    thread = f"/appeals/{made['id']}/messages"
    assert await hub.refusal(BOB, "GET", thread) == (404, "not_found")
    assert await hub.refusal(MODERATOR, "POST", thread, {"text": "不行"}) == (403, "forbidden")
    assert await hub.refusal(OWNER, "POST", thread, {"text": "x" * 1_001}) == (400, "invalid")
    said = await hub.get(OWNER, "POST", thread, {"text": "请说明"})
    assert [(one["number"], one["author"]["id"], one["text"]) for one in said["items"]] == [(1, AMY.person, "我没有"), (2, OWNER.person, "请说明")]
    assert (await hub.get(AMY, "GET", thread))["items"] == said["items"]

    decide = f"/appeals/{made['id']}/decide"
    assert await hub.refusal(AMY, "POST", decide, {"verdict": "lift", "reason": "x"}) == (403, "forbidden")
    assert await hub.refusal(MODERATOR, "POST", decide, {"verdict": "lift", "reason": "x"}) == (403, "forbidden")
    assert (await hub.get(OWNER, "POST", decide, {"verdict": "lift", "reason": "误会"}))["state"] == "lifted"
    assert await hub.refusal(OWNER, "POST", decide, {"verdict": "lift", "reason": "x"}) == (409, "conflict")
    assert await hub.refusal(AMY, "POST", thread, {"text": "谢谢"}) == (409, "closed")
    assert (await hub.get(AMY, "PUT", f"/groups/{group}/membership"))["joined"]


async def test_the_log_is_a_file(hub: Door) -> None:
    """As lines and as cells that no program runs; of a span, what lies in it."""
    group = await make(hub)
    await hub.get(MODERATOR, "POST", f"/groups/{group}/members/{AMY.person}/warning", {"reason": "=1+1"})
    export = f"/groups/{group}/log:export"
    response = await hub.ask(OWNER, "GET", f"{export}?format=ndjson")
    lines = [msgspec.json.decode(line) for line in (await response.read()).splitlines()]
    assert response.headers["Content-Type"].startswith("application/x-ndjson")
    assert [line["act"] for line in lines] == ["create", "join", "join", "warn"]
    assert lines[3]["reason"] == "=1+1"

    response = await hub.ask(OWNER, "GET", f"{export}?format=csv")
    rows = list(csv.DictReader(io.StringIO((await response.text()).removeprefix("\ufeff"))))
    assert response.headers["Content-Disposition"] == 'attachment; filename="log.csv"'
    assert [(row["act"], row["reason"]) for row in rows] == [("create", ""), ("join", ""), ("join", ""), ("warn", "'=1+1")]
    assert (rows[3]["actor"], rows[3]["target"], rows[3]["at"]) == (MODERATOR.person, AMY.person, lines[3]["at"])

    response = await hub.ask(OWNER, "GET", f"{export}?format=ndjson&from={lines[3]['at']}")
    assert (await response.read()).count(b"\n") == 1
    response = await hub.ask(OWNER, "GET", f"{export}?format=ndjson&until={lines[0]['at']}")
    assert await response.read() == b""
    assert await hub.refusal(BOB, "GET", f"{export}?format=csv") == (403, "forbidden")
    for query in ("", "?format=pdf", "?format=csv&from=yesterday1", "?format=csv&from=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z"):
        assert await hub.refusal(OWNER, "GET", f"{export}{query}") == (400, "invalid")


async def test_a_group_has_figures(hub: Door) -> None:
    """For those who oversee it."""
    group = await make(hub)
    figures = await hub.get(MODERATOR, "GET", f"/groups/{group}/stats?days=2")
    assert (figures["zone"], len(figures["days"])) == ("Asia/Shanghai", 2)
    assert (figures["days"][1]["messages"], figures["days"][1]["joins"]) == (2, 2)
    assert [one["acts"] for one in figures["moderators"]] == [{"create": 1}]
    assert await hub.refusal(BOB, "GET", f"/groups/{group}/stats") == (403, "forbidden")
    assert await hub.refusal(OWNER, "GET", f"/groups/{group}/stats?days=91") == (400, "invalid")
