"""One event on its way to a decision: what is known, which rules were considered, and the ways to end."""

from collections.abc import Sequence
from hashlib import blake2b

from intents.keywords import STRENGTH, Mode, Reading
from intents.text import Normal
from replies import guards, memory
from replies.compiled import Match, Matches, ReadyMessage, ReadyRule, RuleSet
from replies.decision import Candidate, Context, Decision, Heard, Invite, Memory, Outcome, Outgoing, Reason, Said, Trace

CANDIDATES_KEPT = 20
WORDS_KEPT = 200
NORMAL_KEPT = 1_000
"""What a trace keeps at most: rules considered, words, characters of normal form."""

CHOICES_MOST = 3
WHICH = "您是想问："
"""How it is asked back, and how many names are given."""

_ORDER = ("priority", "mode", "length", "score", "id")
_UNREAD = Reading(Normal(""), [])

_Rank = tuple[int, int, int, float, str]


class Case:
    """One event, before it is decided. Lives for one decision."""

    def __init__(self, rules: RuleSet, heard: Heard, context: Context, now: int) -> None:
        self.rules = rules
        self.heard = heard
        self.context = context
        self.now = now
        self.memory = context.memory
        self.reading = _UNREAD
        self.found = Matches({}, {}, frozenset())
        self._candidates: list[Candidate] = []
        self._more = 0

    @property
    def queued(self) -> bool:
        """Whether people have been called already."""
        return self.context.desk == "waiting"

    def read(self) -> None:
        """Bring the message into normal form."""
        self.reading = self.rules.index.read(self.heard.text)

    def note(self) -> None:
        """Remember that it was heard; in a group, from whom."""
        self.memory = memory.hearing(self.memory, self._whose(memory.fingerprint(self.reading.normal.text)), self.now)

    def _whose(self, digest: str) -> str:
        """What is said, or heard, as said to or by whoever wrote: where many write, the same words of two people are not the same."""
        if self.heard.place == "direct" or not digest:
            return digest
        return blake2b(f"{self.heard.author}\n{digest}".encode(errors="replace"), digest_size=6).hexdigest()

    def match(self) -> None:
        """Find the rules whose patterns hold, and those whose questions it may ask."""
        self.found = self.rules.matches(self.reading)

    def why_not(self, ready: ReadyRule) -> Reason | None:
        """The guard that keeps this rule silent now, or None."""
        return Reason.NONE if ready.rule.id in self.found.refused else guards.of_rule(ready, self.heard, self.context, self.now)

    def consider(self, ready: ReadyRule, *, blocked: Reason | None = None, beaten_by: Match | None = None) -> None:
        """Put a rule into the trace, as far as there is room."""
        if len(self._candidates) >= CANDIDATES_KEPT:
            self._more += 1
            return
        match = self.found.sure.get(ready.rule.id) or self.found.doubtful.get(ready.rule.id)
        mode, pattern, length, score, spans = self._found(match)
        self._candidates.append(
            Candidate(
                rule=ready.rule.id,
                name=ready.rule.name,
                layer=ready.rule.layer,
                priority=ready.rule.priority,
                mode=mode,
                pattern=pattern,
                length=length,
                score=score,
                spans=spans,
                blocked=blocked,
                beaten_by=beaten_by.ready.rule.id if beaten_by else None,
                beaten_on=_decisive(beaten_by, match) if beaten_by and match else None,
            )
        )

    def silent(self, reason: Reason, *, guard: Reason | None = None) -> Decision:
        """Say nothing."""
        return Decision("silent", self.memory, self._trace("silent", reason, guard))

    def people(self, reason: Reason, *, guard: Reason | None = None) -> Decision:
        """Say nothing and call people, unless they are called already."""
        if self.queued:
            return self.silent(reason, guard=guard)
        return Decision("hand_off", memory.calling(self.memory), self._trace("hand_off", reason, guard), hand_off=True)

    def repeats(self, winners: Sequence[ReadyRule]) -> bool:
        """Whether the last of these rules would give the same answer twice running."""
        return memory.just_said(self.memory, self._whose(_fingerprint(drawn(winners[-1], self.heard, self.memory))), self.now)

    def speak(self, winners: Sequence[ReadyRule]) -> Decision:
        """Say what these rules say, in order, and do what they ask."""
        messages = [drawn(ready, self.heard, self.memory) for ready in winners]
        then = [ready.rule.then for ready in winners]
        hand_off = not self.queued and any(one.hand_off for one in then)
        outcome: Outcome = "hand_off" if hand_off else "answer"
        return Decision(
            outcome=outcome,
            memory=memory.answering(self.memory, [ready.rule for ready in winners], self._whose(_fingerprint(messages[-1])), self.now),
            trace=self._trace(outcome, Reason.ASKED if hand_off else None, None, tuple(ready.rule.id for ready in winners)),
            says=tuple(self._said(ready, some) for ready, some in zip(winners, messages, strict=True) if some),
            hand_off=hand_off,
            team=next((one.team for one in then if one.team), None) if hand_off else None,
            tags={tag: ready.rule.id for ready in winners for tag in ready.rule.then.tag},
            invite=next((Invite(one.rule.then.invite, one.rule.id, one.rule.name) for one in winners if one.rule.then.invite), None),
            private=self.heard.place == "group" and any(ready.rule.reply.visible == "asker" for ready in winners),
        )

    def ask(self, first: ReadyRule | None, several: Sequence[Match]) -> Decision:
        """Say what greets, and ask which of these rules is meant."""
        greeting = drawn(first, self.heard, self.memory) if first is not None else ()
        question = _question(several, self.context.names.get("account", "") if self.heard.place == "group" else "")
        said = [self._said(first, greeting)] if first is not None and greeting else []
        closest = several[0].ready.rule
        return Decision(
            outcome="choices",
            memory=memory.asking(self.memory, [first.rule] if first is not None else [], self.now),
            trace=self._trace("choices", Reason.UNSURE, None, (first.rule.id,) if first is not None else (), [one.ready.rule.id for one in several]),
            says=(*said, Said(closest.id, closest.name, (question,))),
            tags=dict.fromkeys(first.rule.then.tag, first.rule.id) if first is not None else {},
        )

    def _said(self, ready: ReadyRule, messages: Sequence[ReadyMessage]) -> Said:
        return Said(ready.rule.id, ready.rule.name, tuple(message.outgoing(self.context.names) for message in messages))

    def _found(self, match: Match | None) -> tuple[Mode | None, str, int, float, tuple[tuple[int, int], ...]]:
        if match is None:
            return None, "", 0, 0.0, ()
        spans = tuple(self.reading.normal.span(*span) for span in match.hit.spans)
        return match.hit.mode, match.pattern.text, match.hit.length, match.score, spans

    def _trace(
        self, outcome: Outcome, reason: Reason | None, guard: Reason | None, winners: tuple[str, ...] = (), choices: Sequence[str] = ()
    ) -> Trace:
        return Trace(
            version=self.rules.version,
            outcome=outcome,
            event=self.heard.event,
            place=self.heard.place,
            addressed=self.heard.addressed,
            reason=reason,
            guard=guard,
            normal=self.reading.normal.text[:NORMAL_KEPT],
            words=tuple(self.reading.words[:WORDS_KEPT]),
            candidates=tuple(self._candidates),
            more=self._more,
            winners=winners,
            choices=tuple(choices),
        )


def rank(match: Match) -> _Rank:
    """The total order of the keyword layer; smaller is better, and no two rules are equal."""
    rule = match.ready.rule
    return -rule.priority, STRENGTH[match.hit.mode], -match.hit.length, -match.score, rule.id


def drawn(ready: ReadyRule, heard: Heard, held: Memory) -> tuple[ReadyMessage, ...]:
    """The messages a rule says this time: all, one drawn by the message's id, or the next in turn."""
    messages, choose = ready.messages, ready.rule.reply.choose
    if choose == "all" or len(messages) <= 1:
        return messages
    if choose == "rotate":
        return (messages[held.turns.get(ready.rule.id, 0) % len(messages)],)
    seed = blake2b(f"{heard.message_id}\n{ready.rule.id}".encode(errors="replace"), digest_size=8).digest()
    return (messages[int.from_bytes(seed) % len(messages)],)


def _question(several: Sequence[Match], account: str) -> Outgoing:
    """The names to choose from; tapping one sends a question that its rule surely answers, addressed to the account where it must be."""
    to = f"@{account} " if account else ""
    choices = [{"label": one.ready.rule.name, "send": f"{to}{one.ready.rule.when.similar[0]}"} for one in several]
    return Outgoing("choices", {"text": WHICH, "choices": choices})


def _fingerprint(messages: Sequence[ReadyMessage]) -> str:
    return "".join(message.digest for message in messages)


def _decisive(winner: Match, loser: Match) -> str:
    """The first thing in the total order on which two rules differ."""
    return next(name for name, ours, theirs in zip(_ORDER, rank(winner), rank(loser), strict=True) if ours != theirs)
