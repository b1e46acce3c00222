"""Hours as lines of a cell, and back:

周一至周五 09:00-12:00 13:30-18:00
2026-10-01/2026-10-07 休息
从 2026-09-01
到 2026-12-31
时区 Asia/Tokyo
"""

import re
from typing import Any

from replies.exchange.cells import lines, quoted, unquoted
from replies.hours import DAYS

Told = dict[str, Any]
"""Hours as their JSON."""

_CHINESE = dict(zip(DAYS, ("周一", "周二", "周三", "周四", "周五", "周六", "周日"), strict=True))
_ENGLISH = {
    **{chinese: day for day, chinese in _CHINESE.items()},
    "周天": "sun",
    **{chinese[1]: day for day, chinese in _CHINESE.items()},
}
_DAILY = {"每天": "mon-sun", "每日": "mon-sun", "daily": "mon-sun", "工作日": "mon-fri", "周末": "sat,sun"}
_CLOSED = frozenset({"休息", "休", "不营业", "closed"})
_WORDS = {"从": "from", "from": "from", "起": "from", "到": "until", "until": "until", "止": "until", "时区": "zone", "zone": "zone"}
_DAY = re.compile("星期|礼拜")
_TO = re.compile(r"[至到~～—]|--")
_HOLIDAY = re.compile(r"\d{4}-\d{2}-\d{2}(/\d{4}-\d{2}-\d{2})?", re.ASCII)
_RANGE = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})", re.ASCII)
_PLAIN_KEY = re.compile(r"[\w/,-]{1,40}", re.ASCII)


def read_hours(text: str) -> Told | None:
    """Hours from the lines of a cell, or from JSON; None where a line cannot be understood. What the values mean is checked with the rule."""
    value = unquoted(text.strip()) if text.lstrip().startswith("{") else None
    if isinstance(value, dict):
        return value
    told: Told = {}
    for line in lines(text.replace("：", ":").replace("，", ",")):
        if not _read_line(line, told):
            return None
    return told


def write_hours(told: Told) -> str:
    """Hours as lines, or as JSON where lines would not give them back."""
    text = "\n".join(
        [
            *(f"{_chinese(key)} {_ranges(ranges)}" for key, ranges in told.get("weekly", {}).items()),
            *(f"{key} {_ranges(ranges)}" for key, ranges in told.get("holidays", {}).items()),
            *([f"从 {told['from']}"] if told.get("from") else []),
            *([f"到 {told['until']}"] if told.get("until") else []),
            *([f"时区 {told['zone']}"] if "zone" in told else []),
        ]
    )
    return text if told and read_hours(text) == told else quoted(told)


def _read_line(line: str, told: Told) -> bool:
    first, _, rest = line.partition(" ")
    if name := _WORDS.get(first.casefold()):
        told[name] = rest.strip()
        return bool(rest.strip())
    if _RANGE.match(first):
        first, rest = "mon-sun", line
    times = rest.replace(",", " ").split()
    ranges = [] if times and times[0] in _CLOSED else [_padded(time) for time in times]
    if not times or None in ranges:
        return False
    group, key = ("holidays", first) if _HOLIDAY.fullmatch(first) else ("weekly", _english(first))
    if key in told.setdefault(group, {}):
        return False
    told[group][key] = ranges
    return True


def _ranges(ranges: list[str]) -> str:
    return " ".join(ranges) or "休息"


def _padded(text: str) -> str | None:
    """`9:00-18:00` as `09:00-18:00`."""
    match = _RANGE.fullmatch(_TO.sub("-", text))
    return None if match is None else f"{match[1]:0>2}:{match[2]}-{match[3]:0>2}:{match[4]}"


def _english(days: str) -> str:
    days = _TO.sub("-", _DAY.sub("周", days)).replace("、", ",").casefold()
    if days in _DAILY:
        return _DAILY[days]
    for chinese, day in _ENGLISH.items():
        days = days.replace(chinese, day)
    return days


def _chinese(key: str) -> str:
    if not _PLAIN_KEY.fullmatch(key):
        return key
    for day, chinese in _CHINESE.items():
        key = key.replace(day, chinese)
    return key.replace("-", "至")
