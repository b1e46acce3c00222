"""Looking at rules before they speak: lint, what differs between two versions, and replay over what buyers really wrote. Writes nothing."""

import asyncio
import time
from collections.abc import AsyncGenerator, Collection, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager

import msgspec

from bot.actions.access import Access
from bot.actions.hearing import text_of
from bot.actions.lookback import look_back
from bot.actions.rulebook import Rulebook
from bot.actions.rulesets import RuleSets, Voice
from bot.actions.rulesource import Source, checked, parsed, worded
from bot.model.basics import Invalid, RateLimited, Unavailable, now_ms
from bot.model.people import Actor, Verb
from bot.store import groups, tags, teams
from bot.store import rules as store
from bot.store.history import Sent
from bot.store.people import AccountRow
from bot.store.rules import Published, RuleDraft
from bot.store.teams import TEAMS_LIMIT
from bot.store.unit import Database
from replies.compiled import RuleSet, compile_rules
from replies.decision import Context, Heard
from replies.faults import RuleFault
from replies.finding import Finding
from replies.lab import Diff, Replay, Report, diff
from replies.lint import faulty, lint
from replies.rules import parse_rules

FINDINGS_LIMIT = 1_000
LINTS = 2
"""Findings told at once; sets linted at once by one process."""

DAYS_MOST, MESSAGES_MOST = 90, 50_000
DAYS, MESSAGES = 7, 20_000
"""How far back a replay looks, and how many messages it hears: at most, and where nobody says."""

REPLAYS_EACH, REPLAYS = 1, 2
"""Replays that run at once: for one account, and in one process."""

PROGRESS_S = 0.2
DAY_MS = 86_400_000


class Linted(msgspec.Struct, frozen=True):
    """What lint found, the worst first; `more` findings were left out. `rules`: how many were looked at, 0 where a fault kept them from being read."""

    findings: tuple[Finding, ...]
    more: int
    rules: int


class Compared(msgspec.Struct, frozen=True):
    """What differs between two sets, by version; 0 is the empty set before the first version, None the draft."""

    before: int
    after: int | None
    diff: Diff


class Progress(msgspec.Struct, frozen=True):
    """How far a replay is: conversations done, of how many, and messages heard."""

    done: int
    of: int
    messages: int


class Replayed(msgspec.Struct, frozen=True):
    """What a replay came to. `version`: what was published. `since` in milliseconds UTC. `complete`: no message was left out for the limit."""

    version: int
    since: int
    complete: bool
    report: Report


class Lab:
    """The verbs of the lab."""

    def __init__(self, *, db: Database, access: Access, rulebook: Rulebook, rulesets: RuleSets) -> None:
        self._db = db
        self._access = access
        self._rulebook = rulebook
        self._rulesets = rulesets
        self._linting = asyncio.Semaphore(LINTS)
        self._running: list[str] = []

    async def lint(self, actor: Actor, ref: str, rules: Source | None = None) -> Linted:
        """What is doubtful about the draft, or about other rules for the account. Faults are findings here.

        Raises:
            NotFound, Forbidden: see `Access.account`.
        """
        account = await self._access.account(actor, ref, Verb.RULES_READ)
        draft = await self._rulebook.draft(actor, ref)
        source = draft.rules if rules is None else rules
        async with self._db.read() as conn:
            known = await teams.teams_of(conn, account.id)
            rooms = await groups.ids_of_account(conn, account.id)
        names = {name for team in known for name in (team.id, team.name)} if len(known) < TEAMS_LIMIT else None
        async with self._linting:
            return await asyncio.to_thread(_linted, source, draft.vocabulary, now_ms(), names, rooms)

    async def compare(self, actor: Actor, ref: str, before: int | None = None, after: int | None = None) -> Compared:
        """What became of one version in another; of what is published and in the draft where no version is given.

        Raises:
            NotFound, Forbidden: see `Access.account`; or there is no such version.
            Invalid: this release no longer takes one of the two.
        """
        account = await self._access.account(actor, ref, Verb.RULES_READ)
        old = await (self._published(account) if before is None else self._rulebook.version(actor, ref, before))
        new = await (self._rulebook.draft(actor, ref) if after is None else self._rulebook.version(actor, ref, after))
        return Compared(old.version, after, await asyncio.to_thread(_compared, old, new))

    async def replay(
        self, actor: Actor, ref: str, *, rules: Source | None = None, days: int = DAYS, limit: int = MESSAGES
    ) -> AsyncGenerator[Progress | Replayed, None]:
        """Ask the published rules and the draft, or other rules for the account, about what buyers wrote in the last days.

        Each message is heard for itself, in a direct conversation that the bot has, with the opening hours of the moment it was sent and the
        buyer's tags of today. Close the iterator to stop.

        Raises:
            NotFound, Forbidden: see `Access.account`.
            Invalid: too many days or messages, or a fault in the rules.
            RateLimited: a replay of this account is running. Unavailable: too many are, or the store cannot tell now.
        """
        if not 1 <= days <= DAYS_MOST or not 1 <= limit <= MESSAGES_MOST:
            path = "days" if not 1 <= days <= DAYS_MOST else "limit"
            zh, en = f"最多 {DAYS_MOST} 天、{MESSAGES_MOST} 条消息。", f"At most {DAYS_MOST} days and {MESSAGES_MOST} messages."
            raise Invalid(zh, en, path=path)
        account = await self._access.account(actor, ref, Verb.RULES_REPLAY)
        draft = await self._rulebook.draft(actor, ref)
        source = draft.rules if rules is None else rules
        with self._taken(account.id):
            voice = await self._rulesets.of(account.id)
            _, after = await asyncio.to_thread(checked, source, draft.vocabulary)
            async with aclosing(self._replayed(account, voice, after, now_ms() - days * DAY_MS, limit)) as steps:
                async for step in steps:
                    yield step

    async def _replayed(self, account: AccountRow, voice: Voice, after: RuleSet, since: int, limit: int) -> AsyncGenerator[Progress | Replayed, None]:
        replay = Replay(voice.rules, after)
        tagged = voice.rules.asks_tags or after.asks_tags
        heard, told, complete = 0, 0.0, True
        async with aclosing(look_back(self._db, account.id, since, limit)) as walk:
            async for stretch in walk:
                bearers = await self._tags(account.id, stretch.messages) if tagged else {}
                await asyncio.to_thread(_hear, replay, voice, stretch.messages, bearers)
                heard += len(stretch.messages)
                complete = not stretch.cut
                if time.monotonic() - told >= PROGRESS_S:
                    told = time.monotonic()
                    yield Progress(stretch.done, stretch.of, heard)
        yield Replayed(voice.rules.version, since, complete, await asyncio.to_thread(replay.report))

    async def _tags(self, account: str, messages: Sequence[Sent]) -> Mapping[str, Collection[str]]:
        async with self._db.read() as conn:
            return await tags.of_many(conn, account, list({one.person for one in messages}))

    async def _published(self, account: AccountRow) -> Published:
        async with self._db.read() as conn:
            return await store.published(conn, account.id) or Published(version=0, rules="[]", author="", note="", at=0)

    @contextmanager
    def _taken(self, account: str) -> Iterator[None]:
        """A place among the replays that run."""
        if self._running.count(account) >= REPLAYS_EACH:
            raise RateLimited("这个账号的回放正在进行，请等它结束。", "A replay of this account is running; wait for its end.", retry_after=10)
        if len(self._running) >= REPLAYS:
            raise Unavailable("正在进行的回放太多，请稍后再试。", "Too many replays are running; try again later.", retry_after=10)
        self._running.append(account)
        try:
            yield
        finally:
            self._running.remove(account)


def _compared(old: Published, new: Published | RuleDraft) -> Diff:
    return diff(parsed(old.rules), parsed(new.rules), (worded(old.vocabulary), worded(new.vocabulary)))


def _linted(source: Source, vocabulary: str, now: int, names: Collection[str] | None, rooms: Collection[str]) -> Linted:
    try:
        rules = parse_rules(source)
    except RuleFault as fault:
        return _bounded(faulty(fault), 0)
    return _bounded(lint(compile_rules(rules, worded(vocabulary)), now, names, rooms), len(rules))


def _bounded(findings: tuple[Finding, ...], rules: int) -> Linted:
    return Linted(findings[:FINDINGS_LIMIT], max(0, len(findings) - FINDINGS_LIMIT), rules)


def _hear(replay: Replay, voice: Voice, messages: Sequence[Sent], bearers: Mapping[str, Collection[str]]) -> None:
    """In a thread: some tens of milliseconds."""
    for one in messages:
        text = text_of(one.kind, one.body)
        heard = Heard(text=text, kind=one.kind, first=one.first, message_id=f"{one.conversation}:{one.seq}", seq=one.seq)
        replay.hear(heard, Context(account_open=voice.is_open(one.at), buyer_tags=frozenset(bearers.get(one.person, ()))), one.at)
