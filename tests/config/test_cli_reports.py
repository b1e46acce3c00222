"""`weihub reports`."""

import asyncio
import json
from pathlib import Path

import pytest

from bot.model.basics import now_ms
from bot.model.cases import Signal
from bot.store import cases, people
from bot.store.unit import Database
from tests.config.test_cli import Shell


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A data directory with two accounts."""
    shell = Shell(tmp_path / "data", capsys)
    for handle in ("tea", "mugs"):
        shell("account", "create", handle, "--name", f"{handle} 铺", "--owner", f"boss-{handle}")
    return shell


def report(shell: Shell, handle: str, *reporters: str) -> str:
    """Reports of an account; the case."""

    async def run() -> str:
        async with Database.at(f"sqlite:///{shell.data}/hub.db") as db, db.write() as conn:
            account = await people.account_by_handle(conn, handle)
            assert account is not None
            for one in reporters:
                detail = {"reason": "fraud", "note": "假货"}
                signal = Signal(account=account.id, conversation=None, offender=account.id, kind="report", at=now_ms(), by=one, detail=detail)
                case = await cases.note(conn, signal)
            return case

    return asyncio.run(run())


def test_what_is_reported_is_listed_exported_and_closed(shell: Shell) -> None:
    """The weightiest first; what is closed is listed no more, and a new report opens a new case."""
    assert shell("reports", "list") == ""
    mugs, tea = report(shell, "mugs", "amy"), report(shell, "tea", "amy", "bob")

    lines = shell("reports", "list").splitlines()
    assert [line.split()[:2] for line in lines] == [[tea, "tea"], [mugs, "mugs"]]
    assert "2 people, 2 reports" in lines[0]
    exported = [json.loads(line) for line in shell("reports", "export").splitlines()]
    assert [(one["handle"], one["reporters"], len(one["kept"])) for one in exported] == [("tea", 2, 2), ("mugs", 1, 1)]
    assert (exported[1]["kept"][0]["by"], exported[1]["kept"][0]["detail"]["note"]) == ("amy", "假货")

    shell("reports", "close", tea, "--reason", "查过了")
    assert [line.split()[0] for line in shell("reports", "list").splitlines()] == [mugs]
    assert shell.fails("reports", "close", tea, "--reason", "再来")
    assert shell.fails("reports", "close", "none", "--reason", "x")
    assert report(shell, "tea", "amy") != tea
