"""A workbook's parts beside its sheets: which sheets there are, the texts they share, and which styles are of dates."""

import posixpath
import re
from typing import Literal

import msgspec

from replies.exchange.parcel import Parcel
from replies.exchange.report import refusal

Look = Literal["", "date", "percent", "zeros"]
"""How the number of a cell is shown, where that is not simply the number."""

_ROOT = "_rels/.rels"
_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_PERCENTS = frozenset({9, 10})
_NO_CODE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Tab(msgspec.Struct, frozen=True):
    """A sheet: its name, its part, whether people see it."""

    name: str
    part: str
    visible: bool


class Book(msgspec.Struct, frozen=True):
    """What is needed to read the sheets.

    Attributes:
        strings: the texts that cells share, by number.
        looks: how numbers are shown, by the number of the style.
        zeros: the digits a number is filled up to, by the number of the style.
        from_1904: dates are counted from 1904, as on old Macs.
    """

    tabs: tuple[Tab, ...]
    strings: tuple[str, ...]
    looks: tuple[Look, ...]
    zeros: dict[int, int]
    from_1904: bool


def open_book(parcel: Parcel) -> Book:
    """Read all but the sheets.

    Raises:
        RuleFault: it is no workbook of the Office Open XML kind, or a broken one.
    """
    main = next((target for kind, target in _relations(parcel, "", _ROOT).values() if kind == "officeDocument"), "xl/workbook.xml")
    if main not in parcel or not main.endswith(".xml"):
        raise refusal("这不是 .xlsx 表格，请另存为 .xlsx 或 CSV。", "This is not a workbook of the kind .xlsx; save it as .xlsx or CSV.")
    folder, name = posixpath.split(main)
    relations = _relations(parcel, folder, f"{folder}/_rels/{name}.rels")
    head = _Head()
    parcel.parse(main, head.started)
    tabs = tuple(Tab(title, relations[id_][1], seen) for title, id_, seen in head.sheets if id_ in relations and relations[id_][1] in parcel)
    parts = {kind: target for kind, target in relations.values() if target in parcel}
    strings = _Strings()
    if "sharedStrings" in parts:
        parcel.parse(parts["sharedStrings"], strings.started, strings.ended, strings.said)
    styles = _Styles()
    if "styles" in parts:
        parcel.parse(parts["styles"], styles.started, styles.ended)
    looks, zeros = styles.looks()
    return Book(tabs, tuple(strings.found), looks, zeros, head.from_1904)


def unescaped(text: str) -> str:
    """A text of a cell where `_x000D_` stands for the character of this number, which XML could not hold; only control characters do."""
    return _ESCAPE.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    number = int(found[1], 16)
    return chr(number) if number < 0x20 else "_" if number == 0x5F else found[0]


def _relations(parcel: Parcel, folder: str, part: str) -> dict[str, tuple[str, str]]:
    """Kind and target of the parts that a part names, by their ids there."""
    found: dict[str, tuple[str, str]] = {}

    def started(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], path)

    if part in parcel:
        parcel.parse(part, started)
    return found


class _Head:
    """The main part: names of sheets in order, and how dates are counted."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []
        self.from_1904 = False

    def started(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            id_ = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id" and ":" in key), "")
            self.sheets.append((attributes.get("name", ""), id_, attributes.get("state", "visible") == "visible"))
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in {"1", "true"}


class TextOf:
    """Collects the text of one item: its `t` elements, without those of `rPh`, which tell how Japanese is pronounced."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._hearing = False
        self._aside = False

    def started(self, name: str) -> None:
        """An element begins."""
        self._aside = self._aside or name == "rPh"
        self._hearing = name == "t" and not self._aside

    def ended(self, name: str) -> None:
        """An element ends."""
        self._hearing = False
        self._aside = self._aside and name != "rPh"

    def said(self, text: str) -> None:
        """Characters come."""
        if self._hearing:
            self._pieces.append(text)

    def text(self) -> str:
        """What was said since this was last asked."""
        found = unescaped("".join(self._pieces))
        self._pieces.clear()
        return found


class _Strings:
    """The texts that cells share."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._text = TextOf()
        self.said = self._text.said

    def started(self, name: str, _: dict[str, str]) -> None:
        self._text.started(name)

    def ended(self, name: str) -> None:
        self._text.ended(name)
        if name == "si":
            self.found.append(self._text.text())


class _Styles:
    """Number formats of the styles of cells."""

    def __init__(self) -> None:
        self._codes: dict[int, str] = {}
        self._formats: list[int] = []
        self._in_cells = False

    def started(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self._codes[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")[:200]
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            self._formats.append(_number(attributes.get("numFmtId")))

    def ended(self, name: str) -> None:
        self._in_cells = self._in_cells and name != "cellXfs"

    def looks(self) -> tuple[tuple[Look, ...], dict[int, int]]:
        """How numbers of each style are shown, and the digits of those that are filled up with zeros."""
        codes = [self._codes.get(number, "") for number in self._formats]
        looks = tuple(_look(number, code) for number, code in zip(self._formats, codes, strict=True))
        return looks, {style: len(code) for style, (look, code) in enumerate(zip(looks, codes, strict=True)) if look == "zeros"}


def _look(number: int, code: str) -> Look:
    if number in _PERCENTS:
        return "percent"
    if number in _DATES:
        return "date"
    left = _NO_CODE.sub("", code.partition(";")[0])
    if re.search(r"[ymdhs]", left, re.IGNORECASE) and "general" not in left.casefold():
        return "date"
    return "percent" if "%" in left else "zeros" if re.fullmatch(r"0{2,20}", left) else ""


def _number(text: str | None) -> int:
    return int(text) if text is not None and re.fullmatch(r"\d{1,9}", text) else 0
