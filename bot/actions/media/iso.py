"""How long an ISO media file (MP4, M4A; ISO 14496-12) lasts, whole or fragmented, and whether it holds pictures."""

import struct
from collections.abc import Iterator

import msgspec

from bot.actions.media.values import Sniffed, Unreadable

_PARENTS = frozenset({b"moov", b"trak", b"mdia", b"mvex", b"moof", b"traf"})
_BOXES = 50_000


def _boxes(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Every box of interest: name, and where its content begins and ends; parents are entered."""
    todo = [(0, len(data))]
    for _ in range(_BOXES):
        if not todo:
            return
        offset, end = todo.pop()
        if end - offset < 8:
            continue
        size, name = struct.unpack_from(">I4s", data, offset)
        start = offset + 8
        if size == 1:
            size, start = struct.unpack_from(">Q", data, start)[0], start + 8
        stop = end if size == 0 else offset + size
        if not start <= stop <= end:
            raise Unreadable("a box of the MP4 file goes beyond it")
        todo.append((stop, end))
        if name in _PARENTS:
            todo.append((start, stop))
        yield name, start, stop
    raise Unreadable("the MP4 file has too many boxes")


class _Movie(msgspec.Struct):
    """What the boxes of an ISO media file told so far; ticks of fragments by the timescale of their track."""

    scale: int = 0
    ticks: int = 0
    handlers: set[bytes] = msgspec.field(default_factory=set)
    scales: list[int] = msgspec.field(default_factory=list)
    tracks: list[int] = msgspec.field(default_factory=list)
    defaults: dict[int, int] = msgspec.field(default_factory=dict)
    track: int = 0
    default: int = 0
    runs: dict[int, int] = msgspec.field(default_factory=dict)

    def hear(self, name: bytes, box: bytes) -> None:
        """Take what one box says."""
        match name:
            case b"mvhd":
                self.scale, self.ticks = _duration(box)
            case b"tkhd":
                self.tracks.append(struct.unpack_from(">I", box, 20 if box[0] else 12)[0])
            case b"mdhd":
                self.scales.append(_duration(box)[0])
            case b"hdlr":
                self.handlers.add(box[8:12])
            case b"mehd":
                self.ticks = max(self.ticks, struct.unpack_from(">Q" if box[0] else ">I", box, 4)[0])
            case b"trex":
                track, _, duration = struct.unpack_from(">III", box, 4)
                self.defaults[track] = duration
            case b"tfhd":
                self._fragment(box)
            case b"trun":
                self.runs[self.track] = self.runs.get(self.track, 0) + _run(box, self.default)

    def _fragment(self, box: bytes) -> None:
        flags, self.track = struct.unpack_from(">II", box, 0)
        offset = 8 + (8 if flags & 1 else 0) + (4 if flags & 2 else 0)
        self.default = struct.unpack_from(">I", box, offset)[0] if flags & 8 else self.defaults.get(self.track, 0)

    def seconds(self) -> float:
        """The length that the header tells, or the longest track of the fragments, whichever is more."""
        told = self.ticks / self.scale if self.scale else 0.0
        scales = dict(zip(self.tracks, self.scales, strict=False))
        return max([told, *(ticks / scales[track] for track, ticks in self.runs.items() if scales.get(track))])


def _duration(box: bytes) -> tuple[int, int]:
    """Timescale and duration of `mvhd` or `mdhd`; a duration of all ones means that it is not known."""
    scale, ticks = struct.unpack_from(">IQ", box, 20) if box[0] else struct.unpack_from(">II", box, 12)
    return scale, 0 if ticks in {0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF} else ticks


def _run(box: bytes, default: int) -> int:
    """Ticks of one run of samples."""
    flags, count = struct.unpack_from(">II", box, 0)
    if not flags & 0x100:
        return int(count * default)
    width = 4 * (flags & 0xF00).bit_count()
    first = 8 + (4 if flags & 1 else 0) + (4 if flags & 4 else 0)
    if first + count * width > len(box):
        raise Unreadable("a run of the MP4 file goes beyond its box")
    return sum(struct.unpack_from(">I", box, first + number * width)[0] for number in range(count))


def mp4(data: bytes) -> tuple[Sniffed, float]:
    """An MP4 file, a video or a sound by its tracks, and its length in seconds."""
    movie = _Movie()
    for name, start, stop in _boxes(data):
        movie.hear(name, data[start : min(stop, start + 4_000_000)])
    if b"vide" in movie.handlers:
        return Sniffed("video", "video/mp4"), movie.seconds()
    if b"soun" in movie.handlers:
        return Sniffed("voice", "audio/mp4"), movie.seconds()
    raise Unreadable("the MP4 file holds neither sound nor video")
