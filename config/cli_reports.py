"""`weihub reports list|export|close`: accounts that people reported, for whoever runs the hub."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec

from bot.actions.complaints import Complaint, Complaints
from bot.store.cursor import Page
from bot.store.docket import SignalRow
from channels.wire import rfc3339
from config.cli_common import Commands, settings_of
from config.cli_office import STOP_S
from config.lifecycle import Lifecycle
from config.office import open_database
from config.terminal import printable

T = TypeVar("T")


def add(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add these commands."""
    reports = commands.add_parser("reports", help="read what people report of accounts").add_subparsers(metavar="ACTION", required=True)
    every = reports.add_parser("list", parents=[shared], help="list the accounts that are reported, the weightiest first")
    every.set_defaults(run=_list)
    export = reports.add_parser("export", parents=[shared], help="print every open case with its reports and evidence, one JSON object a line")
    export.set_defaults(run=_export)
    close = reports.add_parser("close", parents=[shared], help="be done with a case; it is deleted 180 days later")
    close.add_argument("case", metavar="CASE", help="the case, as `reports list` names it")
    close.add_argument("--reason", required=True, metavar="TEXT", help="what was found, 1 to 200 characters")
    close.set_defaults(run=_close)


def _within(args: argparse.Namespace, work: Callable[[Complaints], Awaitable[T]]) -> T:
    async def run() -> T:
        async with Lifecycle(STOP_S) as lifecycle:
            return await work(Complaints(db=await open_database(lifecycle, settings_of(args).settings)))

    return asyncio.run(run())


async def _each(complaints: Complaints, tell: Callable[[Complaint], Awaitable[None]]) -> None:
    page = await complaints.waiting()
    while page.items:
        for one in page.items:
            await tell(one)
        page = await complaints.waiting(page.cursor) if page.cursor is not None else Page([])


def _list(args: argparse.Namespace) -> int:
    async def work(complaints: Complaints) -> None:
        await _each(complaints, tell)

    async def tell(one: Complaint) -> None:
        row = one.row
        name = row.account if one.account is None else f"{one.account.handle}  {one.account.name}"
        print(printable(f"{row.id}  {name}  {row.reporters} people, {row.signals} reports, the last {rfc3339(row.latest_at)}"))

    _within(args, work)
    return 0


def _export(args: argparse.Namespace) -> int:
    async def work(complaints: Complaints) -> None:
        async def tell(one: Complaint) -> None:
            sys.stdout.write(msgspec.json.encode(_case(one, await complaints.signals(one.row.id))).decode() + "\n")

        await _each(complaints, tell)

    _within(args, work)
    return 0


def _case(one: Complaint, signals: list[SignalRow]) -> dict[str, Any]:
    row = one.row
    return {
        "case": row.id,
        "account": row.account,
        "handle": None if one.account is None else one.account.handle,
        "reporters": row.reporters,
        "reports": row.signals,
        "opened_at": rfc3339(row.opened_at),
        "latest_at": rfc3339(row.latest_at),
        "kept": [{**msgspec.to_builtins(signal), "at": rfc3339(signal.at)} for signal in signals],
    }


def _close(args: argparse.Namespace) -> int:
    _within(args, lambda complaints: complaints.close(args.case, args.reason))
    return 0
