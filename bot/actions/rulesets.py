"""What every account says by itself, compiled and at hand: read, compiled in a thread, swapped in one assignment."""

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from weakref import WeakValueDictionary

import msgspec
import structlog

from bot.live.jobs import Jobs
from bot.live.ports import Bus
from bot.model.basics import NotFound
from bot.model.facts import AccountChanged, Ring, RulesPublished, to_account
from bot.store import people
from bot.store import rules as store
from bot.store.people import AccountRow
from bot.store.rules import Published
from bot.store.unit import Database
from replies.compiled import RuleSet, compile_rules
from replies.faults import RuleFault
from replies.hours import Hours, Opening, compile_hours
from replies.rules import parse_rules
from replies.vocabulary import parse_vocabulary

TIMERS_LIMIT = 20
"""Waiting rules of an account speak at so many different moments at most."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Voice:
    """An account as it speaks by itself: its row, its opening hours if it has any, its compiled rules."""

    account: AccountRow
    hours: Hours | None
    opening: Opening | None
    rules: RuleSet

    @property
    def waiting_delays(self) -> tuple[int, ...]:
        """After how many seconds in the queue a rule may speak."""
        return self.rules.waiting_after[:TIMERS_LIMIT]

    def is_open(self, now: int) -> bool | None:
        """Whether the account is open at a moment in milliseconds; None without opening hours."""
        return None if self.opening is None else self.opening.is_open(now)


@dataclass(frozen=True, slots=True)
class _Known:
    voice: Voice
    fresh_until: float


class RuleSets:
    """A bounded cache of voices.

    A fact that an account or its rules changed makes its voice stale, and so do `ttl_s` seconds in case the fact was not
    heard. A stale voice goes on speaking while the new one is made; only a voice that is not known at all is waited for,
    and however many ask for it, it is made once.
    """

    def __init__(self, *, db: Database, bus: Bus, jobs: Jobs, ttl_s: float = 30.0, size: int = 500) -> None:
        self._db = db
        self._bus = bus
        self._jobs = jobs
        self._ttl = ttl_s
        self._size = size
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._renewing: set[str] = set()
        self._listening: set[str] = set()
        self._changes = 0
        bus.attach(self.hear, RulesPublished, AccountChanged)
        bus.on_restored(self.doubt_all)

    async def of(self, account: str) -> Voice:
        """The voice of an account, by its id.

        Raises:
            NotFound: there is no such account.
            Unavailable: it is not known yet and the store cannot tell.
        """
        known = self._known.get(account)
        if known is None:
            return await self._load(account)
        self._known.move_to_end(account)
        if known.fresh_until < time.monotonic():
            self._renew(account)
        return known.voice

    def hears_groups(self, account: str) -> bool:
        """Whether any rule of an account listens in its groups; so it is taken, as long as that is not known or may have changed."""
        known = self._known.get(account)
        return known is None or known.fresh_until < time.monotonic() or known.voice.rules.hears_groups

    def install(self, row: AccountRow, rules: RuleSet) -> None:
        """Let the account of this row speak by these rules at once; a newer version that is known already stays."""
        known = self._known.get(row.id)
        if known is None or known.voice.rules.version < rules.version:
            self._keep(row.id, Voice(row, *_hours(row), rules), time.monotonic() + self._ttl)

    def hear(self, ring: Ring) -> None:
        """Renew the voice that a fact made stale."""
        if isinstance(ring.fact, RulesPublished | AccountChanged):
            self._changes += 1
            if ring.fact.account in self._known:
                self._doubt(ring.fact.account)
                self._renew(ring.fact.account)

    def doubt_all(self) -> None:
        """Facts may have been missed: every voice is stale."""
        self._changes += 1
        for account in self._known:
            self._doubt(account)

    def _doubt(self, account: str) -> None:
        self._known[account] = replace(self._known[account], fresh_until=0.0)

    def _renew(self, account: str) -> None:
        if account not in self._renewing and not self._jobs.stopping.is_set():
            self._renewing.add(account)
            self._jobs.spawn("rules.renew", self._renewed(account))

    async def _renewed(self, account: str) -> None:
        self._renewing.discard(account)
        await self._load(account)

    async def _load(self, account: str) -> Voice:
        lock = self._locks.setdefault(account, asyncio.Lock())
        async with lock:
            known = self._known.get(account)
            if known is not None and known.fresh_until >= time.monotonic():
                return known.voice
            self._listen(account)
            seen = self._changes
            try:
                await self._bus.settled()
                voice = await self._make(account, None if known is None else known.voice)
            except BaseException:
                if account not in self._known:
                    self._deafen(account)
                raise
            newer = self._known.get(account)
            if newer is not None and newer.voice.rules.version > voice.rules.version:
                return newer.voice
            # A fact heard while the voice was made may be about something it has not seen yet: it speaks, but stays stale.
            self._keep(account, voice, 0.0 if seen != self._changes else time.monotonic() + self._ttl)
            return voice

    async def _make(self, account: str, last: Voice | None) -> Voice:
        async with self._db.read() as conn:
            row = await people.account_by_id(conn, account)
            if row is None:
                raise NotFound("没有这个账号。", "There is no such account.")
            same = last is not None and last.rules.version == row.rules_version
            published = None if same else await store.published(conn, account)
        hours, opening = _hours(row)
        if last is not None and same:
            return Voice(row, hours, opening, last.rules)
        rules = compile_rules(()) if published is None else await asyncio.to_thread(_compiled, account, published)
        return Voice(row, hours, opening, rules)

    def _keep(self, account: str, voice: Voice, fresh_until: float) -> None:
        self._listen(account)
        self._known[account] = _Known(voice, fresh_until)
        self._known.move_to_end(account)
        while len(self._known) > self._size:
            dropped, _ = self._known.popitem(last=False)
            self._deafen(dropped)

    def _listen(self, account: str) -> None:
        if account not in self._listening:
            self._listening.add(account)
            self._bus.subscribe(to_account(account))

    def _deafen(self, account: str) -> None:
        if account in self._listening:
            self._listening.discard(account)
            self._bus.unsubscribe(to_account(account))


def _compiled(account: str, published: Published) -> RuleSet:
    """The set as it was published; one that this release no longer understands says nothing rather than something else."""
    try:
        return compile_rules(parse_rules(published.rules), parse_vocabulary(published.vocabulary), published.version)
    except RuleFault as fault:
        _log.error("rules.unreadable", account=account, version=published.version, path=fault.path)
        return compile_rules((), version=published.version)


def _hours(row: AccountRow) -> tuple[Hours | None, Opening | None]:
    if row.hours is None:
        return None, None
    try:
        hours = msgspec.json.decode(row.hours, type=Hours)
        return hours, compile_hours(hours)
    except (msgspec.MsgspecError, RuleFault):
        _log.error("account.hours_unreadable", account=row.id)
        return None, None
