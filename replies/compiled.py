"""A rule set compiled once and asked many times. Immutable: a new version is a new value, swapped in one assignment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import msgspec

from intents.keywords import STRENGTH, Hit, KeywordIndex, Mode, Reading
from intents.moods import tells
from intents.nearness import NEAR, apart
from intents.similar import SURE, Likeness, SimilarIndex, Subject
from intents.vocabulary import NOTHING, Vocabulary
from replies.decision import Outgoing
from replies.hours import Opening, compile_hours
from replies.shapes import TEMPLATED, Layer, Message, Pattern, Rule
from replies.templates import Template, compile_template, render

_HEARING = frozenset({"first", "keyword", "offhours", "default"})
_HEARING_GROUPS = _HEARING - {"first"}
"""The layers that a message may wake."""

_IN_PARTS = frozenset({Mode.ALL, Mode.WORDS})
_WHOLE = frozenset({Mode.EXACT, Mode.REGEX})
"""The modes of which a part says nothing."""

_TYPED, _STRAY = 0.75, 0.4
"""The score of a keyword on its own, and of one that stands in a sentence about something else."""

_SHORT = 8
"""A message of so few characters is about what it names."""


@dataclass(frozen=True, slots=True)
class ReadyMessage:
    """A message of a rule: its body with the templates still to fill, and a fingerprint of what it says."""

    kind: str
    body: dict[str, object]
    templates: tuple[tuple[str, Template], ...]
    digest: str

    def outgoing(self, names: Mapping[str, str]) -> Outgoing:
        """The message with the names filled in."""
        return Outgoing(self.kind, {**self.body, **{member: render(template, names) for member, template in self.templates}})


@dataclass(frozen=True, slots=True)
class ReadyRule:
    """A rule made ready to be asked."""

    rule: Rule
    opening: Opening | None
    messages: tuple[ReadyMessage, ...]
    tags: frozenset[str]

    @property
    def listens(self) -> bool:
        """Whether it waits for something to be said."""
        return bool(self.rule.when.any or self.rule.when.similar)


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose pattern a keyword of the index is, and whether it speaks against its rule."""

    ready: ReadyRule
    pattern: Pattern
    negative: bool


_Found = tuple[_Owner, Hit]


@dataclass(frozen=True, slots=True)
class Match:
    """The strongest pattern of one rule that holds, or the question it resembles most.

    `score` in 0..1: of a resemblance as it is, of a keyword what the rule's questions add to it. `spare`: resemblance beyond sure.
    """

    ready: ReadyRule
    pattern: Pattern
    hit: Hit
    score: float
    spare: float = 0.0

    @property
    def sure(self) -> bool:
        """Whether it is enough to answer by."""
        return self.score >= SURE


@dataclass(frozen=True, slots=True)
class Matches:
    """What a message says to the rules, by rule id: the matches that are sure and those that are doubtful, and what `none` refuses."""

    sure: Mapping[str, Match]
    doubtful: Mapping[str, Match]
    refused: frozenset[str]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules of one account at one version. Build it with `compile_rules`.

    `layers` are in order of precedence. `hears_messages`: whether any rule listens in direct conversations, `hears_groups`: in groups,
    `hears_all`: there also to what is not said to it. `asks_tags`: whether any rule is for buyers with certain tags. `waiting_after`: the seconds
    of waiting at which a rule of the queue may speak.
    """

    version: int
    layers: Mapping[Layer, tuple[ReadyRule, ...]]
    hears_messages: bool
    hears_groups: bool
    hears_all: bool
    asks_tags: bool
    waiting_after: tuple[int, ...]
    index: KeywordIndex
    owners: tuple[_Owner, ...]
    similar: SimilarIndex
    rules: tuple[ReadyRule, ...]

    def matches(self, reading: Reading) -> Matches:
        """The rules one of whose patterns holds, each by its strongest hit, and those whose questions the message resembles."""
        found, refused = self._hits(reading)
        likenesses = self.similar.rank(reading.normal.text, reading.words) if self.similar else []
        like = {self.rules[one.subject].rule.id: one for one in likenesses}
        sure: dict[str, Match] = {}
        doubtful: dict[str, Match] = {}
        for rule, (any_, firm) in found.items():
            likeness = like.pop(rule, None)
            owner, hit = firm if firm is not None and likeness is None else any_
            if likeness is not None or firm is not None:
                sure[rule] = Match(owner.ready, owner.pattern, hit, _score(hit, likeness))
            else:
                doubtful[rule] = Match(owner.ready, owner.pattern, hit, _STRAY)
        for rule, likeness in like.items():
            match = self._resembled(likeness)
            (sure if match.sure else doubtful)[rule] = match
        return Matches(sure, doubtful, refused)

    def _hits(self, reading: Reading) -> tuple[dict[str, tuple[_Found, _Found | None]], frozenset[str]]:
        """By rule id, its strongest hit and its strongest firm one; and the rules that `none` refuses."""
        found: dict[str, tuple[_Found, _Found | None]] = {}
        refused: set[str] = set()
        hits = self.index.find(reading)
        told = bool(hits) and len(reading.normal.text) > _SHORT and tells(reading.normal.text)
        for hit in hits:
            owner = self.owners[hit.keyword]
            rule = owner.ready.rule
            if owner.negative:
                refused.add(rule.id)
                continue
            this = owner, hit
            # Who calls for people is heard in a statement too: nobody asks "may I complain".
            firm = this if not rule.when.similar or rule.then.hand_off or _is_firm(hit, told=told) else None
            known = found.get(rule.id)
            found[rule.id] = (this, firm) if known is None else (_stronger(this, known[0]), known[1] if firm is None else _stronger(firm, known[1]))
        return found, frozenset(refused)

    def _resembled(self, likeness: Likeness) -> Match:
        ready = self.rules[likeness.subject]
        question = Pattern(Mode.SIMILAR, ready.rule.when.similar[likeness.question])
        return Match(ready, question, Hit(-1, Mode.SIMILAR, 0, ()), likeness.score, likeness.spare)


def compile_rules(rules: Sequence[Rule], vocabulary: Vocabulary = NOTHING, version: int = 0) -> RuleSet:
    """A rule set that can be asked. Pure, but not quick for large sets: run it in a thread.

    Raises:
        ValueError: rules that `parse_rules` would have refused.
    """
    ready = [_ready(rule) for rule in rules]
    layers: dict[Layer, list[ReadyRule]] = {}
    for one in sorted(ready, key=_precedence):
        layers.setdefault(one.rule.layer, []).append(one)
    owners = [_Owner(one, pattern, negative=False) for one in ready for pattern in one.rule.when.any]
    owners += [_Owner(one, pattern, negative=True) for one in ready for pattern in one.rule.when.none]
    index = KeywordIndex([owner.pattern.keyword() for owner in owners], vocabulary)
    return RuleSet(
        version=version,
        layers={layer: tuple(several) for layer, several in layers.items()},
        hears_messages=any(rule.enabled and rule.layer in _HEARING and "direct" in rule.where for rule in rules),
        hears_groups=any(_hears_groups(one) for one in ready),
        hears_all=any(_hears_groups(one) and one.rule.unaddressed and one.listens for one in ready),
        asks_tags=any(rule.enabled and rule.audience.tags for rule in rules),
        waiting_after=tuple(sorted({rule.after_s for rule in rules if rule.enabled and rule.after_s is not None})),
        index=index,
        owners=tuple(owners),
        similar=SimilarIndex(
            {place: _subject(one.rule) for place, one in enumerate(ready) if one.rule.enabled and one.rule.when.similar}, index.segmenter, vocabulary
        ),
        rules=tuple(ready),
    )


def _hears_groups(ready: ReadyRule) -> bool:
    return ready.rule.enabled and ready.rule.layer in _HEARING_GROUPS and "group" in ready.rule.where


def _subject(rule: Rule) -> Subject:
    """What the questions of a rule are compared with: its keywords too, in parts, as far as a part says something."""
    typed = [pattern.text.split() if pattern.mode in _IN_PARTS else [pattern.text] for pattern in rule.when.any if pattern.mode not in _WHOLE]
    return Subject(rule.when.similar, tuple(tuple(parts) for parts in typed if parts))


def _score(hit: Hit, likeness: Likeness | None) -> float:
    """Of a keyword that holds: what is typed is believed, and the more the rule's questions agree."""
    if hit.mode is Mode.EXACT:
        return 1.0
    return _TYPED + (1 - _TYPED) * (likeness.score if likeness is not None else 0.0)


def _strength(hit: Hit) -> tuple[int, int, int]:
    """Stronger is smaller: the mode, the longest text, the pattern that stands first."""
    return STRENGTH[hit.mode], -hit.length, hit.keyword


def _stronger(one: _Found, other: _Found | None) -> _Found:
    return one if other is None or _strength(one[1]) < _strength(other[1]) else other


def _is_firm(hit: Hit, *, told: bool) -> bool:
    """Whether a pattern that holds is enough by itself, in a rule whose questions nothing resembles. `told`: a message that only tells."""
    return hit.mode in _WHOLE or not (told or (hit.mode in _IN_PARTS and apart(hit.spans) > NEAR))


def _precedence(ready: ReadyRule) -> tuple[int, int, str]:
    """Outside the keyword layer: priority, then the longer wait, then the id."""
    return -ready.rule.priority, -(ready.rule.after_s or 0), ready.rule.id


def _ready(rule: Rule) -> ReadyRule:
    opening = compile_hours(rule.hours) if rule.hours is not None else None
    return ReadyRule(rule, opening, tuple(map(_ready_message, rule.reply.messages)), frozenset(rule.audience.tags))


def _ready_message(message: Message) -> ReadyMessage:
    body: dict[str, object] = msgspec.to_builtins(message)
    kind = str(body.pop("kind"))
    members = [(member, body[member]) for member in TEMPLATED[type(message)] if member in body]
    templates = tuple((member, compile_template(text)) for member, text in members if isinstance(text, str))
    return ReadyMessage(kind, body, templates, blake2b(msgspec.json.encode(message), digest_size=6).hexdigest())
