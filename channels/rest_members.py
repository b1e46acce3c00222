"""REST: coming into groups and going, and what moderators do to people there."""

from typing import Annotated

import msgspec
from msgspec import Meta

from bot.actions.membership import Answer
from bot.actions.moderation import Ban, Mute
from bot.model.basics import Banned, Closed, Conflict, Forbidden, Invalid, NotFollowing, NotMember
from bot.model.groups import GroupRole, Reason
from bot.store.members import Member
from bot.store.sanctions import Kind, Sanction
from channels.rest_groups import ONE, GroupCard, card, when
from channels.rest_sessions import PersonView
from channels.route import Call, Page, Route, Time
from channels.wire import Joined, rfc3339, show_joined

Note = Annotated[str, Meta(max_length=200)]


class JoinRequest(msgspec.Struct, frozen=True):
    """The answer to the group's question, where it asks one."""

    answer: Answer = ""


class MemberShown(msgspec.Struct, frozen=True):
    """A member; mutes are shown to moderators and to the muted."""

    person: PersonView
    role: GroupRole
    joined_at: Time
    muted_until: Time | None


class MemberPage(msgspec.Struct, frozen=True):
    """A page of members, whoever came first first."""

    items: list[MemberShown]
    cursor: str | None


class Asking(msgspec.Struct, frozen=True):
    """Somebody who asks to be let in."""

    person: PersonView
    answer: str
    at: Time


class MemberSearch(Page, frozen=True):
    """What to look for in the names of members, and where the page begins."""

    query: Annotated[str, Meta(max_length=64, description="Part of a name; everybody when empty.")] = ""


class AskingPage(msgspec.Struct, frozen=True):
    """A page of those who ask, the longest wait first."""

    items: list[Asking]
    cursor: str | None


class DecideRequest(msgspec.Struct, frozen=True):
    """Whether to let them in, and why not."""

    approve: bool
    reason: Note = ""


class InvitationView(msgspec.Struct, frozen=True):
    """The caller may come into this group until then."""

    group: GroupCard
    by: str
    at: Time
    expires_at: Time


class Invitations(msgspec.Struct, frozen=True):
    """What the caller is invited into, the newest first."""

    items: list[InvitationView]


class SanctionView(msgspec.Struct, frozen=True):
    """A mute or a ban in force; without `until` it has no end."""

    person: PersonView
    kind: Kind
    until: Time | None
    reason: str
    by: str
    at: Time


class SanctionPage(msgspec.Struct, frozen=True):
    """A page of what is in force, the newest first."""

    items: list[SanctionView]
    cursor: str | None


class RemoveRequest(msgspec.Struct, frozen=True):
    """Why they are put out."""

    reason: Reason


class LiftRequest(msgspec.Struct, frozen=True):
    """Why it ends before its time; may be left out."""

    reason: Note = ""


def _member(one: Member) -> MemberShown:
    return MemberShown(PersonView(one.person, one.name, one.avatar), one.role, rfc3339(one.joined_at), when(one.muted_until))


def _sanction(one: Sanction) -> SanctionView:
    return SanctionView(PersonView(one.person, one.name), one.kind, when(one.until), one.reason, one.by, rfc3339(one.at))


async def join(call: Call[JoinRequest, None]) -> Joined:
    """The caller's own act; again changes nothing."""
    came = await call.services.memberships.join(call.actor, call.at("group"), call.body.answer)
    return show_joined(came.row.id, None if came.membership is None else came.membership.joined_at)


async def leave(call: Call[None, None]) -> None:
    """Silent; again changes nothing."""
    await call.services.memberships.leave(call.actor, call.at("group"))


async def hush(call: Call[None, None]) -> None:
    """No notices of it."""
    await call.services.memberships.hush(call.actor, call.at("group"), hushed=True)


async def unhush(call: Call[None, None]) -> None:
    """Notices again."""
    await call.services.memberships.hush(call.actor, call.at("group"), hushed=False)


async def members(call: Call[None, MemberSearch]) -> MemberPage:
    """For members."""
    asked = call.query
    page = await call.services.memberships.members(call.actor, call.at("group"), asked.cursor, asked.limit, query=asked.query)
    return MemberPage([_member(one) for one in page.items], page.cursor)


async def requests(call: Call[None, Page]) -> AskingPage:
    """For those who may let them in."""
    page = await call.services.memberships.requests(call.actor, call.at("group"), call.query.cursor, call.query.limit)
    return AskingPage([Asking(PersonView(one.person, one.name, one.avatar), one.answer, rfc3339(one.at)) for one in page.items], page.cursor)


async def decide(call: Call[DecideRequest, None]) -> None:
    """Told to whoever asked."""
    group, person = call.at("group"), call.at("person")
    if call.body.approve:
        await call.services.memberships.approve(call.actor, group, person)
    else:
        await call.services.memberships.decline(call.actor, group, person, call.body.reason)


async def invite(call: Call[None, None]) -> None:
    """It is theirs to come."""
    await call.services.memberships.invite(call.actor, call.at("group"), call.at("person"))


async def turn_down(call: Call[None, None]) -> None:
    """Again changes nothing."""
    await call.services.memberships.turn_down(call.actor, call.at("group"))


async def invitations(call: Call[None, None]) -> Invitations:
    """The caller's own."""
    found = await call.services.memberships.invitations(call.actor)
    told = [(card(one.row), one.invitation) for one in found]
    return Invitations([InvitationView(group, one.by, rfc3339(one.at), rfc3339(one.expires_at)) for group, one in told])


async def sanctions(call: Call[None, Page]) -> SanctionPage:
    """Mutes and bans."""
    page = await call.services.moderation.sanctions(call.actor, call.at("group"), call.query.cursor, call.query.limit)
    return SanctionPage([_sanction(one) for one in page.items], page.cursor)


async def mute(call: Call[Mute, None]) -> SanctionView:
    """It ends by itself."""
    return _sanction(await call.services.moderation.mute(call.actor, call.at("group"), call.at("person"), call.body))


async def unmute(call: Call[LiftRequest, None]) -> None:
    """Before its time."""
    await call.services.moderation.unmute(call.actor, call.at("group"), call.at("person"), call.body.reason)


async def ban(call: Call[Ban, None]) -> SanctionView:
    """Puts out and keeps out."""
    return _sanction(await call.services.moderation.ban(call.actor, call.at("group"), call.at("person"), call.body))


async def unban(call: Call[LiftRequest, None]) -> None:
    """They may come again."""
    await call.services.moderation.unban(call.actor, call.at("group"), call.at("person"), call.body.reason)


async def remove(call: Call[RemoveRequest, None]) -> None:
    """They may come again."""
    await call.services.moderation.remove(call.actor, call.at("group"), call.at("person"), call.body.reason)


async def appoint(call: Call[None, None]) -> None:
    """In this group alone."""
    await call.services.moderation.appoint(call.actor, call.at("group"), call.at("person"))


async def demote(call: Call[None, None]) -> None:
    """A member again."""
    await call.services.moderation.demote(call.actor, call.at("group"), call.at("person"))


_MEMBER = f"{ONE}/members/{{person}}"
_SANCTIONS = f"{ONE}/sanctions"
_JUDGED = (Forbidden, Closed)

ROUTES = (
    Route(
        method="PUT",
        path=f"{ONE}/membership",
        summary="Join a group, or ask to be let in: the caller's own act.",
        tag="groups",
        handler=join,
        request=JoinRequest,
        body_optional=True,
        response=Joined,
        errors=(NotFollowing, Banned, Conflict, Closed),
    ),
    Route(
        method="DELETE",
        path=f"{ONE}/membership",
        summary="Leave a group, or ask no more.",
        tag="groups",
        handler=leave,
        errors=(Closed,),
    ),
    Route(method="PUT", path=f"{ONE}/hush", summary="Want no notices of a group.", tag="groups", handler=hush, errors=(NotMember,)),
    Route(method="DELETE", path=f"{ONE}/hush", summary="Want notices of a group again.", tag="groups", handler=unhush, errors=(NotMember,)),
    Route(
        method="GET",
        path=f"{ONE}/members",
        summary="List a group's members, or find some by name.",
        tag="groups",
        handler=members,
        query=MemberSearch,
        response=MemberPage,
        errors=(Forbidden,),
    ),
    Route(
        method="GET",
        path=f"{ONE}/requests",
        summary="Who asks to be let in; its moderators.",
        tag="groups",
        handler=requests,
        query=Page,
        response=AskingPage,
        errors=(Forbidden,),
    ),
    Route(
        method="POST",
        path=f"{ONE}/requests/{{person}}",
        summary="Let somebody in who asked, or refuse; its moderators.",
        tag="groups",
        handler=decide,
        request=DecideRequest,
        errors=(*_JUDGED, Conflict),
    ),
    Route(
        method="PUT",
        path=f"{ONE}/invitations/{{person}}",
        summary="Invite a follower; its moderators.",
        tag="groups",
        handler=invite,
        errors=(*_JUDGED, Conflict, Invalid),
    ),
    Route(method="DELETE", path=f"{ONE}/invitation", summary="Turn an invitation down.", tag="groups", handler=turn_down),
    Route(method="GET", path="/invitations", summary="What the caller is invited into.", tag="groups", handler=invitations, response=Invitations),
    Route(
        method="GET",
        path=_SANCTIONS,
        summary="Mutes and bans in force; its moderators.",
        tag="groups",
        handler=sanctions,
        query=Page,
        response=SanctionPage,
        errors=(Forbidden,),
    ),
    Route(
        method="PUT",
        path=f"{_SANCTIONS}/{{person}}/mute",
        summary="Mute a member for a time; its moderators.",
        tag="groups",
        handler=mute,
        request=Mute,
        response=SanctionView,
        errors=(*_JUDGED, Conflict),
    ),
    Route(
        method="DELETE",
        path=f"{_SANCTIONS}/{{person}}/mute",
        summary="End a mute before its time; its moderators.",
        tag="groups",
        handler=unmute,
        request=LiftRequest,
        body_optional=True,
        errors=_JUDGED,
    ),
    Route(
        method="PUT",
        path=f"{_SANCTIONS}/{{person}}/ban",
        summary="Put somebody out and keep them out, for a time or for good; its moderators.",
        tag="groups",
        handler=ban,
        request=Ban,
        response=SanctionView,
        errors=(*_JUDGED, Conflict),
    ),
    Route(
        method="DELETE",
        path=f"{_SANCTIONS}/{{person}}/ban",
        summary="Let somebody come again; its moderators.",
        tag="groups",
        handler=unban,
        request=LiftRequest,
        body_optional=True,
        errors=(*_JUDGED, Conflict),
    ),
    Route(
        method="POST",
        path=f"{_MEMBER}/removal",
        summary="Put a member out; its moderators.",
        tag="groups",
        handler=remove,
        request=RemoveRequest,
        errors=_JUDGED,
    ),
    Route(
        method="PUT",
        path=f"{_MEMBER}/moderator",
        summary="Make a member a moderator of the group; its owners.",
        tag="groups",
        handler=appoint,
        errors=_JUDGED,
    ),
    Route(
        method="DELETE",
        path=f"{_MEMBER}/moderator",
        summary="Make a moderator a member again; its owners.",
        tag="groups",
        handler=demote,
        errors=_JUDGED,
    ),
)
