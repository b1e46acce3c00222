"""Pictures come out upright, bare, bounded; bombs and rubbish do not come out at all."""

import io
import struct
import zlib

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bot.actions.media.pictures import KEPT_SIDE, THUMBNAIL_SIDE, redraw
from bot.actions.media.values import Unreadable


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def pixel(image: Image.Image) -> tuple[int, ...]:
    found = image.getpixel((image.width // 2, image.height // 2))
    assert isinstance(found, tuple)
    return found


def png_bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes whose header promises a huge picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("kind", "kept"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("GIF", "image/png")])
def test_a_still_picture_is_written_anew(kind: str, kept: str) -> None:
    """Same size, a type the hub writes, and a small still beside it."""
    picture = redraw(encoded(Image.new("RGB", (800, 400), "red"), kind))

    assert (picture.type, picture.width, picture.height) == (kept, 800, 400)
    with Image.open(io.BytesIO(picture.data)) as image, Image.open(io.BytesIO(picture.thumbnail)) as small:
        red, green, blue = pixel(image.convert("RGB"))
        assert red > 240
        assert green + blue < 30
        assert (small.format, small.size) == ("WEBP", (THUMBNAIL_SIDE, THUMBNAIL_SIDE // 2))


def test_nothing_but_pixels_survives() -> None:
    """EXIF with a place, a comment, a text chunk and bytes behind the end are gone."""
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    image = Image.new("RGB", (40, 40))
    text = PngInfo()
    text.add_text("where", "taken at home")
    files = [
        encoded(image, "JPEG", exif=exif, comment=b"taken at home"),
        encoded(image, "WEBP", exif=exif.tobytes(), xmp=b"taken at home"),
        encoded(image, "PNG", pnginfo=text, exif=exif),
    ]
    for file in files:
        assert b"taken at home" in file
        kept = redraw(file + b"<script>taken at home</script>").data
        assert b"taken at home" not in kept
        with Image.open(io.BytesIO(kept)) as clean:
            assert not clean.getexif()


def test_a_turned_picture_is_made_upright() -> None:
    """The orientation that EXIF told is applied before EXIF is dropped."""
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = redraw(encoded(Image.new("RGB", (60, 30)), "JPEG", exif=exif))

    assert (picture.width, picture.height) == (30, 60)


def test_transparency_is_kept() -> None:
    """Stickers stay cut out, from PNG and from a still GIF with a palette."""
    clear = Image.new("RGBA", (32, 32), (255, 0, 0, 0))
    for kind in ("PNG", "WEBP", "GIF"):
        with Image.open(io.BytesIO(redraw(encoded(clear, kind)).data)) as image:
            assert pixel(image.convert("RGBA"))[3] == 0


@pytest.mark.parametrize(("kind", "kept"), [("GIF", "image/gif"), ("WEBP", "image/webp"), ("PNG", "image/webp")])
def test_a_moving_picture_keeps_moving(kind: str, kept: str) -> None:
    """Every frame is drawn anew, with its time."""
    frames = [Image.new("RGB", (50, 20), colour) for colour in ("red", "green", "blue")]
    picture = redraw(encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=[200, 300, 400]))

    with Image.open(io.BytesIO(picture.data)) as image:
        assert (picture.type, getattr(image, "n_frames", 1), image.size) == (kept, 3, (50, 20))
        image.load()
        assert image.info["duration"] == 200


def test_a_large_photo_is_made_smaller() -> None:
    """No side is kept longer than 4,096 pixels."""
    picture = redraw(encoded(Image.new("L", (5_000, 1_000)), "JPEG"))

    assert (picture.width, picture.height) == (KEPT_SIDE, 819)


@pytest.mark.parametrize("size", [(50_000, 50_000), (20_001, 10), (9_000, 9_000), (30_000, 4_000)])
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    """A few kilobytes that promise gigabytes of pixels are never decoded."""
    bomb = png_bomb(*size)
    assert len(bomb) < 1_000

    with pytest.raises(Unreadable):
        redraw(bomb)


def test_a_moving_bomb_is_refused() -> None:
    """Many frames of many pixels count together."""
    frames = [Image.new("P", (1_000, 1_000), number) for number in range(26)]
    bomb = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)

    with pytest.raises(Unreadable, match="26 frames"):
        redraw(bomb)


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a" + b"\0" * 60, b"\xff\xd8\xff" + b"x" * 200, b"%!PS-Adobe", b"RIFF\x10\0\0\0WEBPVP8 \0\0"]
)
def test_rubbish_is_unreadable_and_nothing_else(data: bytes) -> None:
    """First bytes that promise a picture do not make one."""
    with pytest.raises(Unreadable):
        redraw(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_picture_cut_short_is_unreadable(kind: str) -> None:
    """Half an upload is not kept as half a picture."""
    noise = Image.effect_noise((200, 200), 90).convert("RGB")
    whole = encoded(noise, kind)

    with pytest.raises(Unreadable):
        redraw(whole[: len(whole) // 2])


def test_a_format_the_hub_does_not_take_is_unreadable() -> None:
    """TIFF, BMP and the rest have decoders of their own that are never asked."""
    for kind in ("TIFF", "BMP", "ICO", "PPM"):
        with pytest.raises(Unreadable):
            redraw(encoded(Image.new("RGB", (20, 20)), kind))
