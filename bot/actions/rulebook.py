"""Working on an account's automatic replies: the draft, trying it, publishing, versions, and why something was said."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Iterable

import msgspec

from bot.actions.access import Access
from bot.actions.hearing import names_of, timed
from bot.actions.rulesets import RuleSets
from bot.actions.rulesource import Source, checked, worded
from bot.live.ports import Bus
from bot.model.basics import Banned, Closed, Conflict, Forbidden, Invalid, NotFound, NotMember, new_id, now_ms
from bot.model.facts import Ring, RulesPublished, to_account
from bot.model.groups import Place
from bot.model.people import Actor, Role, Verb, may
from bot.model.talk import TEXT_LIMIT, AuthorRole, ImageBody, Message
from bot.store import answers, groups, media, people, talk
from bot.store import rules as store
from bot.store.cursor import Page
from bot.store.people import AccountRow
from bot.store.rules import Published, RuleDraft, Version
from bot.store.unit import Connection, Database
from replies.address import addressed
from replies.compiled import RuleSet
from replies.decision import Context, Decision, Heard, Reason, Trace
from replies.faults import RuleFault
from replies.rules import parse_rules
from replies.shapes import ImageMessage

NOTE_LIMIT = 500

Also = Callable[[Connection], Awaitable[None]]

_TRACE = msgspec.json.Decoder(Trace)
_SILENT = {
    AuthorRole.BOT: Reason.AUTHOR_BOT,
    AuthorRole.SYSTEM: Reason.AUTHOR_AUTO,
    AuthorRole.OPERATOR: Reason.AUTHOR_STAFF,
    AuthorRole.OWNER: Reason.AUTHOR_STAFF,
    AuthorRole.MODERATOR: Reason.AUTHOR_STAFF,
}


@dataclasses.dataclass(frozen=True, slots=True)
class _Script:
    """What an account is to speak by: rules and vocabulary as they are stored, and compiled."""

    text: str
    vocabulary: str
    rules: RuleSet


class Rulebook:
    """The verbs of rules. A set that has a fault changes nothing; a sound one takes the place of the old in one step."""

    def __init__(self, *, db: Database, access: Access, bus: Bus, rulesets: RuleSets) -> None:
        self._db = db
        self._access = access
        self._bus = bus
        self._rulesets = rulesets

    async def check_right(self, actor: Actor, ref: str, verb: Verb) -> None:
        """Nothing, if the caller may do this; asked before anything large is read from them, and again by the verb itself.

        Raises:
            NotFound, Forbidden: see `Access.account`.
        """
        await self._access.account(actor, ref, verb)

    async def draft(self, actor: Actor, ref: str) -> RuleDraft:
        """What is being worked on; the published rules under revision 0 where nobody has begun.

        Raises:
            NotFound, Forbidden: see `Access.account`.
        """
        account = await self._access.account(actor, ref, Verb.RULES_READ)
        async with self._db.read() as conn:
            return await _draft(conn, account.id)

    async def put(self, actor: Actor, ref: str, rules: Source, revision: int | None = None) -> RuleDraft:
        """Save a draft over the one at `revision`, or over whatever is there when that is not given.

        Raises:
            NotFound, Forbidden: see `Access.account`.
            Invalid: a fault in the rules; `path` says where, `faults` lists them all. A picture or group that is not the account's.
            Conflict: somebody else saved in between.
        """
        account = await self._access.account(actor, ref, Verb.RULES_EDIT)
        text, _ = await asyncio.to_thread(checked, rules)
        await self._check_pictures(account, text)
        await self._check_groups(account, text)
        async with self._db.write() as conn:
            await _save(conn, account.id, actor, revision, rules=text)
            return await _draft(conn, account.id)

    async def put_vocabulary(self, actor: Actor, ref: str, vocabulary: bytes | str, revision: int | None = None) -> RuleDraft:
        """Save the draft with another vocabulary, as `put` saves it with other rules.

        Raises:
            NotFound, Forbidden: see `Access.account`.
            Invalid: a fault in the vocabulary; `path` says where, `faults` lists them all.
            Conflict: somebody else saved in between.
        """
        account = await self._access.account(actor, ref, Verb.RULES_EDIT)
        text = msgspec.json.encode(await asyncio.to_thread(worded, vocabulary)).decode()
        async with self._db.write() as conn:
            await _save(conn, account.id, actor, revision, vocabulary=text)
            return await _draft(conn, account.id)

    async def publish(self, actor: Actor, ref: str, note: str = "", revision: int | None = None) -> Version:
        """Let the account speak by its draft from now on, as the next numbered version.

        Raises:
            NotFound, Forbidden: see `Access.account`.
            Invalid: a fault in the rules, or too long a note.
            Conflict: there is no draft, or it is not at `revision`.
        """
        _check_note(note)
        account = await self._access.account(actor, ref, Verb.RULES_EDIT)
        async with self._db.read() as conn:
            draft = await _draft(conn, account.id)
        if draft.revision == 0:
            raise Conflict("没有草稿可以发布。", "There is no draft to publish.")
        if revision not in {None, draft.revision}:
            raise _saved_meanwhile()
        text, rules = await asyncio.to_thread(checked, draft.rules, draft.vocabulary)
        await self._check_groups(account, text)

        async def unchanged(conn: Connection) -> None:
            if (await _draft(conn, account.id)).revision != draft.revision:
                raise _saved_meanwhile()

        return await self._speak(actor, account, note, _Script(text, draft.vocabulary, rules), unchanged)

    async def import_(self, actor: Actor, ref: str, rules: Source, note: str = "") -> Version:
        """Save a draft and publish it, both or neither.

        Raises:
            NotFound, Forbidden: see `Access.account`.
            Invalid: a fault in the rules, or too long a note.
        """
        _check_note(note)
        account = await self._access.account(actor, ref, Verb.RULES_EDIT)
        async with self._db.read() as conn:
            vocabulary = (await _draft(conn, account.id)).vocabulary
        text, compiled = await asyncio.to_thread(checked, rules, vocabulary)
        await self._check_pictures(account, text)
        await self._check_groups(account, text)

        async def saved(conn: Connection) -> None:
            if (await _draft(conn, account.id)).vocabulary != vocabulary:
                raise _saved_meanwhile()
            await _save(conn, account.id, actor, None, rules=text)

        return await self._speak(actor, account, note, _Script(text, vocabulary, compiled), saved)

    async def rollback(self, actor: Actor, ref: str, number: int, note: str = "") -> Version:
        """Let the account speak again as it did at an earlier version, which becomes the next version. The draft stays.

        Raises:
            NotFound, Forbidden: see `Access.account`; or there is no such version.
            Invalid: this release no longer takes those rules, or too long a note.
        """
        _check_note(note)
        account = await self._access.account(actor, ref, Verb.RULES_EDIT)
        found = await self._version(account, number)
        text, rules = await asyncio.to_thread(checked, found.rules, found.vocabulary)
        return await self._speak(actor, account, note, _Script(text, found.vocabulary, rules), _nothing)

    async def versions(self, actor: Actor, ref: str, cursor: str | None = None, limit: int = 50) -> Page[Version]:
        """A page of the published versions, the newest first.

        Raises:
            NotFound, Forbidden: see `Access.account`. Invalid: a bad cursor.
        """
        account = await self._access.account(actor, ref, Verb.RULES_READ)
        async with self._db.read() as conn:
            return await store.versions(conn, account.id, cursor, limit)

    async def version(self, actor: Actor, ref: str, number: int) -> Published:
        """One published version with its rules.

        Raises:
            NotFound, Forbidden: see `Access.account`; or there is no such version.
        """
        return await self._version(await self._access.account(actor, ref, Verb.RULES_READ), number)

    async def try_(
        self, actor: Actor, ref: str, text: str, *, draft: bool = True, first: bool = False, tags: Iterable[str] = (), group: bool = False
    ) -> Decision:
        """What would be said to a text of somebody with these tags by the draft (or by what is published), by the production code. Writes nothing.

        `group`: as if it were written in a group, where the account may be called by its name.

        Raises:
            NotFound, Forbidden: see `Access.account`.
            Invalid: the text is too long, or a fault in the draft.
        """
        if len(text) > TEXT_LIMIT:
            raise Invalid(f"文字最多 {TEXT_LIMIT} 字。", f"A text has at most {TEXT_LIMIT} characters.", path="text")
        account = await self._access.account(actor, ref, Verb.RULES_READ)
        voice = await self._rulesets.of(account.id)
        rules = voice.rules
        if draft:
            async with self._db.read() as conn:
                saved = await _draft(conn, account.id)
            _, rules = await asyncio.to_thread(checked, saved.rules, saved.vocabulary)
        now = now_ms()
        context = Context(account_open=voice.is_open(now), buyer_tags=frozenset(tags), names=names_of(voice, actor.name, now))
        rest = addressed(text, voice.account.name, rules.index.segmenter) if group else None
        heard = Heard(text=text if rest is None else rest, first=first and not group, place="group" if group else "direct", message_id="try")
        return timed(rules, msgspec.structs.replace(heard, addressed=rest is not None, author=actor.person), context, now)

    async def trace(self, actor: Actor, conversation: str, seq: int) -> Trace:
        """Why a message was answered as it was, or not at all, for staff of the desk; of an automatic message, why it was said.

        Of a message that was taken back, what was said in it is left out.

        Raises:
            NotFound: no such message, not for the caller to see, not decided yet, or its trace is no longer kept.
        """
        await self._check_traceable(actor, conversation)
        async with self._db.read() as conn:
            found = await answers.trace(conn, conversation, seq)
            message = cause = await talk.message(conn, conversation, seq)
            if found is None and message is not None and message.auto is not None:
                found = await answers.trace(conn, conversation, message.auto.cause)
                cause = await talk.message(conn, conversation, message.auto.cause)
            unheard = await talk.unheard(conn, conversation, seq)
        if found is not None:
            trace = _TRACE.decode(found)
            return trace if cause is None or cause.recalled_by is None else _without_words(trace)
        if message is None:
            raise _no_message()
        return _unheard(message, unheard)

    async def _check_traceable(self, actor: Actor, conversation: str) -> None:
        """Nothing for staff of the desk; in a group for those of them who may read it."""
        try:
            where = await self._access.where(actor, conversation, Verb.TRACE_READ)
        except (NotFound, Forbidden, NotMember, Banned, Closed):
            raise _no_message() from None
        if isinstance(where, Place) and not may(Verb.TRACE_READ, where.standing.staff.get(actor.person, Role.VISITOR)):
            raise _no_message()

    async def _check_pictures(self, account: AccountRow, text: str) -> None:
        """A rule shows its account's own pictures: uploaded by its staff, or shown by its rules already.

        Raises:
            Invalid: another picture, or none.
        """
        shown = await asyncio.to_thread(_pictures, text)
        strange = await self.strange_pictures(account, shown)
        for picture, path in shown.items():
            if picture in strange:
                raise Invalid("没有这张图片，请由本店员工上传。", "There is no such picture: let somebody of the staff upload it.", path=path)

    async def _check_groups(self, account: AccountRow, text: str) -> None:
        """A rule invites into a group of its account that there is now. One that is dissolved later is left out when the rule speaks.

        Raises:
            Invalid: another group, or none.
        """
        named = await asyncio.to_thread(_invites, text)
        if not named:
            return
        async with self._db.read() as conn:
            known = await groups.ids_of_account(conn, account.id)
        for group, path in named:
            if group not in known:
                raise Invalid("没有这个小组，或小组已解散。", "There is no such group, or it was dissolved.", path=path)

    async def strange_pictures(self, account: AccountRow, pictures: Iterable[str]) -> frozenset[str]:
        """Those of these pictures that no rule of the account may show: neither of its staff nor in its draft."""
        wanted = set(pictures)
        if not wanted:
            return frozenset()
        async with self._db.read() as conn:
            wanted -= (await asyncio.to_thread(_pictures, (await _draft(conn, account.id)).rules)).keys()
            staff = {person.id for person, _, _ in await people.staff_of(conn, account.id)}
            rows = {picture: await media.get(conn, picture) for picture in sorted(wanted)}
        return frozenset(name for name, row in rows.items() if row is None or row.kind != ImageBody.kind or row.owner not in staff)

    async def _version(self, account: AccountRow, number: int) -> Published:
        async with self._db.read() as conn:
            found = await store.version(conn, account.id, number)
        if found is None:
            raise NotFound("没有这个版本。", "There is no such version.")
        return found

    async def _speak(self, actor: Actor, account: AccountRow, note: str, script: "_Script", also: Also) -> Version:
        """Publish in one transaction; then swap here, and let every other process hear of it."""
        now = now_ms()
        async with self._db.write() as conn:
            await also(conn)
            number = await store.publish(conn, account.id, script.text, actor.person, note, now, vocabulary=script.vocabulary)
        self._rulesets.install(msgspec.structs.replace(account, rules_version=number), dataclasses.replace(script.rules, version=number))
        self._bus.publish([Ring(new_id(), (to_account(account.id),), RulesPublished(account.id, number))])
        return Version(version=number, author=actor.person, note=note, at=now)


def _pictures(text: str) -> dict[str, str]:
    """The pictures of stored rules, each with the path of a member that names it; none of rules this release no longer takes."""
    try:
        rules = parse_rules(text) if '"media":' in text else ()
    except RuleFault:
        return {}
    return {
        message.media: f"rules[{number}].reply.messages[{place}].media"
        for number, rule in enumerate(rules)
        for place, message in enumerate(rule.reply.messages)
        if isinstance(message, ImageMessage)
    }


def _invites(text: str) -> list[tuple[str, str]]:
    """The groups that stored rules invite into, each with the path of the member that names it."""
    rules = parse_rules(text) if '"invite":' in text else ()
    return [(rule.then.invite, f"rules[{number}].then.invite") for number, rule in enumerate(rules) if rule.then.invite is not None]


async def _draft(conn: Connection, account: str) -> RuleDraft:
    draft = await store.draft(conn, account)
    if draft is not None:
        return draft
    published = await store.published(conn, account)
    if published is None:
        return RuleDraft(revision=0, rules="[]", author="", at=0)
    return RuleDraft(revision=0, rules=published.rules, vocabulary=published.vocabulary, author=published.author, at=published.at)


async def _save(
    conn: Connection, account: str, actor: Actor, revision: int | None, *, rules: str | None = None, vocabulary: str | None = None
) -> None:
    """Save the draft with other rules or another vocabulary; what is not given stays."""
    draft = await _draft(conn, account)
    expect = draft.revision if revision is None else revision
    text, words = draft.rules if rules is None else rules, draft.vocabulary if vocabulary is None else vocabulary
    if await store.put_draft(conn, account, text, actor.person, now_ms(), expect=expect, vocabulary=words) is None:
        raise _saved_meanwhile()


async def _nothing(_: Connection) -> None:
    return


def _saved_meanwhile() -> Conflict:
    return Conflict("草稿已被别人改过，请刷新。", "The draft was changed by somebody else; read it again.", path="revision")


def _check_note(note: str) -> None:
    if len(note) > NOTE_LIMIT:
        raise Invalid(f"说明最多 {NOTE_LIMIT} 字。", f"A note has at most {NOTE_LIMIT} characters.", path="note")


def _without_words(trace: Trace) -> Trace:
    """A trace that tells what was decided, and not what had been said."""
    candidates = tuple(msgspec.structs.replace(one, spans=()) for one in trace.candidates)
    return msgspec.structs.replace(trace, normal="", words=(), candidates=candidates)


def _no_message() -> NotFound:
    return NotFound("没有这条消息的判定记录。", "There is no trace of such a message.")


def _unheard(message: Message, guard: str | None) -> Trace:
    """The trace of a message that never came to the engine: a guard before it, or an author it does not listen to."""
    reason = Reason(guard) if guard is not None else _SILENT.get(message.role)
    if reason is None:
        raise _no_message()
    return Trace(version=0, outcome="silent", reason=reason, guard=reason)
