"""The lab over REST: lint, what differs, and a replay line by line."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from aiohttp import ClientResponse

from bot.actions import lab as actions
from bot.actions.lookback import Stretch
from bot.model.basics import Unavailable, now_ms
from bot.store.tables import CONVERSATIONS, MESSAGES
from bot.store.unit import Database
from channels import rest_lab
from channels.rest_replay import ReplayLine
from tests.channels.door import Door, door
from tests.shop import rule
from tests.world import BUYER, OPERATOR, OWNER, SHOP

RULES = "/accounts/shop/rules"
BEFORE = [rule("发货", "keyword", "24小时内发货"), rule("退货", "keyword", "七天内可退")]
AFTER = [rule("发货", "keyword", "24小时内发货"), rule("运费", "keyword", "满99包邮")]


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Door]:
    """A shop that speaks by one set, and works on another."""
    async with door(data_dir) as opened:
        await opened.services.rulebook.import_(OWNER, "shop", BEFORE)
        await opened.services.rulebook.put(OWNER, "shop", AFTER)
        yield opened


async def written(hub: Door, conversations: int, *texts: str) -> None:
    """So many buyers who each wrote these texts just now."""
    now = now_ms()
    rooms = [
        {"id": f"c{n:05}", "kind": "direct", "account": SHOP, "person": f"b{n}", "created_at": 1, "head": len(texts), "last_at": now, "desk": "bot"}
        for n in range(conversations)
    ]
    said = [
        {
            "conversation": room["id"],
            "seq": seq,
            "author": room["person"],
            "author_name": "x",
            "role": "follower",
            "key": f"{room['id']}-{seq}",
            "kind": "text",
            "body": msgspec.json.encode({"text": text}).decode(),
            "at": now,
        }
        for room in rooms
        for seq, text in enumerate(texts, 1)
    ]
    async with hub.hub.db.write() as conn:
        await conn.execute(sa.insert(CONVERSATIONS), rooms)
        await conn.execute(sa.insert(MESSAGES), said)


async def lines(response: ClientResponse) -> list[dict[str, Any]]:
    """The lines of an answer, each as the document describes it."""
    assert (response.status, response.content_type) == (200, "application/x-ndjson")
    found = (await response.read()).splitlines()
    for line in found:
        msgspec.json.decode(line, type=ReplayLine, strict=True)
    return [msgspec.json.decode(line) for line in found]


async def test_lint_looks_at_the_draft_or_at_other_rules(hub: Door) -> None:
    """Without a body, with an empty one, with null; or at what the body has."""
    for body in (None, {}, {"rules": None}):
        assert await hub.get(OPERATOR, "POST", f"{RULES}:lint", body) == {"findings": [], "more": 0, "rules": 2}
    [found] = (await hub.get(OPERATOR, "POST", f"{RULES}:lint", {"rules": [rule("货", "keyword", "好")]}))["findings"]
    assert (found["code"], found["severity"], found["path"], found["rule"], found["other"]) == (
        "one_character",
        "warning",
        "rules[0].when.any[0]",
        "货",
        None,
    )
    assert found["zh"]
    assert found["en"]


async def test_lint_ignores_what_it_does_not_know(hub: Door) -> None:
    """As everywhere on the wire; what is no JSON is told."""
    assert (await hub.get(OPERATOR, "POST", f"{RULES}:lint", {"days": "many"}))["rules"] == 2
    assert await hub.refusal(OPERATOR, "POST", f"{RULES}:lint", []) == (400, "invalid")


async def test_lint_tells_every_fault_as_a_finding(hub: Door) -> None:
    """An unknown placeholder reaches whoever wrote it, as does each member that is missing, and so does what is no list of rules."""
    bad = [rule("发货", "keyword", "{{oops|x}}"), {"id": "x"}]
    found = await hub.get(OWNER, "POST", f"{RULES}:lint", {"rules": bad})
    assert [(one["code"], one["severity"], one["path"]) for one in found["findings"]] == [
        ("fault", "error", "rules[0].reply.messages[0].text"),
        ("fault", "error", "rules[1]"),
        ("fault", "error", "rules[1]"),
    ]
    [found] = (await hub.get(OWNER, "POST", f"{RULES}:lint", {"rules": {}}))["findings"]
    assert (found["code"], found["path"]) == ("fault", "rules")


async def test_warnings_keep_nobody_from_publishing(hub: Door) -> None:
    """Faults do."""
    await hub.services.rulebook.put(OWNER, "shop", [rule("货", "keyword", "好")])
    assert (await hub.get(OWNER, "POST", f"{RULES}:publish"))["version"] == 2


async def test_what_differs_is_told_member_by_member(hub: Door) -> None:
    """Published and draft, or two versions."""
    found = await hub.get(OPERATOR, "GET", f"{RULES}:diff")
    assert found == {
        "before": 1,
        "after": None,
        "added": [{"id": "运费", "name": "运费"}],
        "removed": [{"id": "退货", "name": "退货"}],
        "changed": [],
        "vocabulary": [],
        "more": 0,
    }
    await hub.services.rulebook.import_(OWNER, "shop", [rule("发货", "keyword", "马上", cooldown_s=60)])
    found = await hub.get(OPERATOR, "GET", f"{RULES}:diff?before=1&after=2")
    [changed] = found["changed"]
    assert ("cooldown_s", 0, 60) in [(one["member"], one["before"], one["after"]) for one in changed["members"]]
    assert await hub.refusal(OPERATOR, "GET", f"{RULES}:diff?before=7") == (404, "not_found")
    assert await hub.refusal(OPERATOR, "GET", f"{RULES}:diff?before=0") == (400, "invalid")


async def test_a_large_difference_is_cut(hub: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the rest is counted."""
    monkeypatch.setattr(rest_lab, "CHANGES_LIMIT", 1)
    await hub.services.rulebook.put(OWNER, "shop", [rule(name, "keyword", "好") for name in ("甲甲", "乙乙", "丙丙")])
    found = await hub.get(OPERATOR, "GET", f"{RULES}:diff")
    assert (len(found["added"]), len(found["removed"]), found["more"]) == (1, 1, 3)


async def test_a_replay_is_told_line_by_line(hub: Door) -> None:
    """How far it is, and in the last line the report."""
    await written(hub, 3, "什么时候发货", "可以退货吗", "运费多少")
    first, *_, last = await lines(await hub.ask(OPERATOR, "POST", f"{RULES}:replay", {"days": 1}))
    assert first == {"done": 0, "of": 3, "messages": 0}
    assert (last["done"], last["of"], last["messages"]) == (3, 3, 9)
    report = last["report"]
    assert (report["version"], report["complete"], report["heard"]) == (1, True, 9)
    assert (report["newly_answered"], report["changed"], report["newly_silent"], report["more"]) == (3, 0, 3, 0)
    assert report["names"] == {"退货": "退货", "运费": "运费"}
    [answered] = [row for row in report["rows"] if row["change"] == "newly_answered"]
    assert (answered["before"], answered["after"]) == ({"outcome": "silent", "rules": []}, {"outcome": "answer", "rules": ["运费"]})
    example = answered["examples"][0]
    assert (example["text"], example["seq"], example["conversation"][:1]) == ("运费多少", 3, "c")
    assert example["at"].endswith("Z")


async def test_a_replay_of_rules_at_hand_and_of_a_part(hub: Door) -> None:
    """The body says which rules, how many days, how many messages."""
    await written(hub, 2, "退货", "退货")
    *_, last = await lines(await hub.ask(OPERATOR, "POST", f"{RULES}:replay", {"rules": BEFORE, "limit": 3}))
    assert (last["report"]["rows"], last["report"]["heard"], last["report"]["complete"]) == ([], 3, False)


@pytest.mark.parametrize(
    ("body", "path"),
    [({"days": 91}, "days"), ({"limit": "many"}, "limit"), ({"rules": [{}]}, "rules[0]"), ({"rules": "x"}, "rules")],
)
async def test_what_is_wrong_with_a_replay_is_told_by_its_status(hub: Door, body: object, path: str) -> None:
    """Before anything is sent."""
    response = await hub.ask(OPERATOR, "POST", f"{RULES}:replay", body)
    error = (await response.json())["error"]
    assert (response.status, error["code"], error["path"]) == (400, "invalid", path)


@pytest.mark.parametrize(("method", "verb"), [("POST", "lint"), ("GET", "diff"), ("POST", "replay")])
async def test_the_lab_is_for_the_desk(hub: Door, method: str, verb: str) -> None:
    """A buyer is told nothing; nor is nobody."""
    assert await hub.refusal(BUYER, method, f"{RULES}:{verb}") == (403, "forbidden")
    assert await hub.refusal(None, method, f"{RULES}:{verb}") == (401, "unauthenticated")
    assert await hub.refusal(OWNER, method, f"/accounts/nowhere/rules:{verb}") == (404, "not_found")


async def test_a_second_replay_of_an_account_is_told_to_wait(hub: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until whoever asked for the first went away, which is noticed while it runs: nothing more is read for them."""
    monkeypatch.setattr(actions, "PROGRESS_S", 0.0)
    walked = asyncio.Event()
    going_on = asyncio.Event()

    async def endless(*_: object) -> AsyncGenerator[Stretch, None]:
        done = 0
        while True:
            done += 1
            yield Stretch([], done, 1_000_000)
            walked.set()
            await asyncio.sleep(0.001)
            await going_on.wait()

    monkeypatch.setattr(actions, "look_back", endless)
    first = await hub.ask(OPERATOR, "POST", f"{RULES}:replay")
    await walked.wait()
    response = await hub.ask(OWNER, "POST", f"{RULES}:replay")
    assert (response.status, (await response.json())["error"]["code"]) == (429, "rate_limited")
    assert int(response.headers["Retry-After"]) > 0
    first.close()
    going_on.set()
    monkeypatch.undo()
    async with asyncio.timeout(5):
        while (await hub.ask(OWNER, "POST", f"{RULES}:replay")).status == 429:  # noqa: ASYNC110 - what is waited for is on the other side of a socket
            await asyncio.sleep(0.02)


async def test_an_error_on_the_way_is_the_last_line(hub: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """The status has gone out already."""

    async def broken(db: Database, *_: object) -> AsyncGenerator[Stretch, None]:
        yield Stretch([], 0, 7)
        raise Unavailable("数据库暂时不可用。", "The database is not available right now.", retry_after=1)

    monkeypatch.setattr(actions, "look_back", broken)
    *_, last = await lines(await hub.ask(OPERATOR, "POST", f"{RULES}:replay"))
    assert (last["of"], last["error"]["code"], last["error"]["message"]) == (7, "unavailable", "The database is not available right now.")
