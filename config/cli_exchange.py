"""`weihub rules import|export`: an account's rules from files and to files, with a report row by row."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.actions.exchange import Exported, Imported, Source
from bot.model.basics import Lang
from bot.model.people import Actor
from config.cli_common import CommandFault, Commands
from config.cli_office import within
from config.office import Office
from config.terminal import language, printable
from replies.exchange.formats import EXTENSIONS, Format
from replies.exchange.report import Outcome, Row
from replies.exchange.taking import Merging

FORMATS: dict[str, Format] = {"json": "weihub", "csv": "csv", "xlsx": "xlsx", "wechat": "wechat"}
"""What people call the formats."""

ROWS_SHOWN = 200
PIPE_WIDTH = 120
"""Rows of a report, and columns of one that is not written to a terminal."""

_COLOURS = {Outcome.CHANGED: "yellow", Outcome.SKIPPED: "dim", Outcome.FAULT: "red"}


def add_exchange(rules: Commands, shared: argparse.ArgumentParser) -> None:
    """Add the commands."""
    bring = rules.add_parser("import", parents=[shared], help="take a file of rules: JSON speaks at once, tables and WeChat's JSON become the draft")
    _add_account(bring)
    bring.add_argument("file", metavar="FILE", type=Path, help="JSON, CSV, XLSX or WeChat's JSON; - reads standard input")
    bring.add_argument("--format", choices=FORMATS, help="what the file is (default: what its bytes say)")
    bring.add_argument("--merge", action="store_true", help="beside the rules of the draft, in the place of those with the same id or name")
    bring.add_argument("--note", default="", help="kept with the version")
    what = bring.add_mutually_exclusive_group()
    what.add_argument("--dry", action="store_true", help="only tell what would become of each row")
    what.add_argument("--draft", action="store_true", help="save it as the draft only, also JSON")
    what.add_argument("--publish", action="store_true", help="speak by it at once, also a table; not if a row is faulty")
    bring.set_defaults(run=_import, usage_error=bring.error)
    take = rules.add_parser("export", parents=[shared], help="write the draft, or the published rules where nobody has begun one")
    _add_account(take)
    take.add_argument("--format", choices=FORMATS, help="the form of the file (default: by the ending of --out, else json)")
    take.add_argument("-o", "--out", metavar="FILE", type=Path, help="where to (default: standard output)")
    which = take.add_mutually_exclusive_group()
    which.add_argument("--published", action="store_true", help="what is published, not the draft")
    which.add_argument("--version", metavar="N", type=_number, help="a published version")
    take.set_defaults(run=_export, usage_error=take.error)


def _add_account(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("handle", metavar="HANDLE", nargs="?", help="whose rules")
    parser.add_argument("--account", metavar="HANDLE", help="the same")


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) < 2**31:
        raise argparse.ArgumentTypeError(f"{text!r} is not the number of a version")
    return int(text)


def _name_account(args: argparse.Namespace) -> None:
    """Whose rules it is about, in either of the two ways to say it."""
    if (args.handle is None) == (args.account is None):
        args.usage_error("name the account once: HANDLE, or --account HANDLE")
    args.account = args.account or args.handle


def _import(args: argparse.Namespace) -> int:
    _name_account(args)
    data = _content(args.file)

    async def work(office: Office, owner: Actor) -> tuple[Imported, str]:
        return await _imported(office, owner, args, data)

    done, told = within(args, work)
    show(done.rows, Console(file=sys.stdout, highlight=False, width=_width()), language(os.environ))
    print(f"{done.taken} rules taken, {done.faults} faults." if done.faults else f"{done.taken} rules taken.")
    print(told)
    return int(bool(done.faults) if args.dry else done.draft is None)


async def _imported(office: Office, owner: Actor, args: argparse.Namespace, data: bytes) -> tuple[Imported, str]:
    """What came of the file, and what it means for the account.

    JSON is taken as a whole or not at all, and published unless it is said otherwise; a table may hold what is still to be mended.
    """
    format_ = None if args.format is None else FORMATS[args.format]
    merging: Merging = "merge" if args.merge else "replace"
    tried = await office.exchange.import_file(owner, args.account, data, format_=format_, merging=merging, dry=True)
    if args.dry:
        return tried, "Nothing is saved: this was a trial."
    if tried.faults and tried.format == "weihub":
        raise CommandFault("\n".join(_lines(tried.rows)))
    publish = args.publish or (tried.format == "weihub" and not args.draft)
    if tried.faults and publish:
        return tried, "Nothing is saved or published: mend the faults, or leave out --publish."
    done = await office.exchange.import_file(owner, args.account, data, format_=format_, merging=merging)
    if done.draft is None:
        return done, "Nothing is saved: there is no good rule in the file."
    if not publish:
        return done, f"The draft of {args.account} is at revision {done.draft.revision} now; it is not published."
    version = await office.rulebook.publish(owner, args.account, args.note, done.draft.revision)
    return done, f"{args.account} speaks by version {version.version} now. A hub that runs without Redis notices within half a minute."


def _lines(rows: Sequence[Row]) -> list[str]:
    """The faults of a JSON file, each with its path."""
    lang = language(os.environ)
    faults = [row for row in rows if row.outcome is Outcome.FAULT]
    return [f"rules[{row.number - 1}]{'.' if row.path else ''}{row.path}: {row.zh if lang == 'zh' else row.en}" for row in faults]


def _content(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as fault:
        raise CommandFault(f"{file}: {fault.strerror or fault}") from None


def _export(args: argparse.Namespace) -> int:
    _name_account(args)
    format_ = _format(args)
    if format_ == "xlsx" and args.out is None and sys.stdout.isatty():
        raise CommandFault("A workbook is no text for a terminal: name a file with --out.")
    source: Source | int = args.version or ("published" if args.published else "draft")

    async def work(office: Office, owner: Actor) -> Exported:
        return await office.exchange.export(owner, args.account, format_, source)

    file = within(args, work)
    try:
        if args.out is None:
            sys.stdout.buffer.write(file.data)
            sys.stdout.buffer.flush()
        else:
            args.out.write_bytes(file.data)
    except OSError as fault:
        raise CommandFault(f"{args.out or 'standard output'}: {fault.strerror or fault}") from None
    show(file.rows, Console(file=sys.stderr, highlight=False, width=_width()), language(os.environ))
    return 0


def _format(args: argparse.Namespace) -> Format:
    if args.format is not None:
        return FORMATS[args.format]
    ending = "" if args.out is None else args.out.name.casefold()
    known = sorted(EXTENSIONS.items(), key=lambda one: -len(one[1]))
    return next((format_ for format_, extension in known if ending.endswith(f".{extension}")), "weihub")


def _width() -> int | None:
    return None if sys.stdout.isatty() else PIPE_WIDTH


def show(rows: Sequence[Row], console: Console, lang: Lang) -> None:
    """What there is to tell of rows that were not simply taken, as a table; nothing where there is nothing."""
    telling = [row for row in rows if row.outcome is not Outcome.OK]
    if not telling:
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("row", justify="right")
    table.add_column("rule", overflow="fold", max_width=24)
    for name in ("", "where"):
        table.add_column(name, overflow="fold")
    table.add_column("what", overflow="fold", ratio=1)
    for row in telling[:ROWS_SHOWN]:
        colour = _COLOURS[row.outcome]
        where = " ".join(filter(None, [row.cell, row.path]))
        cells = (str(row.number or ""), row.name, f"[{colour}]{row.outcome}[/{colour}]", where, row.zh if lang == "zh" else row.en)
        table.add_row(*(cell if place == 2 else escape(printable(cell)) for place, cell in enumerate(cells)))
    console.print(table)
    if len(telling) > ROWS_SHOWN:
        console.print(f"… and {len(telling) - ROWS_SHOWN} more.")
