"""After a replay: what a fresh client finds in the log, compared with what was acknowledged."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from channels.client import Heard
from channels.replay import Played, Replay, Samples

_HUMAN = frozenset({"follower", "operator", "owner"})
EXAMPLES = 5


class Faults(msgspec.Struct):
    """How the log of one or more conversations differs from what it must be; all zero is the promise kept."""

    missing: int = 0
    doubled: int = 0
    disordered: int = 0
    gaps: int = 0
    doubled_answers: int = 0
    examples: list[str] = []

    @property
    def total(self) -> int:
        """How many in all."""
        return self.missing + self.doubled + self.disordered + self.gaps + self.doubled_answers

    def add(self, other: "Faults") -> None:
        """Count another conversation's faults in."""
        for name in ("missing", "doubled", "disordered", "gaps", "doubled_answers"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.examples = (self.examples + other.examples)[:EXAMPLES]


class Spread(msgspec.Struct, frozen=True):
    """A distribution of times, in milliseconds."""

    count: int
    p50: float
    p99: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a replay showed."""

    dialogues: int
    turns: int
    acked: int
    stored: int
    answers: dict[str, int]
    refused: dict[str, int]
    unsure: int
    repeats: int
    duplicates: int
    reconnections: int
    pulled: int
    unheard: int
    faults: Faults
    ack_ms: Spread
    to_operator_ms: Spread
    to_buyer_ms: Spread
    seconds: float

    @property
    def per_second(self) -> float:
        """Acknowledged messages a second."""
        return self.acked / self.seconds if self.seconds else 0.0

    @property
    def kept(self) -> bool:
        """Whether every promise was kept and every turn could be played."""
        return self.faults.total == 0 and not self.refused and self.unsure == 0


def spread(seconds: Sequence[float]) -> Spread:
    """The median and the 99th percentile (nearest rank), in milliseconds."""
    if not seconds:
        return Spread(0, 0.0, 0.0)
    ordered = sorted(seconds)

    def at(share: float) -> float:
        return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)

    return Spread(len(ordered), at(0.5), at(0.99))


def compare(played: Played, stored: Sequence[Heard]) -> Faults:
    """One conversation: dense from 1; every acknowledged message at its place, once, in the order it was said."""
    faults = Faults()
    seqs = [heard.seq for heard in stored]
    faults.gaps = sum(seq != place for place, seq in enumerate(seqs, 1))
    by_seq = {heard.seq: heard for heard in stored}
    for said in played.acked:
        found = by_seq.get(said.seq)
        if found is None or found.author.id != said.author or found.body.get("text") != said.text:
            faults.missing += 1
            faults.examples.append(f"{played.conversation} seq {said.seq}: acknowledged under key {said.key}, not found there")
    faults.disordered = sum(later.seq <= earlier.seq for earlier, later in zip(played.acked, played.acked[1:], strict=False))
    human = sum(heard.author.role in _HUMAN for heard in stored)
    # A turn whose answer never came may be stored or not; it explains one message more, and no more.
    faults.doubled = max(0, human - (len(played.acked) - faults.missing) - played.unsure)
    faults.doubled_answers = _doubled(stored)
    if faults.total and not faults.examples:
        faults.examples.append(f"{played.conversation}: stored {seqs[:30]}, acknowledged {[said.seq for said in played.acked][:30]}")
    return faults


def _doubled(stored: Iterable[Heard]) -> int:
    """Automatic messages that say the same for the same cause by the same rule."""
    answers = Counter((heard.auto.rule, heard.auto.cause, msgspec.json.encode(heard.body)) for heard in stored if heard.auto is not None)
    return sum(count - 1 for count in answers.values())


async def check(replay: Replay, played: Sequence[Played], turns: int) -> Report:
    """Pull every conversation with a client that has never seen it, and report.

    Raises:
        Refused: the buyer may not read their own conversation.
        Lost: the hub stayed away for longer than the patience.
    """
    faults, answers, stored = Faults(), Counter[str](), 0
    turn = asyncio.Semaphore(replay.plan.at_once)

    async def pull(number: int) -> list[Heard]:
        async with turn, replay.buyer(number).client as fresh:
            return await fresh.pull(played[number].conversation)

    async with asyncio.TaskGroup() as group:
        pulls = [group.create_task(pull(number)) for number in range(len(played))]
    for one, task in zip(played, pulls, strict=True):
        log = task.result()
        stored += len(log)
        answers.update(heard.auto.rule_name for heard in log if heard.auto is not None)
        faults.add(compare(one, log))
    return _report(replay.samples, played, turns, faults=faults, answers=answers, stored=stored, clients=len(played) + replay.seats)


def _report(samples: Samples, played: Sequence[Played], turns: int, *, faults: Faults, answers: Counter[str], stored: int, clients: int) -> Report:
    return Report(
        dialogues=len(played),
        turns=turns,
        acked=sum(len(one.acked) for one in played),
        stored=stored,
        answers=dict(answers.most_common()),
        refused=dict(Counter(code for one in played for code in one.refused)),
        unsure=sum(one.unsure for one in played),
        repeats=samples.repeats,
        duplicates=samples.duplicates,
        reconnections=samples.connections - clients,
        pulled=samples.pulled,
        unheard=samples.unheard,
        faults=faults,
        ack_ms=spread(samples.acks),
        to_operator_ms=spread(samples.to_operator),
        to_buyer_ms=spread(samples.to_buyer),
        seconds=round(samples.seconds, 3),
    )
