"""What a fact is told as to those who hear it on a socket."""

import msgspec

from bot.model.facts import (
    DeskMoved,
    Fact,
    GroupChanged,
    Looked,
    MemberChanged,
    MessagePosted,
    MessageRecalled,
    MessagesChanged,
    Noticed,
    ReadMoved,
    Typed,
)
from channels.wire import Changed, MemberView, Notice, ReadMark, Typing, rfc3339, show, show_changed, show_desk, show_looking


def event_of(fact: Fact) -> tuple[str, msgspec.Struct] | None:
    """The event a fact becomes for those who hear it, if any."""
    match fact:
        case MessagePosted(message=message):
            return "message", show(message)
        case MessageRecalled(conversation=conversation, seq=seq, by=by):
            return "changed", Changed(conversation, seq, "recalled", by)
        case MessagesChanged(conversation=conversation, seqs=seqs, change=change, by=by):
            return "changed", show_changed(conversation, seqs, change, by)
        case ReadMoved(conversation=conversation, person=person, seq=seq):
            return "read", ReadMark(conversation, person, seq)
        case Typed(conversation=conversation, person=person):
            return "typing", Typing(conversation, person)
        case Looked(conversation=conversation, looking=looking):
            return "looking", show_looking(conversation, looking)
        case DeskMoved(desk=desk):
            return "desk", show_desk(desk)
        case _:
            return _of_group(fact)


def _of_group(fact: Fact) -> tuple[str, msgspec.Struct] | None:
    match fact:
        case MemberChanged(group=group, person=person, change=change, until=until, reason=reason, role=role):
            return "member", MemberView(group, person, change, None if until is None else rfc3339(until), reason or None, role)
        case GroupChanged(group=group, what=what):
            return "notice", Notice("group", group, what=what)
        case Noticed(kind=kind, group=group, by=by, seq=seq, reason=reason, ref=ref, key=key):
            return "notice", Notice(kind, group, by or None, seq, reason=reason or None, ref=ref, key=key)
        case _:
            return None
