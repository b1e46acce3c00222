"""Where settings come from: defaults, then a TOML file, then the environment, then flags; the later one wins.

Every value is checked where it was said, so that a fault names the file or variable, the key, and what was expected.
"""

import difflib
import tomllib
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from config.settings import Settings

PREFIX = "WEIHUB_"
FILE_NAME = "weihub.toml"
MASK = "********"

Key = tuple[str, str]


class SettingsFault(ValueError):
    """One or more settings that cannot be used; `lines` has a sentence for each."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class Field(msgspec.Struct, frozen=True):
    """One setting: its type with limits, default, meaning, and whether it must not be printed."""

    section: str
    key: str
    type: Any
    default: Any
    meaning: str
    secret: bool

    @property
    def path(self) -> str:
        """The name people use: `server.port`."""
        return f"{self.section}.{self.key}"

    @property
    def variable(self) -> str:
        """The environment variable of this setting."""
        return f"{PREFIX}{self.section}__{self.key}".upper()


class Said(msgspec.Struct, frozen=True):
    """A value that somebody gave, and where. `words` are texts still to be read as numbers or switches."""

    key: Key
    value: Any
    origin: str
    words: bool = False


class Loaded(msgspec.Struct, frozen=True):
    """Settings ready for use, the file they came from, and the origin of each one that is not a default."""

    settings: Settings
    file: Path | None
    origins: dict[str, str]

    @property
    def data(self) -> Path:
        """The data directory."""
        return Path(self.settings.server.data)


def _sections() -> dict[str, type[msgspec.Struct]]:
    return typing.get_type_hints(Settings)


def fields() -> Iterator[Field]:
    """Every setting, in the order of the document."""
    defaults = msgspec.structs.asdict(Settings())
    for section, struct in _sections().items():
        hints = typing.get_type_hints(struct, include_extras=True)
        for name, hint in hints.items():
            metas: list[msgspec.Meta] = [meta for meta in getattr(hint, "__metadata__", ()) if isinstance(meta, msgspec.Meta)]
            meaning = next((meta.description for meta in reversed(metas) if meta.description), "")
            secret = any(meta.extra and meta.extra.get("secret") for meta in metas)
            yield Field(section, name, hint, getattr(defaults[section], name), meaning, secret)


def _nearest(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f" Did you mean `{close[0]}`?" if close else ""


def _unknown(origin: str, section: str, key: str | None) -> str:
    sections = _sections()
    if section not in sections:
        return f"{origin}: there is no section `{section}`.{_nearest(section, list(sections))}"
    keys = [field.path for field in fields() if field.section == section]
    return f"{origin}: there is no setting `{section}.{key}`.{_nearest(f'{section}.{key}', keys)}"


def _from_file(file: Path) -> tuple[list[Said], list[str]]:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsFault(f"{file}: there is no such file.") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise SettingsFault(f"{file}: {fault}") from None
    said: list[Said] = []
    faults: list[str] = []
    for section, table in document.items():
        if section not in _sections():
            faults.append(_unknown(str(file), section, None))
        elif not isinstance(table, dict):
            faults.append(f"{file}: `{section}` must be a table: write `[{section}]` on a line of its own.")
        else:
            said += [Said((section, key), value, f"{file}: {section}.{key}") for key, value in table.items()]
    return said, faults


def _from_environment(environ: Mapping[str, str]) -> tuple[list[Said], list[str]]:
    said: list[Said] = []
    faults: list[str] = []
    for name, value in sorted(environ.items()):
        if not name.startswith(PREFIX):
            continue
        section, double, key = name.removeprefix(PREFIX).lower().partition("__")
        if double:
            said.append(Said((section, key), value, name, words=True))
        elif any(section.startswith(f"{known}_") for known in _sections()):
            first, _, rest = section.partition("_")
            faults.append(f"{name}: two underscores stand between section and key: {PREFIX}{first.upper()}__{rest.upper()}")
    return said, faults


def _items(value: str) -> list[str]:
    return [item.strip() for item in value.split(",") if item.strip()]


def _convert(field: Field, said: Said) -> Any:
    value = said.value
    if said.words and isinstance(field.default, tuple):
        value = _items(value)
    try:
        return msgspec.convert(value, field.type, strict=not said.words)
    except msgspec.ValidationError as fault:
        shown = "" if field.secret else f" ({value!r} was given)"
        raise SettingsFault(f"{said.origin}: {fault}{shown}.") from None


def _data_directory(said: list[Said]) -> Path:
    named = [one.value for one in said if one.key == ("server", "data") and isinstance(one.value, str) and one.value]
    return Path(named[-1] if named else Settings().server.data)


def _file_layer(config: Path | None, later: list[Said]) -> tuple[Path | None, list[Said], list[str]]:
    if config is not None:
        return config, *_from_file(config)
    file = _data_directory(later) / FILE_NAME
    if not file.is_file():
        return None, [], []
    said, faults = _from_file(file)
    if any(one.key == ("server", "data") for one in said):
        faults.append(f"{file}: server.data: a file inside the data directory cannot move it; use --data, the environment, or --config.")
    return file, said, faults


def load(*, flags: Mapping[str, Any], config: Path | None, environ: Mapping[str, str]) -> Loaded:
    """Settings from all four places. `flags` maps `section.key` to a value; None means that the flag was not given.

    Raises:
        SettingsFault: with every fault found, not only the first.
    """
    from_flags = [Said(_split(path), value, f"--{path.rpartition('.')[2]}") for path, value in flags.items() if value is not None]
    from_environment, faults = _from_environment(environ)
    file, from_file, more = _file_layer(config, from_environment + from_flags)
    faults += more
    known = {(field.section, field.key): field for field in fields()}
    values: dict[str, dict[str, Any]] = {section: {} for section in _sections()}
    origins: dict[str, str] = {}
    for said in from_file + from_environment + from_flags:
        field = known.get(said.key)
        if field is None:
            faults.append(_unknown(said.origin, *said.key))
            continue
        try:
            values[field.section][field.key] = _convert(field, said)
        except SettingsFault as fault:
            faults += fault.lines
        origins[field.path] = said.origin
    if faults:
        raise SettingsFault(*faults)
    sections: dict[str, Any] = {section: struct(**values[section]) for section, struct in _sections().items()}
    return Loaded(Settings(**sections), file, origins)


def _split(path: str) -> Key:
    section, _, key = path.partition(".")
    return section, key
