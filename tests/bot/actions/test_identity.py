"""Signing in, staying signed in, and being signed out from anywhere."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Literal

import argon2
import pytest
import sqlalchemy as sa
import time_machine

from bot.actions.identity import BY_LOGIN, BY_LOGIN_HERE, CACHE_TTL_S, TWINS_MS, Identity, Passwords, SignedIn, new_password
from bot.actions.staff import Staff
from bot.actions.tokens import shared_secret
from bot.live.local import LocalBus, LocalLimiter
from bot.model.basics import Forbidden, Invalid, NotFound, RateLimited, Unauthenticated, Unavailable, new_id
from bot.model.facts import HUB_TOPIC, Ring, SessionRevoked, to_person
from bot.model.people import Role
from bot.store.tables import SESSIONS, STAFF
from tests.world import BUYER, CHEAP, World, world

SECRET = "a secret of the hub, long enough to be one"
LOGIN, PASSWORD = "xiaomei", "一个很长的密码 ok"


class Restored(LocalBus):
    """A bus that was away, and says so."""

    def __init__(self) -> None:
        super().__init__()
        self._callbacks: list[Callable[[], None]] = []

    def on_restored(self, callback: Callable[[], None]) -> None:
        self._callbacks.append(callback)

    def restore(self) -> None:
        for callback in self._callbacks:
            callback()


class Door:
    """An identity on a furnished world, with one member of staff who can sign in."""

    def __init__(self, hub: World, limiter: LocalLimiter) -> None:
        self.hub = hub
        self.limiter = limiter
        self.passwords = Passwords(hasher=CHEAP)
        self.identity = self.another(hub.bus)
        self.staff = Staff(db=hub.db, access=hub.access, bus=hub.bus, passwords=self.passwords)

    def another(self, bus: LocalBus) -> Identity:
        """One more process of the same hub."""
        return Identity(db=self.hub.db, limiter=self.limiter, bus=bus, buyers=shared_secret(SECRET), hub_secret=SECRET, passwords=self.passwords)

    async def sign_in(self, client: str = "10.0.0.1") -> SignedIn:
        return await self.identity.sign_in(LOGIN, PASSWORD, client)


@pytest.fixture
async def door(data_dir: Path) -> AsyncIterator[Door]:
    async with world(data_dir) as hub:
        door = Door(hub, LocalLimiter())
        await door.staff.add_staff("shop", LOGIN, Role.OPERATOR, name="小美")
        async with hub.db.write() as conn:
            await conn.execute(sa.update(STAFF).where(STAFF.c.login == LOGIN).values(password=CHEAP.hash(PASSWORD)))
        yield door


async def test_a_buyer_is_who_the_shop_says(door: Door) -> None:
    """Id, name and end of the token; no session, and not staff."""
    actor = await door.identity.authenticate(door.identity.mint_buyer_token("buyer-7", "小芳", 60), "en")

    assert (actor.person, actor.name, actor.session, actor.lang, actor.is_staff) == ("buyer-7", "小芳", None, "en", False)
    assert actor.expires_at / 1000 == pytest.approx(time.time() + 60, abs=2)


async def test_staff_sign_in_with_a_password(door: Door) -> None:
    """The answer names person and accounts; the token stands for the session from then on."""
    signed_in = await door.identity.sign_in("  XiaoMei ", PASSWORD, "10.0.0.1")
    actor = await door.identity.authenticate(signed_in.token)

    assert actor.is_staff
    assert (actor.person, actor.name) == (signed_in.person.id, "小美")
    assert [(row.handle, role) for row, role in signed_in.accounts] == [("shop", Role.OPERATOR)]
    assert signed_in.expires_at / 1000 == pytest.approx(time.time() + 900, abs=3)


@pytest.mark.parametrize(("login", "password"), [(LOGIN, "wrong password"), ("nobody", PASSWORD), (LOGIN, ""), ("", ""), (LOGIN, PASSWORD + " ")])
async def test_a_wrong_password_and_a_missing_login_are_told_alike(door: Door, login: str, password: str) -> None:
    """The same sentence, so that nobody learns which logins exist."""
    with pytest.raises(Unauthenticated, match="The login or the password is wrong"):
        await door.identity.sign_in(login, password, "10.0.0.1")


async def test_a_missing_login_costs_as_much_as_a_wrong_password(door: Door) -> None:
    """Both verify one hash: counted, because time on a busy machine proves nothing."""
    calls: list[str] = []

    class Counting(argon2.PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 # the library's name
            calls.append(argon2.extract_parameters(str(hash)).__repr__())
            return super().verify(hash, password)

    identity = Identity(
        db=door.hub.db,
        limiter=LocalLimiter(),
        bus=door.hub.bus,
        buyers=shared_secret(SECRET),
        hub_secret=SECRET,
        passwords=Passwords(hasher=Counting(time_cost=1, memory_cost=64, parallelism=1)),
    )
    for login in (LOGIN, "nobody"):
        with pytest.raises(Unauthenticated):
            await identity.sign_in(login, "wrong password", "10.0.0.1")

    assert len(calls) == 2
    assert calls[0] == calls[1]


async def test_attempts_from_one_address_are_limited_and_leave_others_alone(door: Door) -> None:
    """After eight tries on one login an address must wait, even with the right password; another address need not."""
    for _ in range(BY_LOGIN_HERE.burst):
        with pytest.raises(Unauthenticated):
            await door.identity.sign_in(LOGIN, "wrong password", "10.0.0.1")

    with pytest.raises(RateLimited) as refusal:
        await door.sign_in("10.0.0.1")
    assert int(str(refusal.value.data["retry_after"])) >= 1
    assert (await door.sign_in("10.0.0.2")).token


async def test_attempts_on_one_login_from_everywhere_are_limited(door: Door) -> None:
    """A thousand addresses together get no more tries than the login allows."""
    for number in range(BY_LOGIN.burst):
        with pytest.raises(Unauthenticated):
            await door.identity.sign_in(LOGIN, "wrong password", f"10.0.1.{number}")

    with pytest.raises(RateLimited):
        await door.sign_in("10.0.9.9")


async def test_hashing_never_piles_up(door: Door) -> None:
    """Beyond the lanes and the queue callers are told to come back; the rest is answered."""
    passwords = Passwords(lanes=1, queue=2, hasher=CHEAP)

    results = await asyncio.gather(*(passwords.matches(None, "x") for _ in range(10)), return_exceptions=True)

    assert [result for result in results if result is False] == [False] * 3
    assert sum(isinstance(result, Unavailable) for result in results) == 7
    assert not await passwords.matches(None, "x")


async def test_a_password_hashed_with_weaker_parameters_is_hashed_again(door: Door) -> None:
    """Signing in is the moment the hub has it in clear."""
    door.identity._passwords = Passwords(hasher=argon2.PasswordHasher(time_cost=2, memory_cost=128, parallelism=1))
    await door.sign_in()
    async with door.hub.db.read() as conn:
        stored = (await conn.execute(sa.select(STAFF.c.password).where(STAFF.c.login == LOGIN))).scalar_one()

    assert argon2.extract_parameters(stored).memory_cost == 128
    assert stored.startswith("$argon2id$")
    assert (await door.sign_in("10.0.0.3")).token


async def test_a_refresh_token_is_used_once(door: Door) -> None:
    """Each use gives the next one; what is stored is a hash."""
    first = await door.sign_in()
    second = await door.identity.refresh(first.refresh, "10.0.0.1")
    third = await door.identity.refresh(second.refresh, "10.0.0.1")

    assert len({first.refresh, second.refresh, third.refresh}) == 3
    assert (await door.identity.authenticate(third.token)).person == first.person.id
    async with door.hub.db.read() as conn:
        stored = (await conn.execute(sa.select(SESSIONS.c.refresh))).scalar_one()
    assert stored not in third.refresh
    assert len(stored) == 64


async def test_a_used_refresh_token_ends_the_session(door: Door) -> None:
    """Whoever brings it again has copied it, or it was copied from them: neither goes on."""
    with time_machine.travel(time.time(), tick=False) as clock:
        first = await door.sign_in()
        second = await door.identity.refresh(first.refresh, "10.0.0.1")
        clock.shift(TWINS_MS / 1_000)
        with pytest.raises(Unauthenticated, match="used before"):
            await door.identity.refresh(first.refresh, "10.0.0.1")
    for refused in (door.identity.refresh(second.refresh, "10.0.0.1"), door.identity.authenticate(second.token)):
        with pytest.raises(Unauthenticated):
            await refused


async def test_two_tabs_that_refresh_at_once_go_on_together(door: Door) -> None:
    """A browser wakes up: both tabs come with the one cookie they share, and both get the same next one."""
    first = await door.sign_in()

    left, right = await asyncio.gather(*(door.identity.refresh(first.refresh, "10.0.0.1") for _ in range(2)))

    assert left.refresh == right.refresh != first.refresh
    assert (await door.identity.refresh(right.refresh, "10.0.0.1")).token


async def test_a_token_two_uses_old_ends_the_session_even_at_once(door: Door) -> None:
    """Twins share one step; who is behind by two has kept a copy."""
    first = await door.sign_in()
    second = await door.identity.refresh(first.refresh, "10.0.0.1")
    await door.identity.refresh(second.refresh, "10.0.0.1")

    with pytest.raises(Unauthenticated, match="used before"):
        await door.identity.refresh(first.refresh, "10.0.0.1")
    with pytest.raises(Unauthenticated):
        await door.identity.authenticate(second.token)


async def test_a_made_up_refresh_token_ends_nobodys_session(door: Door) -> None:
    """A session's id is no secret, so naming it with a wrong token must not sign its person out."""
    first = await door.sign_in()
    session = first.refresh.partition(".")[0]

    for forged in (
        f"{session}.nonce.mac",
        f"{session}..",
        session,
        "",
        "é",
        first.refresh + "x",
        first.refresh[:-1] + ("0" if first.refresh[-1] != "0" else "1"),
    ):
        with pytest.raises(Unauthenticated):
            await door.identity.refresh(forged, "10.0.0.1")
    assert (await door.identity.refresh(first.refresh, "10.0.0.1")).token


async def test_a_session_ends_by_itself(door: Door) -> None:
    """After 14 days without use, and after 90 days whatever happens."""
    with time_machine.travel(time.time(), tick=False) as clock:
        idle = await door.sign_in()
        clock.shift(14 * 86_400 + 1)
        with pytest.raises(Unauthenticated):
            await door.identity.refresh(idle.refresh, "10.0.0.1")

        busy = await door.sign_in()
        for _ in range(8):
            clock.shift(11 * 86_400)
            busy = await door.identity.refresh(busy.refresh, "10.0.0.1")
        clock.shift(3 * 86_400)
        with pytest.raises(Unauthenticated):
            await door.identity.refresh(busy.refresh, "10.0.0.1")


async def test_an_access_token_lives_a_quarter_of_an_hour(door: Door) -> None:
    """Then only the refresh token goes on."""
    with time_machine.travel(time.time(), tick=False) as clock:
        signed_in = await door.sign_in()
        clock.shift(880)
        assert (await door.identity.authenticate(signed_in.token)).session
        clock.shift(40)
        with pytest.raises(Unauthenticated, match="expired"):
            await door.identity.authenticate(signed_in.token)


async def test_signing_out_ends_the_session_at_once_everywhere(door: Door) -> None:
    """Another process that had it cached hears the fact and refuses it, though its cache was warm."""
    signed_in = await door.sign_in()
    other = door.another(door.hub.bus)
    door.hub.bus.subscribe(HUB_TOPIC)
    actor = await other.authenticate(signed_in.token)

    await door.identity.sign_out(actor)

    assert SessionRevoked(actor.session or "") in door.hub.facts()
    for identity in (door.identity, other):
        with pytest.raises(Unauthenticated):
            await identity.authenticate(signed_in.token)


async def test_a_process_that_hears_nothing_learns_it_from_the_store(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache believes a session for half a minute at most."""
    signed_in = await door.sign_in()
    deaf = door.another(LocalBus())
    actor = await deaf.authenticate(signed_in.token)
    await door.identity.sign_out(actor)

    assert (await deaf.authenticate(signed_in.token)).person == actor.person
    later = time.monotonic() + CACHE_TTL_S + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    with pytest.raises(Unauthenticated):
        await deaf.authenticate(signed_in.token)


async def test_a_process_whose_bus_was_away_asks_the_store_again(door: Door) -> None:
    """It may have missed that a session ended."""
    bus = Restored()
    identity = door.another(bus)
    signed_in = await door.sign_in()
    actor = await identity.authenticate(signed_in.token)
    await door.identity.sign_out(actor)

    bus.restore()
    with pytest.raises(Unauthenticated):
        await identity.authenticate(signed_in.token)


async def test_an_end_that_is_heard_during_the_look_up_is_not_forgotten(door: Door) -> None:
    """The row read before the end must not be cached after it."""
    signed_in = await door.sign_in()
    session = signed_in.refresh.partition(".")[0]
    looking = asyncio.ensure_future(door.identity.authenticate(signed_in.token))
    await asyncio.sleep(0)
    door.hub.bus.publish([Ring(new_id(), (HUB_TOPIC,), SessionRevoked(session))])
    await asyncio.gather(looking, return_exceptions=True)

    with pytest.raises(Unauthenticated):
        await door.identity.authenticate(signed_in.token)


async def test_sessions_are_listed_and_ended_by_their_owner_alone(door: Door) -> None:
    """One's own living sessions, newest first; another's is not found."""
    first, second = await door.sign_in(), await door.sign_in()
    actor = await door.identity.authenticate(second.token)
    hired = await door.staff.add_staff("shop", "another", Role.OPERATOR)
    stranger = await door.identity.authenticate((await door.identity.sign_in("another", hired.password or "", "10.0.0.1")).token)

    sessions = [row.id for row in await door.identity.sessions(actor)]
    assert set(sessions) == {first.refresh.partition(".")[0], actor.session}
    with pytest.raises(NotFound):
        await door.identity.revoke(stranger, sessions[0])
    await door.identity.revoke(actor, first.refresh.partition(".")[0])
    assert [row.id for row in await door.identity.sessions(actor)] == [actor.session]
    with pytest.raises(NotFound):
        await door.identity.revoke(actor, first.refresh.partition(".")[0])
    with pytest.raises(Unauthenticated):
        await door.identity.authenticate(first.token)


async def test_a_new_password_ends_the_other_sessions(door: Door) -> None:
    """The one that changed it stays, its sockets too; the old password opens nothing any more."""
    first, second = await door.sign_in(), await door.sign_in()
    actor = await door.identity.authenticate(second.token)
    door.hub.bus.subscribe(to_person(actor.person))

    await door.identity.change_password(actor, PASSWORD, "another long password")

    assert door.hub.facts()[-1:] == [SessionRevoked(first.refresh.partition(".")[0])]
    assert (await door.identity.authenticate(second.token)).session == actor.session
    with pytest.raises(Unauthenticated):
        await door.sign_in("10.0.0.5")
    assert (await door.identity.sign_in(LOGIN, "another long password", "10.0.0.5")).token


@pytest.mark.parametrize(
    ("old", "new", "path"), [("wrong", "another long password", "old"), (PASSWORD, "short", "password"), (PASSWORD, "x" * 129, "password")]
)
async def test_a_password_is_changed_with_the_old_one_and_to_a_good_one(door: Door, old: str, new: str, path: str) -> None:
    """Ten to 128 characters; the fault names what is wrong."""
    actor = await door.identity.authenticate((await door.sign_in()).token)

    with pytest.raises(Invalid) as refusal:
        await door.identity.change_password(actor, old, new)
    assert refusal.value.data["path"] == path


async def test_a_lost_password_is_replaced_from_the_command_line(door: Door) -> None:
    """A first password again; whoever was signed in is signed out."""
    signed_in = await door.sign_in()

    password = await door.identity.reset_password(LOGIN)

    with pytest.raises(Unauthenticated):
        await door.identity.authenticate(signed_in.token)
    assert (await door.identity.sign_in(LOGIN, password, "10.0.0.6")).token
    with pytest.raises(NotFound):
        await door.identity.reset_password("nobody")


async def test_staff_rename_themselves_and_are_seen_so_at_once(door: Door) -> None:
    """A buyer's name is the shop's to tell; nothing to see is no name."""
    signed_in = await door.sign_in()
    actor = await door.identity.authenticate(signed_in.token)

    row = await door.identity.rename(actor, "  小美\u202e ", "https://shop.example/a.png")

    assert (row.name, row.avatar) == ("小美", "https://shop.example/a.png")
    assert (await door.identity.authenticate(signed_in.token)).avatar == row.avatar
    with pytest.raises(Invalid):
        await door.identity.rename(actor, "\u200f", None)
    with pytest.raises(Forbidden):
        await door.identity.rename(BUYER, "小张", None)


async def test_a_buyer_has_no_sessions(door: Door) -> None:
    """What needs a password is not for those who bring the shop's token."""
    for refused in (door.identity.sign_out(BUYER), door.identity.sessions(BUYER), door.identity.change_password(BUYER, "a", "b")):
        with pytest.raises(Forbidden):
            await refused


async def test_sessions_that_are_over_are_cleared_away(door: Door) -> None:
    """Housekeeping keeps the living ones."""
    with time_machine.travel(time.time(), tick=False) as clock:
        await door.sign_in()
        clock.shift(15 * 86_400)
        living = await door.sign_in()
        await door.identity.purge()
        async with door.hub.db.read() as conn:
            left = [row[0] for row in await conn.execute(sa.select(SESSIONS.c.id))]

    assert left == [living.refresh.partition(".")[0]]


def test_first_passwords_are_long_and_never_the_same() -> None:
    """Four groups of five, without letters that look alike."""
    made = {new_password() for _ in range(100)}

    assert len(made) == 100
    assert all(len(password) == 23 and not set(password) & set("01ilo") for password in made)
