"""What staff keep in mind about a buyer: notes, which the buyer never sees.

They belong to the account and stay when the buyer unfollows, as the conversation does.
"""

import msgspec

from bot.actions.access import Access
from bot.model.basics import Conflict, Forbidden, NotFound, new_id, now_ms
from bot.model.people import Actor, Role, Verb
from bot.store import notes as store
from bot.store import people, talk
from bot.store.cursor import Page
from bot.store.notes import NOTES_LIMIT, Note
from bot.store.people import AccountRow
from bot.store.unit import Connection, Database


class Notes:
    """The verbs of notes: everybody of the desk reads and adds, each edits their own, the owner may take away any."""

    def __init__(self, *, db: Database, access: Access) -> None:
        self._db = db
        self._access = access

    async def listed(self, actor: Actor, ref: str, person: str, cursor: str | None, limit: int) -> Page[Note]:
        """A page of the notes about a buyer, the newest first.

        Raises:
            NotFound, Forbidden: see `Access.account`; or the account knows no such buyer. Invalid: a bad cursor.
        """
        account = await self._access.account(actor, ref, Verb.FOLLOWERS_READ)
        async with self._db.read() as conn:
            await known_buyer(conn, account, person)
            return await store.listed(conn, account.id, person, cursor, limit)

    async def add(self, actor: Actor, ref: str, person: str, text: str) -> Note:
        """Note something about a buyer.

        Raises:
            NotFound, Forbidden: see `Access.account`; or the account knows no such buyer.
            Conflict: there are as many notes about them as there may be.
        """
        note = Note(id=new_id(), account="", person=person, author=actor.person, author_name=actor.name, text=text, at=now_ms())
        async with self._db.write() as conn:
            account, _ = await self._access.account_in(conn, actor, ref, Verb.NOTES_EDIT)
            await people.hold_account(conn, account.id)  # so that the count holds
            await known_buyer(conn, account, person)
            if await store.count(conn, account.id, person) >= NOTES_LIMIT:
                raise Conflict(
                    f"一位买家最多 {NOTES_LIMIT} 条备注，请先删掉旧的。", f"There are at most {NOTES_LIMIT} notes about a buyer: delete old ones."
                )
            note = msgspec.structs.replace(note, account=account.id)
            await store.add(conn, note)
        return note

    async def edit(self, actor: Actor, ref: str, person: str, note: str, text: str) -> Note:
        """Let one's own note say something else.

        Raises:
            NotFound: there is no such note. Forbidden: it is somebody else's. Others as `add`.
        """
        now = now_ms()
        async with self._db.write() as conn:
            found, _ = await self._found(conn, actor, ref, person, note)
            if found.author != actor.person:
                raise Forbidden("只能修改自己写的备注。", "Only your own notes can be changed.")
            await store.edit(conn, found, text, now)
        return msgspec.structs.replace(found, text=text, edited_at=now)

    async def drop(self, actor: Actor, ref: str, person: str, note: str) -> None:
        """Take away one's own note; the owner any.

        Raises:
            NotFound: there is no such note. Forbidden: it is somebody else's. Others as `add`.
        """
        async with self._db.write() as conn:
            found, role = await self._found(conn, actor, ref, person, note)
            if found.author != actor.person and role is not Role.OWNER:
                raise Forbidden("只能删除自己写的备注。", "Only your own notes can be deleted.")
            await store.drop(conn, found)

    async def _found(self, conn: Connection, actor: Actor, ref: str, person: str, note: str) -> tuple[Note, Role]:
        account, role = await self._access.account_in(conn, actor, ref, Verb.NOTES_EDIT)
        found = await store.get(conn, account.id, person, note)
        if found is None:
            raise NotFound("没有这条备注。", "There is no such note.")
        return found, role


async def known_buyer(conn: Connection, account: AccountRow, person: str) -> None:
    """Nothing, if this person follows the account or has talked with it.

    Raises:
        NotFound: the account knows no such buyer.
    """
    if await people.follow_of(conn, account.id, person) is None and await talk.find_direct(conn, account.id, person) is None:
        raise NotFound("没有这位买家。", "The account knows no such buyer.")
