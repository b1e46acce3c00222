"""Who of the staff looks at a conversation now.

A look is a lease: the page holds it while somebody sees it, and it ends by itself when the page is hidden, closed or cut off.
Everybody who looks is told when somebody comes or goes; who a lease lost without a word is found out by the next who renews theirs.
"""

from collections.abc import Sequence

from bot.actions.access import Access
from bot.live.ports import PRESENT_LIMIT, Bus, Presence
from bot.model.basics import new_id
from bot.model.facts import Looked, Onlooker, Ring, to_conversation
from bot.model.people import Actor, Verb, may
from bot.model.talk import Standing
from bot.store import people
from bot.store.unit import Database

LOOKING_S = 30.0
"""How long a look lasts unless it is renewed."""


class Looking:
    """The verbs of looking. They tell colleagues of each other; the buyer hears nothing of it."""

    def __init__(self, *, db: Database, access: Access, presence: Presence, bus: Bus) -> None:
        self._db = db
        self._access = access
        self._presence = presence
        self._bus = bus

    async def look(self, actor: Actor, device: str, conversation: str) -> Sequence[Onlooker]:
        """Look at a conversation, or go on looking; who looks now, the caller among them.

        Raises:
            NotFound, Forbidden: see `Access.conversation`.
        """
        standing = await self._access.conversation(actor, conversation, Verb.DESK_READ)
        before = await self._present(standing)
        await self._presence.hold(_name(actor.person, conversation), device, LOOKING_S)
        now = await self._onlookers(standing, before | {actor.person})
        if actor.person not in before:
            self._tell(conversation, now)
        return now

    async def look_away(self, actor: Actor, device: str, conversation: str) -> None:
        """Look no more with this device; one that did not look changes nothing."""
        name = _name(actor.person, conversation)
        if not await self._presence.present([name]):
            return
        await self._presence.release(name, device)
        standing = self._access.peek(conversation) or await self._access.load(conversation)
        left = await self._present(standing)
        if actor.person not in left:
            self._tell(conversation, await self._onlookers(standing, left))

    async def at(self, actor: Actor, conversation: str) -> Sequence[Onlooker]:
        """Who looks at a conversation now.

        Raises:
            NotFound, Forbidden: see `Access.conversation`.
        """
        standing = await self._access.conversation(actor, conversation, Verb.DESK_READ)
        return await self._onlookers(standing, await self._present(standing))

    async def _present(self, standing: Standing) -> frozenset[str]:
        staff = [person for person, role in standing.staff.items() if may(Verb.DESK_READ, role)][:PRESENT_LIMIT]
        present = await self._presence.present([_name(person, standing.conversation) for person in staff])
        return frozenset(person for person in staff if _name(person, standing.conversation) in present)

    async def _onlookers(self, standing: Standing, present: frozenset[str]) -> tuple[Onlooker, ...]:
        looking = sorted(present & standing.staff.keys())
        async with self._db.read() as conn:
            known = await people.people(conn, looking)
        return tuple(Onlooker(person, known[person].name if person in known else "") for person in looking)

    def _tell(self, conversation: str, looking: tuple[Onlooker, ...]) -> None:
        self._bus.publish([Ring(new_id(), (to_conversation(conversation),), Looked(conversation, looking))])


def _name(person: str, conversation: str) -> str:
    """The lease of a person's look at one conversation; the id of a member of staff holds no blank."""
    return f"{person} {conversation}"
