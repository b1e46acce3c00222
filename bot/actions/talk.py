"""Talking: open, send, recall, pull, sync, inbox, read, typing."""

import contextlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from bot.actions import drafts
from bot.actions.access import Access, check
from bot.actions.drafts import HearsGroups, Posting, Said
from bot.actions.fitting import ANSWER_BYTES, ENVELOPE_BYTES, fitting_count, weight
from bot.actions.gatherings import TYPING_UPTO, Gatherings, topics_of
from bot.actions.screening import Screening
from bot.actions.tempo import Tempo
from bot.live.local import LocalLimiter
from bot.live.ports import Bus, Rate
from bot.model.basics import Banned, Invalid, NotFollowing, NotFound, NotMember, RateLimited, new_id, now_ms
from bot.model.facts import Fact, MessagePosted, MessageRecalled, ReadMoved, Ring, Typed, to_conversation, to_person
from bot.model.groups import Place
from bot.model.people import Actor, Role, Verb
from bot.model.talk import (
    BODIES,
    PULL_LIMIT,
    SYNC_LIMIT,
    Change,
    ChatOpen,
    Message,
    Standing,
    TextBody,
    kind_of_media,
    may_recall,
    may_speak,
    media_of,
)
from bot.store import changes, people
from bot.store import groups as group_store
from bot.store import media as media_store
from bot.store import talk as store
from bot.store.batch import Appended, Draft, Outcome
from bot.store.cursor import Page, decode, encode
from bot.store.log import Log
from bot.store.people import AccountRow
from bot.store.talk import Summary
from bot.store.unit import Database

TYPING_EVERY_S = 3.0
SYNC_TOTAL = 1_000
SYNC_CONVERSATIONS = 100
_TYPED = TextBody("…")

Where = Standing | Place
Claim = Callable[[Actor, str], Awaitable[None]]


class Opened(msgspec.Struct, frozen=True):
    """A direct conversation as its buyer finds it; `seen`: up to where the other side has read."""

    conversation: str
    head: int
    read: int
    seen: int
    account: AccountRow


class Going(msgspec.Struct, frozen=True):
    """A message that may go to `submit`, as it is to be stored, and the standing of its author."""

    posting: Posting
    where: Where


class Slice(msgspec.Struct, frozen=True):
    """A part of a conversation's log, ascending."""

    messages: list[Message]
    more: bool


class Caught(msgspec.Struct, frozen=True):
    """A conversation brought up to date; `limited` says that more is to be pulled.

    `changes`: what may have become of messages that the caller has while they did not listen.
    """

    summary: Summary
    messages: list[Message]
    limited: bool
    changes: list[Change]


class Listed(msgspec.Struct, frozen=True):
    """A conversation of an inbox with its last message."""

    summary: Summary
    last: Message | None


class Talk:
    """The verbs of conversation. Every one asks `Access` first; only `Log` stores messages."""

    def __init__(
        self,
        *,
        db: Database,
        log: Log,
        access: Access,
        bus: Bus,
        limiter: LocalLimiter,
        rate: Rate,
        claim: Claim,
        hears_groups: HearsGroups | None = None,
        screening: Screening | None = None,
        tempo: Tempo | None = None,
    ) -> None:
        """`hears_groups`: whether an account has rules for its groups; without it none has. `screening`, `tempo`: the filters of groups, and who floods them."""
        self._db = db
        self._log = log
        self._access = access
        self._bus = bus
        self._limiter = limiter
        self._rate = rate
        self._claim = claim
        self._hears_groups = hears_groups
        self._typed: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._gatherings = Gatherings(db, access.places, bus, screening, tempo)
        log.on_committed(self._committed)

    async def open(self, actor: Actor, ref: str) -> Opened:
        """The caller's direct conversation with an account, made if it is new.

        Raises:
            NotFollowing: the account talks with its followers only.
        """
        account, role = await self._access.account_and_role(actor, ref, Verb.TALK_OPEN)
        async with self._db.read() as conn:
            found = await store.find_direct(conn, account.id, actor.person)
            known = await people.person(conn, actor.person)
        if found is None and role is Role.VISITOR and account.chat_open != ChatOpen.EVERYONE:
            raise NotFollowing("关注后才能和这个账号聊天。", "Follow the account to chat with it.")
        if found is None or known is None or (known.name, known.avatar) != (actor.name, actor.avatar):
            async with self._db.write() as conn:
                await people.remember_person(conn, actor.person, actor.name, actor.avatar, now_ms())
                found = await store.make_direct(conn, account.id, actor.person, now_ms())
        async with self._db.read() as conn:
            head, read, seen = await store.head_and_marks(conn, found, actor.person)
        return Opened(found, head, read, seen, account)

    async def greet(self, account: str, person: str) -> str:
        """The direct conversation of a follower, made for the account to speak first."""
        async with self._db.write() as conn:
            return await store.make_direct(conn, account, person, now_ms())

    async def send(self, actor: Actor, posting: Posting) -> Appended:
        """Store a message and tell everyone concerned.

        Raises:
            NotFound, Forbidden, NotFollowing: the caller may not speak there. In a group: see `Gatherings.prepare`.
            RateLimited, Conflict, Invalid, Unavailable: see `Log.append`.
        """
        going = await self.prepare(actor, posting)
        return going if isinstance(going, Appended) else await self._log.append(self._draft(actor, going.posting, going.where))

    async def prepare(self, actor: Actor, posting: Posting) -> "Going | Appended":
        """Whatever needs waiting before `submit`: the standing, the desk, the media shown; in a group, whose turn it is and what filters say.

        Where the message is to wait for a moderator, there is nothing to submit: then this is the answer.
        """
        where = await self._access.where(actor, posting.conversation, Verb.TALK_SEND)
        shown = media_of(posting.body)
        if shown:
            await self._check_media(actor, posting, shown)
        if isinstance(where, Place):
            return await self._prepare_in_group(actor, posting, where)
        if not _takes_over(where, actor):
            return Going(posting, where)
        await self._claim(actor, posting.conversation)
        return Going(posting, await self._access.load(posting.conversation))

    async def _prepare_in_group(self, actor: Actor, posting: Posting, found: Place) -> "Going | Appended":
        place = await self._gatherings.prepare(actor, found, posting.key, posting.body)
        screened = await self._gatherings.look(place, posting.key, posting.body)
        if screened is None:
            return Going(posting, place)
        if not screened.is_clean:
            self._take_turn(actor.person)
        body = await self._gatherings.act(actor, place, posting.key, posting.body, posting.reply_to, screened)
        return body if isinstance(body, Appended) else Going(msgspec.structs.replace(posting, body=body), place)

    def ready(self, actor: Actor, posting: Posting) -> Where | None:
        """The standing with which `submit` can go at once, None where `prepare` is needed first: the hot path."""
        standing = self._access.peek(posting.conversation)
        if standing is None:
            return self._ready_in_group(actor, posting)
        if media_of(posting.body) or _takes_over(standing, actor):
            return None
        return standing

    def _ready_in_group(self, actor: Actor, posting: Posting) -> Place | None:
        place = self._access.places.peek(posting.conversation, actor.person)
        if place is None or not place.may_post or media_of(posting.body) or self._gatherings.needs_care(place, posting.body):
            return None
        return place if self._gatherings.passes(place, posting.key, posting.body) else None

    def submit(self, actor: Actor, posting: Posting, where: Where, done: Callable[[Outcome], None]) -> None:
        """Queue a message that is `ready` or prepared; `done` hears of its commit or its refusal."""
        self._log.submit(self._draft(actor, posting, where), done)

    def _draft(self, actor: Actor, posting: Posting, where: Where) -> Draft:
        if "\x00" in posting.key:
            raise Invalid("key 里不能有空字符。", "A key cannot hold a NUL character.", path="key")
        if isinstance(where, Place):
            self._gatherings.judge(where, posting.body)
            self._take_turn(actor.person)
            return drafts.in_group(actor, posting, where, hears_groups=self._hears_groups)
        role = check(where, actor, Verb.TALK_SEND)
        refused = may_speak(where, actor.person, role)
        if refused is not None:
            raise refused
        self._take_turn(actor.person if actor.person == where.buyer else f"{actor.person}:{where.conversation}")
        return drafts.direct(actor, posting, where, role, self._access.topics(where))

    def _take_turn(self, who: str) -> None:
        """The rate of a buyer is theirs over all conversations; that of staff, who serve many buyers at once, is for each."""
        wait = self._limiter.try_take(f"send:{who}", self._rate)
        if wait > 0:
            raise RateLimited("发得太快了，请稍等。", "Too fast; wait a moment.", retry_after=max(1, round(wait)))

    async def say(self, conversation: str, said: Said) -> Appended:
        """Store an automatic message, in a direct conversation or in a group; a derived key makes a second attempt find the first.

        Raises:
            NotFound, Closed: there is no such conversation, or it is a group that was dissolved.
        """
        account, name, topics = await self._as_bot(conversation)
        return await self._log.append(drafts.automatic(conversation, said, account, name, topics))

    async def _as_bot(self, conversation: str) -> tuple[str, str, tuple[str, ...]]:
        """The account that speaks by itself in a conversation, its name, and who hears it."""
        standing = self._access.peek(conversation)
        if standing is None and not self._access.places.is_group(conversation):
            with contextlib.suppress(NotFound):
                standing = await self._access.load(conversation)
        if standing is not None:
            return standing.account, standing.account_name, self._access.topics(standing)
        group = await self._access.places.whole(conversation)
        return group.account, group.account_name, (to_conversation(conversation),)

    async def _check_media(self, actor: Actor, posting: Posting, shown: Sequence[str]) -> None:
        async with self._db.read() as conn:
            for media in shown:
                member, kind = kind_of_media(posting.body, media)
                row = await media_store.get(conn, media)
                if row is None or (row.owner != actor.person and not await media_store.shown_in(conn, media, posting.conversation)):
                    raise Invalid("没有这个文件，请重新上传。", "There is no such media; upload it first.", path=f"body.{member}")
                if row.kind != kind:
                    raise Invalid(f"这个文件不是 {kind}。", f"This media is not of the kind {kind}.", path=f"body.{member}")

    def _committed(self, fresh: Sequence[tuple[Draft, Appended]]) -> None:
        self._bus.publish([self._ring(draft, place) for draft, place in fresh])
        self._gatherings.told(fresh)

    def _ring(self, draft: Draft, place: Appended) -> Ring:
        standing = self._access.peek(draft.conversation)
        topics = draft.topics if standing is None else self._access.topics(standing)
        message = Message(
            conversation=draft.conversation,
            seq=place.seq,
            author=draft.author,
            author_name=draft.author_name,
            role=draft.role,
            key=draft.key,
            kind=draft.kind,
            body=msgspec.Raw(draft.body.encode()),
            at=place.at,
            reply_to=draft.reply_to,
            auto=draft.auto,
        )
        return Ring(f"{draft.conversation}:{place.seq}", topics, MessagePosted(message))

    def _publish(self, where: Where, fact: Fact) -> None:
        topics = topics_of(where) if isinstance(where, Place) else self._access.topics(where)
        self._bus.publish([Ring(new_id(), topics, fact)])

    async def recall(self, actor: Actor, conversation: str, seq: int) -> None:
        """Take one's own message back, within two minutes; everybody sees that it was recalled, nobody what it showed.

        Raises:
            NotFound: no such message. Forbidden: not one's own. Closed: too late.
        """
        where = await self._access.where(actor, conversation, Verb.TALK_RECALL)
        async with self._db.write() as conn:
            message = await store.message(conn, conversation, seq)
            if message is None:
                raise NotFound("没有这条消息。", "There is no such message.")
            refused = may_recall(message, actor.person, now_ms())
            if refused is not None:
                raise refused
            fresh = await store.recall(conn, conversation, seq, actor.person)
            for media in media_of(msgspec.json.decode(message.body, type=BODIES[message.kind])):
                await media_store.unshow(conn, media, conversation)
            if isinstance(where, Place):
                await group_store.unpin(conn, conversation, seq)
        if fresh:
            self._publish(where, MessageRecalled(conversation, seq, actor.person))

    async def pull(self, actor: Actor, conversation: str, *, after: int | None = None, before: int | None = None, limit: int = 50) -> Slice:
        """Messages after or before a seq, ascending; the newest when neither is given. Fewer than `limit` where they are long.

        Raises:
            Invalid: both `after` and `before` are given.
        """
        if after is not None and before is not None:
            raise Invalid("after 和 before 只能给一个。", "Give after or before, not both.", path="before")
        floor = _floor(await self._access.where(actor, conversation, Verb.TALK_READ))
        count = min(limit, PULL_LIMIT)
        async with self._db.read() as conn:
            if after is not None:
                found = await store.after(conn, conversation, max(after, floor), count + 1)
                fitting = fitting_count(map(weight, found[:count]), ANSWER_BYTES)
                return Slice(found[:fitting], len(found) > fitting)
            found = await store.before(conn, conversation, before if before is not None else 2**53, count + 1, floor=floor)
        fitting = fitting_count(map(weight, reversed(found[-count:])), ANSWER_BYTES)
        return Slice(found[len(found) - fitting :], len(found) > fitting)

    async def sync(self, actor: Actor, cursors: dict[str, int]) -> list[Caught]:
        """Everything after each cursor, what became of messages before it, and the caller's other conversations with anything unread.

        Conversations that are not the caller's are left out. At most 200 messages each and 1,000 in all, fewer where they are long.
        """
        known = [name for name in cursors if await self._readable(actor, name)]
        async with self._db.read() as conn:
            summaries = await store.summaries(conn, actor.person, known)
            listed = await store.inbox(conn, actor.person, count=SYNC_CONVERSATIONS)
            summaries += [summary for summary in listed if summary.unread and summary.conversation not in cursors]
            room, size = SYNC_TOTAL, ANSWER_BYTES
            caught: list[Caught] = []
            for summary in summaries:
                cursor = max(cursors.get(summary.conversation, summary.read), summary.floor)
                count = min(SYNC_LIMIT, room) if size > 0 else 0
                found = await store.after(conn, summary.conversation, cursor, count) if count and cursor < summary.head else []
                found = found[: fitting_count(map(weight, found), size)]
                room -= len(found)
                size -= sum(map(weight, found))
                last = found[-1].seq if found else cursor
                known_to = cursors.get(summary.conversation, 0)
                shown = known_to > summary.floor
                missed = await changes.missed(conn, summary.conversation, known_to, SYNC_LIMIT, floor=summary.floor) if shown else []
                caught.append(Caught(summary, found, last < summary.head, missed))
        return caught

    async def check_readable(self, actor: Actor, conversation: str) -> None:
        """Nothing, if the caller may read the conversation.

        Raises:
            NotFound: there is none, or not for the caller. NotMember, Banned: it is a group they are not in.
        """
        await self._access.where(actor, conversation, Verb.TALK_READ)

    async def _readable(self, actor: Actor, conversation: str) -> bool:
        try:
            await self.check_readable(actor, conversation)
        except (NotFound, NotMember, Banned):
            return False
        return True

    async def inbox(self, actor: Actor, cursor: str | None = None, limit: int = 50) -> Page[Listed]:
        """A page of the caller's conversations with their last messages, newest first; fewer than `limit` where those are long.

        Raises:
            Invalid: a bad cursor.
        """
        before = {} if cursor is None else dict(zip(("before_at", "before_id"), decode(cursor, int, str), strict=True))
        async with self._db.read() as conn:
            summaries = await store.inbox(conn, actor.person, **before, count=limit)
            last = await store.last_messages(conn, [(summary.conversation, summary.head) for summary in summaries if summary.head > summary.floor])
        listed = [Listed(summary, last.get(summary.conversation)) for summary in summaries]
        fitting = fitting_count((weight(one.last) if one.last is not None else ENVELOPE_BYTES for one in listed), ANSWER_BYTES)
        more = fitting < len(listed) or len(listed) == limit
        page = listed[:fitting]
        return Page(page, encode(page[-1].summary.last_at, page[-1].summary.conversation) if more else None)

    async def read(self, actor: Actor, conversation: str, seq: int) -> None:
        """Move the caller's read mark forward, never back; all their devices hear it, and the other side of a direct conversation."""
        where = await self._access.where(actor, conversation, Verb.TALK_READ)
        async with self._db.write() as conn:
            mark = await store.mark_read(conn, conversation, actor.person, seq, now_ms())
        if mark is not None:
            others = () if isinstance(where, Place) else self._access.topics(where)
            topics = {*others, to_person(actor.person)}
            self._bus.publish([Ring(new_id(), tuple(sorted(topics)), ReadMoved(conversation, actor.person, mark))])

    async def typing(self, actor: Actor, conversation: str) -> None:
        """Tell the others that the caller is typing, at most once in three seconds; not in a large group."""
        where = await self._access.where(actor, conversation, Verb.TALK_SEND)
        if isinstance(where, Place):
            self._gatherings.judge(where, _TYPED)
            if where.standing.members > TYPING_UPTO:
                return
        else:
            refused = may_speak(where, actor.person, where.role_of(actor.person))
            if refused is not None:
                raise refused
        now, name = time.monotonic(), (conversation, actor.person)
        if now - self._typed.get(name, -TYPING_EVERY_S) < TYPING_EVERY_S:
            return
        self._typed[name] = now
        self._typed.move_to_end(name)
        while len(self._typed) > 10_000:
            self._typed.popitem(last=False)
        self._publish(where, Typed(conversation, actor.person))


def _takes_over(standing: Standing, actor: Actor) -> bool:
    """An operator's or owner's message into a conversation that nobody holds takes it."""
    return actor.person != standing.buyer and standing.role_of(actor.person) in {Role.OWNER, Role.OPERATOR} and standing.operator is None


def _floor(where: Where) -> int:
    """After which seq somebody sees messages."""
    return where.visible_after if isinstance(where, Place) else 0
