"""How long a sound lasts: RIFF/WAVE, MPEG audio frames (ISO 11172-3), ADTS (ISO 13818-7), Ogg (RFC 3533, RFC 7845)."""

import struct
from collections.abc import Callable

from bot.actions.media.values import Sniffed, Unreadable


def wav(data: bytes) -> tuple[Sniffed, float]:
    """A WAV file and its length in seconds."""
    rate = 0
    offset = 12
    while offset + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, offset)
        offset += 8
        if name == b"fmt ":
            rate = struct.unpack_from("<I", data, offset + 8)[0]
        elif name == b"data":
            return Sniffed("voice", "audio/wav"), min(size, len(data) - offset) / rate
        offset += size + size % 2
    raise Unreadable("the WAV file has no data")


_MP3_BITRATES = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_MP3_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_MIN_FRAMES = 3
_TAIL_BYTES = 4_096


def _mp3_frame(data: bytes, offset: int) -> tuple[int, float] | None:
    """Bytes and seconds of the layer III frame at `offset`, or None."""
    if offset + 4 > len(data) or data[offset] != 0xFF or data[offset + 1] & 0xE6 != 0xE2:
        return None
    version, rate_index = (data[offset + 1] >> 3) & 3, (data[offset + 2] >> 2) & 3
    bitrate_index, padding = data[offset + 2] >> 4, (data[offset + 2] >> 1) & 1
    if version == 1 or rate_index == 3 or bitrate_index in {0, 15}:
        return None
    rate, newest = _MP3_RATES[version][rate_index], version == 3
    samples = 1_152 if newest else 576
    return samples // 8 * _MP3_BITRATES[newest][bitrate_index] * 1_000 // rate + padding, samples / rate


def _adts_frame(data: bytes, offset: int) -> tuple[int, float] | None:
    """Bytes and seconds of the ADTS frame at `offset`, or None."""
    rates = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350)
    if offset + 7 > len(data) or data[offset] != 0xFF or data[offset + 1] & 0xF6 != 0xF0:
        return None
    index = (data[offset + 2] >> 2) & 15
    size = (data[offset + 3] & 3) << 11 | data[offset + 4] << 3 | data[offset + 5] >> 5
    if index >= len(rates) or size < 7:
        return None
    return size, 1_024 * ((data[offset + 6] & 3) + 1) / rates[index]


def _frames(data: bytes, frame: Callable[[bytes, int], tuple[int, float] | None]) -> float:
    """Seconds of a chain of frames; what follows the chain may only be a tag or a short tail."""
    offset, count, seconds = _after_id3(data), 0, 0.0
    while (found := frame(data, offset)) is not None:
        offset, count, seconds = offset + found[0], count + 1, seconds + found[1]
    rest = data[offset : offset + 8]
    if count < _MIN_FRAMES or (len(data) - offset > _TAIL_BYTES and not rest.startswith((b"TAG", b"APETAGEX", b"ID3"))):
        raise Unreadable("the sound is not a whole chain of frames")
    return seconds


def _after_id3(data: bytes) -> int:
    if not data.startswith(b"ID3"):
        return 0
    size = data[6] << 21 | data[7] << 14 | data[8] << 7 | data[9]
    return 10 + size + (10 if data[5] & 0x10 else 0)


def mp3(data: bytes) -> tuple[Sniffed, float]:
    """An MP3 file and its length in seconds."""
    return Sniffed("voice", "audio/mpeg"), _frames(data, _mp3_frame)


def aac(data: bytes) -> tuple[Sniffed, float]:
    """An AAC file of ADTS frames and its length in seconds."""
    return Sniffed("voice", "audio/aac"), _frames(data, _adts_frame)


def ogg(data: bytes) -> tuple[Sniffed, float]:
    """One Opus or Vorbis stream: the last granule position over the rate (RFC 7845, 4.1)."""
    offset, rate, skip, last, serial = 0, 0, 0, 0, None
    while offset < len(data):
        if data[offset : offset + 4] != b"OggS":
            raise Unreadable("the Ogg file is not a whole chain of pages")
        flags, granule, stream = struct.unpack_from("<BqI", data, offset + 5)
        table = data[offset + 27 : offset + 27 + data[offset + 26]]
        body = offset + 27 + len(table)
        if flags & 2:
            if serial is not None:
                raise Unreadable("the Ogg file holds more than one stream")
            serial, (rate, skip) = stream, _ogg_codec(data[body : body + 64])
        last = max(last, granule)
        offset = body + sum(table)
        if offset > len(data):
            raise Unreadable("the last page of the Ogg file is cut short")
    return Sniffed("voice", "audio/ogg"), (last - skip) / rate


def _ogg_codec(head: bytes) -> tuple[int, int]:
    """Samples a second, and samples to skip."""
    if head.startswith(b"OpusHead"):
        return 48_000, int(struct.unpack_from("<H", head, 10)[0])
    if head.startswith(b"\x01vorbis"):
        return int(struct.unpack_from("<I", head, 12)[0]), 0
    raise Unreadable("the Ogg file holds neither Opus nor Vorbis")
