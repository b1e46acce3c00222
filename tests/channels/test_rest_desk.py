"""The lists of the desk, what happened there, and suggestions, by REST."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.actions.drafts import Said
from bot.model.talk import Auto, DeskState, TextBody
from bot.store import desk_lists
from bot.store.tables import CONVERSATIONS, PEOPLE
from tests.channels.door import Door, door
from tests.shop import rule
from tests.world import BUYER, MODERATOR, OPERATOR, OUTSIDER, OWNER, SECOND, SHOP, STRANGER, VISITOR


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Door]:
    async with door(data_dir) as opened:
        yield opened


async def rooms(hub: Door, *states: tuple[DeskState, str | None, int]) -> list[str]:
    """Conversations of buyers 客00, 客01, …, as they stand: state, operator, since when they wait."""
    async with hub.hub.db.write() as conn:
        for number, (state, operator, since) in enumerate(states):
            await conn.execute(sa.insert(PEOPLE).values(id=f"c-{number:02}", name=f"客{number:02}", created_at=0))
            values = {"id": f"r{number:02}", "kind": "direct", "account": SHOP, "person": f"c-{number:02}", "created_at": 0, "last_at": 100 + number}
            waiting = since if state is DeskState.WAITING else None
            await conn.execute(sa.insert(CONVERSATIONS).values(desk=str(state), operator=operator, waiting_since=waiting, **values))
    return [f"r{number:02}" for number in range(len(states))]


async def listed(hub: Door, query: str, limit: int = 2) -> list[str]:
    """The conversations of a list of the desk, page by page."""
    found: list[str] = []
    cursor = ""
    while True:
        page = await hub.get(OPERATOR, "GET", f"/accounts/shop/desk?limit={limit}&{query}{cursor}")
        assert len(page["items"]) <= limit
        found += [one["desk"]["conversation"] for one in page["items"]]
        if page["cursor"] is None:
            return found
        cursor = f"&cursor={page['cursor']}"


async def test_who_waits_longest_stands_first(hub: Door) -> None:
    """Whatever was written last; those of one moment by their ids, each once."""
    await rooms(
        hub, *[(DeskState.WAITING, None, since) for since in (50, 20, 20, 90, 10)], (DeskState.BOT, None, 0), (DeskState.OPERATOR, OPERATOR.person, 0)
    )
    assert await listed(hub, "of=waiting") == ["r04", "r01", "r02", "r00", "r03"]


async def test_mine_is_what_the_caller_holds(hub: Door) -> None:
    """Not a colleague's, nor what nobody holds; the latest message first."""
    held = [(DeskState.OPERATOR, person, 0) for person in (OPERATOR.person, SECOND.person, OPERATOR.person, OPERATOR.person)]
    await rooms(hub, *held, (DeskState.WAITING, None, 5))
    assert await listed(hub, "of=mine") == ["r03", "r02", "r00"]


async def test_buyers_are_found_by_their_names(hub: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one state or in any; a search that has looked at enough says where to go on, so that none costs much."""
    await rooms(hub, *[(DeskState.BOT if number % 2 else DeskState.CLOSED, None, 0) for number in range(12)])
    assert await listed(hub, "name=客1") == ["r11", "r10"]
    assert await listed(hub, "name=客0&state=bot") == ["r09", "r07", "r05", "r03", "r01"]
    assert await listed(hub, "name=%25") == []

    monkeypatch.setattr(desk_lists, "SEARCHED", 3)
    page = await hub.get(OPERATOR, "GET", "/accounts/shop/desk?name=客00")
    assert (page["items"], page["cursor"] is None) == ([], False)
    assert await listed(hub, "name=客0") == [f"r{number:02}" for number in reversed(range(10))]


async def test_a_list_tells_what_was_said_last(hub: Door) -> None:
    """Its beginning, and by whom; nothing where nothing was said, and nothing of what was taken back."""
    room = await hub.hub.talk.greet(SHOP, BUYER.person)
    empty = await hub.hub.talk.greet(SHOP, VISITOR.person)

    async def last() -> dict[str, Any]:
        page = await hub.get(OPERATOR, "GET", "/accounts/shop/desk")
        return {one["desk"]["conversation"]: one["last"] for one in page["items"]}

    await hub.hub.say(BUYER, room, "k1", "长" * 200)
    assert await last() == {room: {"text": "长" * 120, "role": "follower"}, empty: None}
    await hub.hub.talk.recall(BUYER, room, 1)
    assert "长" not in str((await last())[room])


async def test_what_happened_on_the_desk_can_be_read(hub: Door) -> None:
    """Who took it after how long, who let it go: the newest first. The hub by itself is nobody."""
    room = await hub.hub.talk.greet(SHOP, BUYER.person)
    await hub.services.desks.hand_off(room, reason="asked")
    await hub.get(OPERATOR, "POST", f"/conversations/{room}/claim")
    await hub.get(OPERATOR, "POST", f"/conversations/{room}/close")

    first = await hub.get(SECOND, "GET", f"/conversations/{room}/moves?limit=2")
    rest = await hub.get(SECOND, "GET", f"/conversations/{room}/moves?cursor={first['cursor']}")
    moves = [*first["items"], *rest["items"]]
    by = {"id": OPERATOR.person, "name": OPERATOR.name}
    assert [(one["move"], one["before"], one["after"], one["by"]) for one in moves] == [
        ("close", "operator", "closed", by),
        ("claim", "waiting", "operator", by),
        ("hand_off", "bot", "waiting", None),
    ]
    assert (moves[1]["operator"], moves[1]["waited_s"], moves[2]["reason"]) == (by, 0, "asked")


async def publish(hub: Door, *rules: dict[str, Any]) -> None:
    """Let the shop have these rules."""
    await hub.get(OWNER, "PUT", "/accounts/shop/rules", list(rules), headers={"If-Match": '"0"'})
    await hub.get(OWNER, "POST", "/accounts/shop/rules:publish", {"note": ""}, headers={"If-Match": '"1"'})


async def suggested(hub: Door, room: str) -> list[tuple[int, str, str]]:
    """What is offered: to which message, by which rule, in which words."""
    found = await hub.get(OPERATOR, "GET", f"/conversations/{room}/suggestions")
    return [(one["seq"], one["rule"], one["messages"][0]["body"]["text"]) for one in found["items"]]


async def test_rules_offer_their_answers_to_whoever_holds_the_conversation(hub: Door) -> None:
    """To what the buyer wrote since somebody answered, the latest first, with the words filled in; nothing is sent."""
    await publish(hub, rule("发货", "keyword", "{{name|亲}}，今天发，{{operator|客服}}跟进"), rule("运费", "keyword", "满 99 包邮"))
    room = await hub.hub.talk.greet(SHOP, BUYER.person)
    await hub.hub.say(BUYER, room, "k1", "运费多少")
    await hub.get(OPERATOR, "POST", f"/conversations/{room}/claim")
    assert await suggested(hub, room) == [(1, "运费", "满 99 包邮")]
    await hub.hub.say(BUYER, room, "k2", "什么时候发货")

    assert await suggested(hub, room) == [(2, "发货", f"{BUYER.name}，今天发，{OPERATOR.name}跟进"), (1, "运费", "满 99 包邮")]
    assert len((await hub.get(OPERATOR, "GET", f"/conversations/{room}/messages"))["messages"]) == 2
    await hub.hub.say(OPERATOR, room, "k3", "亲，看一下哦")
    assert await suggested(hub, room) == []


async def test_what_the_bot_says_unasked_answers_nothing(hub: Door) -> None:
    """A reminder while they wait leaves the question open; an answer of the bot closes it, and what was taken back asks nothing."""
    await publish(hub, rule("发货", "keyword", "今天发"), rule("运费", "keyword", "包邮"))
    room = await hub.hub.talk.greet(SHOP, BUYER.person)
    await hub.hub.say(BUYER, room, "k1", "发货")
    await hub.hub.talk.say(room, Said(key="a:1", body=TextBody("还在排队"), auto=Auto("w", "等", 0, 1)))
    assert [one[:2] for one in await suggested(hub, room)] == [(1, "发货")]
    await hub.hub.talk.say(room, Said(key="a:2", body=TextBody("今天发"), auto=Auto("发货", "发货", 1, 1)))
    assert await suggested(hub, room) == []
    await hub.hub.say(BUYER, room, "k2", "运费")
    await hub.hub.talk.recall(BUYER, room, 4)
    assert await suggested(hub, room) == []


async def test_suggestions_know_the_buyers_tags(hub: Door) -> None:
    """A rule for some buyers is offered for those alone."""
    await publish(hub, rule("会员价", "keyword", "九折", audience={"tags": ["会员"]}))
    room = await hub.hub.talk.greet(SHOP, BUYER.person)
    await hub.hub.say(BUYER, room, "k1", "会员价多少")
    assert await suggested(hub, room) == []
    await hub.get(OPERATOR, "PUT", f"/accounts/shop/followers/{BUYER.person}/tags/会员")
    assert [one[1] for one in await suggested(hub, room)] == ["会员价"]


@pytest.mark.parametrize("what", ["suggestions", "moves", "looking"])
async def test_the_desks_own_is_not_for_others(hub: Door, what: str) -> None:
    """The buyer may not; for a moderator, another shop and strangers there is no such conversation."""
    room = await hub.hub.talk.greet(SHOP, BUYER.person)
    assert await hub.refusal(BUYER, "GET", f"/conversations/{room}/{what}") == (403, "forbidden")
    for actor in (MODERATOR, STRANGER, OUTSIDER):
        assert await hub.refusal(actor, "GET", f"/conversations/{room}/{what}") == (404, "not_found")
    await hub.get(OPERATOR, "GET", f"/conversations/{room}/{what}")
