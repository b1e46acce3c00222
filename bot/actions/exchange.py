"""Rules as files: an import is a draft with a report row by row, an export a file that can be imported again."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import msgspec

from bot.actions.access import Access
from bot.actions.rulebook import Rulebook
from bot.actions.rulesource import parsed
from bot.model.basics import Conflict, Invalid, NotFound, TooLarge, Unavailable
from bot.model.people import Actor, Verb
from bot.store.people import AccountRow
from bot.store.rules import RuleDraft
from replies.exchange.formats import EXTENSIONS, MEDIA_TYPES, Format, Written, limit_of, read_file, write_file
from replies.exchange.report import Outcome, Row
from replies.exchange.taking import Checked, Merging, check, merged
from replies.faults import RuleFault
from replies.rules import Rules, parse_rules
from replies.shapes import ImageMessage

Source = Literal["draft", "published"]

QUEUE_LIMIT = 8
"""Files that wait for their turn in one process; each holds its bytes in memory."""

RETRY_S = 5

_UNFIT = re.compile(r'[\x00-\x1f\x7f"\\/:*?<>|%]+')


class Imported(msgspec.Struct, frozen=True):
    """What came of a file.

    Attributes:
        taken: how many rules are good.
        rows: what became of every entry, in order.
        draft: the draft they are in now; None where nothing was saved, because it was a trial or no rule is good. An empty array
            of JSON is a set without rules.
    """

    format: Format
    taken: int
    rows: tuple[Row, ...]
    draft: RuleDraft | None

    @property
    def faults(self) -> int:
        """How many rows tell a fault."""
        return sum(row.outcome is Outcome.FAULT for row in self.rows)


class Exported(msgspec.Struct, frozen=True):
    """A file, how it is called, and what it does not hold of the rules."""

    data: bytes
    media_type: str
    name: str
    rows: tuple[Row, ...]


class Exchange:
    """The verbs of files. One file at a time is read or written in a process, in a thread beside the loop."""

    def __init__(self, *, access: Access, rulebook: Rulebook) -> None:
        self._access = access
        self._rulebook = rulebook
        self._turn = asyncio.Semaphore(1)
        self._waiting = 0

    async def import_file(
        self,
        actor: Actor,
        ref: str,
        data: bytes,
        *,
        format_: Format | None = None,
        merging: Merging = "replace",
        revision: int | None = None,
        dry: bool = False,
    ) -> Imported:
        """Save the good rules of a file as the draft, over the one at `revision`, and tell of each entry what became of it.

        What speaks now is not touched. With `dry` nothing is saved.

        Raises:
            NotFound, Forbidden: see `Access.account`.
            Invalid: the file as a whole cannot be read (`path` is `file`), or the set would be too large.
            TooLarge: the file is.
            Conflict: somebody else saved in between, or the draft is not at `revision`.
            Unavailable: too many files are waiting.
        """
        account = await self._access.account(actor, ref, Verb.RULES_EDIT)
        limit = limit_of(data)
        if len(data) > limit:
            raise TooLarge(f"文件最多 {limit} 字节。", f"A file has at most {limit} bytes.", path="file", limit=limit)
        draft = await self._rulebook.draft(actor, ref)
        if revision not in {None, draft.revision}:
            raise Conflict("草稿已被别人改过，请刷新。", "The draft was changed by somebody else; read it again.", path="revision")
        async with self._in_turn():
            found, existing, checked = await asyncio.to_thread(_read, data, format_, draft.rules, merging)
            checked = await self._without_strange_pictures(account, checked)
            saved = None
            if (checked.taken or (found == "weihub" and not checked.rows)) and not dry:
                text = await asyncio.to_thread(lambda: msgspec.json.encode(merged(existing, checked, merging)))
                saved = await self._rulebook.put(actor, ref, text, draft.revision)
        return Imported(found, len(checked.taken), checked.rows, saved)

    async def export(self, actor: Actor, ref: str, format_: Format, source: Source | int = "draft") -> Exported:
        """The draft, what is published, or a version by its number, as a file.

        Raises:
            NotFound, Forbidden: see `Access.account`; or there is no such version.
            Invalid: this release no longer takes those rules.
            Unavailable: too many files are waiting.
        """
        account = await self._access.account(actor, ref, Verb.RULES_READ)
        number, text = await self._source(actor, ref, source)
        async with self._in_turn():
            written = await asyncio.to_thread(_write, text, format_)
        state = "草稿" if number is None else f"v{number}"
        name = _UNFIT.sub(" ", f"{account.name} 自动回复 {state}").strip()
        return Exported(written.data, MEDIA_TYPES[format_], f"{name}.{EXTENSIONS[format_]}", written.rows)

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        if self._waiting >= QUEUE_LIMIT:
            raise Unavailable("正在处理的文件太多，请稍后再试。", "Too many files are waiting; try again later.", retry_after=RETRY_S)
        self._waiting += 1
        try:
            async with self._turn:
                yield
        finally:
            self._waiting -= 1

    async def _source(self, actor: Actor, ref: str, source: Source | int) -> tuple[int | None, str]:
        """The number of a version and its rules; no number for a draft that somebody has begun."""
        if source == "draft":
            draft = await self._rulebook.draft(actor, ref)
            if draft.revision:
                return None, draft.rules
        if isinstance(source, int):
            return source, (await self._rulebook.version(actor, ref, source)).rules
        newest = (await self._rulebook.versions(actor, ref, limit=1)).items
        if newest:
            return newest[0].version, (await self._rulebook.version(actor, ref, newest[0].version)).rules
        if source == "published":
            raise NotFound("还没有发布过规则。", "No rules are published yet.")
        return None, "[]"

    async def _without_strange_pictures(self, account: AccountRow, checked: Checked) -> Checked:
        """A rule shows its account's own pictures; one with another's is at fault, and the others are not."""
        shown = {
            (one.number, place): message.media
            for one in checked.taken
            for place, message in enumerate(one.rule.reply.messages)
            if isinstance(message, ImageMessage)
        }
        strange = await self._rulebook.strange_pictures(account, shown.values())
        names = {one.number: one.rule.name for one in checked.taken}
        zh, en = "没有这张图片，请由本店员工上传。", "There is no such picture: let somebody of the staff upload it."
        faults = {
            number: Row(number, names[number], Outcome.FAULT, zh, en, path=f"reply.messages[{place}].media")
            for (number, place), picture in shown.items()
            if picture in strange
        }
        return checked.without(faults) if faults else checked


def _read(data: bytes, format_: Format | None, draft: str, merging: Merging) -> tuple[Format, Rules, Checked]:
    """The format of a file, the rules there are, and what comes of the file."""
    existing = _existing(draft, merging)
    try:
        found, contents = read_file(data, format_)
    except RuleFault as fault:
        raise Invalid(fault.zh, fault.en, path=fault.path) from None
    return found, existing, check(contents, existing)


def _existing(draft: str, merging: Merging) -> Rules:
    """The rules of the draft; where they give way to the file, those of another release are none."""
    if merging == "merge":
        return parsed(draft)
    try:
        return parse_rules(draft)
    except RuleFault:
        return ()


def _write(text: str, format_: Format) -> Written:
    return write_file(parsed(text), format_)
