"""Rules as files through the door."""

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import aiohttp
import pytest

from replies.exchange.grid import FILE_LIMIT
from tests.channels.door import Door, door, strict
from tests.replies.exchange.books import book
from tests.shop import rule
from tests.world import BUYER, OPERATOR, OWNER

TABLE = "名称,关键词,回复\n发货,发货,今天发\n坏,正则：(a,好\n".encode("gbk")
BOOK = book([["名称", "关键词", "回复"], ["发货", "发货", "今天发"]])


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Door]:
    async with door(data_dir) as opened:
        yield opened


async def bring(hub: Door, data: Any, query: str = "", who: Any = OWNER, **headers: str) -> tuple[int, Any]:
    sent = {"Authorization": f"Bearer {await hub.token(who)}", "Accept-Language": "en", **headers}
    response = await hub.client.post(f"/api/v1/accounts/shop/rules:import{query}", data=data, headers=sent)
    return response.status, await response.json()


def form(data: bytes, name: str = "file") -> aiohttp.FormData:
    made = aiohttp.FormData()
    made.add_field("comment", "看")
    made.add_field(name, io.BytesIO(data), filename="规则.csv", content_type="text/csv")
    return made


async def take(hub: Door, query: str, who: Any = OWNER) -> aiohttp.ClientResponse:
    return await hub.ask(who, "GET", f"/accounts/shop/rules:export?{query}")


async def test_a_file_becomes_the_draft_with_a_report(hub: Door) -> None:
    """As the body or as a part of a form; its format is found out by its bytes."""
    for number, (data, kind) in enumerate(((TABLE, "text/csv"), (form(TABLE), ""), (TABLE, "application/x-www-form-urlencoded")), 1):
        status, done = await bring(hub, data, **({"Content-Type": kind} if kind else {}))
        assert (status, done["format"], done["taken"], done["version"]) == (200, "csv", 1, number)
        assert [(row["number"], row["name"], row["outcome"], row["cell"], row["path"]) for row in done["rows"]] == [
            (2, "发货", "ok", "", ""),
            (3, "坏", "fault", "B3", "when.any[0].text"),
        ]
        assert all(row["zh"] and row["en"] for row in done["rows"] if row["outcome"] == "fault")
    assert [one["name"] for one in (await hub.get(OPERATOR, "GET", "/accounts/shop/rules"))["rules"]] == ["发货"]
    assert await hub.refusal(OWNER, "GET", "/accounts/shop/rules/versions/1") == (404, "not_found")


async def test_a_file_can_be_tried_and_merged(hub: Door) -> None:
    """A trial saves nothing; a merge keeps the others; `If-Match` holds both to what was read."""
    tried = (await bring(hub, BOOK, "?dry=true&format=xlsx"))[1]
    assert (tried["taken"], tried["version"], tried["at"]) == (1, None, None)
    await hub.get(OWNER, "PUT", "/accounts/shop/rules", [rule("旧", "keyword", "好")], headers={"If-Match": '"0"'})
    assert (await bring(hub, BOOK, "?mode=merge", **{"If-Match": '"7"'}))[1]["error"]["code"] == "conflict"
    assert (await bring(hub, BOOK, "?mode=merge", **{"If-Match": '"1"'}))[1]["version"] == 2
    assert [one["id"] for one in (await hub.get(OWNER, "GET", "/accounts/shop/rules"))["rules"]] == ["旧", "发货"]


@pytest.mark.parametrize(
    ("data", "query", "status", "code"),
    [
        (b"", "", 400, "invalid"),
        (b"hello", "", 400, "invalid"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "", 400, "invalid"),
        (b"PK\x03\x04", "", 400, "invalid"),
        (TABLE, "?format=pdf", 400, "invalid"),
        (TABLE, "?mode=guess", 400, "invalid"),
        (form(TABLE, "other"), "", 400, "invalid"),
        (io.BytesIO(b"x" * (FILE_LIMIT + 1)), "", 413, "too_large"),
        (form(b"x" * (FILE_LIMIT + 1)), "", 413, "too_large"),
    ],
    ids=["nothing", "no table", "xls", "a broken workbook", "a format", "a mode", "no part", "too large", "too large in a form"],
)
async def test_what_cannot_be_read_is_refused(hub: Door, data: Any, query: str, status: int, code: str) -> None:
    """In one sentence with the path; the draft stays."""
    answer = await bring(hub, data, query)
    assert (answer[0], answer[1]["error"]["code"]) == (status, code)
    assert answer[1]["error"]["message"]
    assert (await hub.get(OWNER, "GET", "/accounts/shop/rules"))["version"] == 0


@pytest.mark.parametrize(
    ("format_", "media_type", "extension"),
    [
        ("weihub", "application/json", "json"),
        ("wechat", "application/json", "wechat.json"),
        ("csv", "text/csv", "csv"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ],
)
async def test_rules_are_fetched_as_a_file(hub: Door, format_: str, media_type: str, extension: str) -> None:
    """To be saved, not shown; with its name in two forms; and it can be brought back."""
    await bring(hub, BOOK)
    response = await take(hub, f"format={format_}", OPERATOR)
    data = await response.read()
    assert (response.status, response.content_type) == (200, media_type)
    disposition = response.headers["Content-Disposition"]
    assert disposition.startswith(f'attachment; filename="rules.{extension.rpartition(".")[2]}"; ')
    assert unquote(disposition.partition("filename*=UTF-8''")[2]) == f"shop 小店 自动回复 草稿.{extension}"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Weihub-Left-Out"] == "0"
    assert (await bring(hub, data))[1]["format"] == format_


async def test_versions_are_fetched_too(hub: Door) -> None:
    """What is published, and any version by its number."""
    assert (await take(hub, "format=csv&source=published")).status == 404
    await bring(hub, BOOK)
    await hub.get(OWNER, "POST", "/accounts/shop/rules:publish")
    await bring(hub, json.dumps([rule("新", "keyword", "好")]).encode())
    names = [unquote((await take(hub, f"format=weihub{query}")).headers["Content-Disposition"]) for query in ("", "&source=published", "&version=1")]
    assert [name.rpartition(" ")[2] for name in names] == ["草稿.json", "v1.json", "v1.json"]
    assert (await take(hub, "format=csv&version=9")).status == 404
    assert (await take(hub, "")).status == 400


async def test_what_a_format_cannot_hold_is_told(hub: Door) -> None:
    """As a header of the file, and as a report of its own."""
    await hub.get(
        OWNER, "PUT", "/accounts/shop/rules", [rule("好", "offhours", "在"), rule("下班", "offhours", "明天见")], headers={"If-Match": '"0"'}
    )
    assert (await take(hub, "format=wechat")).headers["X-Weihub-Left-Out"] == "2"
    told = await hub.get(OPERATOR, "GET", "/accounts/shop/rules:exportable?format=wechat")
    assert [(row["number"], row["name"], row["outcome"]) for row in told["rows"]] == [(1, "好", "skipped"), (2, "下班", "skipped")]
    assert (await hub.get(OPERATOR, "GET", "/accounts/shop/rules:exportable?format=xlsx"))["rows"] == []


async def test_files_are_for_those_who_may(hub: Door) -> None:
    """The desk reads, the owner writes."""
    assert (await take(hub, "format=csv", BUYER)).status == 403
    assert (await bring(hub, TABLE, "", OPERATOR))[0] == 403
    assert await hub.refusal(None, "GET", "/accounts/shop/rules:export?format=csv") == (401, "unauthenticated")


async def test_files_come_at_a_bounded_rate(data_dir: Path) -> None:
    """As everything that takes a core for a second."""
    async with door(data_dir, limiter=strict()) as hub:
        answers = [(await bring(hub, b""))[0] for _ in range(12)]
    assert answers == [400] * 10 + [429] * 2
