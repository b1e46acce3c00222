"""Canned replies: sentences that an account's operators keep ready."""

from bot.actions.access import Access
from bot.model.basics import NotFound, new_id, now_ms
from bot.model.people import Actor, Verb
from bot.store import desk as store
from bot.store.cursor import Page
from bot.store.desk import CannedRow
from bot.store.unit import Database


class Canned:
    """The verbs about canned replies."""

    def __init__(self, *, db: Database, access: Access) -> None:
        self._db = db
        self._access = access

    async def listed(self, actor: Actor, ref: str, cursor: str | None, limit: int) -> Page[CannedRow]:
        """A page of an account's canned replies in the order of titles.

        Raises:
            NotFound, Forbidden: see `Access.account`. Invalid: a bad cursor.
        """
        account = await self._access.account(actor, ref, Verb.CANNED_READ)
        async with self._db.read() as conn:
            return await store.canned(conn, account.id, cursor, limit)

    async def create(self, actor: Actor, ref: str, title: str, text: str) -> CannedRow:
        """Keep a reply ready.

        Raises:
            NotFound, Forbidden: see `Access.account`. Conflict: the title is taken.
        """
        account = await self._access.account(actor, ref, Verb.CANNED_EDIT)
        row = CannedRow(id=new_id(), account=account.id, title=title, text=text, at=now_ms())
        async with self._db.write() as conn:
            await store.create_canned(conn, row)
        return row

    async def edit(self, actor: Actor, ref: str, canned: str, title: str, text: str) -> CannedRow:
        """Replace title and text of a reply.

        Raises:
            NotFound: there is no such reply. Others as `create`.
        """
        account = await self._access.account(actor, ref, Verb.CANNED_EDIT)
        row = CannedRow(id=canned, account=account.id, title=title, text=text, at=now_ms())
        async with self._db.write() as conn:
            if not await store.edit_canned(conn, row):
                raise _absent()
        return row

    async def drop(self, actor: Actor, ref: str, canned: str) -> None:
        """Keep a reply no longer.

        Raises:
            NotFound: there is no such reply, or no such account for the caller.
        """
        account = await self._access.account(actor, ref, Verb.CANNED_EDIT)
        async with self._db.write() as conn:
            if not await store.drop_canned(conn, account.id, canned):
                raise _absent()


def _absent() -> NotFound:
    return NotFound("没有这条快捷回复。", "There is no such canned reply.")
