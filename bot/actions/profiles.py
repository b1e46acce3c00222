"""A buyer as the desk sees them, in one read."""

from bot.actions.access import Access
from bot.model.basics import NotFound
from bot.model.people import Actor, Verb
from bot.store import profile as store
from bot.store.profile import Profile
from bot.store.unit import Database


class Profiles:
    """The verb about one buyer."""

    def __init__(self, *, db: Database, access: Access) -> None:
        self._db = db
        self._access = access

    async def of(self, actor: Actor, ref: str, person: str) -> Profile:
        """Who a buyer of the account is, since when, from where, with which tags, and how much was said.

        Raises:
            NotFound, Forbidden: see `Access.account`; or the account knows no such buyer.
        """
        account = await self._access.account(actor, ref, Verb.FOLLOWERS_READ)
        async with self._db.read() as conn:
            found = await store.profile(conn, account.id, person)
        if found is None:
            raise NotFound("没有这位买家。", "The account knows no such buyer.")
        return found
