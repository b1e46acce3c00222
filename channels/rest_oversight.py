"""REST: a group's log as a file, and what happened in it day by day."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from aiohttp import web
from msgspec import Meta

from bot.actions.oversight import DAYS_LIMIT, Figures
from bot.live.ports import Rate
from bot.model.basics import Forbidden, HubError, Invalid
from bot.store.sanctions import Logged
from channels.rest_groups import ONE, LogLine, show_line
from channels.route import Call, Route
from replies.exchange.cells import harmless

EXPORTING = Rate(burst=5, per_s=1 / 10)
READING = Rate(burst=30, per_s=2)
_TYPES = {"csv": "text/csv", "ndjson": "application/x-ndjson"}
_COLUMNS = ("id", "at", "act", "actor", "target", "until", "reason", "ref")
_BOM = "\ufeff"
Moment = Annotated[str, Meta(min_length=10, max_length=40, extra_json_schema={"format": "date-time"})]


class LogQuery(msgspec.Struct, frozen=True, rename={"begin": "from", "end": "until"}):
    """In which format, and of which time: from a moment to before another."""

    format: Literal["csv", "ndjson"]
    begin: Moment | None = None
    end: Moment | None = None


class GroupStatsQuery(msgspec.Struct, frozen=True):
    """How many days, today included."""

    days: Annotated[int, Meta(ge=1, le=DAYS_LIMIT)] = 7


async def export(call: Call[None, LogQuery]) -> web.StreamResponse:
    """As a file to be saved. Where the right ends meanwhile, the file ends too."""
    query = call.query
    begin, end = _moment(query.begin, "from"), _moment(query.end, "until")
    portions = await call.services.oversight.export(call.actor, call.at("group"), begin, end)
    headers = {
        "Content-Type": f"{_TYPES[query.format]}; charset=utf-8",
        "Content-Disposition": f'attachment; filename="log.{query.format}"',
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "Cache-Control": "no-store",
        "X-Accel-Buffering": "no",
    }
    response = web.StreamResponse(headers=headers)
    await response.prepare(call.http)
    try:
        await _write(response, portions, query.format)
    except HubError:
        # The headers are gone: a connection that breaks tells that the file is not whole.
        if call.http.transport is not None:
            call.http.transport.close()
        return response
    await response.write_eof()
    return response


async def _write(response: web.StreamResponse, portions: AsyncIterator[list[Logged]], form: str) -> None:
    if form == "csv":
        await response.write((_BOM + _row(_COLUMNS)).encode())
    async for lines in portions:
        shown = [show_line(line) for line in lines]
        text = "".join(map(_csv, shown)).encode() if form == "csv" else b"".join(msgspec.json.encode(line) + b"\n" for line in shown)
        await response.write(text)


def _csv(line: LogLine) -> str:
    cells = (line.id, line.at, line.act, line.actor, line.target or "", line.until or "", line.reason, line.ref)
    return _row([str(cell) if isinstance(cell, int) else harmless(cell) for cell in cells])


def _row(cells: tuple[str, ...] | list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def _moment(text: str | None, path: str) -> int | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("时间应写成 2026-11-23T08:00:00Z。", "A moment is written 2026-11-23T08:00:00Z.", path=path) from None
    return max(0, round((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1_000))


async def stats(call: Call[None, GroupStatsQuery]) -> Figures:
    """In the zone of the account."""
    return await call.services.oversight.stats(call.actor, call.at("group"), call.query.days)


ROUTES = (
    Route(
        method="GET",
        path=f"{ONE}/log:export",
        summary="Fetch a group's log as a file, the oldest line first; its moderators.",
        tag="order",
        handler=export,
        query=LogQuery,
        errors=(Forbidden,),
        produces=tuple(_TYPES.values()),
        rate=EXPORTING,
    ),
    Route(
        method="GET",
        path=f"{ONE}/stats",
        summary="What happened in a group day by day, and what each moderator did; its moderators.",
        tag="order",
        handler=stats,
        query=GroupStatsQuery,
        response=Figures,
        errors=(Forbidden,),
        rate=READING,
    ),
)
