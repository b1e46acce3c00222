"""`weihub account create|staff|list`, `weihub token`."""

import argparse
import asyncio
import re

from bot.model.people import STAFF, Role
from bot.store import people
from config.cli_common import Commands, settings_of
from config.keys import buyer_tokens
from config.lifecycle import Lifecycle
from config.office import open_office
from config.settings import Settings

STOP_S = 10.0
PAGE = 100
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def add(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add these commands."""
    account = commands.add_parser("account", help="make accounts and their staff, or list them").add_subparsers(metavar="ACTION", required=True)
    create = account.add_parser("create", parents=[shared], help="make an account and its owner, and print the owner's first password")
    create.add_argument("handle", metavar="HANDLE", help="2 to 32 of a-z 0-9 _ -, how people address it")
    create.add_argument("--name", required=True, help="the name people see")
    create.add_argument("--owner", required=True, metavar="LOGIN", help="who owns it; a login that is new is made")
    create.add_argument("--kind", choices=["seller", "expert", "media"], default="seller", help="what sort of account (default: seller)")
    create.set_defaults(run=_create)
    staff = account.add_parser("staff", parents=[shared], help="put somebody on an account's staff, and print a new login's first password")
    staff.add_argument("handle", metavar="HANDLE", help="the account")
    staff.add_argument("--login", required=True, help="who; a login that is new is made")
    staff.add_argument(
        "--role", choices=sorted(role.value for role in STAFF), default="operator", help="what they are to the account (default: operator)"
    )
    staff.add_argument("--name", default="", help="how buyers see them (default: the login)")
    staff.set_defaults(run=_staff)
    every = account.add_parser("list", parents=[shared], help="list every account with its staff")
    every.set_defaults(run=_list)
    token = commands.add_parser("token", parents=[shared], help="print a buyer's token, as the shop app would sign it")
    token.add_argument("person", metavar="PERSON", help="the buyer's id in the shop app")
    token.add_argument("--name", help="how the buyer is called (default: the id)")
    token.add_argument("--ttl", type=seconds, default=3_600, help="how long it is good: 90s, 15m, 1h, 7d (default: 1h)")
    token.set_defaults(run=_token)


def seconds(text: str) -> int:
    """A length of time as people write it, in seconds.

    Raises:
        ValueError: not a number with one of s, m, h, d.
    """
    match = re.fullmatch(r"(\d{1,9})([smhd]?)", text.strip())
    if match is None:
        raise ValueError(text)
    return int(match[1]) * _UNITS[match[2] or "s"]


def _create(args: argparse.Namespace) -> int:
    asyncio.run(_created(settings_of(args).settings, args))
    return 0


async def _created(settings: Settings, args: argparse.Namespace) -> None:
    async with Lifecycle(STOP_S) as lifecycle:
        office = await open_office(lifecycle, settings)
        hired = await office.staff.create_account_with_owner(args.handle, args.name, args.owner, kind=args.kind)
    print(f"Account {args.handle} is made; its owner is {hired.member.login}.")
    _tell_password(hired.password)


def _staff(args: argparse.Namespace) -> int:
    asyncio.run(_joined(settings_of(args).settings, args))
    return 0


async def _joined(settings: Settings, args: argparse.Namespace) -> None:
    async with Lifecycle(STOP_S) as lifecycle:
        office = await open_office(lifecycle, settings)
        hired = await office.staff.add_staff(args.handle, args.login, Role(args.role), name=args.name)
    print(f"{hired.member.login} is now {hired.member.role} of {args.handle}.")
    _tell_password(hired.password)


def _tell_password(password: str | None) -> None:
    print("The login was known already; its password stays." if password is None else f"First password, told this once: {password}")


def _list(args: argparse.Namespace) -> int:
    asyncio.run(_listed(settings_of(args).settings))
    return 0


async def _listed(settings: Settings) -> None:
    async with Lifecycle(STOP_S) as lifecycle:
        office = await open_office(lifecycle, settings)
        cursor: str | None = None
        while True:
            page = await office.people.find("", cursor, PAGE)
            for account in page.items:
                async with office.db.read() as conn:
                    staff = await people.staff_of(conn, account.id)
                told = ", ".join(f"{login} ({role})" for _, login, role in staff)
                print(f"{account.handle}\t{account.name}\t{account.kind}\t{told}")
            cursor = page.cursor
            if cursor is None:
                return


def _token(args: argparse.Namespace) -> int:
    print(buyer_tokens(settings_of(args).settings).mint(args.person, args.name or args.person, args.ttl))
    return 0
