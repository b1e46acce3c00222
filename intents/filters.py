"""What a message deserves by an account's or group's filters: pass, mask, review or block, with every sign that spoke.

Three kinds of sign. *Lists* (`intents.lexicon`): the strictest action among their hits holds; a `shadow` list is told and changes nothing.
*Contacts*: patterns of telephone numbers, ids, handles and links, on normal form or sound; alone they prove nothing, for buyers
give their number too, so they only raise the odds of the classifier. The *classifier* (`intents.adverts`): the probability of an advert. The
score is the chance that list or classifier is right, were they independent (noisy or; Pearl, 1988). Lists and thresholds decide:

- review: a `review` list, or odds so raised from `Thresholds.review` on;
- block: a `block` list, or a probability from `Thresholds.block` on together with a contact: two different signs, each of them strong.

A `mask` list hides the spans of its words and lets the message pass otherwise.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from enum import StrEnum

import msgspec

from intents.adverts import Model
from intents.disguise import Reading, unspelled
from intents.lexicon import Lexicon, LexiconFault, Span, Words
from intents.regexes import RegexIndex, fault_of

_REACHABLE = re.compile("[a-z]|[0-9]{5}")

LISTS_LIMIT = 100
"""Lists of one filter."""

SIGNS_LIMIT = 100
"""Hits of lists that a verdict tells. All of them count, and all of their spans are masked."""


class Action(StrEnum):
    """What becomes of a message; the order is that of severity."""

    PASS = "pass"  # noqa: S105 - not a password
    SHADOW = "shadow"
    MASK = "mask"
    REVIEW = "review"
    BLOCK = "block"


SEVERITY = {action: rank for rank, action in enumerate(Action)}
"""Higher is stricter."""

EVIDENCE = {Action.SHADOW: 0.0, Action.MASK: 0.0, Action.REVIEW: 0.7, Action.BLOCK: 0.97}
"""What a hit in a list with this action adds to the score, once however many hits."""


class FilterList(msgspec.Struct, frozen=True):
    """A named list and what to do about its words."""

    name: str
    action: Action
    words: Words


class On(StrEnum):
    """What a contact pattern is compared with."""

    NORMAL = "normal"
    SOUND = "sound"


class Contact(msgspec.Struct, frozen=True):
    """A way to be reached, as a pattern for RE2. On sounds a syllable is written by name: `{jia}{wei}`."""

    name: str
    on: On
    pattern: str


class Thresholds(msgspec.Struct, frozen=True):
    """From which score a message is held for review; from which probability one with a contact is blocked; what a contact adds to the log-odds."""

    review: float = 0.5
    block: float = 0.99
    contact: float = 1.0


class Sign(msgspec.Struct, frozen=True):
    """One thing that spoke: `kind` is list, contact or advert; `name` that of list or contact; the word or pattern; where; how much.

    For moderators only: it tells the words of the lists.
    """

    kind: str
    name: str
    word: str
    action: Action
    span: Span | None
    evidence: float


class Verdict(msgspec.Struct, frozen=True):
    """What a message deserves. `action` is never `shadow`; `score` in 0..1; `spans` (code points of the original) are to be masked."""

    action: Action
    score: float
    spans: tuple[Span, ...]
    signals: tuple[Sign, ...]


NOTHING = Verdict(Action.PASS, 0.0, (), ())


class Size(msgspec.Struct, frozen=True):
    """How much the lists of a filter are together; `words` counts allowed words too."""

    lists: int
    words: int
    patterns: int


class Filter:
    """Lists, contacts and classifier compiled together. Immutable, so that threads may share it; the same parts give the same verdicts."""

    def __init__(
        self, lists: Sequence[FilterList] = (), contacts: Sequence[Contact] = (), model: Model | None = None, thresholds: Thresholds | None = None
    ) -> None:
        """Compile.

        Raises:
            LexiconFault: a list that cannot be compiled, `[number].words[place]`, too many lists, or a contact, `contacts[number]`.
        """
        self._lists, self._lexicon = _indexed(lists)
        self._contacts = tuple(contacts)
        self._patterns = {on: _compiled(contacts, on) for on in On}
        self._model = model
        self._thresholds = thresholds or Thresholds()

    def scan(self, text: str) -> Verdict:
        """The verdict on one message: any string, of which no more than the first 4,000 characters are looked at. Never raises."""
        reading = Reading(text)
        if not reading.normal.text:
            return NOTHING
        hits = self._hits(reading)
        # What has neither a Latin letter nor a number under its disguise tells nobody how to be reached.
        contacts = list(self._found(reading)) if _REACHABLE.search(reading.skeleton) else []
        chance = self._model.probability(reading) if self._model else 0.0
        likely = _raised(chance, self._thresholds.contact) if contacts else chance
        by_signs = self._by_signs(chance, likely, reached=bool(contacts))
        if not hits and by_signs is Action.PASS:
            return Verdict(by_signs, round(likely, 4), (), tuple(contacts))
        score = 1 - (1 - likely) * (1 - max((hit.evidence for hit in hits), default=0.0))
        action = max([by_signs, *(hit.action for hit in hits if hit.action is not Action.SHADOW)], key=SEVERITY.__getitem__)
        advert = [Sign("advert", "", "", by_signs, None, round(chance, 4))] if by_signs is not Action.PASS else []
        spans = _joined(hit.span for hit in hits if hit.action is Action.MASK and hit.span)
        return Verdict(action, round(score, 4), spans, (*hits[:SIGNS_LIMIT], *contacts, *advert))

    def beside(self, lists: Sequence[FilterList]) -> "Filter":
        """The same setup with these lists after its own: a group's filter out of the house's. Contacts and classifier are shared.

        Raises:
            LexiconFault: as when it is made; a list is numbered after those of the setup.
        """
        made = copy(self)
        made._lists, made._lexicon = _indexed([*self._lists, *lists])  # noqa: SLF001 - a copy of our own
        return made

    @property
    def size(self) -> Size:
        """How much its lists are, for whoever wants to put more beside them."""
        words = [one.words for one in self._lists]
        return Size(len(words), sum(len(one.words) + len(one.allow) for one in words), sum(len(one.patterns) for one in words))

    def reasons(self, text: str) -> list[tuple[str, float]]:
        """The grams of a message that spoke most for an advert, for people who wonder about a verdict."""
        return self._model.reasons(Reading(text)) if self._model else []

    def _by_signs(self, chance: float, likely: float, *, reached: bool) -> Action:
        if reached and chance >= self._thresholds.block:
            return Action.BLOCK
        return Action.REVIEW if likely >= self._thresholds.review else Action.PASS

    def _hits(self, reading: Reading) -> list[Sign]:
        hits = []
        for match in self._lexicon.find(reading):
            one = self._lists[match.list]
            hits.append(Sign("list", one.name, match.word, one.action, match.span, EVIDENCE[one.action]))
        return hits

    def _found(self, reading: Reading) -> Iterator[Sign]:
        for on, (numbers, index) in self._patterns.items():
            for number, start, end in index.find(reading.sound if on is On.SOUND else reading.normal.text) if numbers else ():
                span = reading.normal.span(start, end) if on is On.NORMAL else reading.original_span(start, end)
                contact = self._contacts[numbers[number]]
                yield Sign("contact", contact.name, contact.pattern, Action.PASS, span, 0.0)


def masked(text: str, verdict: Verdict, sign: str = "*") -> str:
    """A message with the spans of its verdict hidden, one sign for each character."""
    chars = list(text)
    for start, end in verdict.spans:
        chars[start:end] = sign * (end - start)
    return "".join(chars)


def _indexed(lists: Sequence[FilterList]) -> tuple[tuple[FilterList, ...], Lexicon]:
    if len(lists) > LISTS_LIMIT:
        raise LexiconFault("", f"词库太多:最多 {LISTS_LIMIT} 个", f"too many lists: {len(lists)}, at most {LISTS_LIMIT}")
    return tuple(lists), Lexicon([one.words for one in lists])


def _raised(chance: float, by: float) -> float:
    """A probability with so much added to its log-odds."""
    odds = chance * math.exp(by)
    return odds / (odds + 1 - chance)


def _compiled(contacts: Sequence[Contact], on: On) -> tuple[list[int], RegexIndex]:
    numbers = [number for number, contact in enumerate(contacts) if contact.on is on]
    patterns = {place: unspelled(contacts[number].pattern) if on is On.SOUND else contacts[number].pattern for place, number in enumerate(numbers)}
    for place, pattern in patterns.items():
        if fault := fault_of(pattern):
            raise LexiconFault(f"contacts[{numbers[place]}].pattern", f"正则表达式有误:{fault}", f"not a regular expression we take: {fault}")
    return numbers, RegexIndex(patterns)


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, those that touch or overlap as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)
