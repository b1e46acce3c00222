"""The hub as one of the measured servers: a real `weihub serve` on a data directory that was furnished beforehand."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from bench.servers import ON_CORE
from bot.actions.tokens import StaffTokens
from bot.model.basics import new_id, now_ms
from bot.model.people import Role
from bot.store import people, staff
from bot.store import rules as rule_store
from bot.store.staff import SessionRow
from bot.store.tables import CONVERSATIONS, MESSAGES
from bot.store.unit import Database
from config.keys import buyer_tokens
from config.lifecycle import Lifecycle
from config.office import open_office
from config.secret import signing_secret
from config.settings import Server, Settings
from tests.journeys.hub import HubProcess

ACCOUNT = "bench"
_WIDE = 1_000_000
# The limits that protect a hub from one person are out of the way, as the peers have none; durability is as it comes.
_ENVIRONMENT = {
    "WEIHUB_TALK__SEND_BURST": str(_WIDE),
    "WEIHUB_TALK__SEND_PER_S": str(_WIDE),
    "WEIHUB_SOCKETS__PER_PERSON": "10000",
    "WEIHUB_LOGS__LEVEL": "error",
}
_DAY_S = 86_400
_CHUNK = 20_000


@dataclass(frozen=True)
class Furnished:
    """A data directory with an account, and tokens of the people in it."""

    data: Path
    buyers: list[str]
    operators: list[str]
    strangers: list[str]


@contextmanager
def furnished(*, buyers: int, operators: int, stored: int = 0, rules: str = "", strangers: int = 0) -> Iterator[Furnished]:
    """An account with that many buyers and operators, `stored` messages spread over the buyers' conversations, and `rules` (JSON).

    `strangers` have tokens and nothing else: the hub never heard of them.
    """
    with TemporaryDirectory(prefix="weihub-bench-") as directory:
        yield asyncio.run(_furnish(Path(directory), buyers, operators, stored, rules, strangers))


def running(place: Furnished, prefix: tuple[str, ...] = ON_CORE) -> HubProcess:
    """The hub over it, on the servers' core."""
    return HubProcess(data=place.data, env=_ENVIRONMENT, prefix=prefix)


async def _furnish(data: Path, buyers: int, operators: int, stored: int, rules: str, strangers: int) -> Furnished:
    settings = Settings(server=Server(data=str(data)))
    now = now_ms()
    async with Lifecycle(10) as lifecycle:
        office = await open_office(lifecycle, settings)
        await office.staff.create_account_with_owner(ACCOUNT, "Bench", "bench-owner")
        async with office.db.read() as conn:
            account = await people.account_by_handle(conn, ACCOUNT)
        if account is None:
            raise RuntimeError("the account was not made")
        tokens = StaffTokens(signing_secret(settings))
        on_staff = [await _hire(office.db, tokens, account.id, f"staff:bench-{index}", now) for index in range(operators)]
        await _follow(office.db, account.id, buyers, now)
        if rules:
            async with office.db.write() as conn:
                await rule_store.publish(conn, account.id, rules, on_staff[0], "", now)
        if stored:
            await _fill(office.db, account.id, buyers, stored, now)
    shop = buyer_tokens(settings)
    known = [shop.mint(f"buyer-{index}", f"Buyer {index}", _DAY_S) for index in range(buyers)]
    return Furnished(data, known, on_staff, [shop.mint(f"raider-{index}", f"路人{index}", _DAY_S) for index in range(strangers)])


async def _hire(db: Database, tokens: StaffTokens, account: str, person: str, now: int) -> str:
    """An operator whose session begins now. No password is hashed: nobody signs in with it."""
    session = SessionRow(id=new_id(), person=person, refresh=new_id(), created_at=now, expires_at=now + _DAY_S * 1000)
    async with db.write() as conn:
        await people.remember_person(conn, person, person, None, now)
        await staff.create_staff(conn, person, person.replace(":", "-"), "!", now)
        await people.set_role(conn, account, person, Role.OPERATOR, now)
        await staff.create_session(conn, session)
    return tokens.mint(person, session.id, now)[0]


async def _follow(db: Database, account: str, buyers: int, now: int) -> None:
    async with db.write() as conn:
        for index in range(buyers):
            await people.remember_person(conn, f"buyer-{index}", f"Buyer {index}", None, now)
            await people.follow(conn, account, f"buyer-{index}", "bench", now)


async def _fill(db: Database, account: str, buyers: int, stored: int, now: int) -> None:
    each, more = divmod(stored, buyers)
    for index in range(buyers):
        count = each + (index < more)
        conversation, person = f"seed{index:06}", f"buyer-{index}"
        row = {"id": conversation, "kind": "direct", "account": account, "person": person, "head": count, "desk": "bot"}
        async with db.write() as conn:
            await conn.execute(sa.insert(CONVERSATIONS), {**row, "created_at": now - stored, "last_at": now})
            for start in range(0, count, _CHUNK):
                rows = [_message(conversation, person, seq, now) for seq in range(start + 1, min(count, start + _CHUNK) + 1)]
                await conn.execute(sa.insert(MESSAGES), rows)


def _message(conversation: str, person: str, seq: int, now: int) -> dict[str, Any]:
    body = json.dumps({"text": f"{seq} 亲，这个什么时候发货？"}, ensure_ascii=False)
    row = {"conversation": conversation, "seq": seq, "author": person, "author_name": person, "role": "follower"}
    return {**row, "key": f"{now}-{seq * 7919 % 1_000_003}", "kind": "text", "body": body, "at": now}
