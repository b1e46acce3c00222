"""What the channels are given: every action object of the hub, and the few settings that concern the edge."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Literal

import msgspec

from bot.actions.appeals import Appeals
from bot.actions.canned import Canned
from bot.actions.decisions import Decisions
from bot.actions.desk import Desks
from bot.actions.exchange import Exchange
from bot.actions.filters import Filters
from bot.actions.groups import Groups
from bot.actions.identity import Identity
from bot.actions.lab import Lab
from bot.actions.listtests import ListTests
from bot.actions.looking import Looking
from bot.actions.media.library import Library
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
from bot.actions.staff import Staff
from bot.actions.stats import Stats
from bot.actions.suggestions import Suggestions
from bot.actions.tags import Tags
from bot.actions.talk import Talk
from bot.actions.workbench import Workbench
from bot.live.metrics import Metrics
from bot.live.ports import Limiter
from channels.built import Demo, Pages


class Check(msgspec.Struct, frozen=True, omit_defaults=True):
    """The state of one thing the hub stands on. `degraded`: it works, with less; `down`: it cannot serve."""

    state: Literal["ok", "degraded", "down"]
    detail: str = ""


Ready = Callable[[], Awaitable[Mapping[str, Check]]]


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """How the hub meets the network.

    `trusted_proxies`: peers whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. `origins`: other hosts' pages
    that may call REST. `secure`: cookies are for https only, and browsers are told to keep to https.
    """

    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    origins: frozenset[str] = frozenset()
    secure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """All that a handler may use."""

    identity: Identity
    people: People
    tags: Tags
    notes: Notes
    profiles: Profiles
    staff: Staff
    canned: Canned
    talk: Talk
    desks: Desks
    suggestions: Suggestions
    looking: Looking
    rulebook: Rulebook
    lab: Lab
    stats: Stats
    overview: Overview
    packs: Packs
    exchange: Exchange
    groups: Groups
    memberships: Memberships
    moderation: Moderation
    filters: Filters
    purges: Purges
    reports: Reports
    decisions: Decisions
    list_tests: ListTests
    workbench: Workbench
    appeals: Appeals
    oversight: Oversight
    media: Library
    limiter: Limiter
    metrics: Metrics
    ready: Ready
    edge: Edge
    pages: Pages | None = None
    demo: Demo | None = None
