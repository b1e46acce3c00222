"""Statistics by REST."""

from collections.abc import AsyncIterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.model.basics import now_ms
from bot.store import counts
from replies.tally import RuleCount, Tally, day_of
from tests.channels.door import Door, door
from tests.shop import rule, until
from tests.world import BUYER, MODERATOR, OPERATOR, OWNER, SHOP, STRANGER

STATS = "/accounts/shop/rules/stats"
HOURS = {"zone": "America/New_York", "weekly": {"mon-fri": ["09:00-18:00"]}}


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Door]:
    """A shop that speaks by the rule ship, with counts of two days in January."""
    async with door(data_dir) as opened:
        await opened.services.rulebook.import_(OWNER, "shop", [rule("ship", "keyword", "今天发")])
        added = [
            Tally(SHOP, "2026-01-05", "answered", False, (RuleCount("ship", "2026-01-05", 1, 1), RuleCount("old", "2026-01-05", 1))),
            Tally(SHOP, "2026-01-06", "handed_off", True, (RuleCount("ship", "2026-01-05", handed_off=1, asked_again=1),)),
        ]
        await opened.hub.db.batch(lambda conn: counts.add(conn, added))
        yield opened


async def test_the_desk_reads_what_the_rules_did(hub: Door) -> None:
    """Messages by day, and rules with the names they have now."""
    found = await hub.get(OPERATOR, "GET", f"{STATS}?from=2026-01-05&to=2026-01-06")

    outcomes = {"heard": 1, "answered": 0, "choices": 0, "handed_off": 0, "silent": 0, "unanswered": 0}
    assert found == {
        "from": "2026-01-05",
        "to": "2026-01-06",
        "zone": "Asia/Shanghai",
        "days": [outcomes | {"day": "2026-01-05", "answered": 1}, outcomes | {"day": "2026-01-06", "handed_off": 1, "unanswered": 1}],
        "items": [
            {"rule": "old", "name": None, "day": None, "heard": 1, "answered": 0, "handed_off": 0, "asked_again": 0},
            {"rule": "ship", "name": "ship", "day": None, "heard": 1, "answered": 1, "handed_off": 1, "asked_again": 1},
        ],
        "cursor": None,
    }


async def test_rules_are_paged_together_or_day_by_day(hub: Door) -> None:
    """The days of the account come with the first page alone."""
    for daily, days in (("false", [None, None]), ("true", ["2026-01-05", "2026-01-05"])):
        first = await hub.get(OWNER, "GET", f"{STATS}?from=2026-01-01&to=2026-01-31&limit=1&daily={daily}")
        second = await hub.get(OWNER, "GET", f"{STATS}?from=2026-01-01&to=2026-01-31&limit=1&daily={daily}&cursor={first['cursor']}")
        assert [one["rule"] for one in first["items"] + second["items"]] == ["old", "ship"]
        assert [one["day"] for one in first["items"] + second["items"]] == days
        assert (len(first["days"]), second["days"], second["cursor"]) == (2, [], None)


async def test_without_days_the_last_seven_of_the_accounts_zone_are_told(hub: Door) -> None:
    """Today is the last of them; with one end named the other follows from it."""
    await hub.get(OWNER, "PATCH", "/accounts/shop", {"hours": HOURS}, headers={"If-Match": "1"})

    async def moved() -> bool:
        return bool((await hub.get(OPERATOR, "GET", STATS))["zone"] == "America/New_York")

    await until(moved)
    zone = ZoneInfo("America/New_York")
    before = day_of(zone, now_ms())
    found = await hub.get(OPERATOR, "GET", STATS)
    assert found["to"] in {before, day_of(zone, now_ms())}
    assert len({found["from"], found["to"]}) == 2

    ended = await hub.get(OPERATOR, "GET", f"{STATS}?to=2026-01-07")
    assert (ended["from"], len(ended["days"])) == ("2026-01-01", 2)


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("from=2026-02-30", "from"),
        ("to=20260101xx", "to"),
        ("from=2026-W01-1", "from"),
        ("from=2026-1-1", "from"),
        ("from=2026-01-02&to=2026-01-01", "to"),
        ("from=2025-01-01&to=2026-02-05", "from"),
        ("cursor=x", "cursor"),
        ("limit=201", "limit"),
        ("daily=perhaps", "daily"),
    ],
)
async def test_what_makes_no_sense_is_told_with_its_place(hub: Door, query: str, path: str) -> None:
    """A day that is none, an end before its beginning, too long a time, a bad page."""
    response = await hub.ask(OPERATOR, "GET", f"{STATS}?{query}")
    error = (await response.json())["error"]
    assert (response.status, error["code"], error["path"]) == (400, "invalid", path)


async def test_four_hundred_days_may_be_asked_for(hub: Door) -> None:
    """And no more; the first day of all has no days before it."""
    assert len((await hub.get(OPERATOR, "GET", f"{STATS}?from=2025-01-01&to=2026-02-04"))["days"]) == 2
    assert (await hub.get(OPERATOR, "GET", f"{STATS}?to=0001-01-03"))["from"] == "0001-01-01"


async def test_nobody_else_reads_them(hub: Door) -> None:
    """Not a buyer, nor a moderator, nor another shop."""
    for actor in (BUYER, MODERATOR, STRANGER):
        assert await hub.refusal(actor, "GET", STATS) == (403, "forbidden")
    assert await hub.refusal(OWNER, "GET", "/accounts/none/rules/stats") == (404, "not_found")


async def test_the_desk_sees_the_account_at_a_glance(hub: Door) -> None:
    """Counts and the week; nobody else sees it, nor asks without end."""
    seen = await hub.get(OPERATOR, "GET", "/accounts/shop/overview")

    assert seen | {"at": "", "today": "", "days": []} == {
        "at": "",
        "today": "",
        "zone": "Asia/Shanghai",
        "waiting": 0,
        "held": 0,
        "waiting_since": None,
        "taken": 0,
        "median_wait_s": None,
        "longest_wait_s": None,
        "followed": 0,
        "days": [],
        "unanswered": [],
    }
    assert [day["day"] for day in seen["days"]][-1] == seen["today"]
    assert await hub.refusal(MODERATOR, "GET", "/accounts/shop/overview") == (403, "forbidden")
