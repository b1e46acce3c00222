"""What commands share that read a file of messages and write a line for each."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from config.cli_common import CommandFault


class Asked(msgspec.Struct, frozen=True):
    """One line in."""

    id: str
    text: str


def content(file: Path) -> bytes:
    """The content of a file.

    Raises:
        CommandFault: it cannot be read.
    """
    try:
        return file.read_bytes()
    except OSError as fault:
        raise CommandFault(f"{file}: {fault.strerror or fault}") from None


def messages_of(file: Path) -> Iterator[Asked]:
    """The messages of a file, one a line; empty lines are passed over.

    Raises:
        CommandFault: a line is no message, told with its number.
    """
    for number, line in enumerate(content(file).splitlines(), 1):
        if line.strip():
            try:
                yield msgspec.json.decode(line, type=Asked)
            except (msgspec.MsgspecError, UnicodeError) as error:
                raise CommandFault(f"{file}, line {number}: {error}") from None


def write(file: Path, lines: Sequence[bytes]) -> None:
    """Write lines, each with its own end.

    Raises:
        CommandFault: the file cannot be written.
    """
    try:
        file.write_bytes(b"".join(lines))
    except OSError as fault:
        raise CommandFault(f"{file}: {fault.strerror or fault}") from None
