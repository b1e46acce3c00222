"""From what somebody wants to say to a draft for the log, once it is settled that they may."""

from collections.abc import Callable

import msgspec

from bot.actions.duties import ANSWER, GROUP
from bot.actions.gatherings import author_role, is_counted, topics_of
from bot.model.groups import BOT_PREFIX, Place
from bot.model.people import Actor, Role
from bot.model.talk import AuthorRole, Auto, Body, Standing, media_of
from bot.store.batch import Draft, Settled

HearsGroups = Callable[[str], bool]
"""Whether an account, by its id, has rules for its groups."""

_AUTHOR_ROLES = {
    Role.FOLLOWER: AuthorRole.FOLLOWER,
    Role.VISITOR: AuthorRole.FOLLOWER,
    Role.OPERATOR: AuthorRole.OPERATOR,
    Role.MODERATOR: AuthorRole.MODERATOR,
    Role.OWNER: AuthorRole.OWNER,
}


class Posting(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A message somebody wants to send, parsed."""

    conversation: str
    key: str
    body: Body
    reply_to: int | None = None


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """An automatic message: its derived key, its body, the rule behind it, and what storing it settles."""

    key: str
    body: Body
    auto: Auto
    reply_to: int | None = None
    settles: Settled | None = None


def direct(actor: Actor, posting: Posting, standing: Standing, role: Role, topics: tuple[str, ...]) -> Draft:
    """A message in a direct conversation; what its buyer writes is to be answered."""
    work = ANSWER if actor.person == standing.buyer else None
    return _draft(actor, posting, _AUTHOR_ROLES[role], topics, work=work)


def in_group(actor: Actor, posting: Posting, place: Place, *, hears_groups: HearsGroups | None) -> Draft:
    """A message in a group; what its members write is heard where there are rules for that, and what staff write is not."""
    staff = place.person in place.standing.staff
    heard = not staff and hears_groups is not None and hears_groups(place.standing.account)
    unheard = None if heard or staff else "no_rules"
    draft = _draft(actor, posting, author_role(place), topics_of(place), work=GROUP if heard else None, unheard=unheard)
    return msgspec.structs.replace(draft, counts=True) if is_counted(place) else draft


def automatic(conversation: str, said: Said, account: str, name: str, topics: tuple[str, ...]) -> Draft:
    """What an account says by itself."""
    bot = Actor(person=f"{BOT_PREFIX}{account}", name=name)
    posting = Posting(conversation=conversation, key=said.key, body=said.body, reply_to=said.reply_to)
    return msgspec.structs.replace(_draft(bot, posting, AuthorRole.BOT, topics), auto=said.auto, settles=said.settles)


def _draft(
    actor: Actor, posting: Posting, role: AuthorRole, topics: tuple[str, ...], *, work: str | None = None, unheard: str | None = None
) -> Draft:
    return Draft(
        conversation=posting.conversation,
        author=actor.person,
        author_name=actor.name,
        role=role,
        key=posting.key,
        kind=posting.body.kind,
        body=msgspec.json.encode(posting.body).decode(),
        reply_to=posting.reply_to,
        media=media_of(posting.body),
        work=work,
        unheard=unheard,
        topics=topics,
    )
