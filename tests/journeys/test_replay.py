"""`weihub replay`: dialogues through real hubs by real clients, and a check that would notice what is wrong."""

import os
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.actions.tokens import shared_secret
from channels.client import Client
from channels.replay import Dialogue, Plan, Replay, Turn, read_dialogues
from channels.replay_check import check
from channels.rest_client import Staff
from tests.journeys.hub import WEIHUB, HubProcess

DATA = Path(os.environ.get("WEIHUB_DATA", Path(__file__).parents[3] / "shared" / "data"))
KEPT = "lost 0 · doubled 0 · out of order 0 · gaps 0 · doubled answers 0"
SECRET = "kJ3nQv8ZpX1rT6wYbC4mH9sL2dF7gA0e"


@pytest.fixture(scope="module")
def hub() -> Iterator[HubProcess]:
    """One hub on SQLite with the demo shop."""
    with HubProcess(demo=True) as process:
        yield process


def _dialogues() -> list[Dialogue]:
    turns = [Turn("buyer", "什么时候发货"), Turn("buyer", "几天能到"), Turn("seller", "亲，今天发"), Turn("buyer", "好的"), Turn("seller", "感谢")]
    return [Dialogue(f"d{number}", turns) for number in range(5)]


def _replay(hub: HubProcess) -> Replay:
    tokens = shared_secret(hub.secret)
    staff = [Staff([hub.url], login, password) for login, password in hub.passwords.items()]
    plan = Plan(urls=(hub.url,), account="demo", run=os.urandom(4).hex())
    return Replay(plan, mint=lambda person, name: tokens.mint(person, name, 600), staff=staff, progress=lambda: None)


def test_real_dialogues_on_one_hub_are_kept(hub: HubProcess) -> None:
    """Exit 0, nothing lost, and a report of what the rules answered."""
    file = DATA / "dev" / "dialogues.jsonl"
    assert file.exists(), f"{file} is not there: set WEIHUB_DATA to the directory of the test data."
    turns = sum(len(dialogue.turns) for dialogue in read_dialogues(file, 25))
    done = hub.weihub("replay", str(file), "--account", "demo", "--conversations", "25", "--url", hub.url)

    assert done.returncode == 0, done.stdout + done.stderr
    assert KEPT in done.stdout
    assert re.search(rf"turns +{turns} +acknowledged {turns} ", done.stdout)
    assert re.search(r"\n +\d+ +首次咨询\n", done.stdout)
    assert "0 not heard" in done.stdout


def test_dialogues_over_two_hubs_are_kept(postgres_url: str, redis_url: str, tmp_path: Path) -> None:
    """Buyers and operators spread over two processes on one PostgreSQL and one Redis hear each other."""
    file = tmp_path / "dialogues.jsonl"
    line = '{"id": "d", "turns": [{"role": "buyer", "text": "在吗"}, {"role": "seller", "text": "在的"}, {"role": "buyer", "text": "好"}]}'
    file.write_text("\n".join([line] * 12), encoding="utf-8")
    environment = {"WEIHUB_IDENTITY__SECRET": SECRET}
    first = HubProcess(database=postgres_url, redis=redis_url, demo=True, env=environment)
    migrated = first.weihub("migrate", "--database", postgres_url)
    with first, HubProcess(database=postgres_url, redis=redis_url, env=environment) as second:
        done = first.weihub("replay", str(file), "--account", "demo", "--url", f"{first.url},{second.url}")

    assert "Applied" in migrated.stdout
    assert done.returncode == 0, done.stdout + done.stderr
    assert KEPT in done.stdout
    assert "acknowledged 36 " in done.stdout
    assert "0 not heard" in done.stdout


async def test_a_message_that_vanished_from_the_log_is_noticed(hub: HubProcess) -> None:
    """The check looks at the log itself: what somebody deleted there is missing, and leaves a gap."""
    replay, dialogues = _replay(hub), _dialogues()
    played = await replay.play(dialogues)
    whole = await check(replay, played, 25)
    with closing(sqlite3.connect(hub.data / "hub.db")) as store, store:
        store.execute("DELETE FROM messages WHERE conversation = ? AND seq = ?", (played[0].conversation, played[0].acked[-2].seq))
    cut = await check(replay, played, 25)

    assert whole.kept
    assert whole.acked == 25
    assert not cut.kept
    assert cut.faults.missing == 1
    assert cut.faults.gaps > 0


async def test_a_message_stored_twice_is_noticed(hub: HubProcess) -> None:
    """A further message of a buyer that was never acknowledged to the replay counts as doubled."""
    replay, dialogues = _replay(hub), _dialogues()[:1]
    played = await replay.play(dialogues)
    buyer: Client = replay.buyer(0).client
    async with buyer:
        await buyer.send(played[0].conversation, "another-key", "好的")
    report = await check(replay, played, 5)

    assert report.faults.doubled == 1


def test_a_kill_in_the_middle_loses_nothing(hub: HubProcess, tmp_path: Path) -> None:
    """Clients come back, repeat under the same keys, and the check finds each message once."""
    file = tmp_path / "dialogues.jsonl"
    turns = ", ".join(f'{{"role": "{role}", "text": "第{number}句"}}' for number, role in enumerate(["buyer", "seller"] * 10))
    file.write_text("\n".join(f'{{"id": "d{number}", "turns": [{turns}]}}' for number in range(10)), encoding="utf-8")
    command = [WEIHUB, "replay", str(file), "--account", "demo", "--data", str(hub.data), "--url", hub.url, "--speed", "20"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as playing:
        hub.wait_for("weihub_acks_total", hub.metric("weihub_acks_total") + 40)
        hub.kill()
        hub.start()
        out, _ = playing.communicate(timeout=90)

    assert playing.returncode == 0, out
    assert KEPT in out
    assert "acknowledged 200 " in out
    assert re.search(r"[1-9]\d* reconnections", out)
