"""Inviting by a rule: after its answer a card that whoever was answered may tap to join, or the reason why there is none."""

import msgspec

from bot.actions.duties import Line
from bot.actions.membership import Memberships, Offer
from bot.model.groups import Joining
from bot.store.groups import GroupRow
from replies.decision import Decision, Invited, Outgoing

_HOW = {
    Joining.OPEN: "点一下就能加入。",
    Joining.APPROVAL: "收到邀请，不用等审核，点一下就能加入。",
    Joining.INVITATION: "收到邀请才能加入，点一下就能进来。",
}


class Inviting:
    """Carries the invitations of rules out, as far as that goes before somebody decides for themselves."""

    def __init__(self, memberships: Memberships) -> None:
        self._memberships = memberships

    async def after(self, account: str, person: str, decision: Decision, *, aside: bool = False) -> tuple[Decision, tuple[Line, ...]]:
        """The decision, with what became of its invitation in the trace, and the card to be said after everything else, if there is one.

        Raises:
            Unavailable: the store cannot tell now.
        """
        invite = decision.invite
        if invite is None:
            return decision, ()
        offer = await self._memberships.offer(account, invite.group, person)
        trace = msgspec.structs.replace(decision.trace, invited=Invited(invite.group, offer.left_out))
        told = msgspec.structs.replace(decision, trace=trace)
        return told, _card(invite.rule, invite.rule_name, offer, aside=aside)


def _card(rule: str, name: str, offer: Offer, *, aside: bool) -> tuple[Line, ...]:
    return () if offer.row is None else (Line(rule, name, _shown(offer.row), aside),)


def _shown(row: GroupRow) -> Outgoing:
    text = f"{row.about}\n{_HOW[row.joining]}" if row.about else _HOW[row.joining]
    return Outgoing("card", {"title": f"邀请你加入小组「{row.name}」", "text": text, "ref": f"group:{row.id}"})
