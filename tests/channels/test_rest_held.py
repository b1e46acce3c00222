"""What filters hold, by REST: the sender's answer, the moderators' pages, and the decision."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.actions.filterbook import Filterbook
from bot.actions.gatherings import Gatherings
from bot.actions.screening import Screening
from intents.filters import Filter
from tests.channels.door import Door, door
from tests.world import BUYER, MODERATOR, OPERATOR, OWNER

LISTS = {"block": "枪支", "review": "刷单", "mask": "笨蛋", "shadow": "优惠券"}


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Door]:
    """A door behind which filters are asked."""
    async with door(data_dir) as hub:
        book = Filterbook(db=hub.hub.db, bus=hub.hub.bus, setup=Filter())
        gatherings = Gatherings(hub.hub.db, hub.hub.access.places, hub.hub.bus, Screening(db=hub.hub.db, book=book))
        hub.hub.talk._gatherings = gatherings
        yield hub


@pytest.fixture
async def group(hub: Door) -> str:
    """A group that the buyer is in, with a list of each action."""
    made = await hub.get(OWNER, "POST", "/accounts/shop/groups", {"name": "茶友"})
    group = str(made["id"])
    await hub.get(BUYER, "PUT", f"/groups/{group}/membership")
    for action, word in LISTS.items():
        await hub.get(OWNER, "POST", f"/groups/{group}/filters", {"name": action, "action": action, "words": [word]})
    return group


async def send(hub: Door, group: str, key: str, text: str) -> Any:
    """The answer to a message of the buyer."""
    return await hub.get(BUYER, "POST", f"/conversations/{group}/messages", {"key": key, "kind": "text", "body": {"text": text}})


async def test_what_the_sender_hears(hub: Door, group: str) -> None:
    """Held, held again, another body; blocked; masked as everybody sees it; and a clean one as always."""
    held = await send(hub, group, "k1", "来刷单吧")
    assert held == {"conversation": group, "seq": None, "at": held["at"], "duplicate": False, "held": True}
    assert await send(hub, group, "k1", "来刷单吧") == {**held, "duplicate": True}
    path = f"/conversations/{group}/messages"
    assert await hub.refusal(BUYER, "POST", path, {"key": "k1", "kind": "text", "body": {"text": "刷单"}}) == (409, "conflict")
    assert await hub.refusal(BUYER, "POST", path, {"key": "k2", "kind": "text", "body": {"text": "枪支"}}) == (422, "blocked")
    masked, clean = await send(hub, group, "k3", "笨蛋"), await send(hub, group, "k4", "你好")
    assert ("held" in masked, masked["seq"], clean["seq"]) == (False, 1, 2)
    seen = await hub.get(BUYER, "GET", path)
    assert [message["body"]["text"] for message in seen["messages"]] == ["**", "你好"]


async def test_what_moderators_read_and_decide(hub: Door, group: str) -> None:
    """Pages with signals and spans, a release and a refusal; nobody else."""
    for key, text in (("a", "来刷单吧"), ("b", "刷单"), ("c", "优惠券")):
        await send(hub, group, key, text)
    page = await hub.get(MODERATOR, "GET", f"/groups/{group}/held?limit=1")
    (first,) = page["items"]
    sign = first["signals"][0]
    assert (first["body"], first["text"], first["state"], first["author"]) == ({"text": "来刷单吧"}, "来刷单吧", "waiting", BUYER.person)
    assert (sign["name"], sign["word"], sign["start"], sign["end"]) == ("review", "刷单", 1, 3)
    (second,) = (await hub.get(MODERATOR, "GET", f"/groups/{group}/held?limit=1&cursor={page['cursor']}"))["items"]
    released = await hub.get(MODERATOR, "POST", f"/groups/{group}/held/{first['id']}", {"approve": True})
    assert (released["state"], released["seq"], released["decided_by"]) == ("released", 2, MODERATOR.person)
    assert await hub.refusal(MODERATOR, "POST", f"/groups/{group}/held/{second['id']}", {"approve": False}) == (400, "invalid")
    refused = await hub.get(OWNER, "POST", f"/groups/{group}/held/{second['id']}", {"approve": False, "reason": "广告"})
    assert (refused["state"], refused["reason"], refused["seq"]) == ("refused", "广告", None)
    assert await hub.refusal(OWNER, "POST", f"/groups/{group}/held/{second['id']}", {"approve": True}) == (409, "conflict")
    assert (await hub.get(OWNER, "GET", f"/groups/{group}/held"))["items"] == []
    assert (await send(hub, group, "a", "来刷单吧"))["seq"] == 2

    hits = await hub.get(MODERATOR, "GET", f"/groups/{group}/filters/hits")
    assert [(hit["action"], hit["text"], hit["seq"]) for hit in hits["items"]] == [
        ("shadow", "优惠券", 1),
        ("review", "刷单", None),
        ("review", "来刷单吧", 2),
    ]
    assert sorted(hits["counts"].values()) == [1, 2]
    (case,) = (await hub.get(MODERATOR, "GET", f"/accounts/shop/cases?group={group}"))["items"]
    assert [hit["case"] for hit in hits["items"]] == [None, case["id"], case["id"]]
    log = await hub.get(OWNER, "GET", f"/groups/{group}/log?limit=2")
    assert [(line["act"], line["target"], line["reason"]) for line in log["items"]] == [
        ("refuse", BUYER.person, "广告"),
        ("release", BUYER.person, ""),
    ]


async def test_what_waits_is_settled_with_its_case(hub: Door, group: str) -> None:
    """The case names what waits; the decision names what becomes of it."""
    for key in "abc":
        await send(hub, group, key, "来刷单吧")
    first, second, third = [one["id"] for one in (await hub.get(MODERATOR, "GET", f"/groups/{group}/held"))["items"]]
    (case,) = (await hub.get(MODERATOR, "GET", f"/accounts/shop/cases?group={group}"))["items"]
    assert case["waiting"] == [first, second, third]
    decide, asked = f"/cases/{case['id']}/decide", {"act": "dismiss", "reason": "没问题"}
    assert await hub.refusal(MODERATOR, "POST", decide, {**asked, "release": ["nothing"]}) == (404, "not_found")
    assert await hub.refusal(MODERATOR, "POST", decide, {**asked, "refuse": [first] * 21}) == (400, "invalid")
    decided = await hub.get(MODERATOR, "POST", decide, {**asked, "release": [first], "refuse": [second]})
    assert (decided["state"], decided["waiting"]) == ("decided", [third])
    assert (await send(hub, group, "a", "来刷单吧"))["seq"] == 1


async def test_a_list_is_tried_on_what_was_written(hub: Door, group: str) -> None:
    """Counts by action without it and with it, the share, and examples with spans; in a group and in the account."""
    for key, text in (("a", "团建吗"), ("b", "好"), ("c", "优惠券")):
        await send(hub, group, key, text)
    wanted = {"list": {"name": "团", "action": "block", "words": ["团建"]}, "days": 30}
    tested = await hub.get(MODERATOR, "POST", f"/groups/{group}/filters:test", wanted)
    assert (tested["messages"], tested["hits"], tested["share"], tested["complete"]) == (3, 1, 0.3333, True)
    assert (tested["before"], tested["after"]) == ({"pass": 2, "shadow": 1}, {"block": 1, "pass": 1, "shadow": 1})
    (example,) = tested["examples"]
    assert (example["text"], example["signals"][0]["start"], example["signals"][0]["end"]) == ("团建吗", 0, 2)
    assert (await hub.get(OWNER, "POST", "/accounts/shop/filters:test", wanted))["hits"] == 1
    assert await hub.refusal(BUYER, "POST", f"/groups/{group}/filters:test", wanted) == (403, "forbidden")
    assert await hub.refusal(OWNER, "POST", f"/groups/{group}/filters:test", {**wanted, "days": 31}) == (400, "invalid")


@pytest.mark.parametrize("actor", [BUYER, OPERATOR])
async def test_others_neither_read_nor_decide(hub: Door, group: str, actor: Any) -> None:
    """What is held is shown to moderators alone."""
    await send(hub, group, "a", "来刷单吧")
    held = (await hub.get(OWNER, "GET", f"/groups/{group}/held"))["items"][0]["id"]
    for method, path in (("GET", "held"), ("GET", "filters/hits"), ("POST", f"held/{held}")):
        body = {"approve": True} if method == "POST" else None
        assert await hub.refusal(actor, method, f"/groups/{group}/{path}", body) == (403, "forbidden")
    assert await hub.refusal(OWNER, "POST", f"/groups/{group}/held/nothing", {"approve": True}) == (404, "not_found")
