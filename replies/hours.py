"""When something is open: weekly hours in a zone, holidays, a first and a last moment. For rules and for accounts.

    {"zone": "Asia/Shanghai", "weekly": {"mon-fri": ["09:00-18:00"], "sat,sun": ["10:00-16:00"]},
     "holidays": {"2026-10-01/2026-10-07": [], "2026-10-10": ["09:00-18:00"]}, "from": "2026-01-01", "until": null}

A range that ends before it begins runs past midnight; the part after midnight belongs to the day it began on. A holiday takes
the place of the weekly hours of that date: an empty list is closed, ranges are the hours of that day (a working Saturday, say).
No weekly hours at all means every hour. A date alone includes its whole day; a moment without an offset is in the zone.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from replies.faults import RuleFault

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 1_440
HOLIDAY_DAYS = 366

_RANGE = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)", re.ASCII)
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}", re.ASCII)

Range = Annotated[str, Meta(max_length=32)]
Ranges = Annotated[tuple[Range, ...], Meta(max_length=6)]
Moment = Annotated[str, Meta(max_length=40)]
_Minutes = tuple[tuple[int, int], ...]
Made = TypeVar("Made")


class Hours(msgspec.Struct, frozen=True, omit_defaults=True, rename={"from_": "from"}):
    """Opening hours as their JSON says them; `compile_hours` makes them answer."""

    zone: Annotated[str, Meta(min_length=1, max_length=64)] = "Asia/Shanghai"
    weekly: Annotated[dict[Annotated[str, Meta(max_length=40)], Ranges], Meta(max_length=14)] = {}
    holidays: Annotated[dict[Annotated[str, Meta(max_length=21)], Ranges], Meta(max_length=100)] = {}
    from_: Moment | None = None
    until: Moment | None = None


class Opening(msgspec.Struct, frozen=True):
    """Compiled hours. Minutes are counted from the midnight of the day they belong to, and may pass 1,440."""

    zone: ZoneInfo
    weekly: tuple[_Minutes, ...] | None
    holidays: dict[date, _Minutes]
    start: int | None
    end: int | None

    def is_open(self, now: int) -> bool:
        """Whether the moment, in milliseconds UTC, lies in the hours."""
        if (self.start is not None and now < self.start) or (self.end is not None and now >= self.end):
            return False
        if self.weekly is None and not self.holidays:
            return True
        local = datetime.fromtimestamp(now / 1_000, self.zone)
        today, minute = local.date(), local.hour * 60 + local.minute
        if any(start <= minute < end for start, end in self._of(today)):
            return True
        return any(start <= minute + DAY_MINUTES < end for start, end in self._of(today - timedelta(days=1)))

    def next_open(self, now: int) -> int | None:
        """The first moment from `now` on that lies in the hours; None where there is none any more."""
        now = now if self.start is None else max(now, self.start)
        if self.is_open(now):
            return now
        for day in self._days_from(datetime.fromtimestamp(now / 1_000, self.zone).date()):
            midnight = datetime.combine(day, time.min, self.zone)
            for minute, _ in sorted(self._of(day)):
                at = int((midnight + timedelta(minutes=minute)).timestamp() * 1_000)
                if at >= now and self.is_open(at):
                    return at
        return None

    def _days_from(self, first: date) -> list[date]:
        """The days on which it may open: the next week, and the week that each holiday begins."""
        begins = [first, *(day for day in self.holidays if day > first)]
        return sorted({begin + timedelta(days=step) for begin in begins if begin.year < date.max.year for step in range(len(DAYS) + 1)})

    def _of(self, day: date) -> _Minutes:
        holiday = self.holidays.get(day)
        if holiday is not None:
            return holiday
        return ((0, DAY_MINUTES),) if self.weekly is None else self.weekly[day.weekday()]


def compile_hours(hours: Hours) -> Opening:
    """Hours that can be asked.

    Raises:
        RuleFault: an unknown zone, day, range, date or moment, or an end that is not after the beginning; the first of all faults, the path
            relative to the hours (`.weekly.mon-fri[0]`).
    """
    faults: list[RuleFault] = []
    opening = _compiled(hours, faults)
    if faults:
        raise RuleFault.of(faults)
    return opening


def faults_of_hours(hours: Hours) -> Sequence[RuleFault]:
    """Everything that is wrong with hours."""
    faults: list[RuleFault] = []
    _compiled(hours, faults)
    return faults


def _compiled(hours: Hours, faults: list[RuleFault]) -> Opening:
    """Hours as they are meant, and what is wrong with them; where something is, that part is left out."""
    zone = _tried(faults, lambda: _zone(hours.zone)) or ZoneInfo("UTC")
    start = _tried(faults, lambda: _moment(hours.from_, zone, ".from"))
    end = _tried(faults, lambda: _moment(hours.until, zone, ".until", whole_day=True))
    if start is not None and end is not None and end <= start:
        faults.append(RuleFault(".until", "结束时间要晚于开始时间。", "The end must be after the beginning."))
    return Opening(zone, _weekly(hours.weekly, faults), _holidays(hours.holidays, faults), start, end)


def _tried(faults: list[RuleFault], make: Callable[[], Made]) -> Made | None:
    """What is made, or None and a fault more."""
    try:
        return make()
    except RuleFault as fault:
        faults.append(fault)
        return None


def _zone(name: str) -> ZoneInfo:
    fault = RuleFault(".zone", f"没有时区“{name}”，例如 Asia/Shanghai。", f"There is no time zone {name!r}; an example is Asia/Shanghai.")
    if not _ZONE.fullmatch(name):
        raise fault
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise fault from error


def _weekly(weekly: dict[str, tuple[str, ...]], faults: list[RuleFault]) -> tuple[_Minutes, ...] | None:
    if not weekly:
        return None
    days: dict[int, _Minutes] = {}
    for key, ranges in weekly.items():
        path = f".weekly.{key}"
        minutes = _minutes(ranges, path, faults)
        for day in _tried(faults, lambda: list(_days(key, path))) or ():  # noqa: B023 - asked at once
            if day in days:
                faults.append(RuleFault(path, f"“{DAYS[day]}”写了两次。", f"{DAYS[day]} is given twice."))
            days[day] = minutes
    return tuple(days.get(day, ()) for day in range(7))


def _days(key: str, path: str) -> Iterator[int]:
    """The weekdays of `mon-fri`, `sat,sun` or `fri-mon`, Monday being 0."""
    for part in key.split(","):
        first, dash, last = part.strip().partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            raise RuleFault(path, f"看不懂星期“{part}”，请写成 mon-fri 或 sat,sun。", f"{part!r} is not a day; write mon-fri or sat,sun.")
        begin, end = DAYS.index(first), DAYS.index(last or first)
        yield from ((begin + step) % 7 for step in range((end - begin) % 7 + 1))


def _minutes(ranges: tuple[str, ...], path: str, faults: list[RuleFault]) -> _Minutes:
    found = [_tried(faults, lambda: _range(text, f"{path}[{place}]")) for place, text in enumerate(ranges)]  # noqa: B023 - asked at once
    return tuple(minutes for minutes in found if minutes)


def _range(text: str, path: str) -> tuple[int, int]:
    match = _RANGE.fullmatch(text)
    if match is None:
        raise RuleFault(path, f"看不懂时间段“{text}”，请写成 09:00-18:00。", f"{text!r} is not a range of hours; write 09:00-18:00.")
    start = int(match[1]) * 60 + int(match[2])
    end = DAY_MINUTES if match[3] is None else int(match[3]) * 60 + int(match[4])
    if end == start:
        raise RuleFault(path, f"时间段“{text}”是空的；全天请写 00:00-24:00。", f"{text!r} is empty; a whole day is 00:00-24:00.")
    return start, end if end > start else end + DAY_MINUTES


def _holidays(holidays: dict[str, tuple[str, ...]], faults: list[RuleFault]) -> dict[date, _Minutes]:
    days: dict[date, _Minutes] = {}
    for key, ranges in holidays.items():
        path = f".holidays.{key}"
        minutes = _minutes(ranges, path, faults)
        begin, length = _tried(faults, lambda: _span(key, path)) or (date.min, 0)  # noqa: B023 - asked at once
        days |= {begin + timedelta(days=step): minutes for step in range(length)}
    return days


def _span(key: str, path: str) -> tuple[date, int]:
    """The first day of a holiday, and how many it has."""
    first, _, last = key.partition("/")
    begin, end = _date(first, path), _date(last or first, path)
    if not 0 <= (end - begin).days < HOLIDAY_DAYS:
        raise RuleFault(path, "假期的结束日期要在开始之后，且不超过一年。", "A holiday must end after it begins, within a year.")
    return begin, (end - begin).days + 1


def _date(text: str, path: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        zh, en = f"看不懂日期“{text}”，请写成 2026-10-01。", f"{text!r} is not a date; write 2026-10-01."
        raise RuleFault(path, zh, en) from error


def _moment(text: str | None, zone: ZoneInfo, path: str, *, whole_day: bool = False) -> int | None:
    """Milliseconds UTC of a date or a moment; the end of the day for a date with `whole_day`."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if len(text) <= len("2026-10-01") and whole_day:
            moment = datetime.combine(moment.date() + timedelta(days=1), time.min)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        return int(moment.astimezone(UTC).timestamp() * 1_000)
    except (ValueError, OverflowError) as error:
        zh, en = f"看不懂时间“{text}”，请写成 2026-10-01T09:00。", f"{text!r} is not a moment; write 2026-10-01T09:00."
        raise RuleFault(path, zh, en) from error
