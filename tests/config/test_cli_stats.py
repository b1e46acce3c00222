"""`weihub rules stats`."""

import asyncio
import io
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from bot.actions.stats import Figures
from bot.model.basics import now_ms
from bot.store import counts, people
from bot.store.counts import ReplyDay, RuleTotal
from bot.store.unit import Database
from config.cli_stats import show
from replies.tally import RuleCount, Tally, day_of
from tests.config.test_cli import Shell
from tests.shop import rule

DAY_MS = 86_400_000


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A data directory with the account tea, whose rules are ship and back."""
    shell = Shell(tmp_path / "data", capsys)
    shell("account", "create", "tea", "--name", "茶铺", "--owner", "boss")
    file = tmp_path / "rules.json"
    file.write_text(json.dumps([rule("ship", "keyword", "今天发"), rule("back", "keyword", "七天")]), encoding="utf-8")
    shell("rules", "import", str(file), "--account", "tea")
    return shell


def count(shell: Shell, *, days_ago: int = 0, rules: int = 0) -> None:
    """Two answered messages of a day, and one that nobody knew."""

    async def run() -> None:
        async with Database.at(f"sqlite:///{shell.data}/hub.db") as db:
            async with db.read() as conn:
                account = await people.account_by_handle(conn, "tea")
            assert account is not None
            day = day_of(ZoneInfo("Asia/Shanghai"), now_ms() - days_ago * DAY_MS)
            told = [
                Tally(account.id, day, "answered", False, (RuleCount("ship", day, 2, 1), RuleCount("back", day, 1))),
                Tally(account.id, day, "answered", False, (RuleCount("ship", day, 1, 1, 1, 1), RuleCount("old", day, 1, 1))),
                Tally(account.id, day, "handed_off", True, tuple(RuleCount(f"x{number:03}", day, 1) for number in range(rules))),
            ]
            await db.batch(lambda conn: counts.add(conn, told))

    asyncio.run(run())


def test_rules_are_told_by_how_often_they_answered(shell: Shell) -> None:
    """With the messages of the days in a line, and a rule that is no more by its id."""
    count(shell)
    count(shell, days_ago=1)
    lines = shell("rules", "stats", "tea").splitlines()

    assert "6 messages: 4 answered, 0 asked back, 2 to people, 0 silent; 2 that no rule knew." in lines
    (heading,) = [place for place, line in enumerate(lines) if line.startswith("rule ")]
    rows = [line.split() for line in lines[heading + 1 :]]
    assert rows == [
        ["ship", "[ship]", "6", "4", "█" * 16, "2", "(50", "%)", "2", "(50", "%)"],
        ["old", "(gone)", "2", "2", "█" * 8, "0", "0"],
        ["back", "[back]", "2", "0", "0", "0"],
    ]


def test_only_the_days_that_were_asked_for_count(shell: Shell) -> None:
    """Today is the last of them."""
    count(shell)
    count(shell, days_ago=3)

    assert [shell("rules", "stats", "tea", "--days", days).splitlines()[1].split()[0] for days in ("1", "3", "4")] == ["3", "3", "6"]


def test_more_than_a_page_of_rules_is_told(shell: Shell) -> None:
    """All of them."""
    count(shell, rules=450)

    assert shell("rules", "stats", "tea").count("x") == 450


def test_without_a_message_there_is_no_table(shell: Shell) -> None:
    """And for nobody's account an error."""
    assert "No rule was heard." in shell("rules", "stats", "tea")
    assert "There is no account none" in shell.fails("rules", "stats", "none")


@pytest.mark.parametrize("days", ["0", "401", "-1", "x", "٣"])
def test_days_are_a_number_within_bounds(shell: Shell, days: str) -> None:
    """Asked wrongly."""
    with pytest.raises(SystemExit) as asked:
        shell("rules", "stats", "tea", f"--days={days}")
    assert asked.value.code == 2


def test_a_name_drives_no_terminal() -> None:
    """Nor does it mean markup."""
    out = io.StringIO()
    total = RuleTotal(rule="r", heard=1, answered=1, handed_off=0, asked_again=0)
    day = ReplyDay(day="2026-01-05", heard=1, answered=1, choices=0, handed_off=0, silent=0, unanswered=0)
    names = {"r": "[red]红\x1b[2J"}
    figures = Figures(first="2026-01-05", last="2026-01-05", zone="Asia/Shanghai", days=[day], rules=[total], names=names, cursor=None)

    show(figures, Console(file=out, width=120, force_terminal=True))

    assert "[red]红[2J [r]" in out.getvalue()
    assert "\x1b[2J" not in out.getvalue()
