"""From a stored message to what the reply engine hears, and from its decision to what the log takes."""

import time
from collections.abc import Sequence
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

import msgspec

from bot.actions.rulesets import Voice
from bot.model.desk import Desk
from bot.model.talk import SENDABLE, Body
from replies.compiled import RuleSet
from replies.decision import Context, Decision, Heard, Outgoing
from replies.engine import decide
from replies.hours import Hours

_HOME = ZoneInfo("Asia/Shanghai")
_DAYS = {"mon": "周一", "tue": "周二", "wed": "周三", "thu": "周四", "fri": "周五", "sat": "周六", "sun": "周日"}
_BODY = msgspec.json.Decoder(dict[str, msgspec.Raw])


def text_of(kind: str, body: bytes | str) -> str:
    """What a message says in words: its text, or the transcript of its voice; nothing for the other kinds."""
    if kind not in {"text", "voice"}:
        return ""
    words = _BODY.decode(body).get("text" if kind == "text" else "transcript")
    return "" if words is None else msgspec.json.decode(words, type=str | None) or ""


def mentions_of(kind: str, body: bytes | str) -> Sequence[str]:
    """Whom a message calls by their ids."""
    called = _BODY.decode(body).get("mentions") if kind == "text" else None
    return () if called is None else msgspec.json.decode(called, type=list[str])


def body_of(outgoing: Outgoing) -> Body:
    """The body of an automatic message, checked as a person's would be.

    Raises:
        msgspec.ValidationError: it is none the log takes.
    """
    return msgspec.convert(outgoing.body, SENDABLE[outgoing.kind])


def timed(rules: RuleSet, heard: Heard, context: Context, now: int) -> Decision:
    """Decide, with the microseconds it took in the trace."""
    began = time.perf_counter_ns()
    decision = decide(rules, heard, context, now)
    us = round((time.perf_counter_ns() - began) / 1_000, 1)
    return msgspec.structs.replace(decision, trace=msgspec.structs.replace(decision.trace, us=us))


def zone_of(voice: Voice) -> tzinfo:
    """Where the account's days begin and end: where it has its opening hours, else Shanghai."""
    return _HOME if voice.opening is None else voice.opening.zone


def names_of(voice: Voice, buyer: str, now: int, desk: Desk | None = None) -> dict[str, str]:
    """What templates may name; what is not known is left out, and the template's default is said."""
    local = datetime.fromtimestamp(now / 1_000, zone_of(voice))
    names = {
        "name": buyer,
        "account": voice.account.name,
        "time": f"{local:%H:%M}",
        "date": f"{local.month}月{local.day}日",
    }
    if voice.hours is not None:
        names["hours"] = hours_in_words(voice.hours)
    if desk is not None:
        names |= _of_desk(desk)
    return names


def _of_desk(desk: Desk) -> dict[str, str]:
    known = {
        "operator": desk.operator_name,
        "position": None if desk.position is None else str(desk.position),
        "expected_wait": None if desk.expected_wait_s is None else wait_in_words(desk.expected_wait_s),
    }
    return {name: value for name, value in known.items() if value is not None}


def wait_in_words(seconds: int) -> str:
    """A wait as people say it: 40 seconds is under a minute, 400 are 7 minutes."""
    if seconds < 60:
        return "不到1分钟"
    minutes = round(seconds / 60)
    return f"{minutes}分钟" if minutes < 60 else f"{minutes // 60}小时{f'{minutes % 60}分钟' if minutes % 60 else ''}"


def hours_in_words(hours: Hours) -> str:
    """Weekly opening hours as people write them: 周一至周五 09:00-18:00，周六、周日 10:00-16:00."""
    if not hours.weekly:
        return "全天"
    return "，".join(f"{_days(key)} {'、'.join(ranges)}" if ranges else f"{_days(key)} 休息" for key, ranges in hours.weekly.items())


def _days(key: str) -> str:
    parts = [part.strip().partition("-") for part in key.split(",")]
    return "、".join(f"{_DAYS[first]}至{_DAYS[last]}" if last else _DAYS[first] for first, _, last in parts)
