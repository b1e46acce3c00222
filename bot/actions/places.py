"""Where people stand in groups, from bounded caches: the group as a whole, and one person's membership, never the whole list."""

import msgspec

from bot.actions.fresh import Fresh
from bot.live.ports import Bus
from bot.model.basics import Closed, HubError, NotFound, NotMember, now_ms
from bot.model.facts import AccountChanged, GroupChanged, MemberChanged, Ring
from bot.model.groups import Deed, GroupRole, GroupStanding, Joining, Membership, Muting, Place, may_do
from bot.model.order import banned
from bot.model.people import Verb
from bot.store import admission, groups, members, sanctions
from bot.store.unit import Database

DEEDS: dict[Verb, Deed] = {Verb.TALK_READ: Deed.READ, Verb.TALK_SEND: Deed.POST, Verb.TALK_RECALL: Deed.READ, Verb.TRACE_READ: Deed.READ}
"""What a verb of conversations is in a group; every other verb is about direct ones."""


class _Known(msgspec.Struct, frozen=True):
    """Where somebody stood when their membership was looked up; staff who moderate may have none, and are muted all the same."""

    place: Place
    mute: Muting | None = None


class Places:
    """Finds groups for a person and a verb.

    Facts that this process hears drop what they made stale at once; they are told to every process, so a sanction is
    obeyed at the next message. `ttl_s` bounds how long a lost fact can hurt, `blind_s` while other processes cannot be heard.
    """

    def __init__(self, db: Database, bus: Bus, *, ttl_s: float = 30.0, blind_s: float = 3.0, size: int = 50_000) -> None:
        def believed_s() -> float:
            return ttl_s if bus.healthy else blind_s

        self._db = db
        self._standings: Fresh[str, GroupStanding] = Fresh(believed_s, size)
        self._memberships: Fresh[tuple[str, str], _Known] = Fresh(believed_s, size)
        bus.attach(self.hear, MemberChanged, GroupChanged, AccountChanged)
        bus.on_restored(self.forget_all)

    def peek(self, group: str, person: str) -> Place | None:
        """Where somebody stands in a group, if that is known and fresh."""
        standing = self._standings.peek(group)
        known = None if standing is None else self._memberships.peek((group, person))
        if standing is None or known is None:
            return None
        # What follows from the two is worked out once, as long as neither changes.
        return known.place if known.place.standing is standing else standing.place(person, known.place.membership, known.mute)

    def is_group(self, conversation: str) -> bool:
        """Whether a conversation is known to be a group: of one that is not known, nothing is said."""
        return self._standings.peek(conversation) is not None

    async def of(self, group: str, person: str, verb: Verb) -> Place:
        """Where somebody stands in a group in which they may do this.

        Raises:
            NotFound: there is none, or it is not for them to see. NotMember, Banned: they may see it, but are not in it.
            Closed: it was dissolved.
        """
        place = self.peek(group, person) or await self._load(group, person)
        if place is None or place.standing.dissolved or not may_do(place.role, DEEDS[verb]):
            place = await self._look_closely(group, person, verb)
        return place

    async def whole(self, group: str) -> GroupStanding:
        """A group as a whole, for the account that speaks in it by itself.

        Raises:
            NotFound: there is none. Closed: it was dissolved.
        """
        standing = self._standings.peek(group) or await self._standings.load(group, lambda: self._standing(group))
        if standing is None:
            raise no_conversation()
        if standing.dissolved:
            raise _over(moderates=True)
        return standing

    async def _load(self, group: str, person: str) -> Place | None:
        standing = self._standings.peek(group) or await self._standings.load(group, lambda: self._standing(group))
        if standing is None:
            return None
        known = await self._memberships.load((group, person), lambda: self._membership(standing, person))
        return None if known is None else standing.place(person, known.place.membership, known.mute)

    async def _membership(self, standing: GroupStanding, person: str) -> "_Known | None":
        """Of those who are in, and of staff who need not be: nothing is kept of outsiders."""
        async with self._db.read() as conn:
            membership = await members.membership(conn, standing.conversation, person)
            place = standing.place(person, membership)
            sanction = None
            if membership is None and place.trusted:
                sanction = await sanctions.sanction(conn, standing.conversation, person, "mute", now_ms())
        if sanction is None:
            return None if place.role is GroupRole.OUTSIDER else _Known(place)
        mute = Muting(sanction.until, sanction.reason)
        return _Known(standing.place(person, None, mute), mute)

    async def _standing(self, group: str) -> GroupStanding | None:
        async with self._db.read() as conn:
            return await groups.standing(conn, group)

    async def _look_closely(self, group: str, person: str, verb: Verb) -> Place:
        """What to say to somebody who seems not to be in a group, from the store as it is now."""
        now = now_ms()
        async with self._db.read() as conn:
            standing = await groups.standing(conn, group)
            if standing is None:
                raise no_conversation()
            place = standing.place(person, await members.membership(conn, group, person))
            ban = await sanctions.sanction(conn, group, person, "ban", now)
            shown = standing.joining is not Joining.INVITATION or await admission.is_invited(conn, group, person, now)
            knows = shown or await members.has_heard_of(conn, group, person)
        moderates = person in standing.staff and place.trusted
        if standing.dissolved:
            if not moderates or DEEDS[verb] is not Deed.READ:
                raise _over(moderates)
        elif ban is not None and knows and place.role is GroupRole.OUTSIDER:
            raise banned(ban.until, ban.reason)
        elif not may_do(place.role, DEEDS[verb]):
            raise NotMember("加入小组后才能这样做。", "Join the group first.") if shown else no_conversation()
        return place

    def amend(self, place: Place, membership: Membership) -> None:
        """A membership has become this by what its person did here."""
        self._memberships.amend((place.standing.conversation, place.person), _Known(place.standing.place(place.person, membership)))

    def forget(self, group: str, person: str) -> None:
        """Something in a membership changed."""
        self._memberships.forget((group, person))

    def hear(self, ring: Ring) -> None:
        """Drop what a fact made stale."""
        match ring.fact:
            case MemberChanged(group=group, person=person):
                self.forget(group, person)
            case GroupChanged(group=group):
                self._standings.forget(group)
            case AccountChanged(account=account):
                self._standings.forget_where(lambda standing: standing.account == account)
            case _:
                pass

    def forget_all(self) -> None:
        """Drop everything: facts may have been missed."""
        self._standings.clear()
        self._memberships.clear()


def no_conversation() -> NotFound:
    """What everybody hears of a conversation that is not there for them."""
    return NotFound("没有这个会话。", "There is no such conversation.")


def _over(moderates: bool) -> HubError:
    return Closed("小组已解散。", "The group was dissolved.") if moderates else no_conversation()
