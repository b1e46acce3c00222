"""How long a WebM file (Matroska, RFC 9559) lasts, with or without a stated duration, and that it is sound alone."""

import struct
from collections.abc import Iterator

import msgspec

from bot.actions.media.values import Sniffed, Unreadable

_EBML, _SEGMENT, _INFO, _TRACKS, _TRACK = 0x1A45DFA3, 0x18538067, 0x1549A966, 0x1654AE6B, 0xAE
_CLUSTER, _GROUP = 0x1F43B675, 0xA0
_PARENTS = frozenset({_EBML, _SEGMENT, _INFO, _TRACKS, _TRACK, _CLUSTER, _GROUP})
_SOUND = 2
_ELEMENTS = 100_000


def _number(data: bytes, offset: int, *, marker: bool) -> tuple[int, int]:
    """A variable-length number and where it ends; with its length marker (an id) or without (a size)."""
    length = 9 - data[offset].bit_length()
    if length > 8 or offset + length > len(data):
        raise Unreadable("the WebM file is cut short or broken")
    value = int.from_bytes(data[offset : offset + length])
    return (value if marker else value & ((1 << 7 * length) - 1)), offset + length


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Every leaf element in order. Parents are entered whatever their size says, as live recorders leave it unknown."""
    offset = 0
    for _ in range(_ELEMENTS):
        if offset >= len(data):
            return
        name, offset = _number(data, offset, marker=True)
        size, offset = _number(data, offset, marker=False)
        if name in _PARENTS:
            continue
        if offset + size > len(data):
            raise Unreadable("an element of the WebM file goes beyond it")
        yield name, data[offset : offset + size]
        offset += size
    raise Unreadable("the WebM file has too many elements")


class _Recording(msgspec.Struct):
    """What the elements told so far; times in ticks of `scale` nanoseconds."""

    scale: int = 1_000_000
    told: float = 0.0
    cluster: int = 0
    first: int | None = None
    last: int = 0
    types: set[int] = msgspec.field(default_factory=set)

    def hear(self, name: int, content: bytes) -> None:
        """Take what one element says."""
        match name:
            case 0x2AD7B1:  # TimestampScale
                self.scale = int.from_bytes(content)
            case 0x4489:  # Duration
                self.told = struct.unpack(">f" if len(content) == 4 else ">d", content)[0]
            case 0x83:  # TrackType
                self.types.add(int.from_bytes(content))
            case 0xE7:  # Timestamp of the cluster
                self.cluster = int.from_bytes(content)
            case 0xA3 | 0xA1:  # SimpleBlock, Block
                _, offset = _number(content, 0, marker=False)
                at = self.cluster + struct.unpack_from(">h", content, offset)[0]
                self.first = at if self.first is None else self.first
                self.last = max(self.last, at)

    def seconds(self) -> float:
        """The stated length, or from the first block to the last, whichever is more."""
        return max(self.told, self.last - (self.first or 0)) * self.scale / 1e9


def webm(data: bytes) -> tuple[Sniffed, float]:
    """A WebM file of sound and its length in seconds."""
    recording = _Recording()
    for name, content in _elements(data):
        recording.hear(name, content)
    if recording.types != {_SOUND}:
        raise Unreadable("the WebM file is not sound alone")
    return Sniffed("voice", "audio/webm"), recording.seconds()
