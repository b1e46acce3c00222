"""The rooms that need no socket: database, live services, and the verbs on accounts, staff and rules.

The hub is built on them, and so are the commands that work on a data directory without a running hub.
"""

from dataclasses import dataclass

from bot.actions.access import Access
from bot.actions.appeals import Appeals
from bot.actions.canned import Canned
from bot.actions.exchange import Exchange
from bot.actions.groups import Groups
from bot.actions.identity import Identity, Passwords
from bot.actions.lab import Lab
from bot.actions.membership import Memberships
from bot.actions.moderation import Moderation
from bot.actions.notes import Notes
from bot.actions.oversight import Oversight
from bot.actions.overview import Overview
from bot.actions.packs import Packs
from bot.actions.people import People
from bot.actions.profiles import Profiles
from bot.actions.purges import Purges
from bot.actions.reports import Reports
from bot.actions.rulebook import Rulebook
from bot.actions.rulesets import RuleSets
from bot.actions.staff import Staff
from bot.actions.stats import Stats
from bot.actions.tags import Tags
from bot.live.bus import RedisBus
from bot.live.jobs import Jobs
from bot.live.local import LocalBus, LocalLimiter, LocalPresence
from bot.live.metrics import Metrics
from bot.live.ports import Bus, Limiter, Presence
from bot.live.redis import RedisLimiter, RedisLink, RedisPresence
from bot.model.basics import Unavailable
from bot.store.migrate import require_head, upgrade
from bot.store.unit import Database
from config.keys import buyer_tokens
from config.lifecycle import Lifecycle
from config.packs import read_packs
from config.places import data_directory, database_url, reason, without_password
from config.secret import signing_secret
from config.settings import Settings
from config.sources import SettingsFault


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What tells processes of each other: within this one, or through Redis."""

    bus: Bus
    presence: Presence
    limiter: Limiter


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Every room below the sockets."""

    settings: Settings
    db: Database
    jobs: Jobs
    metrics: Metrics
    bus: Bus
    presence: Presence
    limiter: Limiter
    access: Access
    identity: Identity
    people: People
    tags: Tags
    notes: Notes
    profiles: Profiles
    staff: Staff
    canned: Canned
    groups: Groups
    memberships: Memberships
    moderation: Moderation
    purges: Purges
    reports: Reports
    appeals: Appeals
    oversight: Oversight
    rulesets: RuleSets
    rulebook: Rulebook
    lab: Lab
    stats: Stats
    overview: Overview
    packs: Packs
    exchange: Exchange


async def open_database(lifecycle: Lifecycle, settings: Settings) -> Database:
    """The database, at the schema of this program: an embedded one is brought there, a shared one must be there.

    Raises:
        Conflict: a PostgreSQL database that was not migrated, or one newer than this program.
        SettingsFault: it cannot be reached.
    """
    data_directory(settings)
    url = database_url(settings)
    db = await lifecycle.start("close the database", Database.at(url, pool=settings.store.pool), 5)
    try:
        await (upgrade(db) if db.dialect == "sqlite" else require_head(db))
    except Unavailable as fault:
        told = reason(fault) or "is it there, and may we write to it?"
        raise SettingsFault(f"The database {without_password(url)} cannot be used now: {told}") from None
    return db


async def open_live(lifecycle: Lifecycle, settings: Settings, metrics: Metrics) -> Live:
    """Bus, presence and limiter; without Redis those of this process alone.

    Raises:
        SettingsFault: the address is not one of a Redis. One that does not answer is no fault: the hub does without.
    """
    if not settings.live.redis:
        metrics.bus_up.set(1)
        return Live(bus=LocalBus(), presence=LocalPresence(), limiter=LocalLimiter())
    try:
        link = RedisLink(settings.live.redis, prefix=settings.live.prefix)
    except ValueError as fault:
        raise SettingsFault(f"live.redis: {fault}.") from None
    await lifecycle.start("hang up Redis", link, 2)
    bus = await lifecycle.start("flush the bus", RedisBus(link, metrics), 3)
    return Live(bus=bus, presence=RedisPresence(link), limiter=RedisLimiter(link))


async def open_office(lifecycle: Lifecycle, settings: Settings) -> Office:
    """Build the rooms, from the ground up.

    Raises:
        SettingsFault: a secret, key or address that cannot be used.
        Conflict: see `open_database`.
    """
    buyers, hub_secret = buyer_tokens(settings), signing_secret(settings)
    metrics = Metrics()
    db = await open_database(lifecycle, settings)
    live = await open_live(lifecycle, settings, metrics)
    jobs = await lifecycle.start("end the jobs", Jobs(), 6)
    access = Access(db, live.bus)
    passwords = Passwords()
    rulesets = RuleSets(db=db, bus=live.bus, jobs=jobs)
    rulebook = Rulebook(db=db, access=access, bus=live.bus, rulesets=rulesets)
    return Office(
        settings=settings,
        db=db,
        jobs=jobs,
        metrics=metrics,
        bus=live.bus,
        presence=live.presence,
        limiter=live.limiter,
        access=access,
        identity=Identity(db=db, limiter=live.limiter, bus=live.bus, buyers=buyers, hub_secret=hub_secret, passwords=passwords),
        people=People(db=db, access=access, bus=live.bus, limiter=live.limiter),
        tags=Tags(db=db, access=access),
        notes=Notes(db=db, access=access),
        profiles=Profiles(db=db, access=access),
        staff=Staff(db=db, access=access, bus=live.bus, passwords=passwords),
        canned=Canned(db=db, access=access),
        groups=Groups(db=db, access=access, bus=live.bus, limiter=live.limiter),
        memberships=Memberships(db=db, bus=live.bus, limiter=live.limiter),
        moderation=Moderation(db=db, bus=live.bus, limiter=live.limiter),
        purges=Purges(db=db, bus=live.bus, limiter=live.limiter),
        reports=Reports(db=db, access=access, bus=live.bus, limiter=live.limiter),
        appeals=Appeals(db=db, access=access, bus=live.bus, limiter=live.limiter),
        oversight=Oversight(db=db, rulesets=rulesets),
        rulesets=rulesets,
        rulebook=rulebook,
        lab=Lab(db=db, access=access, rulebook=rulebook, rulesets=rulesets),
        stats=Stats(db=db, access=access, rulesets=rulesets),
        overview=Overview(db=db, access=access, rulesets=rulesets),
        packs=Packs(access=access, rulebook=rulebook, packs=read_packs()),
        exchange=Exchange(access=access, rulebook=rulebook),
    )
