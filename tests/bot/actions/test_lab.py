"""The lab on a real store: lint, compare, replay over what buyers wrote."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.actions import lab as actions
from bot.actions.identity import Passwords
from bot.actions.lab import Lab, Progress, Replayed
from bot.actions.lookback import BATCH, look_back
from bot.actions.staff import Staff
from bot.model.basics import HubError, Invalid, NotFound, RateLimited, Unavailable, now_ms
from bot.model.people import Actor
from bot.store.history import WINDOW
from bot.store.schema import METADATA
from bot.store.tables import ACCOUNTS, CONVERSATIONS, FOLLOWER_TAGS, MESSAGES, TAGS
from replies.finding import Code
from replies.lab import Answer
from tests.shop import Shop, rule, shop
from tests.world import BUYER, CHEAP, MODERATOR, OPERATOR, OTHER_SHOP, OUTSIDER, OWNER, SHOP, STRANGER, VISITOR

DAY = 86_400_000
BEFORE = [rule("发货", "keyword", "24小时内发货"), rule("退货", "keyword", "七天内可退")]
AFTER = [rule("发货", "keyword", "24小时内发货"), rule("运费", "keyword", "满99包邮")]


@pytest.fixture
async def hub(data_dir: Path) -> AsyncIterator[Shop]:
    """A shop on SQLite whose bot does not answer by itself."""
    async with shop(f"sqlite:///{data_dir}/hub.db") as hub:
        yield hub


@pytest.fixture
def lab(hub: Shop) -> Lab:
    """Its lab."""
    return Lab(db=hub.db, access=hub.access, rulebook=hub.rulebook, rulesets=hub.rulesets)


async def written(hub: Shop, name: str, *texts: str, account: str = SHOP, person: str | None = None, at: int | None = None) -> None:
    """A conversation in which a buyer wrote these texts, a second apart, the last one at `at` (now)."""
    end = now_ms() if at is None else at
    buyer = person or f"buyer-{name}"
    values = {"id": name, "kind": "direct", "account": account, "person": buyer, "created_at": 1, "head": len(texts), "last_at": end, "desk": "bot"}
    rows = [
        {
            "conversation": name,
            "seq": seq,
            "author": buyer,
            "author_name": "x",
            "role": "follower",
            "key": f"{name}-{seq}",
            "kind": "text",
            "body": f'{{"text":"{text}"}}',
            "at": end - 1_000 * (len(texts) - seq),
        }
        for seq, text in enumerate(texts, 1)
    ]
    async with hub.db.write() as conn:
        await conn.execute(sa.insert(CONVERSATIONS).values(**values))
        await conn.execute(sa.insert(MESSAGES), rows)


async def everything(hub: Shop) -> dict[str, int]:
    """How many rows each table has."""
    async with hub.db.read() as conn:
        tables = METADATA.sorted_tables
        return {table.name: int((await conn.execute(sa.select(sa.func.count()).select_from(table))).scalar_one()) for table in tables}


async def run(lab: Lab, actor: Actor = OPERATOR, **options: Any) -> tuple[list[Progress], Replayed]:
    """A replay to its end."""
    async with aclosing(lab.replay(actor, "shop", **options)) as steps:
        told = [step async for step in steps]
    *progress, last = told
    assert isinstance(last, Replayed)
    return [step for step in progress if isinstance(step, Progress)], last


class TestLint:
    """Of the draft, or of rules somebody has at hand."""

    async def test_the_draft_is_looked_at(self, hub: Shop, lab: Lab) -> None:
        """Or what is published, where nobody has begun one; or the rules that are given."""
        assert await lab.lint(OPERATOR, "shop") == actions.Linted((), 0, 0)
        await hub.rulebook.import_(OWNER, "shop", [rule("货", "keyword", "好")])
        found = await lab.lint(OPERATOR, "shop")
        assert ([one.code for one in found.findings], found.rules) == ([Code.ONE_CHARACTER], 1)
        assert (await lab.lint(OPERATOR, "shop", BEFORE)).findings == ()

    async def test_faults_are_findings(self, lab: Lab) -> None:
        """All of them, each with its path."""
        bad = [rule("发货", "keyword", "{{oops|x}}"), {**rule("退货", "keyword", "x"), "priority": "high"}]
        found = await lab.lint(OWNER, "shop", bad)
        assert [(one.code, one.severity, one.path) for one in found.findings] == [
            (Code.FAULT, "error", "rules[0].reply.messages[0].text"),
            (Code.FAULT, "error", "rules[1].priority"),
        ]

    async def test_teams_are_known_by_id_and_by_name(self, hub: Shop, lab: Lab) -> None:
        """Those of the account."""
        team = await Staff(db=hub.db, access=hub.access, bus=hub.bus, passwords=Passwords(hasher=CHEAP)).create_team(OWNER, "shop", "售后", [])
        rules = [rule(name, "keyword", "好", then={"hand_off": True, "team": name}) for name in ("售后", team.row.id, "售前")]
        assert [(one.code, one.rule) for one in (await lab.lint(OWNER, "shop", rules)).findings] == [(Code.NO_TEAM, "售前")]

    async def test_findings_are_bounded(self, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
        """And the rest is counted."""
        monkeypatch.setattr(actions, "FINDINGS_LIMIT", 2)
        found = await lab.lint(OWNER, "shop", [rule(one, "keyword", "好") for one in "甲乙丙丁"])
        assert (len(found.findings), found.more) == (2, 2)

    async def test_it_is_for_the_desk(self, lab: Lab) -> None:
        """As reading the rules is."""
        for actor in (MODERATOR, STRANGER, BUYER):
            with pytest.raises(HubError) as refusal:
                await lab.lint(actor, "shop", BEFORE)
            assert refusal.value.code == "forbidden"


class TestCompare:
    """Two versions, or what is published and the draft."""

    async def test_the_draft_beside_what_is_published(self, hub: Shop, lab: Lab) -> None:
        """Before the first version, everything in the draft is new."""
        await hub.rulebook.put(OWNER, "shop", BEFORE)
        first = await lab.compare(OPERATOR, "shop")
        assert (first.before, first.after, [one.id for one in first.diff.added]) == (0, None, ["发货", "退货"])
        await hub.rulebook.publish(OWNER, "shop")
        await hub.rulebook.put(OWNER, "shop", AFTER)
        second = await lab.compare(OPERATOR, "shop")
        assert (second.before, [one.id for one in second.diff.added], [one.id for one in second.diff.removed]) == (1, ["运费"], ["退货"])

    async def test_any_two_versions(self, hub: Shop, lab: Lab) -> None:
        """In either order; what is not there is not found."""
        for rules in (BEFORE, AFTER):
            await hub.rulebook.import_(OWNER, "shop", rules)
        back = await lab.compare(OPERATOR, "shop", 2, 1)
        assert ([one.id for one in back.diff.added], [one.id for one in back.diff.removed]) == (["退货"], ["运费"])
        for pair in ((1, 9), (9, 1)):
            with pytest.raises(NotFound):
                await lab.compare(OPERATOR, "shop", *pair)

    async def test_words_of_its_own_are_compared_too(self, hub: Shop, lab: Lab) -> None:
        """Each version has those it was published with."""
        await hub.rulebook.import_(OWNER, "shop", BEFORE)
        await hub.rulebook.put_vocabulary(OWNER, "shop", '{"words": ["螺蛳粉"]}')
        found = (await lab.compare(OPERATOR, "shop")).diff
        assert [(one.member, one.before, one.after) for one in found.vocabulary] == [("words", [], ["螺蛳粉"])]
        assert (found.added, found.removed, found.changed) == ((), (), ())
        rules = [rule("甲", "keyword", "好", when={"any": [{"mode": "words", "text": "螺蛳粉"}]})]
        assert (await lab.lint(OPERATOR, "shop", rules)).findings == ()


class TestReplay:
    """The published rules and the draft, asked about what was really written."""

    @pytest.fixture(autouse=True)
    async def rules(self, hub: Shop) -> None:
        """One set is published, another one is the draft."""
        await hub.rulebook.import_(OWNER, "shop", BEFORE)
        await hub.rulebook.put(OWNER, "shop", AFTER)

    async def test_it_tells_what_would_have_changed(self, hub: Shop, lab: Lab) -> None:
        """Newly answered, newly silent, and with whose messages."""
        await written(hub, "c1", "什么时候发货", "可以退货吗", "退货要几天")
        await written(hub, "c2", "运费多少")
        _, found = await run(lab)
        report = found.report
        assert (found.version, found.complete, report.heard) == (1, True, 4)
        assert (report.answered_before, report.answered_after, report.newly_answered, report.newly_silent) == (3, 2, 1, 2)
        assert [(row.change, row.before, row.after, row.count) for row in report.rows] == [
            ("newly_silent", Answer("answer", ("退货",)), Answer("silent", ()), 2),
            ("newly_answered", Answer("silent", ()), Answer("answer", ("运费",)), 1),
        ]
        assert [(one.text, one.message) for one in report.rows[1].examples] == [("运费多少", "c2:1")]

    async def test_rules_at_hand_take_the_place_of_the_draft(self, hub: Shop, lab: Lab) -> None:
        """A file, say."""
        await written(hub, "c1", "运费多少")
        assert (await run(lab, rules=BEFORE))[1].report.rows == ()

    async def test_only_what_buyers_of_the_account_wrote_lately_is_heard(self, hub: Shop, lab: Lab) -> None:
        """Not staff, not another shop, not what was taken back, not what is older than the days."""
        room = await hub.room()
        await hub.say(BUYER, room, "a", "发货")
        await hub.desks.claim(OPERATOR, room)
        await hub.say(OPERATOR, room, "b", "发货")
        await hub.talk.recall(BUYER, room, await hub.say(BUYER, room, "c", "发货"))
        await written(hub, "theirs", "发货", account=OTHER_SHOP)
        await written(hub, "old", "发货", at=now_ms() - 8 * DAY)
        assert (await run(lab))[1].report.heard == 1
        assert (await run(lab, days=9))[1].report.heard == 2

    async def test_it_writes_nothing(self, hub: Shop, lab: Lab) -> None:
        """In no table, and says nothing to anybody."""
        await written(hub, "c1", "什么时候发货", "运费多少")
        before, heard = await everything(hub), len(hub.heard)
        await run(lab)
        assert (await everything(hub), len(hub.heard)) == (before, heard)

    async def test_each_message_is_heard_as_things_stood(self, hub: Shop, lab: Lab) -> None:
        """The opening hours of its moment; the first of its buyer; voice by its transcript."""
        hours = '{"zone":"Asia/Shanghai","weekly":{"mon-sun":["09:00-18:00"]}}'
        async with hub.db.write() as conn:
            await conn.execute(sa.update(ACCOUNTS).where(ACCOUNTS.c.id == SHOP).values(hours=hours))
        hub.rulesets.doubt_all()
        noon = now_ms() // DAY * DAY - DAY + 4 * 3_600_000
        await written(hub, "day", "嗯", "嗯嗯", at=noon)
        await written(hub, "night", "在吗", at=noon + 10 * 3_600_000)
        await written(hub, "voice", "x", at=noon)
        async with hub.db.write() as conn:
            await conn.execute(sa.update(MESSAGES).where(MESSAGES.c.conversation == "voice").values(kind="voice", body='{"transcript":"运费"}'))
        rules = [rule("打烊", "offhours", "明天见"), rule("欢迎", "first", "您好"), rule("运费", "keyword", "包邮")]
        for _ in range(50):
            if (await hub.rulesets.of(SHOP)).opening is not None:
                break
            await asyncio.sleep(0.02)
        _, found = await run(lab, rules=rules[:1])
        assert [(row.after.rules, [one.message for one in row.examples]) for row in found.report.rows] == [(("打烊",), ["night:1"])]
        _, found = await run(lab, rules=rules[1:])
        assert {row.after.rules: sorted(one.message for one in row.examples) for row in found.report.rows} == {
            ("欢迎",): ["day:1", "night:1"],
            ("欢迎", "运费"): ["voice:1"],
        }

    async def test_a_rule_for_some_buyers_hears_those_who_have_the_tag(self, hub: Shop, lab: Lab) -> None:
        """As they are tagged today."""
        await written(hub, "c1", "运费", person=BUYER.person)
        await written(hub, "c2", "运费")
        async with hub.db.write() as conn:
            await conn.execute(sa.insert(TAGS).values(account=SHOP, tag="老客", at=1))
            await conn.execute(sa.insert(FOLLOWER_TAGS).values(account=SHOP, person=BUYER.person, tag="老客", at=1, author="x"))
        _, found = await run(lab, rules=[rule("运费", "keyword", "包邮", audience={"tags": ["老客"]})])
        assert [(row.count, row.examples[0].message) for row in found.report.rows] == [(1, "c1:1")]

    async def test_no_more_than_was_asked_is_heard(self, hub: Shop, lab: Lab) -> None:
        """The newest conversations first; the report says that there was more."""
        await written(hub, "older", *["发货"] * 3, at=now_ms() - DAY)
        await written(hub, "newer", *["运费"] * 3)
        _, found = await run(lab, limit=4)
        assert (found.report.heard, found.report.newly_answered, found.complete) == (4, 3, False)
        assert (await run(lab, limit=6))[1].complete

    @pytest.mark.parametrize("options", [{"days": 0}, {"days": 91}, {"limit": 0}, {"limit": 50_001}])
    async def test_what_is_too_much_is_invalid(self, lab: Lab, options: dict[str, Any]) -> None:
        """Or nothing at all."""
        with pytest.raises(Invalid) as refusal:
            await run(lab, **options)
        assert refusal.value.data["path"] in options

    async def test_a_faulty_set_is_invalid_with_all_its_faults(self, lab: Lab) -> None:
        """Before anything is read; the place is free again."""
        with pytest.raises(Invalid) as refusal:
            await run(lab, rules=[rule("发货", "keyword", "{{oops|x}}")])
        assert refusal.value.data["path"] == "rules[0].reply.messages[0].text"
        await run(lab)

    async def test_progress_counts_conversations_up_to_all(self, hub: Shop, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
        """From nothing, before anything is read; more than a batch of conversations, one longer than a window."""
        monkeypatch.setattr(actions, "PROGRESS_S", 0.0)
        await written(hub, "long", *["发货"] * (WINDOW * 2 + 5))
        for number in range(BATCH + 2):
            await written(hub, f"c{number}", "运费", at=now_ms() - 60_000)
        progress, found = await run(lab)
        total = BATCH + 3
        assert (progress[0], progress[-1]) == (Progress(0, total, 0), Progress(total, total, WINDOW * 2 + 5 + BATCH + 2))
        assert [(one.done, one.messages) for one in progress] == sorted((one.done, one.messages) for one in progress)
        assert found.report.heard == WINDOW * 2 + 5 + BATCH + 2

    async def test_decisions_are_made_off_the_event_loop(self, hub: Shop, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
        """In a thread of their own."""
        threads: list[threading.Thread] = []
        really = actions._hear

        def hear(*args: Any) -> None:
            threads.append(threading.current_thread())
            really(*args)

        monkeypatch.setattr(actions, "_hear", hear)
        await written(hub, "c1", "发货")
        await run(lab)
        assert threads
        assert threading.current_thread() not in threads

    async def test_one_account_has_one_replay_at_a_time(self, hub: Shop, lab: Lab) -> None:
        """The second is told to wait; closing the first makes room."""
        await written(hub, "c1", "发货")
        first = lab.replay(OPERATOR, "shop")
        assert isinstance(await anext(first), Progress)
        with pytest.raises(RateLimited) as refusal:
            await run(lab)
        assert refusal.value.data["retry_after"]
        await first.aclose()
        await run(lab)

    async def test_a_process_runs_a_few_at_most(self, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whosever they are."""
        monkeypatch.setattr(actions, "REPLAYS", 1)
        async with aclosing(lab.replay(OPERATOR, "shop")) as first:
            await anext(first)
            with pytest.raises(Unavailable):
                async with aclosing(lab.replay(STRANGER, "other")) as second:
                    await anext(second)

    async def test_a_replay_that_is_left_reads_no_further(self, hub: Shop, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
        """Cancelled in the middle, it gives its place back and hears nothing more."""
        heard: list[int] = []
        started = asyncio.Event()
        loop = asyncio.get_running_loop()
        really = actions._hear

        def hear(*args: Any) -> None:
            heard.append(len(args[2]))
            really(*args)
            if args[2]:
                loop.call_soon_threadsafe(started.set)

        monkeypatch.setattr(actions, "_hear", hear)
        for number in range(BATCH * 20):
            await written(hub, f"c{number}", "发货")
        task = asyncio.create_task(run(lab))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert sum(heard) < BATCH * 20
        monkeypatch.undo()
        assert (await run(lab))[1].report.heard == BATCH * 20

    @pytest.mark.parametrize("actor", [MODERATOR, STRANGER, BUYER, VISITOR, OUTSIDER])
    async def test_it_is_for_the_desk(self, lab: Lab, actor: Actor) -> None:
        """Examples are what buyers wrote."""
        with pytest.raises(HubError) as refusal:
            await run(lab, actor)
        assert refusal.value.code == "forbidden"


async def test_what_arrives_meanwhile_comes_once_at_most(hub: Shop) -> None:
    """The windows count from the end, which moves."""
    room = await hub.room()
    for number in range(WINDOW + 10):
        await hub.say(BUYER, room, f"k{number}")
    seen: list[int] = []
    async with aclosing(look_back(hub.db, SHOP, 0, 1_000)) as walk:
        async for stretch in walk:
            seen += [one.seq for one in stretch.messages]
            if stretch.messages:
                for number in range(7):
                    await hub.say(BUYER, room, f"late-{len(seen)}-{number}")
    assert sorted(seen) == list(range(1, WINDOW + 11))
