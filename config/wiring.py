"""The one place that builds a hub. Read it from the top: what is started first stands below what is started later.

A stop runs the stages in reverse: stop accepting, tell clients to drain, close the sockets, finish requests, finish the
work in hand, commit what waits in the log, end the jobs, flush the bus, hang up, close the database.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from ipaddress import ip_network

from bot.actions.answers import Answers
from bot.actions.decisions import Decisions
from bot.actions.desk import Desks
from bot.actions.filterbook import Filterbook
from bot.actions.filters import Filters
from bot.actions.listtests import ListTests
from bot.actions.looking import Looking
from bot.actions.media.library import Library
from bot.actions.outlook import Outlook
from bot.actions.screening import Screening
from bot.actions.suggestions import Suggestions
from bot.actions.sweeper import Rhythm, Sweeper
from bot.actions.talk import Talk
from bot.actions.tempo import Tempo
from bot.actions.thinking import Thinker
from bot.actions.workbench import Workbench
from bot.live.local import DiskMedia, LocalLimiter
from bot.live.ports import Rate
from bot.model.basics import HubError, now_ms
from bot.store import outbox
from bot.store.log import Log
from bot.store.unit import Database
from channels.built import Demo, Pages, read_pages
from channels.http import build_app
from channels.listener import Listener
from channels.services import Check, Edge, Services
from channels.socket import TENDING_EVERY_S, Sockets
from channels.transport import Transport
from config.filters import FilterFault, default_filter
from config.lifecycle import Lifecycle
from config.office import Office, open_office
from config.places import media_directory, pages_directory
from config.settings import Settings
from config.sources import SettingsFault
from intents.filters import Filter

PURGE_S = 3_600.0
CHECK_S = 2.0
OUTBOX_LATE_S = 30.0
LEASE_MS = 10_000
ANSWERS_S = 4.0

Prepare = Callable[[Office], Awaitable[Demo | None]]


class Hub:
    """A hub that runs: where it answers, its rooms, and how ready it is."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.stopping = False
        self.port = 0
        self.log = Log(office.db, office.metrics, queue_limit=office.settings.talk.queue, batch_limit=office.settings.talk.batch, lease_ms=LEASE_MS)

    @property
    def host(self) -> str:
        """The address it listens on."""
        return self.office.settings.server.host

    async def ready(self) -> Mapping[str, Check]:
        """What `/readyz` tells: `down` where the hub cannot serve, `degraded` where it serves with less."""
        database, backlog = await _look_at(self.office.db)
        full = self.log.depth >= self.office.settings.talk.queue
        return {
            "process": Check("down", "The hub is going away.") if self.stopping else Check("ok"),
            "database": database,
            "log": Check("down", "Too many messages wait for their commit.") if full else Check("ok"),
            "bus": Check("ok") if self.office.bus.healthy else Check("degraded", "Redis is away: other processes are not heard."),
            "outbox": backlog,
        }


async def _look_at(db: Database) -> tuple[Check, Check]:
    try:
        async with asyncio.timeout(CHECK_S):
            backlog = await outbox.gauge(db, now_ms())
    except (HubError, TimeoutError):
        away = "The database cannot be reached."
        return Check("down", away), Check("degraded", away)
    late = backlog.oldest_age_ms / 1000
    if late > OUTBOX_LATE_S:
        return Check("ok"), Check("degraded", f"The oldest work has waited for {late:.0f} s.")
    return Check("ok"), Check("ok")


@asynccontextmanager
async def build(settings: Settings, lifecycle: Lifecycle, prepare: Prepare | None = None) -> AsyncIterator[Hub]:
    """A hub that listens, from its first line of the start to the last stage of its stop.

    `prepare` may bring the office into the state somebody wants before anybody can come in.

    Raises:
        SettingsFault: a secret, key, network or database that cannot be used, or an address that cannot be listened on.
        Conflict: a database at another schema.
    """
    edge = edge_of(settings)
    async with lifecycle:
        hub = Hub(await open_office(lifecycle, settings))
        office = hub.office
        demo = None if prepare is None else await prepare(office)
        setup = await asyncio.to_thread(_filters)
        filterbook = Filterbook(db=office.db, bus=office.bus, setup=setup)
        await lifecycle.start("commit what waits in the log", hub.log, 5)

        outlook = Outlook(db=office.db, bus=office.bus, presence=office.presence, jobs=office.jobs)
        desks = Desks(db=office.db, access=office.access, bus=office.bus, presence=office.presence, outlook=outlook, rulesets=office.rulesets)
        talk = _talk(hub, desks, Screening(db=office.db, book=filterbook))
        answers = _answers(hub, talk, desks, outlook)
        office.people.on_followed(answers.wake)
        lifecycle.at_stop("finish the work in hand", lambda: answers.drain(ANSWERS_S), ANSWERS_S + 1)
        files = await lifecycle.start("close the media", DiskMedia(media_directory(settings)), 1)
        sweeper = Sweeper(db=office.db, desks=desks, presence=office.presence, metrics=office.metrics, rhythm=_rhythm(settings))
        looking = Looking(db=office.db, access=office.access, presence=office.presence, bus=office.bus)
        sockets = _sockets(office, talk, desks, looking)
        transport = _transport(settings, sockets, office)
        decisions = Decisions(
            db=office.db,
            access=office.access,
            log=hub.log,
            bus=office.bus,
            limiter=office.limiter,
            hears_groups=office.rulesets.hears_groups,
        )
        workbench = Workbench(db=office.db, access=office.access, bus=office.bus, limiter=office.limiter, decisions=decisions)
        filters = Filters(db=office.db, access=office.access, bus=office.bus, limiter=office.limiter, book=filterbook, setup=setup)
        services = Services(
            identity=office.identity,
            people=office.people,
            tags=office.tags,
            notes=office.notes,
            profiles=office.profiles,
            staff=office.staff,
            canned=office.canned,
            talk=talk,
            desks=desks,
            suggestions=Suggestions(db=office.db, access=office.access, rulesets=office.rulesets, outlook=outlook),
            looking=looking,
            rulebook=office.rulebook,
            lab=office.lab,
            groups=office.groups,
            memberships=office.memberships,
            moderation=office.moderation,
            filters=filters,
            list_tests=ListTests(db=office.db, filters=filters, book=filterbook),
            purges=office.purges,
            reports=office.reports,
            decisions=decisions,
            workbench=workbench,
            appeals=office.appeals,
            oversight=office.oversight,
            stats=office.stats,
            overview=office.overview,
            packs=office.packs,
            exchange=office.exchange,
            media=Library(office.db, files, office.limiter, office.metrics),
            limiter=office.limiter,
            metrics=office.metrics,
            ready=hub.ready,
            edge=edge,
            pages=await asyncio.to_thread(_pages, settings),
            demo=demo,
        )
        app = build_app(services)
        transport.attach(app)
        listener = await lifecycle.start("finish requests", Listener(app), 5)
        lifecycle.at_stop("close the sockets", transport.stop, 8)

        async def drain() -> None:
            hub.stopping = True
            sockets.drain(round(settings.server.drain_s * 1000))
            if transport.conns:
                await asyncio.sleep(settings.server.drain_s)

        lifecycle.at_stop("tell clients to drain", drain, settings.server.drain_s + 1)
        if office.db.dialect == "sqlite":
            await answers.take_over()
        answers.start(office.jobs)
        office.jobs.every("sockets.tend", TENDING_EVERY_S, sockets.tend)
        office.jobs.every("desk.sweep", settings.desk.sweep_s, sweeper.sweep)
        office.jobs.every("sessions.purge", PURGE_S, office.identity.purge)
        office.jobs.every("groups.purge", PURGE_S, office.groups.purge)
        office.jobs.every("cases.purge", PURGE_S, office.reports.purge)
        office.jobs.every("cases.tend", PURGE_S, workbench.tend)
        office.jobs.every("purges.settle", PURGE_S, office.purges.settle)
        office.jobs.every("held.tend", PURGE_S, decisions.tend)
        office.jobs.every("appeals.purge", PURGE_S, office.appeals.purge)
        hub.port = await _listen(listener, settings)
        lifecycle.at_stop("stop accepting", listener.close, 1)
        yield hub


def _talk(hub: Hub, desks: Desks, screening: Screening) -> Talk:
    office, talk = hub.office, hub.office.settings.talk
    return Talk(
        db=office.db,
        log=hub.log,
        access=office.access,
        bus=office.bus,
        limiter=LocalLimiter(),
        rate=Rate(burst=talk.send_burst, per_s=talk.send_per_s),
        claim=desks.claim_by_speaking,
        hears_groups=office.rulesets.hears_groups,
        screening=screening,
        tempo=Tempo(db=office.db, bus=office.bus, limiter=office.limiter),
    )


def _answers(hub: Hub, talk: Talk, desks: Desks, outlook: Outlook) -> Answers:
    office = hub.office
    thinker = Thinker(db=office.db, desks=desks, rulesets=office.rulesets, outlook=outlook, memberships=office.memberships)
    return Answers(db=office.db, log=hub.log, talk=talk, desks=desks, thinker=thinker, metrics=office.metrics, lease_ms=LEASE_MS)


def _sockets(office: Office, talk: Talk, desks: Desks, looking: Looking) -> Sockets:
    return Sockets(
        identity=office.identity,
        talk=talk,
        desks=desks,
        looking=looking,
        memberships=office.memberships,
        bus=office.bus,
        presence=office.presence,
        metrics=office.metrics,
        jobs=office.jobs,
        limiter=LocalLimiter(),
        max_sockets=office.settings.sockets.per_person,
    )


async def _listen(listener: Listener, settings: Settings) -> int:
    host, port = settings.server.host, settings.server.port
    try:
        return await listener.listen(host, port)
    except OSError as fault:
        raise SettingsFault(f"{host}:{port} cannot be listened on: {fault.strerror or fault}") from None


def _filters() -> Filter:
    try:
        return default_filter()
    except FilterFault as fault:
        raise SettingsFault(f"The filters that come with the hub cannot be read: {fault}") from None


def edge_of(settings: Settings) -> Edge:
    """How the hub meets the network.

    Raises:
        SettingsFault: a proxy that is no network.
    """
    try:
        proxies = tuple(ip_network(proxy) for proxy in settings.server.proxies)
    except ValueError as fault:
        raise SettingsFault(f"server.proxies: {fault}.") from None
    return Edge(trusted_proxies=proxies, origins=frozenset(settings.server.origins), secure=settings.server.production)


def _pages(settings: Settings) -> Pages | None:
    directory = pages_directory(settings)
    found = read_pages(directory)
    if found is None and settings.server.pages:
        raise SettingsFault(f"server.pages: there is no index.html in {directory}.")
    return found


def _rhythm(settings: Settings) -> Rhythm:
    return Rhythm(
        grace_ms=settings.desk.grace_s * 1_000,
        idle_ms=settings.desk.idle_close_s * 1_000,
        traces_ms=settings.replies.trace_days * 86_400_000,
    )


def _transport(settings: Settings, sockets: Sockets, office: Office) -> Transport:
    return Transport(
        sockets,
        ping_interval_s=settings.sockets.ping_interval_s,
        ping_timeout_s=settings.sockets.ping_timeout_s,
        max_frame_bytes=settings.sockets.frame_bytes,
        buffer_limit_bytes=settings.sockets.buffer_bytes,
        cors_allowed_origins=list(settings.server.origins) or None,
        on_cut=lambda reason: office.metrics.cut_sockets.labels(reason=reason).inc(),
    )
