"""What kind of media some bytes are, judged by the bytes alone, and how long a sound or a video lasts."""

import struct
from collections.abc import Callable

from bot.actions.media.iso import mp4
from bot.actions.media.sounds import aac, mp3, ogg, wav
from bot.actions.media.values import Sniffed, Unreadable
from bot.actions.media.webm import webm

SNIFF_BYTES = 64
IMAGE_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")


def sniff(head: bytes) -> str | None:
    """The media type that the first bytes announce, or None for anything the hub does not take.

    ISO media and WebM may hold sound alone; `measure` tells.
    """
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:6] in {b"GIF87a", b"GIF89a"}:
        return "image/gif"
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return "video/mp4"
    return _sniff_sound(head)


def _sniff_sound(head: bytes) -> str | None:
    if head.startswith(b"OggS"):
        return "audio/ogg"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "audio/webm"
    if head.startswith(b"ID3"):
        return "audio/mpeg"
    if len(head) >= 4 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return "audio/aac" if head[1] & 0x06 == 0 else "audio/mpeg"
    return None


_READERS: dict[str, Callable[[bytes], tuple[Sniffed, float]]] = {
    "audio/wav": wav,
    "audio/mpeg": mp3,
    "audio/aac": aac,
    "audio/ogg": ogg,
    "audio/webm": webm,
    "video/mp4": mp4,
}


def measure(data: bytes, media_type: str) -> tuple[Sniffed, float]:
    """The true kind of a sound or video, and its length in seconds.

    Raises:
        Unreadable: broken, of a codec the hub does not take, or without a length.
    """
    reader = _READERS[media_type]
    try:
        sniffed, seconds = reader(data)
    except (struct.error, IndexError, ZeroDivisionError, UnicodeDecodeError) as fault:
        raise Unreadable("the file is cut short or broken") from fault
    if not 0 < seconds < 86_400:
        raise Unreadable("the file does not say how long it lasts")
    return sniffed, seconds
