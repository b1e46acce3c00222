"""REST: the words and synonyms of an account."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.channels.door import Door, door
from tests.world import BUYER, OPERATOR, OUTSIDER, OWNER

OF = "/accounts/shop/rules/vocabulary"
WORDS = {"words": ["小白瓶"], "synonyms": [["发货", "安排上"]]}
RULES = [
    {
        "id": "ship",
        "name": "发货",
        "layer": "keyword",
        "when": {"any": [{"mode": "words", "text": "发货"}]},
        "reply": {"messages": [{"kind": "text", "text": "今天"}]},
    }
]


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Door]:
    """A hub with a door."""
    async with door(data_dir) as hub:
        yield hub


async def test_words_are_saved_with_the_draft_and_published_with_it(hub: Door) -> None:
    """One version number for rules and words; a published version shows both."""
    assert (await hub.get(OWNER, "GET", OF)) == {"version": 0, "vocabulary": {}}
    assert (await hub.ask(OWNER, "PUT", "/accounts/shop/rules", RULES, headers={"If-Match": "0"})).status == 200
    saved = await hub.ask(OWNER, "PUT", OF, WORDS, headers={"If-Match": '"1"'})
    assert (saved.status, saved.headers["ETag"]) == (200, '"2"')
    read = await hub.ask(OPERATOR, "GET", OF)
    assert (await read.json(), read.headers["ETag"]) == ({"version": 2, "vocabulary": WORDS}, '"2"')
    assert [rule["id"] for rule in (await hub.get(OWNER, "GET", "/accounts/shop/rules"))["rules"]] == ["ship"]

    assert (await hub.get(OPERATOR, "POST", "/accounts/shop/rules:try", {"text": "安排上"}))["outcome"] == "answer"
    await hub.get(OWNER, "POST", "/accounts/shop/rules:publish", {})
    assert (await hub.get(OPERATOR, "GET", "/accounts/shop/rules/versions/1"))["vocabulary"] == WORDS


async def test_who_saves_over_another_is_told(hub: Door) -> None:
    """Rules and words are one draft: saving either makes the other's version old."""
    assert (await hub.ask(OWNER, "PUT", OF, WORDS, headers={"If-Match": "0"})).status == 200
    assert await hub.refusal(OWNER, "PUT", "/accounts/shop/rules", RULES, headers={"If-Match": "0"}) == (409, "conflict")
    assert await hub.refusal(OWNER, "PUT", OF, {}, headers={"If-Match": "0"}) == (409, "conflict")


async def test_a_fault_is_told_by_its_place(hub: Door) -> None:
    """And nothing is saved."""
    response = await hub.ask(OWNER, "PUT", OF, {"synonyms": [["毯", "被"], ["被", "床"]]}, headers={"If-Match": "0"})
    error = (await response.json())["error"]

    assert (response.status, error["code"], error["path"]) == (400, "invalid", "vocabulary.synonyms[1][0]")
    assert (await hub.get(OWNER, "GET", OF))["version"] == 0


async def test_words_are_the_desks_to_read_and_the_owners_to_change(hub: Door) -> None:
    """Like the rules."""
    assert await hub.refusal(OPERATOR, "PUT", OF, WORDS, headers={"If-Match": "0"}) == (403, "forbidden")
    assert await hub.refusal(BUYER, "GET", OF) == (403, "forbidden")
    assert (await hub.ask(OUTSIDER, "GET", OF)).status in {403, 404}
