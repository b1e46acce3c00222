"""Socket.IO's side of the verbs: who connects, what they ask, what they hear."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import msgspec
import structlog
from aiohttp import web

from bot.actions.desk import Desks
from bot.actions.drafts import Posting
from bot.actions.identity import Identity
from bot.actions.looking import Looking
from bot.actions.membership import Memberships
from bot.actions.talk import Caught, Listed, Talk, Where
from bot.live.jobs import Jobs
from bot.live.local import LocalLimiter
from bot.live.metrics import Metrics
from bot.live.ports import Bus, Presence, Rate
from bot.model.basics import HubError, Invalid, Lang, RateLimited, Unauthenticated, Unavailable, now_ms
from bot.model.facts import HUB_TOPIC, Ring, SessionRevoked, to_person
from bot.model.people import Actor
from bot.model.talk import DeskState
from bot.store.batch import Appended, Outcome
from channels import wire
from channels.gathering import Gathering
from channels.rooms import Rooms
from channels.transport import Conn, Refused, encode_event
from channels.watching import Watching

Ack = Callable[[bytes], None]
Handler = Callable[["Seat", Any], Awaitable[Any]]

PRESENCE_TTL_S = 30.0
TENDING_EVERY_S = 5.0
INBOX_PAGE = 50
ASKS = Rate(burst=240, per_s=60)
"""What one socket may ask, of anything but sending."""

ASK_COSTS = {"sync": 10}

_log = structlog.get_logger(__name__)
_RESYNC = encode_event("resync", b"{}")
_OK = b'{"ok":true}'


class Seat:
    """One socket of an authenticated person."""

    __slots__ = ("actor", "conn", "desks", "inflight", "lang", "looking", "person", "seen", "topics")

    def __init__(self, conn: Conn, actor: Actor) -> None:
        self.conn = conn
        self.actor = actor
        self.person = actor.person
        self.lang: Lang = "en" if actor.lang == "en" else "zh"
        self.topics: set[str] = set()
        self.inflight: set[str] = set()
        self.looking: list[str] = []
        self.desks: list[str] = []
        self.seen: list[str] = []


class Sockets:
    """The door of `channels.transport`: connects people, calls the verbs, pushes facts."""

    def __init__(
        self,
        *,
        identity: Identity,
        talk: Talk,
        desks: Desks,
        looking: Looking,
        memberships: Memberships,
        bus: Bus,
        presence: Presence,
        metrics: Metrics,
        jobs: Jobs,
        limiter: LocalLimiter,
        max_sockets: int = 10,
    ) -> None:
        self._identity = identity
        self._talk = talk
        self._desks = desks
        self._presence = presence
        self._bus = bus
        self._metrics = metrics
        self._limiter = limiter
        self._max_sockets = max_sockets
        self._rooms = Rooms(bus)
        self._seats: dict[str, Seat] = {}
        self._watching = Watching(talk=talk, desks=desks, looking=looking, rooms=self._rooms, bus=bus, jobs=jobs, seats=self._seats.values())
        self._memberships = memberships
        self._gathering = Gathering(memberships=memberships, rooms=self._rooms, bus=bus, jobs=jobs)
        self._of_person: dict[str, int] = {}
        self._acked = metrics.acks.labels(outcome="ok")
        self._acks = 0
        self._draining = False
        bus.subscribe(HUB_TOPIC)
        bus.attach(self._hear, SessionRevoked)
        bus.on_restored(self.resync_all)
        self._handlers: dict[str, tuple[msgspec.json.Decoder[Any], Handler]] = {
            "open": (_decoder(wire.OpenRequest), self._open),
            "recall": (_decoder(wire.SeqRequest), self._recall),
            "pull": (_decoder(wire.PullRequest), self._pull),
            "sync": (_decoder(wire.SyncRequest), self._sync),
            "inbox": (_decoder(wire.InboxRequest), self._inbox),
            "read": (_decoder(wire.SeqRequest), self._read),
            "typing": (_decoder(wire.ConversationRequest), self._typing),
            "look": (_decoder(wire.LookRequest), self._look),
            "desk": (_decoder(wire.WatchRequest), self._watch),
            "claim": (_decoder(wire.MoveRequest), self._claim),
            "assign": (_decoder(wire.MoveRequest), self._assign),
            "transfer": (_decoder(wire.MoveRequest), self._transfer),
            "hand_back": (_decoder(wire.MoveRequest), self._hand_back),
            "close": (_decoder(wire.MoveRequest), self._close),
            "join": (_decoder(wire.JoinRequest), self._join),
            "leave": (_decoder(wire.GroupRequest), self._leave),
        }
        self._send_decoder = _decoder(wire.SendRequest)

    async def connect(self, conn: Conn, auth: Any, request: web.Request) -> None:
        """Seat a person by the token they bring.

        Raises:
            Refused: no token or a bad one, too many sockets, or the hub is going away.
        """
        lang = language(auth, request)
        try:
            seat = Seat(conn, await self._authenticate(auth, lang))
            self._admit(seat)
        except HubError as error:
            raise Refused(error.code, error.message(lang), **error.data) from error
        conn.state = seat
        try:
            self._rooms.join(seat, to_person(seat.person))
            if seat.actor.is_staff:
                await self._presence.hold(seat.person, conn.id, PRESENCE_TTL_S)
            await self._bus.settled()
            if conn.id in self._seats:
                await self._gathering.enter(seat)
        except BaseException:
            await self.disconnect(conn)
            raise

    async def _authenticate(self, auth: Any, lang: Lang) -> Actor:
        token = auth.get("token") if isinstance(auth, dict) else None
        if not isinstance(token, str) or not token:
            raise Unauthenticated("请先登录。", "Sign in first: connect with auth {token}.")
        return await self._identity.authenticate(token, lang)

    def _admit(self, seat: Seat) -> None:
        if self._draining:
            raise Unavailable("服务正在重启，请稍后重连。", "The hub is restarting; reconnect shortly.", retry_after=1)
        count = self._of_person.get(seat.person, 0)
        if count >= self._max_sockets:
            raise RateLimited("登录的设备太多了。", "Too many connections of this person.", retry_after=5)
        self._of_person[seat.person] = count + 1
        self._seats[seat.conn.id] = seat
        self._metrics.sockets.set(len(self._seats))

    async def disconnect(self, conn: Conn) -> None:
        """Forget a socket."""
        seat: Seat | None = self._seats.pop(conn.id, None)
        if seat is None:
            return
        self._metrics.sockets.set(len(self._seats))
        self._gathering.leave(seat)
        self._rooms.leave_all(seat)
        left = self._of_person.get(seat.person, 1) - 1
        if left > 0:
            self._of_person[seat.person] = left
        else:
            self._of_person.pop(seat.person, None)
        if seat.actor.is_staff:
            await self._presence.release(seat.person, conn.id)
            await self._watching.gone(seat)

    def event(self, conn: Conn, name: str, data: bytes, ack: Ack | None) -> Awaitable[None] | None:
        """Do what a client asks, one thing at a time per socket, so that one client's asks keep their order.

        A message that needs no waiting is queued at once, without a coroutine: the hot path.
        """
        seat: Seat = conn.state
        if name != "send":
            return self._ask(seat, name, data, ack)
        try:
            posting = self._posting(data)
            standing = self._talk.ready(seat.actor, posting)
            if standing is None:
                return self._prepare(seat, posting, ack)
            self._submit(seat, posting, standing, ack)
        except HubError as error:
            self._refuse(seat, error, ack)
        return None

    async def _prepare(self, seat: Seat, posting: Posting, ack: Ack | None) -> None:
        try:
            going = await self._talk.prepare(seat.actor, posting)
            if isinstance(going, Appended):
                self._answer_held(posting, going, ack)
            else:
                self._submit(seat, going.posting, going.where, ack)
        except HubError as error:
            self._refuse(seat, error, ack)
        except Exception:
            self._broken(seat, "send", ack)

    async def _ask(self, seat: Seat, name: str, data: bytes, ack: Ack | None) -> None:
        try:
            decoder, handler = self._handler(name)
            request = _parse(decoder, data)
            self._take_turn(seat, name)
            answer = await handler(seat, request)
            if ack is not None:
                ack(_OK if answer is None else _answer(answer))
        except HubError as error:
            self._refuse(seat, error, ack)
        except Exception:
            self._broken(seat, name, ack)

    def _take_turn(self, seat: Seat, name: str) -> None:
        """Each socket asks at a bounded rate; messages have a rate of their own."""
        wait = self._limiter.try_take(seat.conn.id, ASKS, ASK_COSTS.get(name, 1))
        if wait > 0:
            raise RateLimited("操作太频繁，请稍后再试。", "Too many requests; wait a moment.", retry_after=max(1, round(wait)))

    def _broken(self, seat: Seat, name: str, ack: Ack | None) -> None:
        _log.exception("socket.event_failed", event_name=name)
        self._refuse(seat, Unavailable("服务出错了，请稍后重试。", "Something went wrong here; try again.", retry_after=1), ack)

    def _handler(self, name: str) -> tuple[msgspec.json.Decoder[Any], Handler]:
        known = self._handlers.get(name)
        if known is None:
            raise Invalid(f"没有这个事件：{name[:32]}", f"There is no such event: {name[:32]}", path="event")
        return known

    def _refuse(self, seat: Seat, error: HubError, ack: Ack | None) -> None:
        self._metrics.acks.labels(outcome=error.code).inc()
        shown = wire.error_object(error, seat.lang)
        if ack is None:
            seat.conn.push(encode_event("error", msgspec.json.encode(shown)))
        else:
            ack(msgspec.json.encode({"ok": False, "error": shown}))

    def _posting(self, data: bytes) -> Posting:
        request: wire.SendRequest = _parse(self._send_decoder, data)
        body = wire.parse_body(request.kind, request.body)
        return Posting(conversation=request.conversation, key=request.key, body=body, reply_to=request.reply_to)

    def _submit(self, seat: Seat, posting: Posting, where: Where, ack: Ack | None) -> None:
        # Who does not wait for an answer hears of their message as their other devices do.
        key, first = posting.key, ack is not None and posting.key not in seat.inflight

        def done(outcome: Outcome) -> None:
            if first:
                seat.inflight.discard(key)
            if outcome is None or isinstance(outcome, HubError):
                self._refuse(seat, outcome or Unavailable("请重试。", "Try again.", retry_after=1), ack)
                return
            self._count_ack()
            if ack is not None:
                ack(msgspec.json.encode(wire.Sent(posting.conversation, outcome.seq, wire.rfc3339(outcome.at), outcome.duplicate)))

        if first:
            seat.inflight.add(key)
        try:
            self._talk.submit(seat.actor, posting, where, done)
        except HubError:
            if first:
                seat.inflight.discard(key)
            raise

    def _answer_held(self, posting: Posting, held: Appended, ack: Ack | None) -> None:
        self._count_ack()
        if ack is not None:
            ack(msgspec.json.encode(wire.SentToWait(posting.conversation, None, wire.rfc3339(held.at), held.duplicate)))

    def _count_ack(self) -> None:
        """A counter of the library costs as much as parsing a message, so the acks of one turn of the loop are counted together."""
        if not self._acks:
            asyncio.get_running_loop().call_soon(self._tell_acks)
        self._acks += 1

    def _tell_acks(self) -> None:
        self._acked.inc(self._acks)
        self._acks = 0

    async def _open(self, seat: Seat, request: wire.OpenRequest) -> Any:
        opened = await self._talk.open(seat.actor, request.account)
        desk = await self._desks.view(opened.conversation)
        return wire.show_opened(opened, desk)

    async def _recall(self, seat: Seat, request: wire.SeqRequest) -> None:
        await self._talk.recall(seat.actor, request.conversation, request.seq)

    async def _pull(self, seat: Seat, request: wire.PullRequest) -> Any:
        if seat.actor.is_staff:
            await self._watching.look(seat, request.conversation)
        found = await self._talk.pull(seat.actor, request.conversation, after=request.after, before=request.before, limit=request.limit)
        return wire.Pulled([wire.show(message, own=message.author == seat.person) for message in found.messages], found.more)

    async def _sync(self, seat: Seat, request: wire.SyncRequest) -> Any:
        caught = await self._talk.sync(seat.actor, request.cursors)
        return {"conversations": [show_caught(one, seat.person) for one in caught]}

    async def _inbox(self, seat: Seat, request: wire.InboxRequest) -> Any:
        page = await self._talk.inbox(seat.actor, request.cursor, INBOX_PAGE)
        return {"conversations": [_show_listed(one, seat.person) for one in page.items], "cursor": page.cursor}

    async def _read(self, seat: Seat, request: wire.SeqRequest) -> None:
        await self._talk.read(seat.actor, request.conversation, request.seq)

    async def _typing(self, seat: Seat, request: wire.ConversationRequest) -> None:
        await self._talk.typing(seat.actor, request.conversation)

    async def _look(self, seat: Seat, request: wire.LookRequest) -> Any:
        looking = await self._watching.turn(seat, request.conversation, look=request.look)
        if seat.conn.id not in self._seats:
            await self._watching.gone(seat)
        return {"looking": wire.show_looking(request.conversation, looking).looking}

    async def _watch(self, seat: Seat, request: wire.WatchRequest) -> Any:
        if not request.watch:
            await self._watching.unwatch(seat, request.account)
            return None
        await self._watching.watch(seat, request.account)
        waiting = await self._desks.queue(seat.actor, request.account, state=DeskState.WAITING)
        return {"waiting": [wire.show_desk(one.desk) for one in waiting.items]}

    async def _claim(self, seat: Seat, request: wire.MoveRequest) -> Any:
        return _moved(await self._desks.claim(seat.actor, request.conversation))

    async def _assign(self, seat: Seat, request: wire.MoveRequest) -> Any:
        return _moved(await self._desks.assign(seat.actor, request.conversation, request.to))

    async def _transfer(self, seat: Seat, request: wire.MoveRequest) -> Any:
        if request.to is None:
            raise Invalid("请写明转接给谁。", "Say whom to transfer it to.", path="to")
        return _moved(await self._desks.transfer(seat.actor, request.conversation, request.to))

    async def _hand_back(self, seat: Seat, request: wire.MoveRequest) -> Any:
        return _moved(await self._desks.hand_back(seat.actor, request.conversation))

    async def _close(self, seat: Seat, request: wire.MoveRequest) -> Any:
        return _moved(await self._desks.close(seat.actor, request.conversation))

    async def _join(self, seat: Seat, request: wire.JoinRequest) -> Any:
        came = await self._memberships.join(seat.actor, request.group, request.answer)
        await self._bus.settled()
        return msgspec.structs.asdict(wire.show_joined(came.row.id, None if came.membership is None else came.membership.joined_at))

    async def _leave(self, seat: Seat, request: wire.GroupRequest) -> None:
        await self._memberships.leave(seat.actor, request.group)

    def _hear(self, ring: Ring) -> None:
        if isinstance(ring.fact, SessionRevoked):
            self._dismiss([seat for seat in self._seats.values() if seat.actor.session == ring.fact.session])

    def _dismiss(self, seats: Iterable[Seat]) -> None:
        for seat in seats:
            error = Unauthenticated("登录已失效，请重新登录。", "The session is over; sign in again.")
            seat.conn.close(after=encode_event("error", msgspec.json.encode(wire.error_object(error, seat.lang))))

    async def tend(self) -> None:
        """One round of upkeep, to be run every few seconds: ended tokens are closed, staff leases renewed."""
        now = now_ms()
        self._dismiss([seat for seat in self._seats.values() if seat.actor.expires_at and seat.actor.expires_at <= now])
        await self._gathering.tend()
        started = time.monotonic()
        for seat in [seat for seat in self._seats.values() if seat.actor.is_staff]:
            await self._presence.hold(seat.person, seat.conn.id, PRESENCE_TTL_S)
            if seat.conn.id not in self._seats:
                await self._presence.release(seat.person, seat.conn.id)
            if time.monotonic() - started > PRESENCE_TTL_S / 2:
                break

    def resync_all(self) -> None:
        """Tell every socket that it may have missed something."""
        self._metrics.resyncs.inc(len(self._seats))
        for seat in list(self._seats.values()):
            seat.conn.push(_RESYNC)

    def drain(self, retry_after_ms: int) -> None:
        """Tell every socket that this process goes away, and take no new ones."""
        self._draining = True
        frame = encode_event("drain", msgspec.json.encode({"retry_after_ms": retry_after_ms}))
        for seat in list(self._seats.values()):
            seat.conn.push(frame)


def language(auth: Any, request: web.Request) -> Lang:
    """`auth: {lang}` if given, else what the browser prefers; Chinese by default."""
    wished = auth.get("lang") if isinstance(auth, dict) else None
    return wire.lang_of(wished if isinstance(wished, str) else request.headers.get("Accept-Language", ""))


def show_caught(caught: Caught, person: str) -> dict[str, Any]:
    """A conversation of `sync` as it goes out."""
    summary = caught.summary
    return {
        "conversation": summary.conversation,
        "head": summary.head,
        "read": summary.read,
        "seen": summary.seen,
        "unread": summary.unread,
        "messages": [wire.show(message, own=message.author == person) for message in caught.messages],
        "limited": caught.limited,
        "changed": wire.show_changes(summary.conversation, caught.changes),
    }


def _show_listed(listed: Listed, person: str) -> dict[str, Any]:
    summary, last = listed.summary, listed.last
    return {
        "conversation": summary.conversation,
        "kind": summary.kind,
        "account": summary.handle,
        "title": summary.title,
        "head": summary.head,
        "read": summary.read,
        "seen": summary.seen,
        "unread": summary.unread,
        "last": None if last is None else wire.show(last, own=last.author == person),
        "muted": summary.muted,
    }


def _moved(desk: Any) -> dict[str, Any]:
    return {"desk": wire.show_desk(desk)}


def _answer(answer: Any) -> bytes:
    if isinstance(answer, dict):
        return msgspec.json.encode({"ok": True, **answer})
    return msgspec.json.encode(answer)


def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def _parse(decoder: msgspec.json.Decoder[Any], data: bytes) -> Any:
    try:
        return decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise wire.fault(error) from error
