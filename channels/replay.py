"""Real dialogues played through a running hub by real Socket.IO clients, buyers and operators.

Each turn is sent under a key of its own, repeated under that key until it is acknowledged, and followed by the next one
when the other side has received it. What was acknowledged is kept; `channels.replay_check` compares it with the log.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Literal

import msgspec

from bot.model.talk import TEXT_LIMIT
from channels.client import Client, Heard, Receipt
from channels.rest_client import Lost, Refused, Staff, ask_any, insist

PATIENCE_S = 120.0
RECEIVE_S = 5.0
LANES_A_SEAT = 10
"""Conversations one operator connection looks after at once; the hub lets it hear twenty that it does not hold."""

SEATS_A_PERSON = 8
THINKING_S = 1.5
TYPING_S_A_CHARACTER = 0.15


class DialogueFault(ValueError):
    """A file of dialogues that cannot be used; the text names the file and the line."""


class Turn(msgspec.Struct, frozen=True):
    """One text of a dialogue."""

    role: Literal["buyer", "seller"]
    text: str


class Dialogue(msgspec.Struct, frozen=True):
    """One conversation as it once was."""

    id: str
    turns: list[Turn]


def read_dialogues(path: Path, limit: int | None = None) -> list[Dialogue]:
    """The dialogues of a JSON-lines file, at most `limit` of them.

    Raises:
        DialogueFault: the file cannot be read, a line is not a dialogue, or a text does not fit a message.
    """
    decoder = msgspec.json.Decoder(Dialogue)
    found: list[Dialogue] = []
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if limit is not None and len(found) >= limit:
                    break
                if line.strip():
                    found.append(_dialogue(decoder, line, f"{path}:{number}"))
    except OSError as fault:
        raise DialogueFault(f"{path}: {fault.strerror or fault}") from None
    if not found:
        raise DialogueFault(f"{path}: there is no dialogue in it.")
    return found


def _dialogue(decoder: msgspec.json.Decoder[Dialogue], line: bytes, place: str) -> Dialogue:
    try:
        dialogue = decoder.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
        raise DialogueFault(f"{place}: {fault}") from None
    for number, turn in enumerate(dialogue.turns):
        if not 1 <= len(turn.text) <= TEXT_LIMIT:
            raise DialogueFault(f"{place}: turns[{number}].text has {len(turn.text)} characters; a message has 1 to {TEXT_LIMIT}.")
    return dialogue


class Acked(msgspec.Struct, frozen=True):
    """A message the hub acknowledged: it must be in the log, at this place, once."""

    seq: int
    author: str
    key: str
    text: str


class Played(msgspec.Struct):
    """What became of one dialogue. `refused` holds the codes of turns the hub would not take, `unsure` counts turns without an answer."""

    person: str
    conversation: str = ""
    acked: list[Acked] = []
    refused: list[str] = []
    unsure: int = 0


class Samples(msgspec.Struct):
    """What the clients measured.

    Times in seconds, from the try that was acknowledged: waiting that the hub asked for is not its answer time. `repeats`
    counts further tries, `duplicates` those that found the first had been stored. `pulled` counts messages that a client
    fetched after a reconnection, `unheard` those whose push did not come within five seconds though the client was there.
    """

    acks: list[float] = []
    to_operator: list[float] = []
    to_buyer: list[float] = []
    repeats: int = 0
    duplicates: int = 0
    pulled: int = 0
    unheard: int = 0
    connections: int = 0
    seconds: float = 0.0


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How to play: `urls` are addresses of one hub, `run` sets this run's people apart, `speed` 0 is as fast as possible."""

    urls: tuple[str, ...]
    account: str
    run: str
    at_once: int = 50
    speed: float = 0.0

    def urls_from(self, number: int) -> tuple[str, ...]:
        """All addresses, beginning with another one for each number, so that clients spread."""
        start = number % len(self.urls)
        return self.urls[start:] + self.urls[:start]


class Ear:
    """What one device received: when each message came, told to whoever waits for it.

    `doubts` counts how often it may have missed something: a new connection, or the hub said so.
    """

    def __init__(self, device: Client) -> None:
        self._device = device
        self.doubts = 0
        self._came: dict[tuple[str, int], float] = {}
        self._wanted: dict[tuple[str, int], asyncio.Future[float | None]] = {}
        device.on("message", self._hear)
        device.on("connected", self._doubt)
        device.on("resync", self._doubt)

    def _hear(self, data: dict[str, object]) -> None:
        now = time.perf_counter()
        heard = msgspec.convert(data, Heard)
        place = (heard.conversation, heard.seq)
        wanted = self._wanted.pop(place, None)
        if wanted is None:
            self._came[place] = now
        elif not wanted.done():
            wanted.set_result(now)

    def _doubt(self, _data: object) -> None:
        self.doubts += 1
        for wanted in self._wanted.values():
            if not wanted.done():
                wanted.set_result(None)

    async def moment(self, receipt: Receipt, doubts: int) -> tuple[float | None, bool]:
        """When the message of a receipt came here, and whether it had to be fetched; None when it does not come.

        `doubts` is what the count was when the message was sent.
        """
        place = (receipt.conversation, receipt.seq)
        came = self._came.pop(place, None)
        if came is not None:
            return came, False
        if doubts != self.doubts:
            return await self._fetched(receipt), True
        self._wanted[place] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(RECEIVE_S):
                came = await self._wanted[place]
        except TimeoutError:
            # Away for all that time, and not back yet: then it is fetched like everything that was missed.
            return (None, False) if self._device.connected else (await self._fetched(receipt), True)
        finally:
            self._wanted.pop(place, None)
        return (came, False) if came is not None else (await self._fetched(receipt), True)

    async def _fetched(self, receipt: Receipt) -> float | None:
        """As any client does after a reconnection: ask for what may have been missed."""
        found = await self._device.pull(receipt.conversation, receipt.seq - 1)
        return time.perf_counter() if any(heard.seq == receipt.seq for heard in found) else None

    def forget(self, conversation: str) -> None:
        """Drop what came of a conversation that is over."""
        for place in [place for place in self._came if place[0] == conversation]:
            del self._came[place]


class Device(msgspec.Struct, frozen=True):
    """A connection, what it hears, and whose it is."""

    client: Client
    ear: Ear
    person: Callable[[], str]


class Replay:
    """Plays dialogues. `mint` gives the token of a buyer by id and name; `progress` hears of every turn that is over."""

    def __init__(self, plan: Plan, *, mint: Callable[[str, str], str], staff: Sequence[Staff], progress: Callable[[], None]) -> None:
        self.plan = plan
        self.samples = Samples()
        self.seats = 0
        self._mint = mint
        self._staff = staff
        self._progress = progress

    async def play(self, dialogues: Sequence[Dialogue]) -> list[Played]:
        """Play every dialogue, `at_once` side by side.

        Raises:
            Refused: an operator may not sign in or is not of this account.
            Lost: the hub stayed away for longer than the patience.
        """
        started = time.perf_counter()
        turn = asyncio.Semaphore(self.plan.at_once)
        async with AsyncExitStack() as stack:
            self.seats = self._seats_for(len(dialogues))
            seats = [await self._sit(stack, number) for number in range(self.seats)]
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(self._play_in_turn(turn, number, dialogue, seats[number % len(seats)]))
                    for number, dialogue in enumerate(dialogues)
                ]
            self.samples.seconds = time.perf_counter() - started
            self.samples.connections += sum(seat.client.connections for seat in seats)
        return [task.result() for task in tasks]

    def _seats_for(self, dialogues: int) -> int:
        lanes = min(self.plan.at_once, dialogues)
        return max(1, min(-(-lanes // LANES_A_SEAT), SEATS_A_PERSON * len(self._staff)))

    async def _sit(self, stack: AsyncExitStack, number: int) -> Device:
        staff = self._staff[number % len(self._staff)]
        client = Client(self.plan.urls_from(number), staff.token, patience_s=PATIENCE_S)
        seat = Device(client, Ear(client), lambda: staff.person)
        await stack.enter_async_context(client)
        return seat

    def buyer(self, number: int) -> Device:
        """A connection of the buyer of one dialogue, not yet open."""
        person, name = self.person(number), f"buyer {number + 1}"

        async def token() -> str:
            return self._mint(person, name)

        client = Client(self.plan.urls_from(number), token, patience_s=PATIENCE_S)
        return Device(client, Ear(client), lambda: person)

    def person(self, number: int) -> str:
        """The id of the buyer of one dialogue."""
        return f"replay-{self.plan.run}-{number + 1}"

    async def _play_in_turn(self, turn: asyncio.Semaphore, number: int, dialogue: Dialogue, seat: Device) -> Played:
        async with turn:
            played = Played(self.person(number))
            buyer = self.buyer(number)
            await self._follow(number)
            async with buyer.client:
                played.conversation = (await buyer.client.open(self.plan.account)).conversation
                await self._speak(dialogue, played, buyer, seat)
                self.samples.connections += buyer.client.connections
            seat.ear.forget(played.conversation)
            return played

    async def _follow(self, number: int) -> None:
        token = self._mint(self.person(number), f"buyer {number + 1}")
        urls, path = self.plan.urls_from(number), f"/accounts/{self.plan.account}/follow"
        await insist(lambda: ask_any(urls, token, "PUT", path, {"source": "replay"}), PATIENCE_S)

    @staticmethod
    async def _look(seat: Device, conversation: str) -> int:
        """An operator who reads a conversation hears it on this connection, also before they take it."""
        doubts = seat.ear.doubts
        await seat.client.insist("pull", {"conversation": conversation, "limit": 1})
        return doubts

    async def _speak(self, dialogue: Dialogue, played: Played, buyer: Device, seat: Device) -> None:
        claimed = False
        looked = await self._look(seat, played.conversation)
        for number, turn in enumerate(dialogue.turns):
            await self._think(turn.text)
            if turn.role == "seller" and not claimed:
                claimed = await self._claim(seat, played)
            if looked != seat.ear.doubts and not claimed:
                looked = await self._look(seat, played.conversation)
            speaker, listener = (buyer, seat) if turn.role == "buyer" else (seat, buyer)
            await self._say(played, f"{played.person}-{number}", turn, speaker, listener)
            self._progress()
        if claimed:
            await self._close(seat, played)

    async def _think(self, text: str) -> None:
        """The time a person would need for a text, shortened by the speed."""
        if self.plan.speed > 0:
            await asyncio.sleep((THINKING_S + TYPING_S_A_CHARACTER * len(text)) / self.plan.speed)

    @staticmethod
    async def _claim(seat: Device, played: Played) -> bool:
        try:
            await seat.client.insist("claim", {"conversation": played.conversation})
        except Refused as refusal:
            # An answer that was lost on the way makes the second claim a conflict with the first.
            if refusal.code != "conflict":
                played.refused.append(f"claim: {refusal.code}")
        return True

    @staticmethod
    async def _close(seat: Device, played: Played) -> None:
        try:
            await seat.client.insist("close", {"conversation": played.conversation})
        except Refused as refusal:
            if refusal.code != "conflict":
                played.refused.append(f"close: {refusal.code}")

    async def _say(self, played: Played, key: str, turn: Turn, speaker: Device, listener: Device) -> None:
        tries: list[float] = []
        doubts = listener.ear.doubts
        data = {"conversation": played.conversation, "key": key, "kind": "text", "body": {"text": turn.text}}

        async def attempt() -> dict[str, Any]:
            await speaker.client.ready()
            tries.append(time.perf_counter())
            return await speaker.client.ask("send", data)

        try:
            receipt = msgspec.convert(await insist(attempt, PATIENCE_S), Receipt)
        except Refused as refusal:
            played.refused.append(f"send: {refusal.code}")
            return
        except Lost:
            played.unsure += 1
            return
        self.samples.acks.append(time.perf_counter() - tries[-1])
        self.samples.repeats += len(tries) - 1
        self.samples.duplicates += receipt.duplicate
        played.acked.append(Acked(receipt.seq, speaker.person(), key, turn.text))
        came, fetched = await listener.ear.moment(receipt, doubts)
        self._note(turn, came, fetched=fetched, said_at=tries[-1])

    def _note(self, turn: Turn, came: float | None, *, fetched: bool, said_at: float) -> None:
        if came is None:
            self.samples.unheard += 1
        elif fetched:
            self.samples.pulled += 1
        else:
            (self.samples.to_operator if turn.role == "buyer" else self.samples.to_buyer).append(came - said_at)
