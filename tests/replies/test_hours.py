"""Opening hours: weeks, nights, holidays, zones, first and last moments."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replies.faults import RuleFault
from replies.hours import Hours, Opening, compile_hours


def hours(**members: object) -> Opening:
    return compile_hours(msgspec.convert(members, Hours))


def at(moment: str, zone: str = "Asia/Shanghai") -> int:
    return int(datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1_000)


WEEK = {"mon-fri": ["09:00-12:00", "13:30-18:00"], "sat": ["10:00-16:00"]}


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-01-05T08:59:59.999", False),
        ("2026-01-05T09:00", True),
        ("2026-01-05T11:59:59", True),
        ("2026-01-05T12:00", False),
        ("2026-01-05T13:30", True),
        ("2026-01-09T17:59", True),
        ("2026-01-09T18:00", False),
        ("2026-01-10T10:00", True),
        ("2026-01-10T09:30", False),
        ("2026-01-11T10:00", False),
    ],
)
def test_a_week_of_hours(moment: str, is_open: bool) -> None:
    """The beginning belongs to a range, the end does not; a day that is not named is closed."""
    assert hours(weekly=WEEK).is_open(at(moment)) is is_open


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-01-09T22:00", True),
        ("2026-01-09T21:59", False),
        ("2026-01-10T01:59", True),
        ("2026-01-10T02:00", False),
        ("2026-01-11T01:00", False),
        ("2026-01-05T01:00", False),
    ],
)
def test_a_night_belongs_to_the_day_it_began_on(moment: str, is_open: bool) -> None:
    """Friday 22:00 to 02:00 is open early on Saturday and on no other morning."""
    assert hours(weekly={"fri": ["22:00-02:00"]}).is_open(at(moment)) is is_open


def test_a_holiday_takes_the_place_of_the_week() -> None:
    """A closed week in October and a working Saturday after it; the night before a holiday still runs out."""
    week = {"mon,tue,thu,fri": ["09:00-18:00"], "wed": ["22:00-02:00"]}
    opening = hours(weekly=week, holidays={"2026-10-01/2026-10-07": [], "2026-10-10": ["10:00-15:00"]})

    assert not opening.is_open(at("2026-10-01T10:00"))
    assert opening.is_open(at("2026-10-01T01:00"))
    assert not opening.is_open(at("2026-10-07T23:00"))
    assert opening.is_open(at("2026-10-08T10:00"))
    assert opening.is_open(at("2026-10-10T10:00"))
    assert not opening.is_open(at("2026-10-10T15:00"))


def test_the_zone_decides() -> None:
    """Nine in the morning is another moment in New York, summer and winter."""
    opening = hours(zone="America/New_York", weekly={"mon-sun": ["09:00-17:00"]})

    assert opening.is_open(at("2026-01-05T14:00", "UTC"))
    assert not opening.is_open(at("2026-01-05T13:59", "UTC"))
    assert opening.is_open(at("2026-07-06T13:00", "UTC"))


def test_no_weekly_hours_means_every_hour() -> None:
    """Only the first and last moment and holidays count then."""
    opening = hours(holidays={"2026-01-06": []}, **{"from": "2026-01-05", "until": "2026-01-07"})

    assert not opening.is_open(at("2026-01-04T23:59"))
    assert opening.is_open(at("2026-01-05T00:00"))
    assert not opening.is_open(at("2026-01-06T12:00"))
    assert opening.is_open(at("2026-01-07T23:59:59"))
    assert not opening.is_open(at("2026-01-08T00:00"))
    assert hours().is_open(0)


def test_a_moment_may_carry_its_own_offset() -> None:
    """RFC 3339 moments are exact; the end is not part of the time."""
    opening = hours(**{"from": "2026-11-10T20:00", "until": "2026-11-11T00:00:00Z"})

    assert opening.is_open(at("2026-11-10T20:00"))
    assert opening.is_open(at("2026-11-11T07:59"))
    assert not opening.is_open(at("2026-11-11T08:00"))


def test_days_may_run_over_the_week_end() -> None:
    """fri-mon is four days."""
    opening = hours(weekly={"fri-mon": ["00:00-24:00"]})

    assert [opening.is_open(at(f"2026-01-{day:02}T23:59")) for day in range(5, 12)] == [True, False, False, False, True, True, True]


@given(st.integers(0, 7 * 1_440 - 1), st.integers(1, 1_440))
@settings(deadline=None)
def test_a_range_is_open_for_its_length_and_no_longer(start: int, length: int) -> None:
    """Any beginning in the week, any length up to a day, across midnight and Sunday."""
    day, minute = divmod(start, 1_440)
    end = "24:00" if minute + length == 1_440 else f"{(minute + length) % 1_440 // 60:02}:{(minute + length) % 60:02}"
    if length == 1_440 and minute:
        return
    opening = hours(weekly={("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day]: [f"{minute // 60:02}:{minute % 60:02}-{end}"]}, zone="UTC")
    begin = at("2026-01-05T00:00", "UTC") + start * 60_000

    assert not opening.is_open(begin - 1)
    assert opening.is_open(begin)
    assert opening.is_open(begin + length * 60_000 - 1)
    assert not opening.is_open(begin + length * 60_000)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({}, "2026-01-05T10:00"),
        ({"weekly": {"mon": ["09:00-18:00"]}}, "2026-01-05T10:00"),
        ({"weekly": {"mon": ["09:00-09:30", "13:00-14:00", "11:00-12:00"]}}, "2026-01-05T11:00"),
        ({"weekly": {"mon": ["08:00-09:00"]}}, "2026-01-12T08:00"),
        ({"weekly": {"sun": ["22:00-02:00"]}}, "2026-01-11T22:00"),
        ({"weekly": {"tue": ["09:00-10:00"]}, "from": "2026-06-01"}, "2026-06-02T09:00"),
        ({"weekly": {"mon-sun": []}, "holidays": {"2027-01-01": ["09:00-10:00"]}}, "2027-01-01T09:00"),
        ({"holidays": {"2026-01-01/2026-11-30": []}}, "2026-12-01T00:00"),
        ({"from": "2026-01-05T12:34"}, "2026-01-05T12:34"),
        ({"weekly": {"mon-sun": []}}, None),
        ({"until": "2026-01-04"}, None),
        ({"weekly": {"mon": ["09:00-10:00"]}, "from": "2026-01-06", "until": "2026-01-07"}, None),
    ],
)
def test_the_next_moment_that_is_open(members: dict[str, object], expected: str | None) -> None:
    """From Monday at ten: now, later today, next week, after a holiday, in a year; or never again."""
    opening = hours(**members)
    found = opening.next_open(at("2026-01-05T10:00"))
    assert found == (None if expected is None else at(expected))
    assert found is None or opening.is_open(found)


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"zone": "Mars/Phobos"}, ".zone"),
        ({"zone": "../../etc/passwd"}, ".zone"),
        ({"zone": "/etc/localtime"}, ".zone"),
        ({"zone": "Asia"}, ".zone"),
        ({"weekly": {"monday": ["09:00-18:00"]}}, ".weekly.monday"),
        ({"weekly": {"mon-": ["09:00-18:00"]}}, ".weekly.mon-"),
        ({"weekly": {"": ["09:00-18:00"]}}, ".weekly."),
        ({"weekly": {"mon-fri": ["9:00-18:00"]}}, ".weekly.mon-fri[0]"),
        ({"weekly": {"mon": ["09:00-18:00", "25:00-26:00"]}}, ".weekly.mon[1]"),
        ({"weekly": {"mon": ["09:00-09:00"]}}, ".weekly.mon[0]"),
        ({"weekly": {"mon": ["24:00-09:00"]}}, ".weekly.mon[0]"),
        ({"weekly": {"mon": ["09:00-18:00\n"]}}, ".weekly.mon[0]"),
        ({"weekly": {"mon": ["٠٩:٠٠-١٨:٠٠"]}}, ".weekly.mon[0]"),
        ({"weekly": {"mon-wed": [], "tue": []}}, ".weekly.tue"),
        ({"holidays": {"2026-02-30": []}}, ".holidays.2026-02-30"),
        ({"holidays": {"2026-10-07/2026-10-01": []}}, ".holidays.2026-10-07/2026-10-01"),
        ({"holidays": {"2026-01-01/2027-06-01": []}}, ".holidays.2026-01-01/2027-06-01"),
        ({"holidays": {"2026-10-01": ["nine"]}}, ".holidays.2026-10-01[0]"),
        ({"from": "soon"}, ".from"),
        ({"until": "2026-13-01"}, ".until"),
        ({"until": "9999-12-31"}, ".until"),
        ({"from": "2026-02-01", "until": "2026-01-01"}, ".until"),
    ],
)
def test_what_cannot_be_told_is_refused_where_it_stands(members: dict[str, object], path: str) -> None:
    """Every fault names its member and says so in both languages."""
    with pytest.raises(RuleFault) as caught:
        hours(**members)

    assert caught.value.path == path
    assert caught.value.zh
    assert caught.value.en
