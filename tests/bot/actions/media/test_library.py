"""Uploads are judged, kept and shown to those who may see them."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image

from bot.actions.media.library import AT_ONCE, AT_ONCE_PERSON, LIMITS, UPLOADS, Library
from bot.live.local import DiskMedia, LocalLimiter
from bot.live.metrics import Metrics
from bot.model.basics import HubError, Invalid, NotFound, RateLimited, TooLarge, Unavailable
from bot.model.people import Actor
from bot.model.talk import ImageBody
from bot.store.media import MediaRow
from bot.store.tables import MEDIA
from tests.bot.actions.media.test_containers import FILES, wav
from tests.world import BUYER, MODERATOR, OPERATOR, OUTSIDER, OWNER, STRANGER, VISITOR, World, posting, world


class Shelf:
    """A library with its files on disk."""

    def __init__(self, hub: World, files: DiskMedia, folder: Path) -> None:
        self.hub = hub
        self.folder = folder
        self.metrics = Metrics()
        self.library = Library(hub.db, files, LocalLimiter(), self.metrics)

    async def upload(self, actor: Actor, data: bytes, size: int = 1_000) -> MediaRow:
        return await self.library.upload(actor, pieces(data, size))

    def kept(self) -> int:
        """Files on disk."""
        return sum(path.is_file() for path in self.folder.rglob("*"))

    async def rows(self) -> int:
        async with self.hub.db.read() as conn:
            return (await conn.execute(sa.select(sa.func.count()).select_from(MEDIA))).scalar_one()


async def pieces(data: bytes, size: int = 1_000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def png(side: int = 40) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), "green").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
async def shelf(data_dir: Path) -> AsyncIterator[Shelf]:
    folder = data_dir / "media"
    async with world(data_dir) as hub, DiskMedia(folder) as files:
        yield Shelf(hub, files, folder)


async def test_a_picture_is_kept_with_a_thumbnail(shelf: Shelf) -> None:
    """What comes back is the redrawn picture; its small still has a type of its own."""
    row = await shelf.upload(BUYER, png(700), size=7)
    whole = await shelf.library.fetch(BUYER, row.id)
    small = await shelf.library.fetch(BUYER, row.id, thumbnail=True)

    assert (row.kind, row.type, row.width, row.height, row.thumbnail, row.owner) == ("image", "image/png", 700, 700, True, BUYER.person)
    assert (whole.type, len(whole.data)) == ("image/png", row.size)
    with Image.open(io.BytesIO(small.data)) as image:
        assert (small.type, image.size) == ("image/webp", (320, 320))


@pytest.mark.parametrize(
    ("name", "kind", "media_type", "seconds"),
    [("opus.ogg", "voice", "audio/ogg", 1.5), ("tone.m4a", "voice", "audio/mp4", 1.0), ("clip.mp4", "video", "video/mp4", 1.0)],
)
async def test_sounds_and_videos_are_kept_as_they_are(shelf: Shelf, name: str, kind: str, media_type: str, seconds: float) -> None:
    """With their length, without a thumbnail."""
    row = await shelf.upload(BUYER, FILES[name])

    assert (row.kind, row.type, row.thumbnail) == (kind, media_type, False)
    assert row.seconds == pytest.approx(seconds, abs=0.01)
    assert (await shelf.library.fetch(BUYER, row.id)).data == FILES[name]
    with pytest.raises(NotFound):
        await shelf.library.fetch(BUYER, row.id, thumbnail=True)


@pytest.mark.parametrize(
    "data",
    [b"", b"x", b"<html><script>alert(1)</script></html>" * 9, b"%PDF-1.7" * 99, png()[:50], FILES["clip.webm"], FILES["opus.ogg"][:1_000], wav(61)],
    ids=["nothing", "a letter", "a page", "a document", "half a picture", "film as sound", "half a sound", "61 seconds"],
)
async def test_what_is_no_media_is_refused_and_not_kept(shelf: Shelf, data: bytes) -> None:
    """An error that names the file, no row, nothing on disk."""
    with pytest.raises(Invalid) as refusal:
        await shelf.upload(BUYER, data)

    assert refusal.value.data["path"] == "file"
    assert (shelf.kept(), await shelf.rows()) == (0, 0)


async def test_sixty_seconds_of_voice_are_just_enough(shelf: Shelf) -> None:
    """The limit itself is within it."""
    assert (await shelf.upload(BUYER, wav(60))).seconds == 60


@pytest.mark.parametrize(("kind", "head"), [("image", b"\xff\xd8\xff"), ("voice", b"OggS"), ("video", b"\0\0\0\x20ftypisom")])
async def test_a_file_over_its_limit_is_cut_off_while_it_comes(shelf: Shelf, kind: str, head: bytes) -> None:
    """Each kind has its own limit, known from the first bytes: the rest is never read."""
    limit = LIMITS[kind]  # type: ignore[index]  # the parameters are the kinds
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        yield head
        while True:
            read += 65_536
            yield b"\0" * 65_536

    with pytest.raises(TooLarge) as refusal:
        await shelf.library.upload(BUYER, endless())
    assert refusal.value.data["limit"] == limit
    assert read <= limit + 131_072


async def test_an_mp4_of_sound_has_the_limit_of_voice(shelf: Shelf) -> None:
    """It looks like a video until it is read."""
    padded = FILES["tone.m4a"] + (LIMITS["voice"]).to_bytes(4) + b"free" + b"\0" * (LIMITS["voice"] - 8)

    with pytest.raises(TooLarge):
        await shelf.upload(BUYER, padded, size=1_000_000)


async def test_uploads_by_one_person_are_limited(shelf: Shelf) -> None:
    """In a row, and at once; others are not concerned."""
    going = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        await going.wait()
        yield b"x"

    waiting = [asyncio.ensure_future(shelf.library.upload(BUYER, slow())) for _ in range(AT_ONCE_PERSON)]
    await asyncio.sleep(0.01)
    with pytest.raises(RateLimited):
        await shelf.upload(BUYER, png())
    assert (await shelf.upload(OUTSIDER, png())).id
    going.set()
    await asyncio.gather(*waiting, return_exceptions=True)
    for _ in range(UPLOADS.burst - AT_ONCE_PERSON - 1):
        await shelf.upload(BUYER, png(2))
    with pytest.raises(RateLimited):
        await shelf.upload(BUYER, png())


async def test_uploads_at_once_are_limited_over_all(shelf: Shelf) -> None:
    """So that memory stays bounded; when they are through, there is room again."""
    going = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        await going.wait()
        yield b"x"

    crowd = [Actor(person=f"buyer-{number}", name="某人") for number in range(AT_ONCE)]
    waiting = [asyncio.ensure_future(shelf.library.upload(actor, slow())) for actor in crowd]
    await asyncio.sleep(0.01)
    with pytest.raises(Unavailable):
        await shelf.upload(BUYER, png())
    going.set()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert (await shelf.upload(BUYER, png())).id


async def test_a_file_is_seen_by_its_owner_and_where_it_is_shown(shelf: Shelf) -> None:
    """Before it is sent by its owner alone; after that by the buyer and the desk of that conversation, and nobody else."""
    row = await shelf.upload(BUYER, png())
    others = (OWNER, OPERATOR, MODERATOR, STRANGER, VISITOR, OUTSIDER)
    for actor in others:
        with pytest.raises(NotFound):
            await shelf.library.fetch(actor, row.id)

    room = (await shelf.hub.talk.open(BUYER, "shop")).conversation
    await shelf.hub.talk.send(BUYER, posting(room, "k", ImageBody(media=row.id, width=40, height=40)))

    for actor in (BUYER, OWNER, OPERATOR):
        assert (await shelf.library.fetch(actor, row.id, thumbnail=True)).row == row
    for actor in (MODERATOR, STRANGER, VISITOR, OUTSIDER):
        with pytest.raises(NotFound):
            await shelf.library.fetch(actor, row.id)


async def test_a_recalled_picture_is_seen_by_its_owner_alone(shelf: Shelf) -> None:
    """Unless another message of the same conversation still shows it; elsewhere it stays what it was."""
    row = await shelf.upload(OPERATOR, png())
    room = (await shelf.hub.talk.open(BUYER, "shop")).conversation

    async def send(key: str) -> int:
        return (await shelf.hub.talk.send(OPERATOR, posting(room, key, ImageBody(row.id, 40, 40)))).seq

    first, second = await send("a"), await send("b")
    await shelf.hub.talk.recall(OPERATOR, room, first)
    assert (await shelf.library.fetch(BUYER, row.id)).row == row
    await shelf.hub.talk.recall(OPERATOR, room, second)
    for actor in (BUYER, OWNER):
        with pytest.raises(NotFound):
            await shelf.library.fetch(actor, row.id)
    assert (await shelf.library.fetch(OPERATOR, row.id)).row == row
    await send("c")
    assert (await shelf.library.fetch(BUYER, row.id)).row == row


@pytest.mark.parametrize("name", ["../hub.db", "..%2fhub.db", "/etc/passwd", "a" * 65, "", ".", "x.thumb", "x\0y"])
async def test_a_name_is_never_a_path(shelf: Shelf, name: str) -> None:
    """Names that are not of a row lead nowhere, whatever they spell."""
    with pytest.raises(NotFound):
        await shelf.library.fetch(BUYER, name)


async def test_a_row_without_its_file_is_not_found(shelf: Shelf) -> None:
    """A disk that lost a file does not break the answer."""
    row = await shelf.upload(BUYER, png())
    for path in shelf.folder.rglob(f"{row.id}*"):
        path.unlink()

    with pytest.raises(HubError) as refusal:
        await shelf.library.fetch(BUYER, row.id)
    assert refusal.value.code == "not_found"
