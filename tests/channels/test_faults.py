"""What does not fit the wire is refused in words that people understand, in their language."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.channels.door import Door, door
from tests.world import OWNER

PATH = "/accounts/shop/staff"


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Door]:
    async with door(data_dir) as opened:
        yield opened


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "login 不对：应为文字（2 到 64 个小写字母、数字或 . _ @ + -，以字母或数字开头）。"),
        ("en", "login is not right: This must be text: 2 to 64 of a-z, 0-9 and . _ @ + -, beginning with a letter or digit."),
    ],
)
async def test_a_member_that_does_not_fit_is_told_in_words(hub: Door, language: str, said: str) -> None:
    """Where, and what it must be, without the expression it is tried with."""
    body = {"login": "小 林", "name": "小林", "role": "operator"}
    response = await hub.ask(OWNER, "POST", PATH, body, headers={"Accept-Language": language})
    error = (await response.json())["error"]
    assert (response.status, error["path"], error["message"]) == (400, "login", said)


@pytest.mark.parametrize(("language", "said"), [("zh", "请求格式不对：缺少“role”。"), ("en", "The request is not right: `role` is missing.")])
async def test_a_member_that_is_missing_is_told_by_its_name(hub: Door, language: str, said: str) -> None:
    """Its path is its own."""
    response = await hub.ask(OWNER, "POST", PATH, {"login": "new", "name": "新人"}, headers={"Accept-Language": language})
    error = (await response.json())["error"]
    assert (error["path"], error["message"]) == ("role", said)


async def test_the_name_of_an_entry_that_does_not_fit_is_placed(hub: Door) -> None:
    """A fault of a name among names is told of what holds it."""
    profile = await hub.get(OWNER, "GET", "/accounts/shop")
    hours = {"weekly": {"x" * 65: ["09:00-18:00"]}}
    response = await hub.ask(OWNER, "PATCH", "/accounts/shop", {"hours": hours}, headers={"If-Match": str(profile["version"])})
    error = (await response.json())["error"]
    assert (error["path"], "`" in error["path"]) == ("hours.weekly", False)


async def test_what_is_no_json_is_told_so(hub: Door) -> None:
    """In both languages, with where it ends to be any."""
    token = await hub.token(OWNER)
    for language, said in (("zh", "不是有效的 JSON"), ("en", "This is not valid JSON")):
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}", "Accept-Language": language}
        response = await hub.client.post(f"/api/v1{PATH}", data=b'{"login": "xiaolin"', headers=headers)
        assert said in (await response.json())["error"]["message"]
