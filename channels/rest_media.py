"""REST: uploading and fetching media."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Literal

import msgspec
from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http import HttpProcessingError
from msgspec import Meta

from bot.actions.media.library import UPLOAD_LIMIT, UPLOADS
from bot.actions.media.pictures import THUMBNAIL_TYPE
from bot.model.basics import Invalid, NotFound, TooLarge
from bot.store.media import MediaRow
from channels.route import Call, Route

ENVELOPE = 65_536
"""What a multipart body may hold beside the file."""

OTHER_PARTS = 8
UPLOAD_TIMEOUT_S = 180.0
CHUNK = 65_536

_BROKEN = (ValueError, KeyError, RuntimeError, AssertionError, web.RequestPayloadError, HttpProcessingError)
"""What aiohttp's reader raises for parts that are not as they should be; some of it by `assert`."""

_CSP = "default-src 'none'; sandbox; frame-ancestors 'none'"
_EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/wav": "wav",
    "audio/webm": "webm",
    "video/mp4": "mp4",
}


class Stored(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stored file: what a message names to show it. `size` in bytes, `width` and `height` in pixels."""

    media: str
    kind: Literal["image", "voice", "video"]
    type: str
    size: int
    width: int | None = None
    height: int | None = None
    seconds: float | None = None


class FileQuery(msgspec.Struct, frozen=True):
    """The whole file, or the small still of a picture."""

    size: Annotated[Literal["full", "thumb"], Meta(description="`thumb`: at most 320 pixels a side, WebP.")] = "full"


async def upload(call: Call[None, None]) -> Stored:
    """One part named `file`."""
    try:
        async with asyncio.timeout(UPLOAD_TIMEOUT_S):
            return _stored(await call.services.media.upload(call.actor, file_of(call.http)))
    except TimeoutError:
        raise Invalid("文件传得太慢。", "The file comes too slowly.", path="file") from None


def _stored(row: MediaRow) -> Stored:
    kind = msgspec.convert(row.kind, Literal["image", "voice", "video"])
    return Stored(row.id, kind, row.type, row.size, row.width, row.height, row.seconds)


async def file_of(request: web.Request) -> AsyncIterator[bytes]:
    """The part named `file` as it arrives.

    Raises:
        Invalid: not multipart, without such a part, or broken. TooLarge: too much beside the file.
    """
    if not request.content_type.startswith("multipart/"):
        raise _not_multipart()
    try:
        part = await _part_named_file(await request.multipart())
        while chunk := await part.read_chunk(CHUNK):
            yield chunk
    except _BROKEN:
        raise _not_multipart() from None


async def _part_named_file(reader: MultipartReader) -> BodyPartReader:
    room = ENVELOPE
    for _ in range(OTHER_PARTS):
        part = await reader.next()
        if not isinstance(part, BodyPartReader):
            break
        if part.name == "file":
            return part
        while chunk := await part.read_chunk(CHUNK):
            room -= len(chunk)
            if room < 0:
                raise TooLarge("文件以外的内容太多。", "There is too much beside the file.", limit=ENVELOPE)
    raise Invalid("缺少名为 file 的部分。", "There is no part named file.", path="file")


def _not_multipart() -> Invalid:
    return Invalid("请用 multipart/form-data 上传。", "Send multipart/form-data with the file in a part named file.", path="Content-Type")


async def fetch(call: Call[None, FileQuery]) -> web.Response:
    """Whole or one range of it, as players ask."""
    file = await call.services.media.fetch(call.actor, call.at("media"), thumbnail=call.query.size == "thumb")
    tag = f'"{file.row.id}-{call.query.size}"'
    headers = {
        "Content-Disposition": f'inline; filename="{file.row.id}.{_EXTENSIONS.get(file.type, "bin")}"',
        "Content-Security-Policy": _CSP,
        "Cache-Control": "private, max-age=86400",
        "Accept-Ranges": "bytes",
        "ETag": tag,
    }
    if tag in call.http.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    begin, end = _range(call.http, len(file.data))
    if (begin, end) != (0, len(file.data)):
        headers["Content-Range"] = f"bytes {begin}-{end - 1}/{len(file.data)}"
        return web.Response(status=206, body=file.data[begin:end], content_type=file.type, headers=headers)
    return web.Response(body=file.data, content_type=file.type, headers=headers)


def _range(request: web.Request, size: int) -> tuple[int, int]:
    """The bytes asked for; everything where the header is absent, not understood, or asks for nothing that is there (RFC 9110, 14.2)."""
    try:
        asked = request.http_range
    except ValueError:
        return 0, size
    begin, end, _ = asked.indices(size)
    return (begin, end) if begin < end else (0, size)


ROUTES = (
    Route(
        method="POST",
        path="/media",
        summary="Upload a picture (10 MiB), a voice note (60 s, 2 MiB) or a video (20 MiB), judged by its bytes.",
        tag="media",
        handler=upload,
        response=Stored,
        status=201,
        upload=True,
        body_limit=UPLOAD_LIMIT + ENVELOPE,
        rate=UPLOADS,
    ),
    Route(
        method="GET",
        path="/media/{media}",
        summary="Fetch a file: its owner, and people of a conversation that shows it.",
        tag="media",
        handler=fetch,
        query=FileQuery,
        errors=(NotFound,),
        produces=(*_EXTENSIONS, THUMBNAIL_TYPE),
    ),
)
