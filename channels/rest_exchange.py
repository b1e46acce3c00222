"""REST: rules as files, in and out."""

import asyncio
from typing import Annotated, Literal
from urllib.parse import quote

import msgspec
from aiohttp import web
from msgspec import Meta

from bot.actions.exchange import Exported, Imported
from bot.model.basics import Conflict, Forbidden, Invalid, TooLarge
from bot.model.people import Verb
from channels.rest import body_chunks
from channels.rest_media import ENVELOPE, UPLOAD_TIMEOUT_S, file_of
from channels.rest_rules import COMPILING
from channels.route import Call, Route, Time
from channels.wire import rfc3339
from replies.exchange.formats import Format
from replies.exchange.grid import FILE_LIMIT
from replies.exchange.report import Outcome, Row
from replies.exchange.taking import Merging

LEFT_OUT = "X-Weihub-Left-Out"
"""The header that tells how many rules a file does not hold as they are."""

_TYPES = ("application/json", "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
_CSP = "default-src 'none'; sandbox; frame-ancestors 'none'"


class ImportQuery(msgspec.Struct, frozen=True):
    """How a file is taken."""

    format: Annotated[Format | None, Meta(description="By default what the bytes say.")] = None
    mode: Annotated[Merging, Meta(description="`replace`: the file is the whole set. `merge`: its rules replace those of the same id or name.")] = (
        "replace"
    )
    dry: Annotated[bool, Meta(description="Only tell what would become of it.")] = False


class ImportView(msgspec.Struct, frozen=True):
    """What came of a file: a row for everything there is to tell, at least one for each rule. `taken` rules are good.

    `version`, `author` and `at` are those of the draft; null where nothing was saved, because it was a trial or no rule is good.
    """

    format: Format
    taken: int
    rows: tuple[Row, ...]
    version: int | None
    author: str | None
    at: Time | None


class ExportQuery(msgspec.Struct, frozen=True):
    """Which rules, and in which format."""

    format: Format
    source: Annotated[Literal["draft", "published"], Meta(description="The draft is what is published where nobody has begun one.")] = "draft"
    version: Annotated[int, Meta(ge=1, le=2**31 - 1, description="A published version, instead.")] | None = None


class ExportView(msgspec.Struct, frozen=True):
    """What a file of the rules would be called, and what becomes of each rule in it: only `wechat` cannot hold everything."""

    format: Format
    name: str
    rows: tuple[Row, ...]


async def import_(call: Call[None, ImportQuery]) -> ImportView:
    """Into the draft; with `If-Match`, only over the one at that version."""
    query = call.query
    data = await _file(call.http)
    done = await call.services.exchange.import_file(
        call.actor, call.at("account"), data, format_=query.format, merging=query.mode, revision=call.version, dry=query.dry
    )
    return _view(done)


def _view(done: Imported) -> ImportView:
    draft = done.draft
    if draft is None:
        return ImportView(done.format, done.taken, done.rows, None, None, None)
    return ImportView(done.format, done.taken, done.rows, draft.revision, draft.author, rfc3339(draft.at))


async def _file(request: web.Request) -> bytes:
    """The file: the body, or the part of it that is named `file`."""
    if not request.content_type.startswith("multipart/"):
        return b"".join([chunk async for chunk in body_chunks(request, FILE_LIMIT)])
    found = bytearray()
    try:
        async with asyncio.timeout(UPLOAD_TIMEOUT_S):
            async for chunk in file_of(request):
                found += chunk
                if len(found) > FILE_LIMIT:
                    raise TooLarge(f"文件最多 {FILE_LIMIT} 字节。", f"A file has at most {FILE_LIMIT} bytes.", path="file", limit=FILE_LIMIT)
    except TimeoutError:
        raise Invalid("文件传得太慢。", "The file comes too slowly.", path="file") from None
    return bytes(found)


async def export(call: Call[None, ExportQuery]) -> web.Response:
    """As a file to be saved, under a name that says whose rules they are."""
    file = await _exported(call)
    ascii_name = f"rules.{file.name.rpartition('.')[2]}"
    headers = {
        "Content-Type": file.media_type,
        "Content-Disposition": f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Security-Policy": _CSP,
        "Cache-Control": "no-store",
        LEFT_OUT: str(sum(row.outcome is not Outcome.OK for row in file.rows)),
    }
    return web.Response(body=file.data, headers=headers)


async def exportable(call: Call[None, ExportQuery]) -> ExportView:
    """The report of an export, without the file."""
    file = await _exported(call)
    return ExportView(call.query.format, file.name, file.rows)


async def _exported(call: Call[None, ExportQuery]) -> Exported:
    query = call.query
    return await call.services.exchange.export(call.actor, call.at("account"), query.format, query.version or query.source)


_OF = "/accounts/{account}/rules"

ROUTES = (
    Route(
        method="POST",
        path=f"{_OF}:import",
        summary="Take a file of rules (JSON, CSV, XLSX, WeChat's JSON) into the draft, with a report row by row; owners. Publishes nothing.",
        tag="rules",
        handler=import_,
        query=ImportQuery,
        response=ImportView,
        errors=(Forbidden, Conflict),
        upload=True,
        accepts=(*_TYPES, "application/octet-stream"),
        match_optional=True,
        body_limit=FILE_LIMIT + ENVELOPE,
        asks=Verb.RULES_EDIT,
        rate=COMPILING,
    ),
    Route(
        method="GET",
        path=f"{_OF}:export",
        summary="Fetch the rules as a file; the desk.",
        tag="rules",
        handler=export,
        query=ExportQuery,
        errors=(Forbidden,),
        produces=_TYPES,
        rate=COMPILING,
    ),
    Route(
        method="GET",
        path=f"{_OF}:exportable",
        summary="Tell what a file of the rules would not hold, rule by rule; the desk.",
        tag="rules",
        handler=exportable,
        query=ExportQuery,
        response=ExportView,
        errors=(Forbidden,),
        rate=COMPILING,
    ),
)
