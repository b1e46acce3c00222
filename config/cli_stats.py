"""`weihub rules stats`: what an account's rules did in the last days, as a table."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.actions.stats import USUAL_DAYS, Figures
from bot.model.people import Actor
from bot.store.counts import DAYS_LIMIT, ReplyDay, RuleTotal
from bot.store.cursor import PAGE_LIMIT
from config.cli_common import Commands
from config.cli_office import within
from config.office import Office
from config.terminal import printable

BAR = 16
PIPE_WIDTH = 120
"""Columns of a table that is not written to a terminal."""


def add_stats(rules: Commands, shared: argparse.ArgumentParser) -> None:
    """Add the command."""
    stats = rules.add_parser("stats", parents=[shared], help="show what each rule did in the last days")
    stats.add_argument("account", metavar="HANDLE", help="whose rules")
    stats.add_argument("--days", type=_number, default=USUAL_DAYS, metavar="N", help=f"how many days, today included (default: {USUAL_DAYS})")
    stats.set_defaults(run=_stats)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= DAYS_LIMIT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days from 1 to {DAYS_LIMIT}")
    return int(text)


def _stats(args: argparse.Namespace) -> int:
    async def work(office: Office, owner: Actor) -> Figures:
        today = (await office.stats.read(owner, args.account, limit=1)).last
        first = (date.fromisoformat(today) - timedelta(days=args.days - 1)).isoformat()
        figures = await office.stats.read(owner, args.account, first, today, limit=PAGE_LIMIT)
        rules, names, cursor = list(figures.rules), dict(figures.names), figures.cursor
        while cursor is not None:
            more = await office.stats.read(owner, args.account, first, today, cursor=cursor, limit=PAGE_LIMIT)
            rules, names, cursor = [*rules, *more.rules], names | more.names, more.cursor
        return msgspec.structs.replace(figures, rules=rules, names=names)

    show(within(args, work), Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH))
    return 0


def show(figures: Figures, console: Console) -> None:
    """The account's messages in a line, and its rules, those that spoke most first."""
    console.print(f"[bold]{figures.first}[/bold] to [bold]{figures.last}[/bold] ({escape(figures.zone)})")
    console.print(_messages(figures.days))
    if not figures.rules:
        console.print("No rule was heard.")
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("rule", overflow="fold")
    for name in ("heard", "answered"):
        table.add_column(name, justify="right")
    table.add_column("", no_wrap=True, min_width=BAR)
    for name in ("to people", "asked again"):
        table.add_column(name, justify="right")
    most = max(one.answered for one in figures.rules)
    for one in sorted(figures.rules, key=lambda one: (-one.answered, -one.heard, one.rule)):
        table.add_row(
            _name(one, figures),
            str(one.heard),
            str(one.answered),
            _bar(one.answered, most),
            _share(one.handed_off, one),
            _share(one.asked_again, one),
        )
    console.print(table)


def _messages(days: Sequence[ReplyDay]) -> str:
    def of(name: str) -> int:
        return sum(getattr(day, name) for day in days)

    told = f"{of('heard')} messages: {of('answered')} answered, {of('choices')} asked back, {of('handed_off')} to people, {of('silent')} silent"
    return f"{told}; {of('unanswered')} that no rule knew."


def _name(one: RuleTotal, figures: Figures) -> str:
    name = figures.names.get(one.rule)
    return escape(printable(one.rule if name is None else f"{name} [{one.rule}]")) + ("" if name is not None else " [dim](gone)[/dim]")


def _bar(count: int, most: int) -> str:
    return f"[cyan]{'█' * max(round(BAR * count / most), int(count > 0))}[/cyan]" if most else ""


def _share(count: int, one: RuleTotal) -> str:
    return f"{count} ({100 * count / one.answered:.0f} %)" if count and one.answered else str(count)
