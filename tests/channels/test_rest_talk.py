"""Conversations, the desk and the rules by REST: the same verbs as on the socket."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.channels.door import Door, door
from tests.world import BUYER, MODERATOR, OPERATOR, OUTSIDER, OWNER, SECOND, VISITOR

RULES = [
    {
        "id": "shipping",
        "name": "发货时间",
        "layer": "keyword",
        "when": {"any": [{"mode": "contains", "text": "发货"}]},
        "reply": {"messages": [{"kind": "text", "text": "亲{{name|}}，付款后24小时内发货哦"}]},
    }
]


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Door]:
    async with door(data_dir) as opened:
        await opened.presence.hold(OPERATOR.person, "desktop", 60)
        await opened.presence.hold(SECOND.person, "desktop", 60)
        yield opened


@pytest.fixture
async def room(hub: Door) -> str:
    """The buyer's conversation with the shop."""
    opened = await hub.get(BUYER, "POST", "/accounts/shop/conversation")
    return str(opened["conversation"])


def text(key: str, words: str = "在吗", **more: object) -> dict[str, object]:
    return {"key": key, "kind": "text", "body": {"text": words}, **more}


async def send(hub: Door, room: str, key: str, words: str = "在吗") -> Any:
    return await hub.get(BUYER, "POST", f"/conversations/{room}/messages", text(key, words))


async def test_a_conversation_is_opened_and_spoken_in(hub: Door, room: str) -> None:
    """Opened twice it is the same; a retry with the same key is the same message."""
    again = await hub.get(BUYER, "POST", "/accounts/shop/conversation")
    first, retry = await send(hub, room, "k1"), await send(hub, room, "k1")

    assert (again["conversation"], again["head"], again["account"]["handle"], again["desk"]["state"]) == (room, 0, "shop", "bot")
    assert (first["seq"], first["duplicate"], retry["duplicate"], retry["at"]) == (1, False, True, first["at"])
    assert await hub.refusal(BUYER, "POST", f"/conversations/{room}/messages", text("k1", "别的")) == (409, "conflict")
    assert await hub.refusal(VISITOR, "POST", "/accounts/shop/conversation") == (403, "not_following")
    assert await hub.refusal(OUTSIDER, "POST", f"/conversations/{room}/messages", text("k2")) == (404, "not_found")


@pytest.mark.parametrize(
    ("message", "status", "path"),
    [
        ({"key": "k", "kind": "text", "body": {"text": ""}}, 400, "body.text"),
        ({"key": "k", "kind": "text", "body": {}}, 400, "body.text"),
        ({"key": "k", "kind": "text", "body": "x"}, 400, "body"),
        ({"key": "k", "kind": "text"}, 400, "body"),
        ({"key": "", "kind": "text", "body": {"text": "x"}}, 400, "key"),
        ({"key": "k", "kind": "poem", "body": {"text": "x"}}, 400, "kind"),
        ({"key": "k", "kind": "system", "body": {"event": "x"}}, 400, "kind"),
        ({"key": "k", "kind": "text", "body": {"text": "x" * 4_001}}, 413, "body.text"),
        ({"key": "k", "kind": "text", "body": {"text": "x\0y"}}, 400, "$"),
        ({"key": "k", "kind": "image", "body": {"media": "nothing", "width": 1, "height": 1}}, 400, "body.media"),
        ({"key": "k", "kind": "text", "body": {"text": "x"}, "reply_to": 99}, 400, "reply_to"),
    ],
)
async def test_a_message_that_does_not_fit_names_the_member(hub: Door, room: str, message: dict[str, object], status: int, path: str) -> None:
    """And nothing of it is stored."""
    response = await hub.ask(BUYER, "POST", f"/conversations/{room}/messages", message)

    assert (response.status, (await response.json())["error"]["path"]) == (status, path)
    assert (await hub.get(BUYER, "GET", f"/conversations/{room}/messages"))["messages"] == []


async def test_messages_are_pulled_in_order(hub: Door, room: str) -> None:
    """After, before, the newest; the key is for its own author."""
    for number in range(1, 6):
        await send(hub, room, f"k{number}", f"第 {number} 条")

    async def seqs(query: str) -> tuple[list[int], bool]:
        page = await hub.get(OPERATOR, "GET", f"/conversations/{room}/messages{query}")
        return [one["seq"] for one in page["messages"]], page["more"]

    assert await seqs("") == ([1, 2, 3, 4, 5], False)
    assert await seqs("?limit=2") == ([4, 5], True)
    assert await seqs("?after=1&limit=2") == ([2, 3], True)
    assert await seqs("?before=3") == ([1, 2], False)
    assert await hub.refusal(BUYER, "GET", f"/conversations/{room}/messages?after=1&before=3") == (400, "invalid")
    mine = (await hub.get(BUYER, "GET", f"/conversations/{room}/messages"))["messages"][0]
    theirs = (await hub.get(OPERATOR, "GET", f"/conversations/{room}/messages"))["messages"][0]
    assert (mine["key"], theirs.get("key"), theirs["author"]["role"], theirs["fallback"]) == ("k1", None, "follower", "第 1 条")


async def test_a_message_is_recalled_and_nothing_else_is(hub: Door, room: str) -> None:
    """By its author; a number that is none is not found."""
    await send(hub, room, "k1")
    assert await hub.refusal(OPERATOR, "DELETE", f"/conversations/{room}/messages/1") == (403, "forbidden")
    assert (await hub.ask(BUYER, "DELETE", f"/conversations/{room}/messages/1")).status == 204
    assert (await hub.get(OPERATOR, "GET", f"/conversations/{room}/messages"))["messages"][0]["kind"] == "system"
    for seq in ("2", "0", "-1", "one", "9" * 30):
        assert await hub.refusal(BUYER, "DELETE", f"/conversations/{room}/messages/{seq}") == (404, "not_found")


async def test_inbox_read_and_sync_agree(hub: Door, room: str) -> None:
    """Unread is counted from the mark; what was missed is caught up with."""
    await send(hub, room, "k1")
    operator = await hub.ask(OPERATOR, "POST", f"/conversations/{room}/messages", text("o1", "您好"))
    assert operator.status == 200
    inbox = await hub.get(BUYER, "GET", "/conversations")
    assert [(one["conversation"], one["account"], one["unread"], one["head"], one["last"]["seq"]) for one in inbox["items"]] == [
        (room, "shop", 1, 2, 2)
    ]

    synced = await hub.get(BUYER, "POST", "/conversations/sync", {"cursors": {room: 1, "nothing": 3}})
    assert [(one["conversation"], [message["seq"] for message in one["messages"]], one["limited"]) for one in synced["conversations"]] == [
        (room, [2], False)
    ]
    assert (await hub.ask(BUYER, "PUT", f"/conversations/{room}/read", {"seq": 2})).status == 204
    assert (await hub.get(BUYER, "GET", "/conversations"))["items"][0]["unread"] == 0
    assert (await hub.ask(BUYER, "POST", f"/conversations/{room}/typing")).status == 204


async def test_the_inbox_goes_on_by_cursor(hub: Door, room: str) -> None:
    """Each conversation once."""
    await hub.get(BUYER, "PUT", "/accounts/other/follow")
    other = (await hub.get(BUYER, "POST", "/accounts/other/conversation"))["conversation"]
    for number, one in enumerate((room, other)):
        await send(hub, one, f"k{number}")
    first = await hub.get(BUYER, "GET", "/conversations?limit=1")
    second = await hub.get(BUYER, "GET", f"/conversations?limit=1&cursor={first['cursor']}")

    assert {first["items"][0]["conversation"], second["items"][0]["conversation"]} == {room, other}
    assert await hub.refusal(BUYER, "GET", "/conversations?cursor=nonsense") == (400, "invalid")


async def test_a_conversation_moves_over_the_desk(hub: Door, room: str) -> None:
    """Claimed, passed on, assigned, handed back, closed; the buyer sees where it stands."""
    await send(hub, room, "k1")
    one = f"/conversations/{room}"

    claimed = await hub.get(OPERATOR, "POST", f"{one}/claim")
    assert (claimed["state"], claimed["operator"]) == ("operator", {"id": OPERATOR.person, "name": OPERATOR.name})
    assert (await hub.get(BUYER, "GET", f"{one}/desk"))["state"] == "operator"
    assert await hub.refusal(SECOND, "POST", f"{one}/claim") == (409, "conflict")
    assert (await hub.get(OPERATOR, "POST", f"{one}/transfer", {"to": SECOND.person}))["operator"]["id"] == SECOND.person
    assert await hub.refusal(SECOND, "POST", f"{one}/transfer", {}) == (400, "invalid")
    assert (await hub.get(SECOND, "POST", f"{one}/assign"))["operator"]["id"] == OPERATOR.person
    listed = await hub.get(OWNER, "GET", "/accounts/shop/desk?state=operator")
    assert [(item["desk"]["conversation"], item["buyer"]["name"], item["head"]) for item in listed["items"]] == [(room, BUYER.name, 1)]
    assert (await hub.get(OPERATOR, "POST", f"{one}/hand_back"))["state"] == "bot"
    assert (await hub.get(OPERATOR, "POST", f"{one}/close"))["state"] == "closed"
    assert (await hub.get(OWNER, "GET", "/accounts/shop/desk?state=operator"))["items"] == []
    assert await hub.refusal(OWNER, "GET", "/accounts/shop/desk?state=lost") == (400, "invalid")


@pytest.mark.parametrize("act", ["claim", "assign", "transfer", "hand_back", "close"])
async def test_buyers_and_strangers_move_nothing(hub: Door, room: str, act: str) -> None:
    """A buyer is told no; who may not see it, that there is nothing."""
    assert await hub.refusal(BUYER, "POST", f"/conversations/{room}/{act}", {"to": OPERATOR.person}) == (403, "forbidden")
    for actor in (OUTSIDER, MODERATOR):
        assert await hub.refusal(actor, "POST", f"/conversations/{room}/{act}", {"to": OPERATOR.person}) == (404, "not_found")
    assert await hub.refusal(OUTSIDER, "GET", f"/conversations/{room}/desk") == (404, "not_found")
    assert await hub.refusal(BUYER, "GET", "/accounts/shop/desk") == (403, "forbidden")


async def test_rules_are_drafted_tried_published_and_rolled_back(hub: Door) -> None:
    """What is tried is the draft; a version stays readable for ever."""
    empty = await hub.ask(OWNER, "GET", "/accounts/shop/rules")
    assert (await empty.json(), empty.headers["ETag"]) == ({"version": 0, "rules": [], "author": "", "at": None}, '"0"')
    saved = await hub.ask(OWNER, "PUT", "/accounts/shop/rules", RULES, headers={"If-Match": '"0"'})
    assert (saved.status, saved.headers["ETag"]) == (200, '"1"')
    assert await hub.refusal(OWNER, "PUT", "/accounts/shop/rules", [], headers={"If-Match": "0"}) == (409, "conflict")

    tried = await hub.get(OPERATOR, "POST", "/accounts/shop/rules:try", {"text": "什么时候发货"})
    silent = await hub.get(OPERATOR, "POST", "/accounts/shop/rules:try", {"text": "什么时候发货", "draft": False})
    assert (tried["outcome"], [said["rule"] for said in tried["says"]], silent["says"]) == ("answer", ["shipping"], [])

    published = await hub.get(OWNER, "POST", "/accounts/shop/rules:publish", {"note": "第一版"}, headers={"If-Match": "1"})
    assert (published["version"], published["note"], published["author"]) == (1, "第一版", OWNER.person)
    assert (await hub.get(OPERATOR, "POST", "/accounts/shop/rules:try", {"text": "发货", "draft": False}))["outcome"] == "answer"
    assert (await hub.get(OWNER, "POST", "/accounts/shop/rules:rollback", {"version": 1}))["version"] == 2
    versions = await hub.get(OPERATOR, "GET", "/accounts/shop/rules/versions")
    assert [one["version"] for one in versions["items"]] == [2, 1]
    first = await hub.get(OPERATOR, "GET", "/accounts/shop/rules/versions/1")
    assert [rule["id"] for rule in first["rules"]] == ["shipping"]
    assert await hub.refusal(OPERATOR, "GET", "/accounts/shop/rules/versions/9") == (404, "not_found")
    assert (await hub.ask(OWNER, "POST", "/accounts/shop/rules:publish")).status == 200


@pytest.mark.parametrize(
    ("rules", "path"),
    [
        ([{"id": "a"}], "rules[0]"),
        ([{**RULES[0], "layer": "magic"}], "rules[0].layer"),
        ([RULES[0], RULES[0]], "rules[1].id"),
        ({"rules": []}, "rules"),
    ],
)
async def test_rules_with_a_fault_change_nothing(hub: Door, rules: object, path: str) -> None:
    """The fault is told by its place."""
    response = await hub.ask(OWNER, "PUT", "/accounts/shop/rules", rules, headers={"If-Match": "0"})
    error = (await response.json())["error"]

    assert (response.status, error["code"], error["path"]) == (400, "invalid", path)
    assert (await hub.get(OWNER, "GET", "/accounts/shop/rules"))["version"] == 0


async def test_rules_are_the_desks_to_read_and_the_owners_to_change(hub: Door, room: str) -> None:
    """Nobody else sees them, nor why something was said."""
    await send(hub, room, "k1")
    for actor in (BUYER, MODERATOR):
        assert await hub.refusal(actor, "GET", "/accounts/shop/rules") == (403, "forbidden")
    for path, body in (("rules:publish", {}), ("rules:rollback", {"version": 1})):
        assert await hub.refusal(OPERATOR, "POST", f"/accounts/shop/{path}", body) == (403, "forbidden")
    assert await hub.refusal(OPERATOR, "PUT", "/accounts/shop/rules", [], headers={"If-Match": "0"}) == (403, "forbidden")
    for actor in (BUYER, OUTSIDER):
        assert await hub.refusal(actor, "GET", f"/conversations/{room}/messages/1/trace") == (404, "not_found")


async def test_a_trace_says_why_there_was_silence(hub: Door, room: str) -> None:
    """A message written while an operator held the conversation never came to the engine."""
    await hub.get(OPERATOR, "POST", f"/conversations/{room}/claim")
    await send(hub, room, "k1")
    trace = await hub.get(OPERATOR, "GET", f"/conversations/{room}/messages/1/trace")

    assert (trace["outcome"], trace["guard"]) == ("silent", "operator")
