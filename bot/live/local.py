"""The live services within one process: nothing else to install, and what the Redis ones fall back to."""

import asyncio
import contextlib
import os
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Self, TypeVar

import structlog

from bot.live.envelope import Recent
from bot.live.ports import DEVICE_LIMIT, PRESENT_LIMIT, Ear, Rate
from bot.model.basics import Unavailable
from bot.model.facts import Fact, Ring

_log = structlog.get_logger()

Clock = Callable[[], float]
T = TypeVar("T")

_ROUNDING_S = 1e-6


class LocalBus:
    """A bus within the process: rings are heard before `publish` returns."""

    def __init__(self) -> None:
        self._ears: dict[type[Fact], list[Ear]] = {}
        self._all: list[Ear] = []
        self._counts: dict[str, int] = {}
        self._recent = Recent()

    @property
    def topics(self) -> Iterable[str]:
        """All topics somebody listens on."""
        return self._counts.keys()

    def publish(self, rings: Sequence[Ring]) -> None:
        """Ring every ear for the rings that have a subscribed topic."""
        for ring in rings:
            if not self._counts.keys().isdisjoint(ring.topics) and self._recent.first_time(ring.id):
                self._ring(ring)

    def _ring(self, ring: Ring) -> None:
        for ear in self._ears.get(type(ring.fact), self._all):
            try:
                ear(ring)
            except Exception as error:
                _log.error("ear_failed", fact=type(ring.fact).__name__, error=type(error).__name__)

    def attach(self, ear: Ear, *facts: type[Fact]) -> None:
        """Add an ear for some facts, or for all."""
        if not facts:
            self._all.append(ear)
        for fact in facts or tuple(self._ears):
            self._ears.setdefault(fact, list(self._all)).append(ear)

    def subscribe(self, topic: str) -> None:
        """Count one more listener."""
        self._counts[topic] = self._counts.get(topic, 0) + 1

    def unsubscribe(self, topic: str) -> None:
        """Count one listener less; the last one frees the topic."""
        count = self._counts.get(topic, 0)
        if count > 1:
            self._counts[topic] = count - 1
        elif count == 1:
            del self._counts[topic]
        else:
            raise ValueError(f"Topic {topic!r} is not subscribed.")

    def heard(self, ring_id: str) -> bool:
        """Whether a ring of this id was heard lately."""
        return ring_id in self._recent

    def listens(self, topic: str) -> bool:
        """Whether anybody listens on the topic."""
        return topic in self._counts

    async def settled(self) -> None:
        """Nothing to wait for."""

    def on_restored(self, callback: Callable[[], None]) -> None:
        """Never calls back: within a process nothing is missed."""

    @property
    def healthy(self) -> bool:
        """Always."""
        return True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...


class LocalPresence:
    """Leases in memory. `clock` gives seconds that never go back."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._leases: dict[str, dict[str, float]] = {}
        self._sweep_at = 1_024

    @property
    def healthy(self) -> bool:
        """Always: it knows all there is."""
        return True

    def __len__(self) -> int:
        """Persons in memory, including some whose leases have just ended."""
        return len(self._leases)

    async def hold(self, person: str, device: str, ttl_s: float) -> None:
        """Take or renew a lease."""
        self.note(person, device, ttl_s)

    def note(self, person: str, device: str, ttl_s: float) -> bool:
        """As `hold`, at once; gives whether the lease was there and had not ended."""
        now = self._clock()
        devices = self._leases.setdefault(person, {})
        held = devices.get(device, now) > now
        devices[device] = now + ttl_s
        if len(devices) > DEVICE_LIMIT:
            del devices[min(devices, key=devices.__getitem__)]
        if len(self._leases) > self._sweep_at:
            self._sweep(now)
        return held

    def _sweep(self, now: float) -> None:
        """Drop everyone whose leases have ended; the next sweep comes when the rest has doubled, so each costs little."""
        self._leases = {person: devices for person, devices in self._leases.items() if max(devices.values()) > now}
        self._sweep_at = max(1_024, 2 * len(self._leases))

    async def release(self, person: str, device: str) -> None:
        """End a lease."""
        devices = self._leases.get(person, {})
        devices.pop(device, None)
        if not devices:
            self._leases.pop(person, None)

    async def present(self, persons: Iterable[str]) -> frozenset[str]:
        """Those with a lease that has not ended."""
        asked = bounded(persons)
        now = self._clock()
        return frozenset(person for person in asked if max(self._leases.get(person, {}).values(), default=now) > now)

    def leases(self) -> list[tuple[str, str, float]]:
        """Every lease that has not ended: person, device, seconds left."""
        now = self._clock()
        return [(person, device, end - now) for person, devices in self._leases.items() for device, end in devices.items() if end > now]


def bounded(persons: Iterable[str]) -> list[str]:
    """The persons once each.

    Raises:
        ValueError: more than 1,000.
    """
    asked = list(dict.fromkeys(persons))
    if len(asked) > PRESENT_LIMIT:
        raise ValueError(f"Presence is asked for {len(asked)} persons; the limit is {PRESENT_LIMIT}.")
    return asked


class LocalLimiter:
    """Token buckets in bounded memory, each kept as the one time at which it is full again.

    That is the generic cell rate algorithm (ITU-T I.371): the same verdicts as a bucket with a counter and a clock, in
    one number. A full bucket needs no memory at all, so those are dropped first when there are too many.
    """

    def __init__(self, capacity: int = 100_000, clock: Clock = time.monotonic) -> None:
        self._capacity = capacity
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        """Keys in memory."""
        return len(self._full_at)

    async def take(self, key: str, rate: Rate, cost: int = 1) -> float:
        """As `try_take`."""
        return self.try_take(key, rate, cost)

    def try_take(self, key: str, rate: Rate, cost: int = 1) -> float:
        """Take and give 0.0, or give the seconds to wait; for hot paths, without a coroutine."""
        check_cost(rate, cost)
        now = self._clock()
        wait = self._full_at.get(key, now) - now - (rate.burst - cost) / rate.per_s
        if wait > _ROUNDING_S:
            return wait
        self._charge(key, rate, cost, now)
        return 0.0

    def charge(self, key: str, rate: Rate, cost: int) -> None:
        """Take what was granted elsewhere."""
        self._charge(key, rate, cost, self._clock())

    def _charge(self, key: str, rate: Rate, cost: int, now: float) -> None:
        self._full_at[key] = max(self._full_at.get(key, now), now) + cost / rate.per_s
        if len(self._full_at) > self._capacity:
            self._evict(now)

    def _evict(self, now: float) -> None:
        """Drop one key that is full, or of the sixteen here longest the one nearest to full.

        The others of them begin anew, so that a flood of new keys cannot lift a long lock.
        """
        seen: list[tuple[float, str]] = []
        for _ in range(16):
            key, full_at = self._full_at.popitem(last=False)
            if full_at <= now:
                break
            seen.append((full_at, key))
        else:
            seen.remove(min(seen))
        self._full_at.update((key, full_at) for full_at, key in seen)


def check_cost(rate: Rate, cost: int) -> None:
    """Refuse a cost that no waiting would allow.

    Raises:
        ValueError: it is below 1 or above the burst.
    """
    if not 1 <= cost <= rate.burst:
        raise ValueError(f"A cost of {cost} is outside 1..{rate.burst}.")


_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}(\.thumb)?")
_LEFTOVER_S = 3_600


class DiskMedia:
    """Media as files below one directory, spread over folders by the first two characters of the key."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._temporary = directory / "tmp"

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError("A media key is 1 to 64 of A-Z a-z 0-9 _ -, with .thumb behind it for a thumbnail.")
        return self._directory / "media" / key[:2] / key

    async def put(self, key: str, data: bytes) -> None:
        """Write to a temporary file, sync, rename, sync the folder: a crash leaves all of it or nothing."""
        await _on_disk(self._write, self._path(key), data)

    async def get(self, key: str) -> bytes:
        """Read the file."""
        data = await _on_disk(_read, self._path(key))
        if data is None:
            raise KeyError(key)
        return data

    async def delete(self, key: str) -> None:
        """Remove the file."""
        path = self._path(key)
        await _on_disk(lambda: path.unlink(missing_ok=True))

    def _write(self, path: Path, data: bytes) -> None:
        for folder in (self._temporary, path.parent):
            _make_folder(folder)
        draft = self._temporary / f"{path.name}.{secrets.token_hex(8)}"
        try:
            with draft.open("xb") as file:
                draft.chmod(0o600)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        _sync_folder(path.parent)

    def _tidy(self) -> None:
        _make_folder(self._directory)
        for leftover in self._temporary.glob("*"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - leftover.stat().st_mtime > _LEFTOVER_S:
                    leftover.unlink()

    async def __aenter__(self) -> Self:
        """Make the directory, and clear what a crash left half written an hour ago or more."""
        await _on_disk(self._tidy)
        return self

    async def __aexit__(self, *_: object) -> None: ...


def _make_folder(folder: Path) -> None:
    """Make it and what is above it, closed to others, and durable as the files in it must be."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True, mode=0o700)
        _sync_folder(folder.parent)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


async def _on_disk(work: Callable[..., T], *arguments: object) -> T:
    """Run in a thread; a disk that is full or broken is Unavailable."""
    try:
        return await asyncio.to_thread(work, *arguments)
    except OSError as error:
        _log.error("media_disk_failed", error=error.strerror)
        raise Unavailable("暂时无法存取文件，请稍后再试。", "The media store cannot do it now; try again.", retry_after=5) from error
