"""`weihub filters scan`: what the filters would do about a file of messages. No server, no database, no account."""

import argparse
import gc
import time
from pathlib import Path

import msgspec

from config.cli_common import CommandFault, Commands
from config.cli_lines import Asked, messages_of, write
from config.filters import FilterFault, default_filter
from intents.filters import Filter


class Scanned(msgspec.Struct, frozen=True):
    """One line out: what would become of the message, how likely it is unwanted, microseconds of processor time."""

    id: str
    action: str
    score: float
    us: float


def add(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add the commands about filters."""
    group = commands.add_parser("filters", help="try the filters of groups")
    filters = group.add_subparsers(metavar="COMMAND", required=True)
    parser = filters.add_parser("scan", parents=[shared], help="say for a file of messages what the filters would do about each; needs no server")
    parser.add_argument("--messages", required=True, metavar="IN.jsonl", type=Path, help='one {"id", "text"} a line')
    parser.add_argument("--out", required=True, metavar="OUT.jsonl", type=Path, help='one {"id", "action", "score", "us"} a line')
    parser.add_argument("--lists", metavar="DIR", type=Path, help="a directory of word lists to use beside the default setup")
    parser.set_defaults(run=_scan)


def _scan(args: argparse.Namespace) -> int:
    try:
        filters = default_filter(args.lists)
    except FilterFault as fault:
        raise CommandFault(str(fault)) from None
    # What stays for good need not be looked through for garbage between two messages.
    gc.freeze()
    lines = [msgspec.json.encode(scanned(filters, one)) + b"\n" for one in messages_of(args.messages)]
    write(args.out, lines)
    print(f"{len(lines)} messages scanned.")
    return 0


def scanned(filters: Filter, asked: Asked) -> Scanned:
    """What would become of one message."""
    began = time.thread_time_ns()
    verdict = filters.scan(asked.text)
    took = (time.thread_time_ns() - began) / 1_000
    return Scanned(asked.id, verdict.action, verdict.score, round(took, 1))
