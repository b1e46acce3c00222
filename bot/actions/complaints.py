"""Reports of accounts, which nobody who works for an account may judge: the operator of the hub reads them at the hub's own machine."""

import msgspec

from bot.actions.bench import no_case
from bot.actions.groups import checked_reason
from bot.model.basics import Conflict, now_ms
from bot.model.cases import HUB_QUEUE
from bot.store import docket, people
from bot.store.cases import CaseRow
from bot.store.cursor import PAGE_LIMIT, Page
from bot.store.docket import SignalRow
from bot.store.people import AccountRow
from bot.store.unit import Database

OPERATOR = "hub"
"""Who decided, where the operator of the hub did."""


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    """A reported account; `account` is None of one that is no more."""

    row: CaseRow
    account: AccountRow | None


class Complaints:
    """The verbs of whoever runs the hub. They ask nobody: who can call them has the database."""

    def __init__(self, *, db: Database) -> None:
        self._db = db

    async def waiting(self, cursor: str | None = None, limit: int = PAGE_LIMIT) -> Page[Complaint]:
        """A page of the accounts that are reported, the weightiest first: by distinct reporters, then reports, then the latest.

        Raises:
            Invalid: a bad cursor.
        """
        async with self._db.read() as conn:
            page = await docket.cases(conn, HUB_QUEUE, docket.hub_sight(), "open", None, now_ms(), cursor, limit)
            found = [Complaint(row=row, account=await people.account_by_id(conn, row.account)) for row in page.items]
        return Page(found, page.cursor)

    async def signals(self, case: str) -> list[SignalRow]:
        """Everything that is kept of a case, the newest first; with the evidence."""
        async with self._db.read() as conn:
            return (await docket.signals(conn, case, None, PAGE_LIMIT)).items

    async def close(self, case: str, reason: str) -> None:
        """Be done with a case; it is deleted 180 days later, and the next report opens another one.

        Raises:
            NotFound: there is none. Conflict: it is closed. Invalid: without a reason.
        """
        told, now = checked_reason(reason), now_ms()
        async with self._db.write() as conn:
            row = await docket.case(conn, case, lock=True)
            if row is None or row.queue != HUB_QUEUE:
                raise no_case()
            if row.decided_at is not None:
                raise Conflict("这个案件已经有决定了。", "This case is decided already.")
            await docket.decide(conn, case, OPERATOR, "dismiss", told, now)
