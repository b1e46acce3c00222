"""Within a layer: which rule speaks, what stands beside it, and what to ask where none surely does."""

from intents.keywords import Mode
from intents.similar import MARGIN
from replies.case import CHOICES_MOST, Case, rank
from replies.compiled import Match, ReadyRule
from replies.decision import Reason
from replies.shapes import Layer


def best_keyword(case: Case) -> tuple[ReadyRule | None, bool, list[Match]]:
    """The winner of the keyword layer; whether a rule whose pattern holds is only cooling down; and what to ask, without a winner."""
    winner = None
    cooling = False
    rivals: list[Match] = []
    for match in sorted((match for match in case.found.sure.values() if match.ready.rule.layer == "keyword"), key=rank):
        blocked = case.why_not(match.ready)
        case.consider(match.ready, blocked=blocked, beaten_by=winner if blocked is None else None)
        cooling = cooling or blocked is Reason.COOLDOWN
        if blocked is None:
            winner = winner or match
            if _rivals(winner, match):
                rivals.append(match)
    if winner is not None:
        return (winner.ready, cooling, []) if len(rivals) < 2 else (None, cooling, rivals[:CHOICES_MOST])
    return None, cooling, [] if cooling else _doubtful(case)


def _rivals(winner: Match, match: Match) -> bool:
    """Whether the message resembles a question of either rule as well, and nothing else tells them apart."""
    if winner.hit.mode is not Mode.SIMILAR or match.hit.mode is not Mode.SIMILAR:
        return False
    return winner.ready.rule.priority == match.ready.rule.priority and winner.spare - match.spare < MARGIN


def _doubtful(case: Case) -> list[Match]:
    """The rules whose questions it may ask, the likeliest first, as far as they may speak."""
    found: list[Match] = []
    for match in sorted((match for match in case.found.doubtful.values() if match.ready.rule.layer == "keyword"), key=rank):
        blocked = case.why_not(match.ready)
        case.consider(match.ready, blocked=blocked or Reason.UNSURE)
        if blocked is None:
            found.append(match)
    return found[:CHOICES_MOST]


def first_of(case: Case, layer: Layer) -> tuple[ReadyRule | None, bool]:
    """The first rule of a layer that may speak, among those without patterns or with one that holds; and as above."""
    return first_that_may(case, [ready for ready in case.rules.layers.get(layer, ()) if not ready.listens or ready.rule.id in case.found.sure])


def first_that_may(case: Case, several: list[ReadyRule]) -> tuple[ReadyRule | None, bool]:
    """The first of these rules that may speak; and whether one is only cooling down."""
    cooling = False
    for ready in several:
        blocked = case.why_not(ready)
        case.consider(ready, blocked=blocked)
        if blocked is None:
            return ready, False
        cooling = cooling or blocked is Reason.COOLDOWN
    return None, cooling
