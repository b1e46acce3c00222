"""The demo's groups: made once, with an announcement, a few words said and one of them pinned."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from bot.actions.drafts import Posting
from bot.actions.groups import About, Name, NewGroup, Question, RulesText
from bot.actions.talk import Talk
from bot.live.local import LocalLimiter
from bot.live.ports import Rate
from bot.model.basics import new_id
from bot.model.groups import Joining
from bot.model.people import Actor
from bot.model.talk import Text, TextBody
from bot.store.log import Log
from config.office import Office

SEND = Rate(burst=100, per_s=100)


class Saying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that a member of the staff says in a group."""

    by: str
    text: Text
    pinned: bool = False


class DemoGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A group of `config/demo/shop.json`; `members` and those who speak are logins."""

    name: Name
    about: About
    rules: RulesText
    joining: Joining = Joining.OPEN
    question: Question = ""
    announcement: Annotated[str, Meta(max_length=2_000)]
    members: list[str]
    says: list[Saying]


async def make(office: Office, handle: str, described: list[DemoGroup], staff: Mapping[str, Actor], owner: Actor) -> None:
    """Make the groups of an account that has none."""
    if (await office.groups.of_account(owner, handle, None, 1)).items:
        return
    async with Log(office.db, office.metrics) as log:
        talk = Talk(db=office.db, log=log, access=office.access, bus=office.bus, limiter=LocalLimiter(), rate=SEND, claim=_no_desk)
        for group in described:
            await _make_one(office, talk, handle, group, staff, owner)


async def _make_one(office: Office, talk: Talk, handle: str, described: DemoGroup, staff: Mapping[str, Actor], owner: Actor) -> None:
    new = NewGroup(name=described.name, about=described.about, rules=described.rules, joining=described.joining, question=described.question)
    group = (await office.groups.create(owner, handle, new)).row.id
    for login in described.members:
        await office.memberships.join(staff[login], group)
    for saying in described.says:
        said = await talk.send(staff[saying.by], Posting(conversation=group, key=new_id(), body=TextBody(saying.text)))
        if saying.pinned:
            await office.groups.pin(owner, group, said.seq)
    await office.groups.announce(owner, group, described.announcement)


async def _no_desk(actor: Actor, conversation: str) -> None:
    raise LookupError(f"{conversation} is a group, which {actor.person} need not claim.")
