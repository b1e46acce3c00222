"""Background tasks: owned, named, restarted, stopped, none left behind."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from bot.live import jobs as jobs_module
from bot.live.jobs import Backoff, Jobs
from tests.contracts.rings import until


@pytest.fixture(autouse=True)
async def nothing_left_behind() -> AsyncIterator[None]:
    """Every test here ends without a task but the one that looks."""
    yield
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first wait after a crash is a hundredth of a second, that for a cancelled job a tenth."""
    monkeypatch.setattr(jobs_module, "Backoff", lambda: Backoff(0.01, 0.05))
    monkeypatch.setattr(jobs_module, "CANCEL_BUDGET_S", 0.1)


async def forever() -> None:
    """A job that never ends by itself."""
    await asyncio.Event().wait()


async def test_a_job_that_crashes_is_run_again() -> None:
    """Until it returns; then it is over."""
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)
        if len(runs) < 4:
            raise RuntimeError("no")

    async with Jobs() as jobs:
        jobs.start("worker", work)
        assert jobs.names == ["worker"]
        await until(lambda: not jobs.names)

    assert len(runs) == 4


async def test_a_crash_is_logged_by_type_and_place_without_its_text() -> None:
    """The text of an error can carry what people wrote."""

    async def work() -> None:
        raise ValueError("亲，我的电话是13800000000")

    with capture_logs() as logs:
        async with Jobs() as jobs:
            jobs.spawn("worker", work())
            await until(lambda: not jobs.names)

    assert [(entry["event"], entry["job"], entry["error"]) for entry in logs] == [("job_crashed", "worker", "ValueError")]
    assert any(place.startswith("test_jobs.py:") and place.endswith(":work") for place in logs[0]["where"])
    assert "13800000000" not in str(logs)


async def test_a_cancellation_from_within_is_a_crash_like_any_other() -> None:
    """A job that awaits something cancelled must not end in silence."""
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)
        if len(runs) == 1:
            raise asyncio.CancelledError
        await forever()

    async with Jobs() as jobs:
        jobs.start("worker", work)
        await until(lambda: len(runs) == 2)


async def test_a_crash_that_repeats_comes_less_and_less_often() -> None:
    """A job that cannot work does not eat the processor."""
    runs: list[float] = []

    async def work() -> None:
        runs.append(time.monotonic())
        raise RuntimeError

    async with Jobs() as jobs:
        jobs.start("worker", work)
        await until(lambda: len(runs) >= 5)

    assert runs[4] - runs[2] > runs[1] - runs[0]
    assert runs[4] - runs[3] >= 0.025


async def test_a_round_comes_again_and_again_even_when_one_crashes() -> None:
    """Periodic work waits first, then goes round."""
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)
        if len(runs) == 2:
            raise RuntimeError

    async with Jobs() as jobs:
        jobs.every("sweep", 0.02, work)
        assert runs == []
        await until(lambda: len(runs) >= 4)


async def test_stopping_cancels_what_runs_for_ever_at_once() -> None:
    """A supervised job is cancelled at its await, and may clean up."""
    cleaned: list[bool] = []

    async def work() -> None:
        try:
            await forever()
        finally:
            await asyncio.sleep(0)
            cleaned.append(True)

    jobs = Jobs()
    jobs.start("worker", work)
    jobs.every("sweep", 3_600, forever)
    await asyncio.sleep(0.01)
    began = time.monotonic()
    await jobs.stop(10)

    assert cleaned == [True]
    assert jobs.names == []
    assert time.monotonic() - began < 1


async def test_stopping_lets_work_in_hand_finish_within_the_budget() -> None:
    """One-shot work, a round that runs, and a job that drains."""
    done: list[str] = []

    async def finish(name: str) -> None:
        await asyncio.sleep(0.1)
        done.append(name)

    jobs = Jobs()

    async def drain() -> None:
        await jobs.stopping.wait()
        await finish("drain")

    jobs.spawn("one", finish("one"))
    jobs.every("round", 0.01, lambda: finish("round"))
    jobs.start("drain", drain, drains=True)
    await asyncio.sleep(0.05)
    await jobs.stop(5)

    assert sorted(done) == ["drain", "one", "round"]


async def test_what_outlives_the_budget_is_cancelled_and_named() -> None:
    """The stop ends when it said it would."""
    jobs = Jobs()
    jobs.spawn("slow", forever())
    jobs.start("draining", forever, drains=True)
    await asyncio.sleep(0)
    began = time.monotonic()
    with capture_logs() as logs:
        await jobs.stop(0.1)

    assert 0.09 < time.monotonic() - began < 1
    assert sorted(entry["job"] for entry in logs if entry["event"] == "job_cancelled") == ["draining", "slow"]


async def test_a_job_that_swallows_its_cancellation_is_cancelled_again() -> None:
    """Once is not enough for some."""
    swallowed: list[bool] = []

    async def stubborn() -> None:
        try:
            await forever()
        except asyncio.CancelledError:
            swallowed.append(True)
        await forever()

    jobs = Jobs()
    jobs.spawn("stubborn", stubborn())
    await asyncio.sleep(0)
    await jobs.stop(0)

    assert swallowed == [True]
    assert jobs.names == []


async def test_work_cancelled_before_its_first_step_is_closed() -> None:
    """No coroutine is left that nobody ever awaited: such a warning is an error here."""
    jobs = Jobs()
    jobs.spawn("late", forever())
    jobs.start("late", forever)
    await jobs.stop(0)

    assert jobs.names == []


async def test_nothing_starts_after_the_stop() -> None:
    """It would be left behind."""
    jobs = Jobs()
    await jobs.stop(0)

    with pytest.raises(RuntimeError, match="'late' was started after the stop"):
        jobs.spawn("late", forever())
    with pytest.raises(RuntimeError, match="'late' was started after the stop"):
        jobs.start("late", forever)


async def test_an_error_in_the_block_stops_the_jobs_too() -> None:
    """The context manager owns them whatever happens."""
    jobs = Jobs(budget_s=0.1)

    async def block() -> None:
        async with jobs:
            jobs.start("worker", forever)
            raise KeyError("x")

    with pytest.raises(KeyError):
        await block()
    assert jobs.names == []


def test_back_off_doubles_up_to_a_limit_with_chance_and_begins_anew() -> None:
    """Each wait lies between half and the whole of its step."""
    backoff = Backoff(1, 8)
    waits = [backoff.next() for _ in range(6)]
    for wait, step in zip(waits, (1, 2, 4, 8, 8, 8), strict=True):
        assert step / 2 <= wait <= step
    backoff.reset()

    assert backoff.next() <= 1
    assert len({Backoff(1, 8).next() for _ in range(20)}) > 1
