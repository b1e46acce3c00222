"""Commands that work on a data directory as an account's owner, with or without a running hub."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.model.basics import NotFound
from bot.model.people import Actor, Role
from bot.store import people
from config.cli_common import settings_of
from config.lifecycle import Lifecycle
from config.office import Office, open_office

STOP_S = 10.0
T = TypeVar("T")


def within(args: argparse.Namespace, work: Callable[[Office, Actor], Awaitable[T]]) -> T:
    """Do something as the account's owner."""

    async def run() -> T:
        async with Lifecycle(STOP_S) as lifecycle:
            office = await open_office(lifecycle, settings_of(args).settings)
            return await work(office, await _owner(office, args.account))

    return asyncio.run(run())


async def _owner(office: Office, handle: str) -> Actor:
    async with office.db.read() as conn:
        account = await people.account_by_handle(conn, handle)
        staff = [] if account is None else await people.staff_of(conn, account.id)
    for person, _, role in staff:
        if role is Role.OWNER:
            return Actor(person=person.id, name=person.name)
    raise NotFound(f"没有账号 {handle}。", f"There is no account {handle}.")
