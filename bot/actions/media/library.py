"""Uploading and fetching: pictures, voice notes and videos, judged by their bytes, kept through the media port."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import msgspec

from bot.actions.media.pictures import THUMBNAIL_TYPE, Picture, redraw
from bot.actions.media.sniff import IMAGE_TYPES, SNIFF_BYTES, measure, sniff
from bot.actions.media.values import Kind, Unreadable
from bot.live.metrics import Metrics
from bot.live.ports import Limiter, MediaStore, Rate
from bot.model.basics import Invalid, NotFound, RateLimited, TooLarge, Unavailable, new_id, now_ms
from bot.model.people import MAY, Actor, Verb
from bot.model.talk import VOICE_LIMIT_S
from bot.store import media as store
from bot.store import people
from bot.store.media import MediaRow
from bot.store.unit import Database

MEBI = 1024 * 1024
LIMITS: dict[Kind, int] = {"image": 10 * MEBI, "voice": 2 * MEBI, "video": 20 * MEBI}
"""Bytes of one upload, by kind."""

UPLOAD_LIMIT = max(LIMITS.values())
VIDEO_LIMIT_S = 600
UPLOADS = Rate(burst=20, per_s=0.5)
AT_ONCE = 24
AT_ONCE_PERSON = 3
DECODERS = 2

_T = TypeVar("_T")
_NAMES = {"image": "图片", "voice": "语音", "video": "视频"}


class File(msgspec.Struct, frozen=True):
    """A stored file on its way out; `type` is its media type."""

    row: MediaRow
    type: str
    data: bytes


class Library:
    """The media of all conversations. Decoding runs in threads, two at a time, so that pictures never hold up messages."""

    def __init__(self, db: Database, files: MediaStore, limiter: Limiter, metrics: Metrics) -> None:
        self._db = db
        self._files = files
        self._limiter = limiter
        self._metrics = metrics
        self._decoding = asyncio.Semaphore(DECODERS)
        self._uploading: Counter[str] = Counter()

    async def upload(self, actor: Actor, chunks: AsyncIterator[bytes]) -> MediaRow:
        """Keep what arrives, if its bytes are of a kind the hub takes.

        Raises:
            Invalid: of no such kind, broken, too long, or a picture of too many pixels.
            TooLarge: more bytes than its kind may have.
            RateLimited: too many uploads by this person.
            Unavailable: too many uploads at once, or the store is away.
        """
        wait = await self._limiter.take(f"upload:{actor.person}", UPLOADS)
        if wait > 0 or self._uploading[actor.person] >= AT_ONCE_PERSON:
            raise RateLimited("上传太频繁，请稍后再试。", "Too many uploads; wait a moment.", retry_after=max(1, round(wait)))
        if self._uploading.total() >= AT_ONCE:
            raise Unavailable("上传的人太多，请稍后再试。", "Too many uploads at once; try again shortly.", retry_after=2)
        self._uploading[actor.person] += 1
        try:
            data, media_type = await _received(chunks)
            return await self._keep(actor, data, media_type)
        finally:
            self._uploading[actor.person] -= 1
            self._uploading += Counter()

    async def _keep(self, actor: Actor, data: bytes, media_type: str) -> MediaRow:
        row = MediaRow(id=new_id(), owner=actor.person, kind="image", type=media_type, size=len(data), at=now_ms())
        try:
            if media_type in IMAGE_TYPES:
                picture = await self._aside(lambda: redraw(data))
                return await self._store(actor, _pictured(row, picture), picture.data, picture.thumbnail)
            found, seconds = await self._aside(lambda: measure(data, media_type))
        except Unreadable as fault:
            raise Invalid("文件已损坏或格式不支持。", f"The file cannot be used: {fault}.", path="file") from None
        _check_length(found.kind, len(data), seconds)
        measured = msgspec.structs.replace(row, kind=found.kind, type=found.type, seconds=round(seconds, 2) or 0.01)
        return await self._store(actor, measured, data, None)

    async def _aside(self, work: Callable[[], _T]) -> _T:
        async with self._decoding:
            return await asyncio.to_thread(work)

    async def _store(self, actor: Actor, row: MediaRow, data: bytes, thumbnail: bytes | None) -> MediaRow:
        """The bytes first, then the row: a crash between leaves a file nobody can name, never a name without a file."""
        await self._files.put(row.id, data)
        if thumbnail is not None:
            await self._files.put(f"{row.id}.thumb", thumbnail)
        async with self._db.write() as conn:
            await people.remember_person(conn, actor.person, actor.name, actor.avatar, row.at)
            await store.add(conn, row)
        self._metrics.media_bytes.inc(len(data))
        return row

    async def fetch(self, actor: Actor, media: str, *, thumbnail: bool = False) -> File:
        """A file for its owner, or for people of a conversation that shows it.

        Raises:
            NotFound: there is none, or none for this caller, or no thumbnail of it.
        """
        async with self._db.read() as conn:
            row = await store.get(conn, media)
            if row is not None and row.owner != actor.person and not await store.visible_to(conn, media, actor.person, MAY[Verb.TALK_READ]):
                row = None
        if row is None or (thumbnail and not row.thumbnail):
            raise _absent()
        try:
            data = await self._files.get(f"{row.id}.thumb" if thumbnail else row.id)
        except KeyError:
            raise _absent() from None
        return File(row, THUMBNAIL_TYPE if thumbnail else row.type, data)


async def _received(chunks: AsyncIterator[bytes]) -> tuple[bytes, str]:
    """The whole upload and its media type, judged as soon as the first bytes are here."""
    data = bytearray()
    media_type: str | None = None
    async for chunk in chunks:
        data += chunk
        if media_type is None and len(data) >= SNIFF_BYTES:
            media_type = _typed(data)
        if len(data) > (UPLOAD_LIMIT if media_type is None else _limit(media_type)):
            raise _too_large(_limit(media_type or "video/mp4"))
    return bytes(data), media_type or _typed(data)


def _typed(data: bytearray) -> str:
    media_type = sniff(bytes(data[:SNIFF_BYTES]))
    if media_type is None:
        raise Invalid(
            "不支持这种文件。", "Not a kind of file the hub takes: jpeg, png, gif, webp; ogg, mp3, m4a, aac, wav, webm sound; mp4.", path="file"
        )
    return media_type


def _limit(media_type: str) -> int:
    return LIMITS["image" if media_type in IMAGE_TYPES else "video" if media_type == "video/mp4" else "voice"]


def _check_length(kind: Kind, size: int, seconds: float) -> None:
    most = VOICE_LIMIT_S if kind == "voice" else VIDEO_LIMIT_S
    if size > LIMITS[kind]:
        raise _too_large(LIMITS[kind])
    if seconds > most:
        raise Invalid(f"{_NAMES[kind]}最长 {most} 秒。", f"It lasts {seconds:.1f} seconds; {most} at most.", path="file")


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"文件太大，最多 {limit // MEBI} MiB。", f"The file is too large: {limit // MEBI} MiB at most.", limit=limit, path="file")


def _pictured(row: MediaRow, picture: Picture) -> MediaRow:
    return msgspec.structs.replace(row, type=picture.type, size=len(picture.data), width=picture.width, height=picture.height, thumbnail=True)


def _absent() -> NotFound:
    return NotFound("没有这个文件。", "There is no such media.")
