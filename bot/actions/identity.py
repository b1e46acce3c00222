"""Signing in: buyers by the shop app's token, staff by password; sessions that can be ended from anywhere.

Argon2id with the parameters of RFC 9106 section 4, second recommendation, in one lane. Refresh tokens rotate at each use
(RFC 9700, 4.14.2): one that comes back after its turn ends the session.
"""

import asyncio
import hashlib
import hmac
import secrets
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

import argon2
import msgspec

from bot.actions.tokens import BuyerTokens, StaffTokens, clean_name, derived_key, is_staff_token
from bot.live.ports import Bus, Limiter, Rate
from bot.model.basics import Forbidden, Invalid, Lang, NotFound, RateLimited, Unauthenticated, Unavailable, new_id, now_ms
from bot.model.facts import HUB_TOPIC, Ring, SessionRevoked, to_person
from bot.model.people import Actor, Role
from bot.store import people, staff
from bot.store.people import AccountRow, PersonRow
from bot.store.staff import SessionRow
from bot.store.unit import Database

PASSWORD_MIN = 10
PASSWORD_MAX = 128
REFRESH_LIFE_S = 14 * 86_400
TWINS_MS = 10_000
"""So long after its use a refresh token still gives the same successor: two tabs that wake up together both come with it."""
SESSION_LIFE_S = 90 * 86_400
BY_LOGIN = Rate(burst=40, per_s=1 / 10)
BY_LOGIN_HERE = Rate(burst=8, per_s=1 / 30)
"""Attempts on one login from one address; the wider limit over all addresses leaves its owner room to sign in meanwhile."""

BY_CLIENT = Rate(burst=30, per_s=1 / 4)
CACHE_TTL_S = 30.0
CACHE_SIZE = 20_000

_T = TypeVar("_T")
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A new access token and what goes with it; `refresh` is the value of the cookie, told once."""

    token: str
    expires_at: int
    refresh: str
    person: PersonRow
    accounts: list[tuple[AccountRow, Role]]


class _Alive(msgspec.Struct, frozen=True):
    """A cached session: its person, until when it is believed (monotonic seconds); without a person it is ended."""

    person: PersonRow | None
    until: float


class Passwords:
    """Hashes and checks passwords in threads, a few at a time: each takes 64 MiB and tens of milliseconds.

    Beyond the lanes and a short queue behind them callers are told to come back.
    """

    def __init__(self, *, lanes: int = 2, queue: int = 32, hasher: argon2.PasswordHasher | None = None) -> None:
        self._hasher = hasher or argon2.PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
        self._lanes = asyncio.Semaphore(lanes)
        self._room = lanes + queue
        self._decoy = self._hasher.hash(secrets.token_hex(16))

    async def hash(self, password: str) -> str:
        """What to store of a new password.

        Raises:
            Invalid: shorter than 10 or longer than 128 characters.
        """
        if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
            raise Invalid(
                f"密码要有 {PASSWORD_MIN} 到 {PASSWORD_MAX} 个字符。", f"A password has {PASSWORD_MIN} to {PASSWORD_MAX} characters.", path="password"
            )
        return await self._aside(self._hasher.hash, _same_form(password))

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether a password is the stored one; without a stored one, the same time is spent and the answer is no."""
        right = await self._aside(self._verify, stored or self._decoy, _same_form(password))
        return right and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether a stored password was hashed with weaker parameters than are used now."""
        return self._hasher.check_needs_rehash(stored)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False

    async def _aside(self, work: Callable[..., _T], *arguments: str) -> _T:
        if self._room <= 0:
            raise Unavailable("登录的人太多，请稍后再试。", "Too many people are signing in; try again shortly.", retry_after=2)
        self._room -= 1
        try:
            async with self._lanes:
                return await asyncio.to_thread(work, *arguments)
        finally:
            self._room += 1


def _same_form(password: str) -> str:
    """One Unicode form, so that another keyboard types the same password (RFC 8265, OpaqueString)."""
    return unicodedata.normalize("NFC", password)


def new_password() -> str:
    """A first password: 20 letters and digits in groups of five, 98 bits, none of them easily mistaken."""
    letters = [secrets.choice(_LETTERS) for _ in range(20)]
    return "-".join("".join(letters[start : start + 5]) for start in range(0, 20, 5))


class Identity:
    """Who is calling. `authenticate` is on the path of every connection and request: a signature and a cached look-up."""

    def __init__(self, *, db: Database, limiter: Limiter, bus: Bus, buyers: BuyerTokens, hub_secret: str, passwords: Passwords | None = None) -> None:
        self._db = db
        self._limiter = limiter
        self._bus = bus
        self._buyers = buyers
        self._tokens = StaffTokens(hub_secret)
        self._refresh_key = derived_key(hub_secret, "weihub refresh token v1")
        self._passwords = passwords or Passwords()
        self._alive: OrderedDict[str, _Alive] = OrderedDict()
        bus.subscribe(HUB_TOPIC)
        bus.attach(self._hear, SessionRevoked)
        bus.on_restored(self._alive.clear)

    async def authenticate(self, token: str, lang: Lang = "zh") -> Actor:
        """The caller behind a token.

        Raises:
            Unauthenticated: bad or expired, or its session was ended.
        """
        if not is_staff_token(token):
            buyer = self._buyers.verify(token)
            return Actor(person=buyer.sub, name=buyer.name, avatar=buyer.avatar, expires_at=int(buyer.exp * 1000), lang=lang)
        claims = self._tokens.verify(token)
        person = await self._person_of(claims.sid)
        if person is None or person.id != claims.sub:
            raise _ended()
        return Actor(person=person.id, name=person.name, avatar=person.avatar, session=claims.sid, expires_at=int(claims.exp * 1000), lang=lang)

    async def _person_of(self, session: str) -> PersonRow | None:
        """The person of a session that lives, from the cache if it is fresh."""
        cached = self._alive.get(session)
        if cached is not None and cached.until > time.monotonic():
            return cached.person
        async with self._db.read() as conn:
            row = await staff.session(conn, session)
            person = None if row is None or not row.alive(now_ms()) else await people.person(conn, row.person)
        if person is not None:
            self._remember(session, _Alive(person, time.monotonic() + CACHE_TTL_S))
        return person

    def _remember(self, session: str, alive: _Alive) -> None:
        """An end that was heard meanwhile stays: what was read before it must not bring the session back."""
        cached = self._alive.get(session)
        if cached is None or cached.person is not None:
            self._alive[session] = alive
        self._alive.move_to_end(session)
        while len(self._alive) > CACHE_SIZE:
            self._alive.popitem(last=False)

    def _hear(self, ring: Ring) -> None:
        if isinstance(ring.fact, SessionRevoked):
            self._remember(ring.fact.session, _Alive(None, float("inf")))

    def _announce(self, person: str, sessions: list[str]) -> None:
        rings = [Ring(new_id(), (HUB_TOPIC, to_person(person)), SessionRevoked(session)) for session in sessions]
        for ring in rings:
            self._hear(ring)
        self._bus.publish(rings)

    async def sign_in(self, login: str, password: str, client: str) -> SignedIn:
        """A new session for the right password. `client` is the address the attempt comes from.

        Raises:
            RateLimited: too many attempts for this login or from this address.
            Unauthenticated: no such login or a wrong password; which of them is not told.
        """
        login = login.strip().lower()
        await self._allow(f"signin:client:{client}", BY_CLIENT)
        await self._allow(f"signin:here:{client}:{login}", BY_LOGIN_HERE)
        await self._allow(f"signin:login:{login}", BY_LOGIN)
        async with self._db.read() as conn:
            known = await staff.staff_by_login(conn, login)
        if not await self._passwords.matches(known.password if known else None, password) or known is None:
            raise Unauthenticated("用户名或密码不对。", "The login or the password is wrong.")
        stronger = await self._passwords.hash(password) if self._passwords.is_outdated(known.password) else None
        session, now = new_id(), now_ms()
        refresh = self._refresh_token(session, secrets.token_urlsafe(24))
        row = SessionRow(id=session, person=known.person, refresh=_digest(refresh), created_at=now, expires_at=now + REFRESH_LIFE_S * 1000)
        async with self._db.write() as conn:
            if stronger is not None:
                await staff.set_password(conn, known.person, stronger)
            await staff.create_session(conn, row)
        return await self._signed_in(known.person, session, refresh, now)

    async def _allow(self, key: str, rate: Rate) -> None:
        wait = await self._limiter.take(key, rate)
        if wait > 0:
            raise RateLimited("尝试次数太多，请稍后再试。", "Too many attempts; try again later.", retry_after=max(1, round(wait)))

    async def _signed_in(self, person: str, session: str, refresh: str, now: int) -> SignedIn:
        token, expires_at = self._tokens.mint(person, session, now)
        async with self._db.read() as conn:
            row = await people.person(conn, person)
            accounts = await people.accounts_of(conn, person)
        if row is None:
            raise _ended()
        return SignedIn(token=token, expires_at=expires_at, refresh=refresh, person=row, accounts=accounts)

    async def refresh(self, cookie: str, client: str) -> SignedIn:
        """A new access token and the next refresh token for this one, which is thereby used up.

        The successor follows from the token and our key, so two who come with it at the same time get the same.

        Raises:
            Unauthenticated: not a token of ours, ended, or used before; the last ends the session, for it was copied.
        """
        await self._allow(f"refresh:client:{client}", BY_CLIENT)
        session = self._session_of(cookie)
        now, following = now_ms(), self._refresh_token(session, self._mac(f"after {cookie}"))
        async with self._db.write() as conn:
            row = await staff.session(conn, session)
            if row is None or not row.alive(now):
                raise _ended()
            ends = min(now + REFRESH_LIFE_S * 1000, row.created_at + SESSION_LIFE_S * 1000)
            fresh = await staff.rotate_refresh(conn, session, old=_digest(cookie), new=_digest(following), now=now, expires_at=ends)
            if not fresh:
                fresh = _is_twin(await staff.session(conn, session), following, now)
            if not fresh:
                await staff.revoke_session(conn, session, now)
        if not fresh:
            self._announce(row.person, [session])
            raise Unauthenticated("登录状态被别处使用过，已退出，请重新登录。", "This refresh token was used before: the session has been ended.")
        return await self._signed_in(row.person, session, following, now)

    def _refresh_token(self, session: str, nonce: str) -> str:
        """`session.nonce.mac`: the mac tells an old token of ours from one made up, which must not end a session."""
        stem = f"{session}.{nonce}"
        return f"{stem}.{self._mac(stem)}"

    def _mac(self, stem: str) -> str:
        return hmac.new(self._refresh_key, stem.encode(), hashlib.sha256).hexdigest()

    def _session_of(self, cookie: str) -> str:
        stem, _, mac = cookie[:400].rpartition(".")
        if not hmac.compare_digest(self._mac(stem).encode(), mac.encode()):
            raise _ended()
        return stem.partition(".")[0]

    async def sign_out(self, actor: Actor) -> None:
        """End the session this call was made with."""
        await self.revoke(actor, _staff_session(actor))

    async def sessions(self, actor: Actor) -> list[SessionRow]:
        """The caller's living sessions, newest first."""
        _staff_session(actor)
        async with self._db.read() as conn:
            return await staff.sessions_of(conn, actor.person, now_ms())

    async def revoke(self, actor: Actor, session: str) -> None:
        """End one of the caller's own sessions; its sockets close.

        Raises:
            NotFound: there is none of that id, or it is not the caller's.
        """
        async with self._db.write() as conn:
            row = await staff.session(conn, session)
            if row is None or row.person != actor.person or not await staff.revoke_session(conn, session, now_ms()):
                raise NotFound("没有这个登录会话。", "There is no such session.")
        self._announce(actor.person, [session])

    async def change_password(self, actor: Actor, old: str, new: str) -> None:
        """Set a new password and end all other sessions of the caller.

        Raises:
            Forbidden: the caller is a buyer. Invalid: the old password is wrong, or the new one too short or long.
            RateLimited: too many attempts.
        """
        session = _staff_session(actor)
        await self._allow(f"signin:person:{actor.person}", BY_LOGIN_HERE)
        async with self._db.read() as conn:
            known = await staff.staff_by_person(conn, actor.person)
        if known is None or not await self._passwords.matches(known.password, old):
            raise Invalid("原密码不对。", "The old password is wrong.", path="old")
        await self._set_password(actor.person, new, keep=session)

    async def _set_password(self, person: str, password: str, *, keep: str = "") -> None:
        stored = await self._passwords.hash(password)
        async with self._db.write() as conn:
            await staff.set_password(conn, person, stored)
            ended = await staff.revoke_sessions(conn, person, now_ms(), keep=keep)
        self._announce(person, ended)

    async def reset_password(self, login: str) -> str:
        """A new first password for somebody who lost theirs; ends their sessions. For the command line.

        Raises:
            NotFound: there is no such login.
        """
        async with self._db.read() as conn:
            known = await staff.staff_by_login(conn, login.strip().lower())
        if known is None:
            raise NotFound("没有这个用户名。", "There is no such login.")
        password = new_password()
        await self._set_password(known.person, password)
        return password

    async def rename(self, actor: Actor, name: str, avatar: str | None) -> PersonRow:
        """Change how a member of staff is shown.

        Raises:
            Forbidden: a buyer is named by the shop app. Invalid: not a name.
        """
        session = _staff_session(actor)
        try:
            shown = clean_name(name)
        except ValueError as fault:
            raise Invalid("名字要有 1 到 64 个字符。", f"Not acceptable: {fault}.", path="name") from None
        async with self._db.write() as conn:
            await people.remember_person(conn, actor.person, shown, avatar, now_ms())
            row = await people.person(conn, actor.person)
        self._alive.pop(session, None)
        if row is None:
            raise _ended()
        return row

    async def purge(self) -> None:
        """Drop the rows of sessions that ended; for the housekeeping job."""
        async with self._db.write() as conn:
            await staff.purge_sessions(conn, now_ms())

    def mint_buyer_token(self, person: str, name: str, ttl_s: int) -> str:
        """A buyer's token as the shop app would sign it. Raises as `BuyerTokens.mint`."""
        return self._buyers.mint(person, name, ttl_s)


def _is_twin(row: SessionRow | None, following: str, now: int) -> bool:
    """Whether the session went on to this very token a moment ago."""
    return row is not None and row.alive(now) and row.refresh == _digest(following) and now - row.refreshed_at < TWINS_MS


def _digest(refresh: str) -> str:
    return hashlib.sha256(refresh.encode()).hexdigest()


def _ended() -> Unauthenticated:
    return Unauthenticated("登录已失效，请重新登录。", "The session has ended; sign in again.")


def _staff_session(actor: Actor) -> str:
    if actor.session is None:
        raise Forbidden("只有店铺员工可以这样做。", "Only staff who sign in with a password can do this.")
    return actor.session
