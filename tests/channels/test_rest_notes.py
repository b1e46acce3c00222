"""What the desk knows of a buyer, by REST: profile and notes."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.model.basics import now_ms
from bot.store import notes, people
from bot.store.notes import NOTES_LIMIT, Note
from tests.channels.door import Door, door
from tests.world import BUYER, MODERATOR, OPERATOR, OUTSIDER, OWNER, SECOND, SHOP, STRANGER, VISITOR

OF = f"/accounts/shop/followers/{BUYER.person}"


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Door]:
    async with door(data_dir) as opened:
        yield opened


async def test_the_desk_notes_what_to_keep_in_mind(hub: Door) -> None:
    """With author and time, the newest first; who wrote one may change it."""
    first = await hub.get(OPERATOR, "POST", f"{OF}/notes", {"text": "要发票"})
    await hub.get(OWNER, "POST", f"{OF}/notes", {"text": "<b>老客</b>\n第二行"})
    changed = await hub.get(OPERATOR, "PUT", f"{OF}/notes/{first['id']}", {"text": "要专票"})

    assert (first["by"], first["edited_at"]) == ({"id": OPERATOR.person, "name": OPERATOR.name}, None)
    assert (changed["text"], changed["at"]) == ("要专票", first["at"])
    assert changed["edited_at"] >= first["at"]
    listed = (await hub.get(SECOND, "GET", f"{OF}/notes"))["items"]
    assert {one["id"]: one for one in listed}[first["id"]] == changed
    assert sorted((one["text"], one["by"]["name"]) for one in listed) == [("<b>老客</b>\n第二行", OWNER.name), ("要专票", OPERATOR.name)]


async def test_pages_of_notes_go_on_where_the_last_one_ended(hub: Door) -> None:
    """None twice, none left out, though some are of one moment."""
    async with hub.hub.db.write() as conn:
        for number in range(5):
            await notes.add(conn, Note(id=f"n{number}", account=SHOP, person=BUYER.person, author=OWNER.person, text=str(number), at=7 + number // 2))
    seen, cursor = [], ""
    while True:
        page = await hub.get(OPERATOR, "GET", f"{OF}/notes?limit=2{cursor}")
        seen += [one["text"] for one in page["items"]]
        if page["cursor"] is None:
            break
        cursor = f"&cursor={page['cursor']}"
    assert seen == ["4", "3", "2", "1", "0"]


async def test_a_note_is_its_authors(hub: Door) -> None:
    """Nobody else changes it; the owner may take it away, a colleague not."""
    note = (await hub.get(OPERATOR, "POST", f"{OF}/notes", {"text": "要发票"}))["id"]
    for actor in (SECOND, OWNER):
        assert await hub.refusal(actor, "PUT", f"{OF}/notes/{note}", {"text": "x"}) == (403, "forbidden")
    assert await hub.refusal(SECOND, "DELETE", f"{OF}/notes/{note}") == (403, "forbidden")
    await hub.get(OWNER, "DELETE", f"{OF}/notes/{note}")
    assert await hub.refusal(OPERATOR, "DELETE", f"{OF}/notes/{note}") == (404, "not_found")
    own = (await hub.get(OPERATOR, "POST", f"{OF}/notes", {"text": "x"}))["id"]
    assert await hub.refusal(OPERATOR, "PUT", f"/accounts/shop/followers/{VISITOR.person}/notes/{own}", {"text": "y"}) == (404, "not_found")
    await hub.get(OPERATOR, "DELETE", f"{OF}/notes/{own}")
    assert (await hub.get(OPERATOR, "GET", f"{OF}/notes"))["items"] == []


@pytest.mark.parametrize("text", ["", " \n", "字" * 1_001])
async def test_what_says_nothing_or_too_much_is_no_note(hub: Door, text: str) -> None:
    """With the member at fault; a thousand characters are one."""
    response = await hub.ask(OPERATOR, "POST", f"{OF}/notes", {"text": text})
    error = (await response.json())["error"]
    assert (response.status, error["code"], error["path"]) == (400, "invalid", "text")
    await hub.get(OPERATOR, "POST", f"{OF}/notes", {"text": "字" * 1_000})


async def test_there_are_so_many_notes_about_one_buyer(hub: Door) -> None:
    """One more is refused, until one is gone."""
    async with hub.hub.db.write() as conn:
        for number in range(NOTES_LIMIT - 1):
            await notes.add(conn, Note(id=f"n{number}", account=SHOP, person=BUYER.person, author=OWNER.person, text="x", at=number))
    last = (await hub.get(OPERATOR, "POST", f"{OF}/notes", {"text": "还行"}))["id"]
    assert await hub.refusal(OPERATOR, "POST", f"{OF}/notes", {"text": "太多"}) == (409, "conflict")
    await hub.get(OPERATOR, "DELETE", f"{OF}/notes/{last}")
    await hub.get(OPERATOR, "POST", f"{OF}/notes", {"text": "又行了"})


async def test_nobody_else_sees_what_the_desk_knows(hub: Door) -> None:
    """Not the buyer, nor a moderator, nor another shop; and of strangers nothing is known."""
    await hub.get(OPERATOR, "POST", f"{OF}/notes", {"text": "要发票"})
    for actor in (BUYER, MODERATOR, STRANGER):
        for path in (f"{OF}/notes", f"{OF}/profile"):
            assert await hub.refusal(actor, "GET", path) == (403, "forbidden")
        assert await hub.refusal(actor, "POST", f"{OF}/notes", {"text": "x"}) == (403, "forbidden")
    nobody = f"/accounts/shop/followers/{OUTSIDER.person}"
    assert await hub.refusal(OPERATOR, "GET", f"{nobody}/profile") == (404, "not_found")
    assert await hub.refusal(OPERATOR, "GET", f"{nobody}/notes") == (404, "not_found")
    assert await hub.refusal(OPERATOR, "POST", f"{nobody}/notes", {"text": "x"}) == (404, "not_found")


async def test_a_profile_says_who_a_buyer_is_in_one_read(hub: Door) -> None:
    """Since when, from where, with which tags; how much was said, how often people were called, how much is noted."""
    room = await hub.hub.talk.greet(SHOP, BUYER.person)
    await hub.hub.say(BUYER, room, "k1")
    await hub.services.desks.hand_off(room, reason="asked")
    await hub.hub.say(BUYER, room, "k2")
    await hub.get(OPERATOR, "PUT", f"{OF}/tags/急")
    await hub.get(OPERATOR, "POST", f"{OF}/notes", {"text": "要发票"})

    found = await hub.get(OPERATOR, "GET", f"{OF}/profile")
    times = {name: found.pop(name) for name in ("following_since", "first_at", "last_at")}
    assert found == {
        "person": {"id": BUYER.person, "name": BUYER.name, "avatar": None},
        "source": "",
        "tags": ["急"],
        "conversation": room,
        "messages": 2,
        "calls": 1,
        "notes": 1,
    }
    assert times["following_since"] == "1970-01-01T00:00:00.000Z" < times["first_at"] <= times["last_at"]


async def test_who_unfollowed_is_still_known(hub: Door) -> None:
    """Their tags are gone, the conversation and the notes stay: they may come back, or it is not settled yet."""
    await hub.hub.talk.greet(SHOP, BUYER.person)
    await hub.get(OPERATOR, "POST", f"{OF}/notes", {"text": "退货还没到"})
    async with hub.hub.db.write() as conn:
        await people.unfollow(conn, SHOP, BUYER.person)
        await people.remember_person(conn, BUYER.person, "改了名", None, now_ms())

    found = await hub.get(OPERATOR, "GET", f"{OF}/profile")
    assert (found["following_since"], found["tags"], found["notes"], found["person"]["name"]) == (None, [], 1, "改了名")
    assert [one["text"] for one in (await hub.get(OPERATOR, "GET", f"{OF}/notes"))["items"]] == ["退货还没到"]
