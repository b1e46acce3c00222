"""Tags of followers by REST."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.channels.door import Door, door
from tests.world import BUYER, MODERATOR, OPERATOR, OWNER, STRANGER, VISITOR

OF = f"/accounts/shop/followers/{BUYER.person}/tags"


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Door]:
    async with door(data_dir) as opened:
        yield opened


async def test_the_desk_tags_a_follower(hub: Door) -> None:
    """Twice is once; the tag shows on the follower, in the list of followers and in the list of the account."""
    for _ in range(2):
        await hub.get(OPERATOR, "PUT", f"{OF}/{quote('老客 VIP')}")
    await hub.get(OWNER, "PUT", f"{OF}/急")

    (vip, urgent) = (await hub.get(OWNER, "GET", OF))["items"]
    assert [(one["tag"], one["by"]) for one in (vip, urgent)] == [("急", OWNER.person), ("老客 VIP", OPERATOR.person)]
    (follower,) = (await hub.get(OPERATOR, "GET", "/accounts/shop/followers"))["items"]
    assert follower["tags"] == ["急", "老客 VIP"]
    assert [one["tag"] for one in (await hub.get(OPERATOR, "GET", "/accounts/shop/tags"))["items"]] == ["急", "老客 VIP"]


async def test_a_tag_is_taken_off_one_or_off_all(hub: Door) -> None:
    """Off one by the desk, again changes nothing; off all by the owner alone."""
    for tag in ("急", "老客"):
        await hub.get(OPERATOR, "PUT", f"{OF}/{tag}")
    for _ in range(2):
        await hub.get(OPERATOR, "DELETE", f"{OF}/急")
    assert [one["tag"] for one in (await hub.get(OPERATOR, "GET", OF))["items"]] == ["老客"]

    assert await hub.refusal(OPERATOR, "DELETE", "/accounts/shop/tags/老客") == (403, "forbidden")
    await hub.get(OWNER, "DELETE", "/accounts/shop/tags/老客")
    assert (await hub.get(OPERATOR, "GET", OF))["items"] == []
    assert await hub.refusal(OWNER, "DELETE", "/accounts/shop/tags/老客") == (404, "not_found")


@pytest.mark.parametrize("tag", ["字" * 21, ".藏", "空 ", "%20", "a%2Fb", "a%5Cb", "a%0Ab"])
async def test_what_is_no_tag_is_invalid(hub: Door, tag: str) -> None:
    """With the member at fault, and nothing is kept."""
    response = await hub.ask(OPERATOR, "PUT", f"{OF}/{tag}")
    error = (await response.json())["error"]
    assert (response.status, error["code"], error["path"]) == (400, "invalid", "tag")
    assert (await hub.get(OPERATOR, "GET", "/accounts/shop/tags"))["items"] == []


async def test_twenty_characters_are_a_tag(hub: Door) -> None:
    """The longest one, and the shortest."""
    for tag in ("字" * 20, "急"):
        await hub.get(OPERATOR, "PUT", f"{OF}/{tag}")


async def test_nobody_else_tags(hub: Door) -> None:
    """Not the follower, nor a moderator, nor another shop; and only followers are tagged."""
    for actor in (BUYER, MODERATOR, STRANGER):
        assert await hub.refusal(actor, "PUT", f"{OF}/急") == (403, "forbidden")
        assert await hub.refusal(actor, "GET", OF) == (403, "forbidden")
        assert await hub.refusal(actor, "GET", "/accounts/shop/tags") == (403, "forbidden")
    nobody = f"/accounts/shop/followers/{VISITOR.person}/tags"
    for method, path in (("PUT", f"{nobody}/急"), ("GET", nobody), ("DELETE", f"{nobody}/急")):
        assert await hub.refusal(OPERATOR, method, path) == (404, "not_found")


async def test_a_follower_has_fifty_tags_at_most(hub: Door) -> None:
    """The next is a conflict."""
    for number in range(50):
        await hub.get(OPERATOR, "PUT", f"{OF}/t{number}")
    assert await hub.refusal(OPERATOR, "PUT", f"{OF}/more") == (409, "conflict")
    await hub.get(OPERATOR, "PUT", f"{OF}/t7")
