"""What the floors above need from live services; each port has an implementation within the process and one that spans processes.

The bus is the bell, the log is the letter: a ring may come late, twice removed or not at all, never wrong. Whoever may
have missed one is told by `on_restored` and asks the log.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, Self

import msgspec

from bot.model.facts import Fact, Ring

Ear = Callable[[Ring], None]

PRESENT_LIMIT = 1_000
"""Persons that one call of `Presence.present` takes."""

DEVICE_LIMIT = 32
"""Devices of one person with a lease; one more drops the lease that ends first."""


class Bus(Protocol):
    """Carries rings to every process that listens on one of their topics."""

    def publish(self, rings: Sequence[Ring]) -> None:
        """Let listeners hear, those of this process before this returns; never blocks, never raises."""

    def attach(self, ear: Ear, *facts: type[Fact]) -> None:
        """Let an ear hear the named kinds of fact, or all when none is named. Every ear hears every ring of a subscribed topic, once per ring id. An ear that raises disturbs nobody else."""

    def subscribe(self, topic: str) -> None:
        """Listen on a topic; counted.

        Rings published by this process are heard from here on, those of others once `settled` has returned.
        """

    def unsubscribe(self, topic: str) -> None:
        """Undo one `subscribe`.

        Raises:
            ValueError: the topic is not subscribed.
        """

    async def settled(self) -> None:
        """Return when all subscriptions made so far hear other processes.

        Subscribe, settle, then read the log: nothing falls between. Returns at once while the broker is away, for
        then `on_restored` will tell.
        """

    def on_restored(self, callback: Callable[[], None]) -> None:
        """Call back each time rings of other processes may have been missed and can be heard again."""

    @property
    def healthy(self) -> bool:
        """Whether other processes hear us and we hear them."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...


class Presence(Protocol):
    """Who is here, as leases: a device holds one, renews it, and is gone when it ends."""

    async def hold(self, person: str, device: str, ttl_s: float) -> None:
        """Take or renew the lease of one device for `ttl_s` seconds."""

    async def release(self, person: str, device: str) -> None:
        """End a lease early; one that is not there is no fault."""

    async def present(self, persons: Iterable[str]) -> frozenset[str]:
        """Those of at most 1,000 persons who have a device with a lease.

        Raises:
            ValueError: more than 1,000 persons.
        """

    @property
    def healthy(self) -> bool:
        """False while `present` may not know people of other processes: then absence proves nothing."""


class Rate(msgspec.Struct, frozen=True):
    """A token bucket: `burst` at once, refilled at `per_s` a second."""

    burst: int
    per_s: float

    def __post_init__(self) -> None:
        """Refuse a bucket that never lets anything through.

        Raises:
            ValueError: burst below 1, or nothing flows in.
        """
        if self.burst < 1 or not self.per_s > 0:
            raise ValueError(f"A rate needs burst >= 1 and per_s > 0, not {self.burst} and {self.per_s}.")


class Limiter(Protocol):
    """Limits how often something happens per key."""

    async def take(self, key: str, rate: Rate, cost: int = 1) -> float:
        """Take `cost` tokens and give 0.0, or take nothing and give the seconds to wait.

        Raises:
            ValueError: a cost below 1 or above the burst, which no waiting would allow.
        """


class MediaStore(Protocol):
    """Bytes by key; a key is 1 to 64 of `A-Za-z0-9_-`, with `.thumb` behind it for a thumbnail.

    Every method raises ValueError for another key and Unavailable when the store cannot do it now.
    """

    async def put(self, key: str, data: bytes) -> None:
        """Keep the bytes durably; what was there before is replaced as a whole."""

    async def get(self, key: str) -> bytes:
        """Give the bytes.

        Raises:
            KeyError: there are none.
        """

    async def delete(self, key: str) -> None:
        """Forget the bytes; absent ones are no fault."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...
