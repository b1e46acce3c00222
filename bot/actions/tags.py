"""Tags of followers, as the desk sees and sets them."""

from collections.abc import Sequence

import msgspec

from bot.actions.access import Access
from bot.model.basics import Conflict, Invalid, NotFound, now_ms
from bot.model.people import Actor, Verb
from bot.store import people
from bot.store import tags as store
from bot.store.people import AccountRow
from bot.store.tags import ACCOUNT_LIMIT, FOLLOWER_LIMIT, AccountTag, FollowerTag, Put, Tagging
from bot.store.unit import Connection, Database
from replies.shapes import Tag

CLEARED_AT_ONCE = 500


class Tags:
    """The verbs of tags. Rules put them too, in the transaction of their answer."""

    def __init__(self, *, db: Database, access: Access) -> None:
        self._db = db
        self._access = access

    async def listed(self, actor: Actor, ref: str) -> Sequence[AccountTag]:
        """Every tag of the account, at most 200.

        Raises:
            NotFound, Forbidden: see `Access.account`.
        """
        account = await self._access.account(actor, ref, Verb.FOLLOWERS_READ)
        async with self._db.read() as conn:
            return await store.listed(conn, account.id)

    async def of(self, actor: Actor, ref: str, person: str) -> Sequence[FollowerTag]:
        """The tags of one follower, at most 50.

        Raises:
            NotFound, Forbidden: see `Access.account`; or nobody like that follows it.
        """
        account = await self._access.account(actor, ref, Verb.FOLLOWERS_READ)
        async with self._db.read() as conn:
            await _follower(conn, account, person)
            return await store.of(conn, account.id, person)

    async def put(self, actor: Actor, ref: str, person: str, tag: str) -> None:
        """Let a follower have a tag; again changes nothing.

        Raises:
            NotFound, Forbidden: see `Access.account`; or nobody like that follows it.
            Invalid: it is no tag.
            Conflict: the follower or the account has as many tags as there may be.
        """
        _check(tag)
        async with self._db.write() as conn:
            account, _ = await self._access.account_in(conn, actor, ref, Verb.TAGS_EDIT)
            tagging = Tagging(account=account.id, person=person, tag=tag, author=actor.person, at=now_ms())
            became = await store.put_one(conn, tagging)
        if became is Put.NO_FOLLOWER:
            raise _nobody()
        if became is Put.FOLLOWER_FULL:
            raise Conflict(f"一位粉丝最多 {FOLLOWER_LIMIT} 个标签。", f"A follower has at most {FOLLOWER_LIMIT} tags.", path="tag")
        if became is Put.ACCOUNT_FULL:
            raise Conflict(f"一个账号最多 {ACCOUNT_LIMIT} 个标签。", f"An account has at most {ACCOUNT_LIMIT} tags.", path="tag")

    async def drop(self, actor: Actor, ref: str, person: str, tag: str) -> None:
        """Let a follower have a tag no more; again changes nothing.

        Raises:
            NotFound, Forbidden: see `Access.account`; or nobody like that follows it.
        """
        async with self._db.write() as conn:
            account, _ = await self._access.account_in(conn, actor, ref, Verb.TAGS_EDIT)
            await _follower(conn, account, person)
            await store.drop(conn, account.id, person, tag)

    async def forget(self, actor: Actor, ref: str, tag: str) -> None:
        """Take a tag off the account and off every follower, some hundreds at a time so that nothing else waits long.

        Raises:
            NotFound, Forbidden: see `Access.account`; or the account has no such tag.
        """
        async with self._db.write() as conn:
            account, _ = await self._access.account_in(conn, actor, ref, Verb.TAGS_DELETE)
            if not await store.forget(conn, account.id, tag):
                raise NotFound("没有这个标签。", "There is no such tag.")
        cleared = CLEARED_AT_ONCE
        while cleared == CLEARED_AT_ONCE:
            async with self._db.write() as conn:
                cleared = await store.clear(conn, account.id, tag, CLEARED_AT_ONCE)


def _check(tag: str) -> None:
    try:
        msgspec.convert(tag, Tag)
    except msgspec.ValidationError:
        zh, en = (
            "标签为1到20个字，不能有斜杠，不能以点或空格开头。",
            "A tag has 1 to 20 characters, no slashes, and begins with neither a dot nor a blank.",
        )
        raise Invalid(zh, en, path="tag") from None


async def _follower(conn: Connection, account: AccountRow, person: str) -> None:
    if await people.follow_of(conn, account.id, person) is None:
        raise _nobody()


def _nobody() -> NotFound:
    return NotFound("没有这位粉丝。", "There is no such follower.")
