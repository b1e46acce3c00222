"""Filters by REST: lists from their making to their end, of an account and of a group."""

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from channels.rest_filters import LIST_BYTES
from tests.channels.door import Door, door
from tests.world import BUYER, MODERATOR, OPERATOR, OUTSIDER, OWNER

LIST = {"name": "黄牛", "action": "block", "words": ["黄牛"], "patterns": ["\\d{9}"], "allow": ["老黄牛"], "note": "票务"}


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Door]:
    async with door(data_dir) as hub:
        yield hub


async def places(hub: Door) -> list[str]:
    """The address of an account, and that of a group of it."""
    made = await hub.get(OWNER, "POST", "/accounts/shop/groups", {"name": "茶友"})
    return ["/accounts/shop", f"/groups/{made['id']}"]


async def test_a_list_from_its_making_to_its_end(hub: Door) -> None:
    """Made, listed without its words, read, replaced, tried, deleted; only as the caller saw it."""
    for place in await places(hub):
        made = await hub.get(MODERATOR, "POST", f"{place}/filters", LIST)
        assert {name: made[name] for name in LIST} == LIST
        assert (made["way"], made["enabled"], made["version"], made["by"]) == ("sound", True, 1, MODERATOR.person)
        one = f"{place}/filters/{made['id']}"
        card = (await hub.get(OWNER, "GET", f"{place}/filters"))["items"][0]
        assert (card["words"], card["patterns"], card["hits"], "allow" in card) == (2, 1, 0, False)
        read = await hub.ask(OWNER, "GET", one)
        assert (read.headers["ETag"], (await read.json())["words"]) == ('"1"', ["黄牛"])

        changed = await hub.get(OWNER, "PUT", one, {**LIST, "words": ["倒票"], "action": "mask"}, headers={"If-Match": '"1"'})
        assert (changed["version"], changed["words"], changed["action"]) == (2, ["倒票"], "mask")
        assert await hub.refusal(OWNER, "PUT", one, LIST, headers={"If-Match": '"1"'}) == (409, "conflict")
        assert await hub.refusal(OWNER, "PUT", one, LIST) == (400, "invalid")
        tried = await hub.get(OWNER, "POST", f"{place}/filters:try", {"text": "倒-票 123456789"})
        assert (tried["action"], [sign["word"] for sign in tried["signals"]]) == ("mask", ["倒票", "\\d{9}"])
        assert tried["signals"][0] == {
            "kind": "list",
            "list": made["id"],
            "name": "黄牛",
            "word": "倒票",
            "action": "mask",
            "start": 0,
            "end": 3,
            "evidence": 0.0,
        }
        assert await hub.refusal(OWNER, "DELETE", one, headers={"If-Match": '"1"'}) == (409, "conflict")
        await hub.get(OWNER, "DELETE", one)
        assert await hub.refusal(OWNER, "GET", one) == (404, "not_found")


async def test_strangers_learn_nothing_and_send_nothing_large(hub: Door) -> None:
    """Whoever may not is refused before their body is read."""
    for place in await places(hub):
        for actor in (BUYER, OPERATOR, OUTSIDER):
            assert await hub.refusal(actor, "GET", f"{place}/filters") == (403, "forbidden")
            assert await hub.refusal(actor, "POST", f"{place}/filters", {"name": "x" * 65}) == (403, "forbidden")
    assert await hub.refusal(OWNER, "GET", "/groups/nothing/filters") == (404, "not_found")
    assert await hub.refusal(OWNER, "POST", "/groups/nothing/filters", LIST) == (404, "not_found")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"words": ["好", "\u200b"]}, "words[1]"),
        ({"words": ["加\\d群"]}, "words[0]"),
        ({"words": [str(number) for number in range(100_000)]}, "words"),
        ({"patterns": ["("]}, "patterns[0]"),
        ({"action": "pass"}, "action"),
        ({"way": "smell"}, "way"),
        ({"words": "黄牛"}, "words"),
        ({"words": ["好", 7]}, "words[1]"),
        ({"name": ""}, "name"),
    ],
)
async def test_a_bad_list_is_told_where_it_is_bad(hub: Door, change: dict[str, Any], path: str) -> None:
    """And nothing is kept of it."""
    response = await hub.ask(OWNER, "POST", "/accounts/shop/filters", {**LIST, **change})
    error = (await response.json())["error"]
    assert (response.status, error["code"], error["path"]) == (400, "invalid", path)
    assert (await hub.get(OWNER, "GET", "/accounts/shop/filters"))["items"] == []


async def test_a_list_beyond_four_megabytes_is_too_large(hub: Door) -> None:
    """Whatever is in it."""
    headers = {"Authorization": f"Bearer {await hub.token(OWNER)}", "Content-Type": "application/json"}
    body = io.BytesIO(msgspec.json.encode({**LIST, "note": "x" * LIST_BYTES}))
    response = await hub.client.post("/api/v1/accounts/shop/filters", data=body, headers=headers)
    assert (response.status, (await response.json())["error"]["code"]) == (413, "too_large")
