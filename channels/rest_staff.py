"""REST: who works for an account, its teams, its canned replies."""

from typing import Annotated

import msgspec
from msgspec import Meta

from bot.actions.people import Name
from bot.actions.staff import LOGIN, Member, Team
from bot.live.ports import Rate
from bot.model.basics import Conflict, Forbidden
from bot.model.people import Role
from bot.model.talk import Text
from bot.store.desk import CannedRow
from channels.rest_sessions import PersonView, show_person
from channels.route import Call, Page, Route, Time
from channels.wire import rfc3339

HIRING = Rate(burst=10, per_s=0.1)

Members = Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=200)]
Title = Annotated[str, Meta(min_length=1, max_length=64)]


class StaffView(msgspec.Struct, frozen=True):
    """A member of the staff."""

    person: PersonView
    login: str
    role: Role


class StaffList(msgspec.Struct, frozen=True):
    """All who work for an account, at most 500."""

    items: list[StaffView]


class HireRequest(msgspec.Struct, frozen=True):
    """Whom to hire, by login; the name is for a login that is new."""

    login: Annotated[str, Meta(pattern=LOGIN)]
    name: Name
    role: Role


class HiredView(msgspec.Struct, frozen=True):
    """Who was hired; with a first password, told this once, when the login was new."""

    person: PersonView
    login: str
    role: Role
    password: str | None


class RoleRequest(msgspec.Struct, frozen=True):
    """What a member of the staff is from now on."""

    role: Role


class TeamRequest(msgspec.Struct, frozen=True):
    """A team's name and all its people."""

    name: Name
    members: Members = []


class TeamView(msgspec.Struct, frozen=True):
    """A team and the ids of its people."""

    id: str
    name: str
    members: list[str]


class TeamList(msgspec.Struct, frozen=True):
    """An account's teams by name, at most 200."""

    items: list[TeamView]


class CannedRequest(msgspec.Struct, frozen=True):
    """A reply to keep ready."""

    title: Title
    text: Text


class CannedView(msgspec.Struct, frozen=True):
    """A reply that is kept ready."""

    id: str
    title: str
    text: str
    at: Time


class CannedPage(msgspec.Struct, frozen=True):
    """A page of canned replies in the order of titles."""

    items: list[CannedView]
    cursor: str | None


def _member(member: Member) -> StaffView:
    return StaffView(show_person(member.person), member.login, member.role)


def _team(team: Team) -> TeamView:
    return TeamView(team.row.id, team.row.name, team.members)


def _canned(row: CannedRow) -> CannedView:
    return CannedView(row.id, row.title, row.text, rfc3339(row.at))


async def members(call: Call[None, None]) -> StaffList:
    """For the staff themselves."""
    return StaffList([_member(member) for member in await call.services.staff.members(call.actor, call.at("account"))])


async def hire(call: Call[HireRequest, None]) -> HiredView:
    """The first password is told here and nowhere else."""
    hired = await call.services.staff.hire(call.actor, call.at("account"), call.body.login, call.body.name, call.body.role)
    return HiredView(show_person(hired.member.person), hired.member.login, hired.member.role, hired.password)


async def set_role(call: Call[RoleRequest, None]) -> None:
    """The last owner stays one."""
    await call.services.staff.set_role(call.actor, call.at("account"), call.at("person"), call.body.role)


async def dismiss(call: Call[None, None]) -> None:
    """The last owner stays."""
    await call.services.staff.dismiss(call.actor, call.at("account"), call.at("person"))


async def teams(call: Call[None, None]) -> TeamList:
    """For the staff."""
    return TeamList([_team(team) for team in await call.services.staff.teams(call.actor, call.at("account"))])


async def create_team(call: Call[TeamRequest, None]) -> TeamView:
    """Of members of the staff."""
    return _team(await call.services.staff.create_team(call.actor, call.at("account"), call.body.name, call.body.members))


async def change_team(call: Call[TeamRequest, None]) -> TeamView:
    """Name and people are replaced."""
    return _team(await call.services.staff.change_team(call.actor, call.at("account"), call.at("team"), call.body.name, call.body.members))


async def drop_team(call: Call[None, None]) -> None:
    """Whoever waits for it waits for anybody."""
    await call.services.staff.drop_team(call.actor, call.at("account"), call.at("team"))


async def canned(call: Call[None, Page]) -> CannedPage:
    """For the desk."""
    page = await call.services.canned.listed(call.actor, call.at("account"), call.query.cursor, call.query.limit)
    return CannedPage([_canned(row) for row in page.items], page.cursor)


async def create_canned(call: Call[CannedRequest, None]) -> CannedView:
    """Titles are unique in an account."""
    return _canned(await call.services.canned.create(call.actor, call.at("account"), call.body.title, call.body.text))


async def edit_canned(call: Call[CannedRequest, None]) -> CannedView:
    """Title and text are replaced."""
    return _canned(await call.services.canned.edit(call.actor, call.at("account"), call.at("canned"), call.body.title, call.body.text))


async def drop_canned(call: Call[None, None]) -> None:
    """Gone for everybody of the account."""
    await call.services.canned.drop(call.actor, call.at("account"), call.at("canned"))


_STAFF, _TEAMS, _CANNED = "/accounts/{account}/staff", "/accounts/{account}/teams", "/accounts/{account}/canned"

ROUTES = (
    Route(method="GET", path=_STAFF, summary="List an account's staff.", tag="staff", handler=members, response=StaffList, errors=(Forbidden,)),
    Route(
        method="POST",
        path=_STAFF,
        summary="Hire somebody by login; owners.",
        tag="staff",
        handler=hire,
        request=HireRequest,
        response=HiredView,
        status=201,
        errors=(Forbidden, Conflict),
        rate=HIRING,
    ),
    Route(
        method="PUT",
        path=f"{_STAFF}/{{person}}",
        summary="Change a role; owners. The last owner stays one.",
        tag="staff",
        handler=set_role,
        request=RoleRequest,
        errors=(Forbidden, Conflict),
    ),
    Route(
        method="DELETE",
        path=f"{_STAFF}/{{person}}",
        summary="Take somebody off the staff and out of its teams; owners.",
        tag="staff",
        handler=dismiss,
        errors=(Forbidden, Conflict),
    ),
    Route(method="GET", path=_TEAMS, summary="List an account's teams; staff.", tag="staff", handler=teams, response=TeamList, errors=(Forbidden,)),
    Route(
        method="POST",
        path=_TEAMS,
        summary="Make a team; owners.",
        tag="staff",
        handler=create_team,
        request=TeamRequest,
        response=TeamView,
        status=201,
        errors=(Forbidden, Conflict),
    ),
    Route(
        method="PUT",
        path=f"{_TEAMS}/{{team}}",
        summary="Replace a team's name and people; owners.",
        tag="staff",
        handler=change_team,
        request=TeamRequest,
        response=TeamView,
        errors=(Forbidden, Conflict),
    ),
    Route(
        method="DELETE",
        path=f"{_TEAMS}/{{team}}",
        summary="Dissolve a team; owners.",
        tag="staff",
        handler=drop_team,
        errors=(Forbidden,),
    ),
    Route(
        method="GET",
        path=_CANNED,
        summary="List canned replies; the desk.",
        tag="staff",
        handler=canned,
        query=Page,
        response=CannedPage,
        errors=(Forbidden,),
    ),
    Route(
        method="POST",
        path=_CANNED,
        summary="Keep a reply ready; the desk.",
        tag="staff",
        handler=create_canned,
        request=CannedRequest,
        response=CannedView,
        status=201,
        errors=(Forbidden, Conflict),
    ),
    Route(
        method="PUT",
        path=f"{_CANNED}/{{canned}}",
        summary="Replace a canned reply; the desk.",
        tag="staff",
        handler=edit_canned,
        request=CannedRequest,
        response=CannedView,
        errors=(Forbidden, Conflict),
    ),
    Route(
        method="DELETE",
        path=f"{_CANNED}/{{canned}}",
        summary="Drop a canned reply; the desk.",
        tag="staff",
        handler=drop_canned,
        errors=(Forbidden,),
    ),
)
