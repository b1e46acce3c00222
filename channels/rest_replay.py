"""REST: what other rules would have answered to what buyers really wrote, told line by line while it is found out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import UNSET, Meta, UnsetType

from bot.actions.lab import DAYS, DAYS_MOST, MESSAGES, MESSAGES_MOST, Progress, Replayed
from bot.model.basics import Forbidden, HubError
from bot.model.people import Verb
from channels.edge import language
from channels.rest_lab import Rules, read_raw, rules_of
from channels.rest_rules import COMPILING
from channels.route import Call, Route, Time
from channels.wire import error_object, rfc3339
from replies.lab import Answer, Change, Example, Report, Row
from replies.shapes import BYTES_LIMIT

NDJSON = "application/x-ndjson"
WRITE_S = 20.0
"""How long a caller may take to read a line before the replay is given up."""

Days = Annotated[int, Meta(ge=1, le=DAYS_MOST)]
Limit = Annotated[int, Meta(ge=1, le=MESSAGES_MOST)]


class ReplayRequest(msgspec.Struct, frozen=True):
    """Rules to compare with the published ones; without any, those of the draft. How many days back, and how many messages at most."""

    rules: Rules | None = None
    days: Days = DAYS
    limit: Limit = MESSAGES


class _Given(msgspec.Struct, frozen=True):
    """The same as it is read."""

    rules: msgspec.Raw | UnsetType = UNSET
    days: Days = DAYS
    limit: Limit = MESSAGES


class ReplayExample(msgspec.Struct, frozen=True):
    """A message that was really sent; the beginning of its text."""

    text: str
    conversation: str
    seq: int
    at: Time


class ReplayRow(msgspec.Struct, frozen=True):
    """One change of answer, how often it happened, and a few messages to which it did."""

    change: Change
    before: Answer
    after: Answer
    count: int
    examples: list[ReplayExample]


class ReplayReport(msgspec.Struct, frozen=True):
    """What would have changed, the commonest first. `version`: what is published. `complete`: the limit left no message out.

    `more`: messages whose change has no row. `names`: of the rules in the rows, by id.
    """

    version: int
    since: Time
    complete: bool
    heard: int
    answered_before: int
    answered_after: int
    newly_answered: int
    changed: int
    newly_silent: int
    rows: list[ReplayRow]
    more: int
    names: dict[str, str]


class ReplayLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line: how many conversations of how many are done. The last one has the report, or the error that ended it."""

    done: int
    of: int
    messages: int
    report: ReplayReport | None = None
    error: dict[str, object] | None = None


async def replay(call: Call[bytes, None]) -> web.StreamResponse:
    """A line several times a second, so that whoever went away is noticed and nothing more is read for them."""
    given = read_raw(call.body, _Given)
    async with aclosing(
        call.services.lab.replay(call.actor, call.at("account"), rules=rules_of(given.rules), days=given.days, limit=given.limit)
    ) as steps:
        first = await anext(steps)  # what is wrong with the request is told by its status, before anything is sent
        response = web.StreamResponse(headers={"Content-Type": NDJSON, "Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        try:
            await response.prepare(call.http)
            await _tell(call, response, first, steps)
            await response.write_eof()
        except (ConnectionError, TimeoutError):
            if call.http.transport is not None:
                call.http.transport.abort()
        return response


async def _tell(call: Call[bytes, None], response: web.StreamResponse, first: Progress | Replayed, steps: AsyncIterator[Progress | Replayed]) -> None:
    """Every step as a line, and an error as the last one."""
    line = _line(first, ReplayLine(0, 0, 0))
    await _write(response, line)
    try:
        async for step in steps:
            line = _line(step, line)
            await _write(response, line)
    except HubError as error:
        await _write(response, msgspec.structs.replace(line, error=error_object(error, language(call.http))))


async def _write(response: web.StreamResponse, line: ReplayLine) -> None:
    """Raises TimeoutError where nobody reads, ConnectionError where nobody is there."""
    async with asyncio.timeout(WRITE_S):
        await response.write(msgspec.json.encode(line) + b"\n")


def _line(step: Progress | Replayed, last: ReplayLine) -> ReplayLine:
    if isinstance(step, Progress):
        return ReplayLine(step.done, step.of, step.messages)
    report = ReplayReport(
        version=step.version,
        since=rfc3339(step.since),
        complete=step.complete,
        rows=[_row(row) for row in step.report.rows],
        **{name: getattr(step.report, name) for name in Report.__struct_fields__ if name != "rows"},
    )
    return ReplayLine(last.of if step.complete else last.done, last.of, step.report.heard, report)


def _row(row: Row) -> ReplayRow:
    return ReplayRow(row.change, row.before, row.after, row.count, [_example(one) for one in row.examples])


def _example(one: Example) -> ReplayExample:
    conversation, _, seq = one.message.rpartition(":")
    return ReplayExample(one.text, conversation, int(seq), rfc3339(one.at))


ROUTES = (
    Route(
        method="POST",
        path="/accounts/{account}/rules:replay",
        summary="What the draft, or other rules, would have changed for the messages of the last days; the desk. Writes nothing.",
        tag="rules",
        handler=replay,
        request=ReplayRequest,
        raw_body=True,
        body_optional=True,
        response=ReplayLine,
        produces=(NDJSON,),
        errors=(Forbidden,),
        body_limit=BYTES_LIMIT,
        asks=Verb.RULES_REPLAY,
        rate=COMPILING,
    ),
)
