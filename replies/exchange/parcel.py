"""The ZIP file that a workbook is, opened with care: every size is bounded before and while anything is unpacked, and no document type is read.

XML is parsed by expat as it is unpacked, with a callback an element, so that a part costs no more than it is allowed to whatever it
says about itself. A document type, and with it every entity, internal or external, is refused before it can be expanded.
"""

import io
import xml.parsers.expat
import zipfile
import zlib
from collections.abc import Callable

from replies.exchange.report import refusal
from replies.faults import RuleFault

UNPACKED_LIMIT = 64 * 1_024 * 1_024
"""Bytes of all parts together, unpacked."""

PARTS_LIMIT = 1_000
RATIO_LIMIT = 200
"""How many times its size a part may unpack to; a sheet comes to 10 or 20."""

RATIO_FROM = 1_024 * 1_024
ELEMENTS_LIMIT = 1_500_000
DEPTH_LIMIT = 64
TAG_LIMIT = 262_144
"""Bytes of one tag or comment. Expat before 2.6 begins one that has not ended anew with every chunk, which takes minutes for a long one."""

CHUNK = 65_536

_DIRECTORY = b"PK\x01\x02"
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, OSError, ValueError)

Started = Callable[[str, dict[str, str]], object]
Ended = Callable[[str], object]
Said = Callable[[str], object]


def is_old(data: bytes) -> bool:
    """Whether this is the container of Excel before 2007, which also holds workbooks locked with a password."""
    return data.startswith(_OLD)


def old_fault(data: bytes) -> RuleFault:
    """What to tell of such a file."""
    if _LOCKED in data:
        return refusal("表格有密码，请去掉密码再导入。", "The workbook is locked with a password; take it off and try again.")
    return refusal("这是旧的 .xls 格式，请另存为 .xlsx 或 CSV。", "This is the old format .xls; save it as .xlsx or CSV.")


class Parcel:
    """The parts of a workbook, and what may still be unpacked and parsed of them."""

    def __init__(self, data: bytes) -> None:
        """Look at the directory.

        Raises:
            RuleFault: no ZIP file, a broken one, or one that would unpack to too much.
        """
        if data.count(_DIRECTORY) > PARTS_LIMIT:
            raise _bomb()
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN:
            raise _broken() from None
        self._parts = {info.filename.lstrip("/"): info for info in self._zip.infolist()}
        for info in self._zip.infolist():
            _check(info)
        if sum(info.file_size for info in self._zip.infolist()) > UNPACKED_LIMIT:
            raise _bomb()
        self._bytes = UNPACKED_LIMIT
        self._elements = ELEMENTS_LIMIT

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def parse(self, name: str, started: Started, ended: Ended | None = None, said: Said | None = None) -> None:
        """Parse a part, calling back with the names of elements and attributes without their prefixes.

        Raises:
            RuleFault: it is broken, too large, or holds a document type.
        """
        guard = _Guard(self, started, ended)
        parser = guard.parser
        if said is not None:
            parser.CharacterDataHandler = said
        try:
            with self._zip.open(self._parts[name]) as part:
                fed = 0
                while chunk := part.read(CHUNK):
                    self._bytes -= len(chunk)
                    if self._bytes < 0:
                        raise _bomb()
                    parser.Parse(chunk)
                    fed += len(chunk)
                    if fed - parser.CurrentByteIndex > TAG_LIMIT:
                        raise _bomb()
                parser.Parse(b"", True)
        except RuleFault:
            raise
        except xml.parsers.expat.ExpatError as error:
            raise refusal(f"表格文件损坏：{name}（{error}）。", f"The workbook is broken: {name} ({error}).") from None
        except _BROKEN:
            raise _broken() from None

    def spend(self) -> None:
        """Account for an element.

        Raises:
            RuleFault: there are too many.
        """
        self._elements -= 1
        if self._elements < 0:
            raise _bomb()


class _Guard:
    """Stands between expat and who wants to hear of elements."""

    def __init__(self, parcel: Parcel, started: Started, ended: Ended | None) -> None:
        self._parcel = parcel
        self._started = started
        self._ended = ended
        self._depth = 0
        self.parser = xml.parsers.expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = _no_doctype

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._parcel.spend()
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            raise _bomb()
        self._started(name.rpartition(":")[2], attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._ended is not None:
            self._ended(name.rpartition(":")[2])


def _no_doctype(*_: object) -> None:
    zh, en = "表格文件里有不允许的 DOCTYPE。", "The workbook holds a document type, which is not allowed."
    raise refusal(zh, en)


def _check(info: zipfile.ZipInfo) -> None:
    if info.flag_bits & 0x1:
        raise refusal("表格有密码，请去掉密码再导入。", "The workbook is locked with a password; take it off and try again.")
    if info.compress_type not in _METHODS:
        raise refusal("表格文件的压缩方式不支持。", "The workbook is packed in a way that is not taken.")
    if info.file_size > RATIO_FROM and info.file_size > RATIO_LIMIT * max(info.compress_size, 1):
        raise _bomb()


def _bomb() -> RuleFault:
    size = UNPACKED_LIMIT // 1_048_576
    zh = f"表格解压后太大：最多 {size} MiB、{PARTS_LIMIT} 个部件、{ELEMENTS_LIMIT} 个元素。"
    return refusal(zh, f"The workbook unpacks to too much: at most {size} MiB, {PARTS_LIMIT} parts and {ELEMENTS_LIMIT} elements.")


def _broken() -> RuleFault:
    return refusal("表格文件损坏，打不开。", "The workbook is broken and cannot be opened.")
