"""Pictures: decoded, turned upright, and written anew without metadata. Slow work without I/O: call it in a thread."""

import io
import struct
from itertools import islice

import msgspec
from PIL import Image, ImageOps, ImageSequence

from bot.actions.media.values import Unreadable

MAX_PIXELS = 40_000_000
MAX_SIDE = 20_000
MAX_FRAMES = 300
MAX_FRAME_PIXELS = 25_000_000
KEPT_SIDE = 4_096
THUMBNAIL_SIDE = 320
THUMBNAIL_TYPE = "image/webp"
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
_QUALITY = 85
_BROKEN = (
    *(OSError, ValueError, SyntaxError, EOFError, ArithmeticError, IndexError, KeyError, TypeError, struct.error),
    *(Image.DecompressionBombError, Image.DecompressionBombWarning),
)
"""What the decoders raise for bytes that are not a picture."""


class Picture(msgspec.Struct, frozen=True):
    """A picture as it is kept: bytes, media type, size in pixels, and a small still of it."""

    data: bytes
    type: str
    width: int
    height: int
    thumbnail: bytes


def redraw(data: bytes) -> Picture:
    """The same picture, made of its pixels alone: no EXIF, no profile, no comment, nothing after the end.

    Upright by its EXIF orientation, at most 4,096 pixels a side. A moving GIF or WebP keeps moving.

    Raises:
        Unreadable: not a picture, broken, or of more pixels or frames than the hub decodes.
    """
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            _check_size(image)
            return _moving(image) if getattr(image, "n_frames", 1) > 1 else _still(image)
    except Unreadable:
        raise
    except _BROKEN as fault:
        raise Unreadable("the picture is broken, or too large to decode") from fault


def _check_size(image: Image.Image) -> None:
    """Refuse a bomb from its header, before a pixel is decoded."""
    width, height = image.size
    frames: int = getattr(image, "n_frames", 1)
    if not 1 <= width <= MAX_SIDE or not 1 <= height <= MAX_SIDE or width * height > MAX_PIXELS:
        raise Unreadable(f"the picture has {width} x {height} pixels; at most {MAX_PIXELS} are decoded")
    if frames > 1 and (frames > MAX_FRAMES or width * height * frames > MAX_FRAME_PIXELS):
        raise Unreadable(f"the picture has {frames} frames of {width} x {height} pixels; at most {MAX_FRAME_PIXELS} together are decoded")


def _still(image: Image.Image) -> Picture:
    image.draft("RGB", (KEPT_SIDE, KEPT_SIDE))
    upright = ImageOps.exif_transpose(image)
    clean = _bare(upright)
    clean.thumbnail((KEPT_SIDE, KEPT_SIDE))
    kept = image.format if image.format in {"JPEG", "WEBP"} else "PNG"
    return Picture(_written(clean, str(kept)), f"image/{str(kept).lower()}", clean.width, clean.height, _thumbnail(clean))


def _moving(image: Image.Image) -> Picture:
    """Every frame as the viewer would see it, each with its own time."""
    frames, times = [], []
    for frame in islice(ImageSequence.Iterator(image), MAX_FRAMES):
        frames.append(_bare(frame))
        times.append(max(20, int(frame.info.get("duration", 100) or 100)))
    kept = "GIF" if image.format == "GIF" else "WEBP"
    out = io.BytesIO()
    frames[0].save(out, kept, save_all=True, append_images=frames[1:], duration=times, loop=0)
    return Picture(out.getvalue(), f"image/{kept.lower()}", frames[0].width, frames[0].height, _thumbnail(frames[0]))


def _bare(image: Image.Image) -> Image.Image:
    """A picture of RGB or RGBA pixels and nothing else."""
    clear = image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info
    bare = image.convert("RGBA" if clear else "RGB")
    bare = bare.copy() if bare is image else bare
    bare.info.clear()
    return bare


def _written(image: Image.Image, kept: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kept, **({} if kept == "PNG" else {"quality": _QUALITY}))
    return out.getvalue()


def _thumbnail(image: Image.Image) -> bytes:
    small = image.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return _written(small, "WEBP")
