"""The REST door on a furnished world: a real aiohttp server, real SQLite, real files, and people with tokens."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer

from bot.actions.appeals import Appeals
from bot.actions.canned import Canned
from bot.actions.decisions import Decisions
from bot.actions.desk import Desks
from bot.actions.exchange import Exchange
from bot.actions.filterbook import Filterbook
from bot.actions.filters import Filters
from bot.actions.groups import Groups
from bot.actions.identity import Identity, Passwords
from bot.actions.lab import Lab
from bot.actions.listtests import ListTests
from bot.actions.looking import Looking
from bot.actions.media.library import Library
from bot.actions.membership import Memberships
from bot.actions.moderation import Moderation
from bot.actions.notes import Notes
from bot.actions.outlook import Outlook
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
from bot.actions.suggestions import Suggestions
from bot.actions.tags import Tags
from bot.actions.tokens import shared_secret
from bot.actions.workbench import Workbench
from bot.live.jobs import Jobs
from bot.live.local import DiskMedia, LocalLimiter, LocalPresence
from bot.live.metrics import Metrics
from bot.live.ports import Limiter, Rate
from bot.model.people import Actor
from bot.store.tables import STAFF
from channels.http import build_app
from channels.services import Check, Edge, Services
from config.packs import read_packs
from intents.filters import Filter
from tests.world import CHEAP, MODERATOR, OPERATOR, OWNER, SECOND, STRANGER, World, world

SECRET = "the secret of a hub under test, long enough"
PASSWORD = "correct horse battery"
PEOPLE = (OWNER, OPERATOR, SECOND, MODERATOR, STRANGER)


class Generous:
    """A limiter that lets everything through, where a test is about something else."""

    async def take(self, key: str, rate: Rate, cost: int = 1) -> float:
        """Always allowed."""
        return 0.0


class Door:
    """A hub's REST door, and hands to knock with."""

    def __init__(self, hub: World, services: Services, presence: LocalPresence, folder: Path) -> None:
        self.hub = hub
        self.services = services
        self.presence = presence
        self.folder = folder
        self.checks: dict[str, Check] = {"database": Check("ok")}
        self.client: TestClient[Any, Any] = TestClient(TestServer(build_app(services)))
        self._tokens: dict[str, str] = {}

    async def token(self, actor: Actor) -> str:
        """A token of somebody of the world: the shop's for buyers, by password for staff."""
        if actor.person not in self._tokens:
            if actor.is_staff:
                self._tokens[actor.person] = (await self.services.identity.sign_in(actor.person[6:], PASSWORD, "test")).token
            else:
                self._tokens[actor.person] = self.services.identity.mint_buyer_token(actor.person, actor.name, 600)
        return self._tokens[actor.person]

    async def ask(
        self, actor: Actor | None, method: str, path: str, json: object = None, *, headers: Mapping[str, str] | None = None
    ) -> ClientResponse:
        """Ask `/api/v1` + path, in English, as somebody or as nobody."""
        sent = {"Accept-Language": "en", **(headers or {})}
        if actor is not None:
            sent["Authorization"] = f"Bearer {await self.token(actor)}"
        return await self.client.request(method, f"/api/v1{path}", json=json, headers=sent)

    async def get(self, actor: Actor | None, method: str, path: str, json: object = None, *, headers: Mapping[str, str] | None = None) -> Any:
        """The parsed answer of what must go well; None for an empty one."""
        response = await self.ask(actor, method, path, json, headers=headers)
        body = await response.read()
        assert response.status < 300, body.decode()
        return msgspec.json.decode(body) if body else None

    async def refusal(
        self, actor: Actor | None, method: str, path: str, json: object = None, *, headers: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        """Status and code of what must be refused."""
        response = await self.ask(actor, method, path, json, headers=headers)
        error = (await response.json())["error"]
        assert error["message"]
        return response.status, error["code"]


@asynccontextmanager
async def door(folder: Path, *, edge: Edge | None = None, limiter: Limiter | None = None) -> AsyncIterator[Door]:
    """A door that is open, and closed again at the end."""
    limits = Generous() if limiter is None else limiter
    async with world(folder) as hub, DiskMedia(folder / "media") as files, Jobs() as jobs:
        async with hub.db.write() as conn:
            logins = [{"person": one.person, "login": one.person[6:], "password": CHEAP.hash(PASSWORD), "created_at": 0} for one in PEOPLE]
            await conn.execute(sa.insert(STAFF), logins)
        metrics, presence, passwords = Metrics(), LocalPresence(), Passwords(hasher=CHEAP)
        rulesets = RuleSets(db=hub.db, bus=hub.bus, jobs=jobs)
        rulebook = Rulebook(db=hub.db, access=hub.access, bus=hub.bus, rulesets=rulesets)
        outlook = Outlook(db=hub.db, bus=hub.bus, presence=presence, jobs=jobs)

        setup = Filter()
        filterbook = Filterbook(db=hub.db, bus=hub.bus, setup=setup)
        filters = Filters(db=hub.db, access=hub.access, bus=hub.bus, limiter=limits, book=filterbook, setup=setup)
        decisions = Decisions(db=hub.db, access=hub.access, log=hub.log, bus=hub.bus, limiter=limits)

        async def ready() -> Mapping[str, Check]:
            return opened.checks

        services = Services(
            identity=Identity(db=hub.db, limiter=limits, bus=hub.bus, buyers=shared_secret(SECRET), hub_secret=SECRET, passwords=passwords),
            people=People(db=hub.db, access=hub.access, bus=hub.bus, limiter=limits),
            tags=Tags(db=hub.db, access=hub.access),
            notes=Notes(db=hub.db, access=hub.access),
            profiles=Profiles(db=hub.db, access=hub.access),
            staff=Staff(db=hub.db, access=hub.access, bus=hub.bus, passwords=passwords),
            canned=Canned(db=hub.db, access=hub.access),
            talk=hub.talk,
            desks=Desks(db=hub.db, access=hub.access, bus=hub.bus, presence=presence, outlook=outlook, rulesets=rulesets),
            suggestions=Suggestions(db=hub.db, access=hub.access, rulesets=rulesets, outlook=outlook),
            looking=Looking(db=hub.db, access=hub.access, presence=presence, bus=hub.bus),
            rulebook=rulebook,
            lab=Lab(db=hub.db, access=hub.access, rulebook=rulebook, rulesets=rulesets),
            overview=Overview(db=hub.db, access=hub.access, rulesets=rulesets),
            stats=Stats(db=hub.db, access=hub.access, rulesets=rulesets),
            packs=Packs(access=hub.access, rulebook=rulebook, packs=read_packs()),
            exchange=Exchange(access=hub.access, rulebook=rulebook),
            groups=Groups(db=hub.db, access=hub.access, bus=hub.bus, limiter=limits),
            memberships=Memberships(db=hub.db, bus=hub.bus, limiter=limits),
            moderation=Moderation(db=hub.db, bus=hub.bus, limiter=limits),
            filters=filters,
            list_tests=ListTests(db=hub.db, filters=filters, book=filterbook),
            purges=Purges(db=hub.db, bus=hub.bus, limiter=limits),
            reports=Reports(db=hub.db, access=hub.access, bus=hub.bus, limiter=limits),
            decisions=decisions,
            workbench=Workbench(db=hub.db, access=hub.access, bus=hub.bus, limiter=limits, decisions=decisions),
            appeals=Appeals(db=hub.db, access=hub.access, bus=hub.bus, limiter=limits),
            oversight=Oversight(db=hub.db, rulesets=rulesets),
            media=Library(hub.db, files, limits, metrics),
            limiter=limits,
            metrics=metrics,
            ready=ready,
            edge=edge or Edge(),
        )
        opened = Door(hub, services, presence, folder)
        async with opened.client:
            yield opened


def strict() -> LocalLimiter:
    """The real limiter, where a test is about limits."""
    return LocalLimiter()
