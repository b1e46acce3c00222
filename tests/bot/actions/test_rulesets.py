"""The cache of voices: made once, bounded, never staler than a fact or a moment."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest
import sqlalchemy as sa

from bot.actions import rulesets
from bot.actions.rulesets import RuleSets
from bot.model.basics import NotFound, new_id, now_ms
from bot.model.facts import AccountChanged, Ring, RulesPublished, to_account
from bot.store import rules as store
from bot.store.tables import ACCOUNTS
from replies.compiled import compile_rules
from tests.shop import Shop, rule, shop, until
from tests.world import OTHER_SHOP, OWNER, SHOP

DAY_SHIFT = '{"zone": "Asia/Shanghai", "weekly": {"mon-sun": ["09:00-18:00"]}}'
NOON_UTC8 = 1_767_240_000_000


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Shop]:
    """A shop on SQLite."""
    async with shop(f"sqlite:///{data_dir}/hub.db") as hub:
        yield hub


class Counted(RuleSets):
    """Counts how often a voice is made."""

    made: ClassVar[int] = 0

    async def _make(self, account: str, last: rulesets.Voice | None) -> rulesets.Voice:
        type(self).made += 1
        return await super()._make(account, last)


def counted(hub: Shop, **options: float) -> Counted:
    """A cache beside the shop's own."""
    Counted.made = 0
    return Counted(db=hub.db, bus=hub.bus, jobs=hub.jobs, **options)  # type: ignore[arg-type] # sizes and seconds by name


async def save(hub: Shop, *says: str) -> int:
    """Publish without telling anybody."""
    async with hub.db.write() as conn:
        return await store.publish(conn, SHOP, msgspec.json.encode([rule("问", "keyword", *says)]).decode(), OWNER.person, "", now_ms())


async def set_hours(hub: Shop, hours: str | None) -> None:
    """Edit the account without telling anybody."""
    async with hub.db.write() as conn:
        await conn.execute(sa.update(ACCOUNTS).where(ACCOUNTS.c.id == SHOP).values(hours=hours))


async def test_however_many_ask_a_voice_is_made_once(hub: Shop) -> None:
    """The others wait for the one that makes it."""
    cache = counted(hub)
    await save(hub, "答")
    voices = await asyncio.gather(*(cache.of(SHOP) for _ in range(20)))
    assert Counted.made == 1
    assert all(voice is voices[0] for voice in voices)


async def test_an_unknown_account_is_not_found_and_not_listened_to(hub: Shop) -> None:
    """Nothing of it stays behind."""
    cache = counted(hub)
    with pytest.raises(NotFound):
        await cache.of("nowhere")
    assert not hub.bus.listens(to_account("nowhere"))


async def test_the_cache_is_bounded_and_listens_only_to_what_it_knows(hub: Shop) -> None:
    """Whoever spoke longest ago is dropped."""
    cache = counted(hub, size=1)
    await cache.of(SHOP)
    await cache.of(OTHER_SHOP)
    assert [hub.bus.listens(to_account(one)) for one in (SHOP, OTHER_SHOP)] == [False, True]
    await cache.of(SHOP)
    assert Counted.made == 3


@pytest.mark.parametrize("fact", [RulesPublished(SHOP, 1), AccountChanged(SHOP)])
async def test_a_fact_renews_a_voice_while_the_old_one_speaks(hub: Shop, fact: RulesPublished | AccountChanged) -> None:
    """Nobody waits for the renewal."""
    cache = counted(hub)
    old = await cache.of(SHOP)
    await save(hub, "答")
    await set_hours(hub, DAY_SHIFT)
    hub.bus.publish([Ring(new_id(), (to_account(SHOP),), fact)])
    assert await cache.of(SHOP) is old

    async def renewed() -> bool:
        return (await cache.of(SHOP)).rules.version == 1

    await until(renewed)
    voice = await cache.of(SHOP)
    assert voice.is_open(NOON_UTC8) is True
    assert Counted.made == 2


async def test_an_old_voice_is_asked_about_without_being_made_anew(hub: Shop) -> None:
    """In case a fact was not heard; rules of the same version are not compiled again."""
    cache = counted(hub, ttl_s=0.0)
    await save(hub, "答")
    first = await cache.of(SHOP)
    await cache.of(SHOP)

    async def asked() -> bool:
        return Counted.made >= 2

    await until(asked)
    assert (await cache.of(SHOP)).rules is first.rules


async def test_when_facts_may_have_been_missed_every_voice_is_doubted(hub: Shop) -> None:
    """Each is asked about when it speaks next."""
    cache = counted(hub)
    await cache.of(SHOP)
    await save(hub, "答")
    cache.doubt_all()
    assert (await cache.of(SHOP)).rules.version == 0

    async def renewed() -> bool:
        return (await cache.of(SHOP)).rules.version == 1

    await until(renewed)


async def test_a_newer_version_is_never_replaced_by_an_older_one(hub: Shop) -> None:
    """What was just published here stands against a slower reader."""
    cache = counted(hub)
    await save(hub, "一")
    first = await cache.of(SHOP)
    row = msgspec.structs.replace(first.account, rules_version=2)
    second = compile_rules((), version=2)
    cache.install(row, second)
    cache.install(first.account, first.rules)
    assert (await cache.of(SHOP)).rules is second
    cache.doubt_all()
    await cache._load(SHOP)
    assert (await cache.of(SHOP)).rules is second


@pytest.mark.parametrize(
    ("hours", "expected"), [(None, None), (DAY_SHIFT, True), ('{"weekly": {"mon-sun": []}}', False), ("{", None), ('{"zone": "Mars"}', None)]
)
async def test_opening_hours_are_known_or_unknown(hub: Shop, hours: str | None, expected: bool | None) -> None:
    """Hours that cannot be read count as none."""
    await set_hours(hub, hours)
    assert (await counted(hub).of(SHOP)).is_open(NOON_UTC8) is expected


async def test_timers_of_an_account_are_bounded(hub: Shop) -> None:
    """Twenty moments at most, the earliest."""
    rules = [rule(f"等{number}", "waiting", "请稍候", after_s=number) for number in range(1, 40)]
    await hub.publish(rules)
    assert (await hub.rulesets.of(SHOP)).waiting_delays == tuple(range(1, 21))
