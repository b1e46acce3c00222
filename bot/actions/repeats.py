"""Repeated text: the same again and again, by one member or by newcomers together, is one too many, and then waits for a moderator.

Two texts are the same where their skeletons are (`intents.disguise`), with characters that are customarily written for another brought to that one; of
a text with enough Chinese characters only those count, so that numbers, marks and letters added to it change nothing. What is remembered is a
hash of that, never the text. The first of each is remembered within the process alone, so that ordinary talk asks nobody; what comes again is counted
by the limiter, over all processes. While Redis is away each process counts by itself.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from typing import NamedTuple

from bot.live.ports import Limiter, Rate
from bot.model.basics import now_ms
from bot.model.groups import Place
from bot.model.order import is_new
from bot.model.talk import Body
from bot.model.wording import words_of
from bot.store import held, talk
from bot.store.unit import Database
from intents.disguise import is_chinese, kin, skeleton

SHORTEST = 6
"""Characters of a skeleton; shorter texts are said by everybody, and never counted."""

READ_UPTO = 1_000
"""Characters of a message that are compared."""

REMEMBERED = 20_000
"""Texts, and counted messages, that a process remembers."""


class Mark(NamedTuple):
    """Under what a message is counted, how many there may be, and whose they are: `member` or `newcomers`."""

    key: str
    limit: int
    who: str


class Repeats:
    """Counts who says the same how often."""

    def __init__(self, *, db: Database, limiter: Limiter) -> None:
        self._db = db
        self._limiter = limiter
        self._clock = time.monotonic
        self._said: OrderedDict[Hashable, float] = OrderedDict()
        self._counted: OrderedDict[Hashable, float] = OrderedDict()

    def passes(self, place: Place, body: Body) -> Sequence[Mark] | None:
        """What to `note` of a message that says nothing again, as far as this process knows; None says nothing: `is_too_many`."""
        marks = marks_of(place, body)
        return None if self._again(marks) else marks

    def note(self, place: Place, key: str, marks: Sequence[Mark]) -> None:
        """Remember a message that passes, and what it says for the first time."""
        if not marks:
            return
        now, seconds = self._clock(), place.standing.order.repeat.seconds
        for mark in marks:
            if self._said.get(mark.key, now) <= now:
                _remember(self._said, mark.key, now + seconds)
        _remember(self._counted, (place.person, key, marks[0].key), now + seconds)

    async def one_too_many(self, place: Place, key: str, body: Body) -> str | None:
        """`member` or `newcomers`, who said the same too often, if this is one more. A message sent again under its key repeats nothing."""
        marks, now = marks_of(place, body), self._clock()
        again = self._again(marks)
        if again and self._counted.get((place.person, key, marks[0].key), now) <= now:
            async with self._db.read() as conn:
                if await talk.is_kept(conn, place.standing.conversation, place.person, key):
                    return None
                if await held.by_key(conn, place.person, key) is not None:
                    return again[0].who
            for mark in again:
                if await self._wait(mark, place.standing.order.repeat.seconds) > 0:
                    return mark.who
        self.note(place, key, marks)
        return None

    def _again(self, marks: Sequence[Mark]) -> list[Mark]:
        """Those under which something was said lately in this process."""
        now = self._clock()
        return [mark for mark in marks if self._said.get(mark.key, now) > now]

    async def _wait(self, mark: Mark, seconds: int) -> float:
        """Of what there may be, the process gave the first by itself."""
        shared = mark.limit - 1
        return await self._limiter.take(f"repeat:{mark.key}", Rate(burst=shared, per_s=shared / seconds)) if shared else float(seconds)


def marks_of(place: Place, body: Body) -> Sequence[Mark]:
    """Under what a message of somebody who is not trusted is counted; nothing for what is not."""
    order, who = place.standing.order, place.as_poster
    repeat = order.repeat
    if not (repeat.messages or repeat.newcomers):
        return ()
    form = form_of("\n".join(words_of(body)))
    if form is None:
        return ()
    room, now = place.standing.conversation, now_ms()
    marks = [Mark(f"{room}:{place.person}:{form}", repeat.messages, "member")] if repeat.messages else []
    if repeat.newcomers and (now - who.since < repeat.minutes * 60_000 or is_new(order, who, now)):
        marks.append(Mark(f"{room}:{form}", repeat.newcomers, "newcomers"))
    return marks


def form_of(text: str) -> str | None:
    """A hash of what a text says, alike for trivially changed ones; None for short ones."""
    said = kin(skeleton(text[:READ_UPTO]))
    chinese = "".join(filter(is_chinese, said))
    said = chinese if len(chinese) >= SHORTEST else said
    return hashlib.blake2b(said.encode(), digest_size=12).hexdigest() if len(said) >= SHORTEST else None


def _remember(known: OrderedDict[Hashable, float], what: Hashable, until: float) -> None:
    """Until then, or until too much came after it."""
    known[what] = until
    known.move_to_end(what)
    if len(known) > REMEMBERED:
        known.popitem(last=False)
