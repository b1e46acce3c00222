"""REST: looking at an account's rules before they speak: lint, and what differs. The replay is in `channels.rest_replay`."""

from typing import Annotated, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from bot.model.basics import Forbidden
from bot.model.people import Verb
from channels.rest_rules import COMPILING
from channels.route import Call, Route
from channels.wire import fault
from replies.finding import Finding
from replies.lab import MemberChange, Named, RuleChange
from replies.shapes import BYTES_LIMIT, RULES_LIMIT, Rule

CHANGES_LIMIT = 1_000
"""Rules told of each kind of difference."""

T = TypeVar("T")
Rules = Annotated[list[Rule], Meta(max_length=RULES_LIMIT)]
Number = Annotated[int, Meta(ge=1, le=2**31 - 1, description="A published version.")]


class LintRequest(msgspec.Struct, frozen=True):
    """Rules to look at; without any, those of the draft."""

    rules: Rules | None = None


class _Given(msgspec.Struct, frozen=True):
    """The same as it is read: the rules are parsed where they cannot hold up anybody else, and all their faults are told."""

    rules: msgspec.Raw | UnsetType = UNSET


class LintView(msgspec.Struct, frozen=True):
    """What was found, the worst first; `more` findings were left out. `rules`: how many were looked at, 0 where a fault kept them from being read."""

    findings: tuple[Finding, ...]
    more: int
    rules: int


class DiffQuery(msgspec.Struct, frozen=True):
    """Two versions."""

    before: Annotated[Number | None, Meta(description="By default what is published.")] = None
    after: Annotated[Number | None, Meta(description="By default the draft.")] = None


class DiffView(msgspec.Struct, frozen=True):
    """What `after` has and `before` has not, by id. 0 is before the first version, null the draft. `more` rules were left out."""

    before: int
    after: int | None
    added: tuple[Named, ...]
    removed: tuple[Named, ...]
    changed: tuple[RuleChange, ...]
    vocabulary: tuple[MemberChange, ...]
    more: int


def read_raw(body: bytes, shape: type[T]) -> T:
    """A body whose rules stay raw.

    Raises:
        Invalid: it is malformed.
    """
    try:
        return msgspec.json.decode(body or b"{}", type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise fault(error) from None


def rules_of(raw: msgspec.Raw | UnsetType) -> bytes | None:
    """Rules of a body as JSON text; None where there are none."""
    rules = b"null" if raw is UNSET else bytes(raw)
    return None if rules.strip() == b"null" else rules


async def lint(call: Call[bytes, None]) -> LintView:
    """Faults are findings here; warnings keep nobody from publishing."""
    found = await call.services.lab.lint(call.actor, call.at("account"), rules_of(read_raw(call.body, _Given).rules))
    return LintView(found.findings, found.more, found.rules)


async def diff(call: Call[None, DiffQuery]) -> DiffView:
    """By the ids of rules, member by member."""
    found = await call.services.lab.compare(call.actor, call.at("account"), call.query.before, call.query.after)
    parts = (found.diff.added, found.diff.removed, found.diff.changed)
    return DiffView(
        before=found.before,
        after=found.after,
        added=parts[0][:CHANGES_LIMIT],
        removed=parts[1][:CHANGES_LIMIT],
        changed=parts[2][:CHANGES_LIMIT],
        vocabulary=found.diff.vocabulary,
        more=sum(max(0, len(part) - CHANGES_LIMIT) for part in parts),
    )


_OF = "/accounts/{account}/rules"

ROUTES = (
    Route(
        method="POST",
        path=f"{_OF}:lint",
        summary="What is doubtful about the draft, or about other rules; the desk. Writes nothing.",
        tag="rules",
        handler=lint,
        request=LintRequest,
        raw_body=True,
        body_optional=True,
        response=LintView,
        errors=(Forbidden,),
        body_limit=BYTES_LIMIT,
        asks=Verb.RULES_READ,
        rate=COMPILING,
    ),
    Route(
        method="GET",
        path=f"{_OF}:diff",
        summary="What differs between two versions, or what is published and the draft; the desk.",
        tag="rules",
        handler=diff,
        query=DiffQuery,
        response=DiffView,
        errors=(Forbidden,),
        rate=COMPILING,
    ),
)
