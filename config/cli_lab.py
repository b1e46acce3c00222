"""`weihub rules lint|replay|versions|rollback|diff`: looking at an account's rules before they speak, and at those that spoke."""

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot.actions.lab import DAYS, DAYS_MOST, MESSAGES, MESSAGES_MOST, Compared, Linted, Replayed
from bot.model.basics import now_ms
from bot.model.people import Actor
from bot.store.cursor import Page
from bot.store.rules import Version
from config.cli_common import CommandFault, Commands
from config.cli_lines import content
from config.cli_office import within
from config.lab_report import show_diff, show_findings, show_replay, show_versions
from config.office import Office
from config.terminal import language
from intents.vocabulary import NOTHING
from replies.compiled import compile_rules
from replies.faults import RuleFault
from replies.lint import faulty, lint
from replies.rules import parse_rules
from replies.vocabulary import parse_vocabulary

PIPE_WIDTH = 120
"""Columns of a table that is not written to a terminal."""


def add_lab(rules: Commands, shared: argparse.ArgumentParser) -> None:
    """Add the commands."""
    check = rules.add_parser("lint", parents=[shared], help="say what is doubtful about an account's draft, or about a file of rules")
    whose = check.add_mutually_exclusive_group(required=True)
    whose.add_argument("account", nargs="?", metavar="HANDLE", help="whose draft")
    whose.add_argument("--rules", metavar="FILE", type=Path, help="a JSON array of rules instead; needs no account")
    check.add_argument("--vocabulary", metavar="WORDS.json", type=Path, help="words and synonyms that go with a file of rules")
    check.set_defaults(run=_lint)
    again = rules.add_parser("replay", parents=[shared], help="say what the draft would have answered to what buyers wrote; writes nothing")
    again.add_argument("account", metavar="HANDLE", help="whose rules and messages")
    again.add_argument("--days", type=_up_to(DAYS_MOST), default=DAYS, metavar="N", help=f"how many days back (default: {DAYS})")
    again.add_argument("--limit", type=_up_to(MESSAGES_MOST), default=MESSAGES, metavar="N", help=f"how many messages at most (default: {MESSAGES})")
    again.add_argument("--draft", metavar="FILE", type=Path, help="a JSON array of rules instead of the account's draft")
    again.set_defaults(run=_replay)
    past = rules.add_parser("versions", parents=[shared], help="list what was published, when, by whom and why")
    past.add_argument("account", metavar="HANDLE", help="whose rules")
    past.set_defaults(run=_versions)
    back = rules.add_parser("rollback", parents=[shared], help="let an account speak again as it did at an earlier version")
    back.add_argument("account", metavar="HANDLE", help="whose rules")
    back.add_argument("version", metavar="N", type=_up_to(2**31 - 1), help="the version, as `rules versions` lists it")
    back.add_argument("--note", default="", help="kept with the version that this makes")
    back.set_defaults(run=_rollback)
    between = rules.add_parser("diff", parents=[shared], help="say what differs between two versions, or between one and the draft")
    between.add_argument("account", metavar="HANDLE", help="whose rules")
    between.add_argument("before", metavar="A", type=_up_to(2**31 - 1), help="a version")
    between.add_argument("after", metavar="B", type=_up_to(2**31 - 1), nargs="?", help="another one (default: the draft)")
    between.set_defaults(run=_diff)


def _up_to(most: int) -> Callable[[str], int]:
    """Reads a whole number from 1."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {most}")
        return int(text)

    return read


def _console() -> Console:
    return Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)


def _lint(args: argparse.Namespace) -> int:
    async def work(office: Office, owner: Actor) -> Linted:
        return await office.lab.lint(owner, args.account)

    found = within(args, work) if args.rules is None else _linted(args.rules, args.vocabulary)
    show_findings(found, _console(), language(os.environ))
    return 1 if any(one.severity == "error" for one in found.findings) else 0


def _linted(file: Path, words: Path | None) -> Linted:
    source = content(file)
    try:
        vocabulary = NOTHING if words is None else parse_vocabulary(content(words))
    except RuleFault as fault:
        raise CommandFault("\n".join(f"{words}: {one.path or 'the file'}: {one.en}" for one in fault.every)) from None
    try:
        rules = parse_rules(source)
    except RuleFault as fault:
        return Linted(faulty(fault), 0, 0)
    return Linted(lint(compile_rules(rules, vocabulary), now_ms()), 0, len(rules))


def _replay(args: argparse.Namespace) -> int:
    source = None if args.draft is None else content(args.draft)

    async def work(office: Office, owner: Actor) -> Replayed | None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[messages]} messages"),
            TimeElapsedColumn(),
        )
        console = Console(stderr=True)
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("conversations", total=None, messages=0)
            async with aclosing(office.lab.replay(owner, args.account, rules=source, days=args.days, limit=args.limit)) as steps:
                async for step in steps:
                    if isinstance(step, Replayed):
                        return step
                    bar.update(task, completed=step.done, total=step.of, messages=step.messages)
        return None

    found = within(args, work)
    if found is not None:
        show_replay(found, _console(), "the draft" if args.draft is None else str(args.draft))
    return 0


def _versions(args: argparse.Namespace) -> int:
    async def work(office: Office, owner: Actor) -> tuple[Page[Version], dict[str, str]]:
        staff = await office.staff.members(owner, args.account)
        return await office.rulebook.versions(owner, args.account), {member.person.id: member.login for member in staff}

    page, names = within(args, work)
    show_versions(page, names, _console())
    return 0


def _rollback(args: argparse.Namespace) -> int:
    async def work(office: Office, owner: Actor) -> Version:
        return await office.rulebook.rollback(owner, args.account, args.version, args.note)

    made = within(args, work)
    print(f"{args.account} speaks as at version {args.version} again; that is version {made.version} now. The draft stays as it is.")
    print("A hub that runs without Redis notices within half a minute.")
    return 0


def _diff(args: argparse.Namespace) -> int:
    async def work(office: Office, owner: Actor) -> Compared:
        return await office.lab.compare(owner, args.account, args.before, args.after)

    show_diff(within(args, work), _console())
    return 0
