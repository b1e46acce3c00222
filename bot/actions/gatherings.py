"""Messages in groups: who may post what now, whose turn it is, who is called by name. `talk` does the rest as for any conversation."""

from collections import OrderedDict
from collections.abc import Sequence

import msgspec

from bot.actions.places import Places
from bot.actions.screening import Letter, Screened, Screening, Where, repeated
from bot.actions.tempo import Tempo
from bot.live.local import LocalLimiter
from bot.live.ports import Bus, Rate
from bot.model.basics import Invalid, NotMember, Quota, SlowMode, new_id, now_ms
from bot.model.facts import Noticed, Ring, to_conversation, to_person
from bot.model.groups import CALLS_A_DAY, SYSTEM, GroupRole, GroupStanding, Membership, Place, moderators_of
from bot.model.links import shows_nothing
from bot.model.order import may_post, too_soon, traits_of
from bot.model.people import Actor
from bot.model.talk import AuthorRole, Body, TextBody
from bot.store import held, members, sanctions, talk
from bot.store.batch import Appended, Draft
from bot.store.sanctions import Line
from bot.store.unit import Connection, Database

DAY_MS = 86_400_000
CALL_ALL = "call_all"
TYPING_UPTO = 50
"""Up to how many members a group hears who is typing."""

TOLD = Rate(burst=1, per_s=0.2)
"""How often one process tells the moderators of a group that messages wait."""

_CALLS_LIMIT = 1_000

AUTHOR_ROLES = {GroupRole.OWNER: AuthorRole.OWNER, GroupRole.MODERATOR: AuthorRole.MODERATOR, GroupRole.BOT: AuthorRole.BOT}


class Gatherings:
    """What is particular about messages in groups."""

    def __init__(self, db: Database, places: Places, bus: Bus, screening: Screening | None = None, tempo: Tempo | None = None) -> None:
        self._db = db
        self._places = places
        self._bus = bus
        self._screening = screening
        self._tempo = tempo
        self._told = LocalLimiter(capacity=10_000)
        self._calls: OrderedDict[tuple[str, str, str], tuple[str, ...]] = OrderedDict()

    def judge(self, place: Place, body: Body) -> None:
        """Nothing, if this may be posted now.

        Raises:
            Muted, Banned, NotMember, SlowMode, Forbidden: the verdict of `may_post`. Invalid: a text of nothing to see.
        """
        refused = may_post(place.standing.order, place.poster(), now_ms(), traits_of(body))
        if refused is not None:
            raise refused
        if isinstance(body, TextBody) and shows_nothing(body.text):
            raise Invalid("消息里没有看得见的字。", "There is nothing to see in the message.", path="body.text")

    def needs_care(self, place: Place, body: Body) -> bool:
        """Whether there is something to look up or to write before this can be posted."""
        return _calls_somebody(body) or _is_slow(place)

    async def prepare(self, actor: Actor, place: Place, key: str, body: Body) -> Place:
        """Look up who is called, spend a call to everyone, take the turn that the order of the group demands; the place to submit from.

        A message that is kept already, sent again because its answer was lost, needs no second turn.

        Raises:
            Muted, Banned, NotMember, SlowMode, Forbidden: see `judge`. Quota: everyone was called too often today.
        """
        try:
            await self._prepare(actor, place, key, body)
        except SlowMode:
            async with self._db.read() as conn:
                waits = await held.by_key(conn, actor.person, key)
                if waits is None and not await talk.is_kept(conn, place.standing.conversation, actor.person, key):
                    raise
            return _at_leisure(place)
        return place

    async def _prepare(self, actor: Actor, place: Place, key: str, body: Body) -> None:
        self.judge(place, body)
        if self._tempo is not None:
            await self._tempo.pace(place)
        if isinstance(body, TextBody) and body.mentions:
            await self._look_up(actor, place, key, body.mentions)
        if isinstance(body, TextBody) and body.mention_all:
            await self._spend_call(actor, place, key)
        if place.membership is not None and _is_slow(place):
            await self._take_turn(place, place.membership)

    async def _look_up(self, actor: Actor, place: Place, key: str, mentions: Sequence[str]) -> None:
        async with self._db.read() as conn:
            called = await called_in(conn, place.standing.conversation, actor.person, mentions)
        if called:
            self._calls[place.standing.conversation, actor.person, key] = tuple(called)
            while len(self._calls) > _CALLS_LIMIT:
                self._calls.popitem(last=False)

    async def _spend_call(self, actor: Actor, place: Place, key: str) -> None:
        """Three in any 24 hours for a group; they are counted in its log. The same message, sent again, spends none."""
        standing, now = place.standing, now_ms()
        async with self._db.write() as conn:
            spent = await sanctions.done_since(conn, standing.conversation, CALL_ALL, now - DAY_MS, CALLS_A_DAY)
            if any((by, ref) == (actor.person, key) for _, by, ref in spent):
                return
            if len(spent) >= CALLS_A_DAY:
                raise Quota("今天 @所有人 的次数用完了。", "Everyone was called often enough today.", resets_at=spent[0][0] + DAY_MS)
            line = Line(account=standing.account, conversation=standing.conversation, at=now, act=CALL_ALL, actor=actor.person, ref=key)
            await sanctions.write(conn, line)

    async def _take_turn(self, place: Place, mine: Membership) -> None:
        """Note the time in the membership, by compare-and-set: of two at once, in whatever processes, slow mode lets one through."""
        slow_ms, now = place.standing.order.slow_s * 1_000, now_ms()
        async with self._db.write() as conn:
            taken = await members.take_turn(conn, mine.group, mine.person, now, slow_ms)
            known = mine if taken else await members.membership(conn, mine.group, mine.person)
        if known is None:
            raise NotMember("加入小组后才能发言。", "Join the group to speak in it.")
        if not taken:
            self._places.amend(place, known)
            raise too_soon((known.last_at or now) + slow_ms - now)
        self._places.amend(place, msgspec.structs.replace(mine, last_at=now))

    def passes(self, place: Place, key: str, body: Body) -> bool:
        """Whether this is known to come at leisure and to have nothing that filters mind; moderators are not asked."""
        if place.trusted:
            return True
        if self._screening is not None and not self._screening.passes(_where(place), place.person, key, body):
            return False
        if self._tempo is None:
            return True
        fresh = () if self._screening is None else self._tempo.repeats.passes(place, body)
        if fresh is None or not self._tempo.is_calm(place):
            return False
        self._tempo.repeats.note(place, key, fresh)
        return True

    async def look(self, place: Place, key: str, body: Body) -> Screened | None:
        """What filters find in this, and whether it was said too often; None where nobody is asked."""
        if self._screening is None or place.trusted:
            return None
        found = await self._screening.look(_where(place), body)
        if self._tempo is None or found.waits:
            return found
        who = await self._tempo.repeats.one_too_many(place, key, body)
        return found if who is None else repeated(found, body, who)

    async def act(self, actor: Actor, place: Place, key: str, body: Body, reply_to: int | None, found: Screened) -> Body | Appended:
        """Do what filters say: see `Screening.act`. Moderators are told of what waits for them, at most every few seconds."""
        if self._screening is None:
            return body
        role = str(author_role(place))
        letter = Letter(author=actor.person, author_name=actor.name, role=role, key=key, body=body, reply_to=reply_to)
        answer = await self._screening.act(_where(place), letter, found)
        if isinstance(answer, Appended):
            # Who releases it tells those whom it calls.
            self._calls.pop((place.standing.conversation, actor.person, key), None)
        if isinstance(answer, Appended) and not answer.duplicate and self._told.try_take(place.standing.conversation, TOLD) <= 0:
            await self._call_moderators(place.standing)
        return answer

    async def _call_moderators(self, standing: GroupStanding) -> None:
        async with self._db.read() as conn:
            appointed = await members.moderators(conn, standing.conversation)
        called = tuple(map(to_person, sorted({*moderators_of(standing.staff), *appointed})))
        if called:
            self._bus.publish([Ring(new_id(), called, Noticed(kind="held", group=standing.conversation, by=SYSTEM))])

    def told(self, fresh: Sequence[tuple[Draft, Appended]]) -> None:
        """After their commit: newcomers are less new, and those who were called in these messages are told."""
        for draft, _ in fresh:
            if draft.counts:
                self._places.forget(draft.conversation, draft.author)
        if not self._calls:
            return
        rings = [mention(draft.conversation, draft.author, place.seq, called) for draft, place in fresh if (called := self._called(draft))]
        if rings:
            self._bus.publish(rings)

    def _called(self, draft: Draft) -> tuple[str, ...]:
        """Who was looked up for a message that is stored now, and is called in it: another one may have been refused under its key."""
        known = self._calls.pop((draft.conversation, draft.author, draft.key), None)
        if known is None or draft.kind != TextBody.kind:
            return ()
        mentions = msgspec.json.decode(draft.body, type=TextBody).mentions
        return tuple(one for one in known if one in mentions)


async def called_in(conn: Connection, group: str, author: str, mentions: Sequence[str]) -> list[str]:
    """Which of those that a message calls by name are members, its author left out."""
    return await members.those_in(conn, group, [one for one in mentions if one != author])


def mention(group: str, author: str, seq: int, called: Sequence[str]) -> Ring:
    """For those who are called by name."""
    return Ring(new_id(), tuple(map(to_person, called)), Noticed(kind="mention", group=group, by=author, seq=seq))


def _where(place: Place) -> Where:
    standing = place.standing
    return Where(standing.account, standing.conversation, standing.order.filters)


def _at_leisure(place: Place) -> Place:
    """The same, as if its person had not written lately."""
    mine = place.membership
    return place if mine is None else place.standing.place(place.person, msgspec.structs.replace(mine, last_at=None))


def _calls_somebody(body: Body) -> bool:
    return isinstance(body, TextBody) and bool(body.mentions or body.mention_all)


def _is_slow(place: Place) -> bool:
    """Whether the membership keeps account of when its person last wrote."""
    return place.membership is not None and not place.trusted and place.standing.order.slow_s > 0


def is_counted(place: Place) -> bool:
    """Whether the membership keeps account of this message once it stands: while its author still is new in messages."""
    mine = place.membership
    return mine is not None and not place.trusted and mine.posts < place.standing.order.newcomers.messages


def author_role(place: Place) -> AuthorRole:
    """In what capacity somebody writes in a group: as what they moderate it, else as what they are to the account."""
    known = AUTHOR_ROLES.get(place.role)
    if known is not None:
        return known
    return AuthorRole.OPERATOR if place.person in place.standing.staff else AuthorRole.FOLLOWER


def topics_of(place: Place) -> tuple[str, ...]:
    """Who hears of what happens in a group: those who are in it; and their own devices, of staff who moderate without having joined."""
    room = to_conversation(place.standing.conversation)
    return (room,) if place.membership is not None else (room, to_person(place.person))
