"""Rules as files: an import is a draft and a report, and what speaks now is never touched."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from bot.actions.exchange import QUEUE_LIMIT, Exchange, Exported, Imported
from bot.model.basics import Conflict, HubError, Invalid, NotFound, TooLarge
from bot.model.people import Actor, Verb
from bot.store.tables import MEDIA
from replies.exchange.formats import Format
from replies.exchange.grid import BOOK_LIMIT, FILE_LIMIT
from replies.shapes import RULES_LIMIT
from tests.replies.exchange.books import book
from tests.shop import Shop, outcome, rule, shop, until
from tests.world import BUYER, MODERATOR, OPERATOR, OWNER, STRANGER

FIRST = [rule("发货", "keyword", "24小时内发货"), rule("退货", "keyword", "七天")]
TABLE = "名称,关键词,回复\n发货,寄出,今天发\n坏,正则：(a,好\n包邮,运费,全场包邮\n"


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Shop]:
    """A shop on SQLite that answers."""
    async with shop(f"sqlite:///{data_dir}/hub.db") as hub:
        hub.answers.start(hub.jobs)
        yield hub


@pytest.fixture
def files(hub: Shop) -> Exchange:
    """The verbs under test."""
    return Exchange(access=hub.access, rulebook=hub.rulebook)


async def draft(hub: Shop) -> list[tuple[str, str]]:
    """Id and first keyword of the rules of the draft."""
    found = msgspec.json.decode((await hub.rulebook.draft(OWNER, "shop")).rules)
    return [(one["id"], one["when"]["any"][0]["text"]) for one in found]


async def test_an_import_is_a_draft_with_a_report(hub: Shop, files: Exchange) -> None:
    """The good rows are in the draft, the rest is told, and the published rules go on answering."""
    await hub.rulebook.import_(OWNER, "shop", FIRST)
    done = await files.import_file(OWNER, "shop", TABLE.encode("gbk"))
    assert (done.format, done.taken, done.faults) == ("csv", 2, 1)
    assert [(row.number, row.name, str(row.outcome), row.cell) for row in done.rows] == [
        (2, "发货", "ok", ""),
        (3, "坏", "fault", "B3"),
        (4, "包邮", "ok", ""),
    ]
    assert done.draft is not None
    assert (done.draft.revision, done.draft.author) == (2, OWNER.person)
    assert await draft(hub) == [("发货", "寄出"), ("包邮", "运费")]
    assert (await hub.rulesets.of((await hub.access.account_and_role(OWNER, "shop", Verb.RULES_READ))[0].id)).rules.version == 1
    room = await hub.room()
    await hub.say(BUYER, room, "a", "什么时候发货")
    await hub.settled()
    assert await hub.texts(room) == ["什么时候发货", ">24小时内发货"]


async def test_merging_keeps_the_others(hub: Shop, files: Exchange) -> None:
    """Rules of the same name are replaced where they stand, also when the file knows no ids."""
    await hub.rulebook.put(OWNER, "shop", [{**FIRST[0], "id": "ship"}, FIRST[1]])
    await files.import_file(OWNER, "shop", TABLE.encode(), merging="merge")
    assert await draft(hub) == [("ship", "寄出"), ("退货", "退货"), ("包邮", "运费")]


async def test_a_trial_saves_nothing(hub: Shop, files: Exchange) -> None:
    """The report is that of the import."""
    tried = await files.import_file(OWNER, "shop", TABLE.encode(), dry=True)
    assert (tried.draft, tried.taken, tried.faults) == (None, 2, 1)
    assert (await hub.rulebook.draft(OWNER, "shop")).revision == 0
    assert tried.rows == (await files.import_file(OWNER, "shop", TABLE.encode())).rows


async def test_a_file_without_a_good_rule_takes_nothing_away(hub: Shop, files: Exchange) -> None:
    """The draft stays as it is, and the report says why."""
    await hub.rulebook.put(OWNER, "shop", FIRST)
    for text in ("名称,关键词,回复\n坏,正则：(a,好\n", "名称,关键词,回复\n"):
        done = await files.import_file(OWNER, "shop", text.encode())
        assert (done.draft, done.taken) == (None, 0)
    assert (await hub.rulebook.draft(OWNER, "shop")).revision == 1
    assert (await files.import_file(OWNER, "shop", b"[]")).draft is not None
    assert await draft(hub) == []


@pytest.mark.parametrize(
    ("data", "error", "sentence"),
    [
        (b"PK\x03\x04" + b"\0" * BOOK_LIMIT, TooLarge, "at most"),
        (b"x" * (FILE_LIMIT + 1), TooLarge, "at most"),
        (b"hello", Invalid, "no headings"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Invalid, "old format"),
        (json.dumps([0] * (RULES_LIMIT + 1)).encode(), Invalid, f"{RULES_LIMIT + 1} rules"),
    ],
    ids=["a large workbook", "a large file", "no table", "an old workbook", "too many rules"],
)
async def test_a_file_that_cannot_be_read_is_refused(hub: Shop, files: Exchange, data: bytes, error: type[HubError], sentence: str) -> None:
    """With the reason; nothing is saved."""
    with pytest.raises(error, match=sentence) as refused:
        await files.import_file(OWNER, "shop", data)
    assert refused.value.data["path"] == "file"
    assert (await hub.rulebook.draft(OWNER, "shop")).revision == 0


async def test_a_set_that_would_be_too_large_is_refused(hub: Shop, files: Exchange) -> None:
    """Ten thousand of the draft and one of the file."""
    await hub.rulebook.put(OWNER, "shop", [rule(f"r{number}", "keyword", "好") for number in range(RULES_LIMIT)])
    with pytest.raises(Invalid, match=f"{RULES_LIMIT + 1} rules"):
        await files.import_file(OWNER, "shop", "关键词,回复\n新,好\n".encode(), merging="merge")


async def test_a_picture_of_somebody_else_is_a_fault_of_its_rule(hub: Shop, files: Exchange) -> None:
    """The other rules come in, and what a merge would have replaced stays."""
    async with hub.db.write() as conn:
        made = [("ours", OPERATOR), ("theirs", STRANGER)]
        values = [{"id": name, "owner": who.person, "kind": "image", "type": "x/y", "size": 1, "thumbnail": False, "at": 0} for name, who in made]
        await conn.execute(sa.insert(MEDIA), values)
    await hub.rulebook.put(OWNER, "shop", [rule("旧", "keyword", "好")])
    shows = [
        {**rule(name), "reply": {"messages": [{"kind": "image", "media": name, "width": 1, "height": 1}]}} for name in ("ours", "theirs", "none")
    ]
    shows[1]["id"] = "旧"
    done = await files.import_file(OWNER, "shop", json.dumps(shows).encode(), merging="merge")
    assert [(row.number, str(row.outcome), row.path) for row in done.rows] == [
        (1, "ok", ""),
        (2, "fault", "reply.messages[0].media"),
        (3, "fault", "reply.messages[0].media"),
    ]
    assert await draft(hub) == [("旧", "旧"), ("ours", "ours")]


async def test_of_two_who_import_at_once_one_is_told(hub: Shop, files: Exchange) -> None:
    """Whoever read an older draft reads again."""
    await hub.rulebook.put(OWNER, "shop", FIRST)
    with pytest.raises(Conflict):
        await files.import_file(OWNER, "shop", TABLE.encode(), revision=0)
    done = await asyncio.gather(*(outcome(files.import_file(OWNER, "shop", TABLE.encode(), merging="merge")) for _ in range(3)))
    assert sorted(done) == ["conflict", "conflict", "ok"]


async def test_only_so_many_files_wait(hub: Shop, files: Exchange) -> None:
    """The others are told to come back; afterwards there is room again."""
    async with files._turn:
        reading = [asyncio.create_task(outcome(files.import_file(OWNER, "shop", TABLE.encode(), dry=True))) for _ in range(QUEUE_LIMIT + 2)]

        async def two_are_told() -> bool:
            return sum(task.done() for task in reading) == 2

        await until(two_are_told)
        assert [task.result() for task in reading if task.done()] == ["unavailable"] * 2
    assert sorted(await asyncio.gather(*reading)) == ["ok"] * QUEUE_LIMIT + ["unavailable"] * 2
    assert await outcome(files.import_file(OWNER, "shop", TABLE.encode(), dry=True)) == "ok"


@pytest.mark.parametrize(
    ("actor", "reads", "edits"),
    [(OWNER, "ok", "ok"), (OPERATOR, "ok", "forbidden"), (MODERATOR, "forbidden", "forbidden"), (BUYER, "forbidden", "forbidden")],
)
async def test_the_desk_exports_and_the_owner_imports(files: Exchange, actor: Actor, reads: str, edits: str) -> None:
    """Nobody else learns what is in the rules, nor what is wrong with a file."""
    assert await outcome(files.export(actor, "shop", "csv")) == reads
    assert await outcome(files.import_file(actor, "shop", TABLE.encode(), dry=True)) == edits
    assert await outcome(files.import_file(actor, "nowhere", b"")) == "not_found"


@pytest.mark.parametrize(
    ("format_", "media_type", "extension"),
    [
        ("weihub", "application/json", "json"),
        ("wechat", "application/json", "wechat.json"),
        ("csv", "text/csv; charset=utf-8", "csv"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ],
)
async def test_what_is_exported_can_be_imported(hub: Shop, files: Exchange, format_: Format, media_type: str, extension: str) -> None:
    """In every format; the same rules, under a name that says whose they are."""
    await hub.rulebook.put(OWNER, "shop", FIRST)
    before = (await hub.rulebook.draft(OWNER, "shop")).rules
    file: Exported = await files.export(OPERATOR, "shop", format_)
    assert (file.media_type, file.name) == (media_type, f"shop 小店 自动回复 草稿.{extension}")
    done: Imported = await files.import_file(OWNER, "shop", file.data)
    assert (done.format, done.taken, done.faults) == (format_, 2, 0)
    assert (await hub.rulebook.draft(OWNER, "shop")).rules == before


async def test_the_draft_what_is_published_and_any_version_can_be_exported(hub: Shop, files: Exchange) -> None:
    """Each under its name."""

    async def found(source: Any) -> tuple[str, int]:
        file = await files.export(OWNER, "shop", "weihub", source)
        return file.name.split()[-1], len(msgspec.json.decode(file.data))

    assert await found("draft") == ("草稿.json", 0)
    with pytest.raises(NotFound):
        await found("published")
    await hub.rulebook.import_(OWNER, "shop", FIRST)
    await hub.rulebook.import_(OWNER, "shop", FIRST[:1])
    await hub.rulebook.put(OWNER, "shop", [])
    assert [await found(source) for source in ("draft", "published", 2, 1)] == [("草稿.json", 0), ("v2.json", 1), ("v2.json", 1), ("v1.json", 2)]
    with pytest.raises(NotFound):
        await found(7)


async def test_a_workbook_is_imported(hub: Shop, files: Exchange) -> None:
    """As one made by a seller."""
    done = await files.import_file(OWNER, "shop", book([["名称", "关键词", "回复"], ["发货", "发货", "=1+1"]]))
    assert (done.format, done.taken) == ("xlsx", 1)
    assert [(row.cell, str(row.outcome)) for row in done.rows] == [("C2", "changed")]
    assert json.loads((await hub.rulebook.draft(OWNER, "shop")).rules)[0]["reply"]["messages"][0]["text"] == "=1+1"
