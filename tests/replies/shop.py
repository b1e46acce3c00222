"""A shop for the tests: rules in few words, and one way to ask."""

import msgspec

from intents.keywords import Mode
from replies.engine import Context, Decision, Heard, Memory, RuleSet, compile_rules, decide
from replies.shapes import Rule

MONDAY_10 = 1_767_578_400_000
"""Monday 2026-01-05 10:00 in Shanghai."""

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE


def rule(id_: str, *contains: str, says: str | list[str] = "", layer: str = "keyword", **members: object) -> Rule:
    """A rule that answers what contains any of these; `says` defaults to a sentence with its id."""
    texts = [says or f"答{id_}"] if isinstance(says, str) else says
    when = members.pop("when", {"any": [{"mode": "contains", "text": text} for text in contains]} if contains else {})
    choose = members.pop("choose", "all")
    built = {
        "id": id_,
        "name": f"规则{id_}",
        "layer": layer,
        "when": when,
        "reply": {"choose": choose, "messages": [{"kind": "text", "text": text} for text in texts]},
    }
    return msgspec.convert(built | members, Rule)


def shop(*rules: Rule, version: int = 1) -> RuleSet:
    """These rules, compiled."""
    return compile_rules(rules, version=version)


def texts(decision: Decision) -> list[object]:
    """What was said, message by message."""
    return [message.body["text"] for said in decision.says for message in said.messages]


class Talk:
    """A conversation with a rule set: keeps the memory and the clock between messages."""

    def __init__(self, *rules: Rule, now: int = MONDAY_10, **context: object) -> None:
        self.rules = shop(*rules)
        self.now = now
        self.context = context
        self.memory = Memory()
        self.seq = 0

    def hear(self, text: str = "", *, after: int = SECOND, **members: object) -> Decision:
        """One event, a second after the one before unless told otherwise; members of `Heard` and `Context` by name."""
        self.now += after
        self.seq += 1
        heard = {name: value for name, value in members.items() if name in Heard.__struct_fields__}
        context = self.context | {name: value for name, value in members.items() if name in Context.__struct_fields__}
        decision = decide(
            self.rules,
            Heard(**({"text": text, "message_id": f"m{self.seq}", "seq": self.seq} | heard)),  # type: ignore[arg-type] # names are checked by the struct
            Context(**({"memory": self.memory} | context)),  # type: ignore[arg-type] # names are checked by the struct
            self.now,
        )
        self.memory = decision.memory
        return decision


def strongest(decision: Decision) -> Mode | None:
    """The mode by which the last winner won."""
    return next(one.mode for one in decision.trace.candidates if one.rule == decision.trace.winners[-1])
