"""Starter packs by REST, as the pages' button asks for them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from config.packs import read_packs
from tests.channels.door import Door, door
from tests.world import BUYER, MODERATOR, OPERATOR, OWNER

INSTALL = "/accounts/shop/rules:pack"


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Door]:
    async with door(data_dir) as opened:
        yield opened


async def test_packs_are_listed_with_their_names_and_counts(hub: Door) -> None:
    """For staff; a buyer is told no."""
    items = (await hub.get(OPERATOR, "GET", "/rule-packs"))["items"]

    assert [(one["id"], one["name"]["zh"]) for one in items] == [("general", "通用店铺"), ("clothes", "服饰"), ("food", "食品茶饮")]
    for one in items:
        rules = read_packs()[one["id"]].rules
        assert (one["rules"], one["keywords"]) == (len(rules), sum(len(rule.when.any) for rule in rules))
        assert one["questions"] == sum(len(rule.when.similar) for rule in rules)
        assert one["about"]["en"]
    assert await hub.refusal(BUYER, "GET", "/rule-packs") == (403, "forbidden")
    assert await hub.refusal(None, "GET", "/rule-packs") == (401, "unauthenticated")


async def test_a_pack_is_taken_in_tried_and_published(hub: Door) -> None:
    """The draft answers by it, with the version to publish; the second pack leaves out what the first brought."""
    response = await hub.ask(OWNER, "POST", INSTALL, {"pack": "clothes"}, headers={"If-Match": "0"})
    first = await response.json()
    assert (response.status, response.headers["ETag"], first["version"], first["author"]) == (200, '"1"', 1, OWNER.person)
    assert (len(first["added"]), first["skipped"]) == (len(read_packs()["clothes"].rules), [])
    assert {note["rule"] for note in first["notes"]} <= set(first["added"])

    tried = await hub.get(OPERATOR, "POST", "/accounts/shop/rules:try", {"text": "洗了会不会缩水"})
    assert tried["trace"]["winners"] == ["clothes-fade"]
    second = await hub.get(OWNER, "POST", INSTALL, {"pack": "general", "mode": "merge"}, headers={"If-Match": "1"})
    assert {"rule": "shop-human", "why": "id", "held_by": "shop-human"} in second["skipped"]
    assert {"rule": "general-follow", "why": "layer", "held_by": "clothes-follow"} in second["skipped"]
    assert {"rule": "general-greeting", "why": "pattern", "held_by": "clothes-greeting"} in second["skipped"]
    assert "general-warranty" in second["added"]
    assert (await hub.get(OWNER, "POST", "/accounts/shop/rules:publish", {}, headers={"If-Match": "2"}))["version"] == 1


async def test_a_pack_can_replace_the_draft(hub: Door) -> None:
    """Nothing of it is left."""
    await hub.get(OWNER, "POST", INSTALL, {"pack": "general"})
    replaced = await hub.get(OWNER, "POST", INSTALL, {"pack": "food", "mode": "replace"})
    rules = (await hub.get(OWNER, "GET", "/accounts/shop/rules"))["rules"]

    assert [rule["id"] for rule in rules] == replaced["added"]
    assert not any(rule["id"].startswith("general-") for rule in rules)


async def test_what_is_asked_wrongly_changes_nothing(hub: Door) -> None:
    """An unknown pack or mode, another version, and whoever may not."""
    assert await hub.refusal(OWNER, "POST", INSTALL, {"pack": "cars"}) == (404, "not_found")
    assert await hub.refusal(OWNER, "POST", INSTALL, {"pack": "food", "mode": "shuffle"}) == (400, "invalid")
    assert await hub.refusal(OWNER, "POST", INSTALL, {"pack": "food"}, headers={"If-Match": "3"}) == (409, "conflict")
    for actor in (OPERATOR, MODERATOR, BUYER):
        assert await hub.refusal(actor, "POST", INSTALL, {"pack": "food"}) == (403, "forbidden")
    assert (await hub.get(OWNER, "GET", "/accounts/shop/rules"))["version"] == 0
