"""Filters out of files: the default setup that comes with Weihub (config/lexicons), and a directory of an account's own lists.

A list is a `.json` file, `{"name", "action", "way", "words", "patterns", "allow"}`, or a `.txt` file with a word a line, which is compared by sound
and held for review; the words of a file called `allow.txt` are allowed instead. Nothing here is read when the module is imported.
"""

from pathlib import Path
from typing import TypeVar

import msgspec

from intents.adverts import Model
from intents.disguise import READ_LIMIT
from intents.filters import Action, Contact, Filter, FilterList, Thresholds
from intents.lexicon import LexiconFault, Way, Words

T = TypeVar("T")

LEXICONS = Path(__file__).parent / "lexicons"
FILE_LIMIT = 4 << 20
"""Bytes of one file."""


class FilterFault(ValueError):
    """Filters that cannot be made; the text is one line for each fault, each with its file and place."""


class ListFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list as a JSON file. `note` is for whoever reads it."""

    action: Action
    name: str = ""
    note: str = ""
    way: Way = Way.SOUND
    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()


class Setup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a default setup is made of: files beside it, and its thresholds."""

    model: str
    contacts: str
    lists: tuple[str, ...]
    thresholds: Thresholds


def default_filter(own: Path | None = None, *, lexicons: Path = LEXICONS) -> Filter:
    """The default setup, with an account's own lists beside it where there are some. Takes a third of a second: not for the event loop.

    Raises:
        FilterFault: a file that cannot be read or compiled.
    """
    setup = _decoded(lexicons / "setup.json", Setup)
    files = [lexicons / name for name in setup.lists] + (list_files(own) if own else [])
    lists = [read_list(file) for file in files]
    contacts = _decoded(lexicons / setup.contacts, tuple[Contact, ...])
    try:
        made = Filter(lists, contacts, _model(lexicons / setup.model), setup.thresholds)
    except LexiconFault as fault:
        raise FilterFault("\n".join(_told(one, files) for one in fault.every)) from None
    # What is worked out once for a character is worked out now for those in use, not while the first messages wait.
    for start in range(0, len(known := _in_use()), READ_LIMIT):
        made.scan(known[start : start + READ_LIMIT])
    return made


def _in_use() -> str:
    """The characters of GB 2312, Chinese and others, and the mathematical letters that adverts like."""
    pairs = bytes(byte for first in range(0xA1, 0xF8) for second in range(0xA1, 0xFF) for byte in (first, second))
    return pairs.decode("gb2312", "ignore") + "".join(map(chr, range(0x1D400, 0x1D800)))


def list_files(directory: Path) -> list[Path]:
    """The lists of a directory, by name.

    Raises:
        FilterFault: no directory, or none in it.
    """
    if not directory.is_dir():
        raise FilterFault(f"{directory}: not a directory")
    found = sorted(file for file in directory.iterdir() if file.suffix in {".json", ".txt"})
    if not found:
        raise FilterFault(f"{directory}: no .json or .txt file in it")
    return found


def read_list(file: Path) -> FilterList:
    """One list.

    Raises:
        FilterFault: it cannot be read, or is not a list.
    """
    if file.suffix == ".txt":
        words = tuple(line.strip() for line in _text(file).splitlines() if line.strip())
        held = Words(allow=words) if file.stem == "allow" else Words(words=words)
        return FilterList(file.stem, Action.REVIEW, held)
    one = _decoded(file, ListFile)
    if one.action is Action.PASS:
        raise FilterFault(f"{file}: action: a list masks, reviews, blocks or counts (shadow); words that may pass belong into allow")
    return FilterList(one.name or file.stem, one.action, Words(one.words, one.patterns, one.allow, one.way))


def _model(file: Path) -> Model:
    try:
        return Model.parse(_text(file))
    except ValueError as fault:
        raise FilterFault(f"{file}: {fault}") from None


def _decoded(file: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(_text(file), type=kind)
    except msgspec.MsgspecError as fault:
        raise FilterFault(f"{file}: {fault}") from None


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > FILE_LIMIT:
            raise FilterFault(f"{file}: more than {FILE_LIMIT >> 20} MiB")
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as fault:
        raise FilterFault(f"{file}: not UTF-8 at byte {fault.start}") from None
    except OSError as fault:
        raise FilterFault(f"{file}: {fault.strerror or fault}") from None


def _told(fault: LexiconFault, files: list[Path]) -> str:
    """A fault with the file in place of the number of the list."""
    number, bracket, member = fault.path.removeprefix("[").partition("]")
    place = f"{files[int(number)]}: {member.removeprefix('.')}" if bracket and number.isdigit() else fault.path or "the lists together"
    return f"{place}: {fault.en}"
