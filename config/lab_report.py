"""What the lab found, written for a terminal: tables that also read well in a file."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.actions.lab import Compared, Linted, Replayed
from bot.model.basics import Lang
from bot.store.cursor import Page
from bot.store.rules import Version
from config.terminal import printable
from replies.finding import SEVERITIES
from replies.lab import Answer, MemberChange, Row

VALUE, EXAMPLE = 100, 30
"""Characters that are shown of a value, and of a message."""

_COLOURS = {"error": "red", "warning": "yellow", "hint": "dim", "newly_answered": "green", "changed": "yellow", "newly_silent": "red"}
_CHANGES = {"newly_answered": "newly answered", "changed": "changed", "newly_silent": "newly silent"}


def show_findings(found: Linted, console: Console, lang: Lang) -> None:
    """The findings, the worst first, and how many there are of each severity."""
    if found.findings:
        table = _table("", "where", "rule", "found")
        for one in found.findings:
            colour = _COLOURS[one.severity]
            table.add_row(f"[{colour}]{one.severity}[/{colour}]", _safe(one.path), _safe(one.rule or ""), _safe(one.zh if lang == "zh" else one.en))
        console.print(table)
    counts = Counter(one.severity for one in found.findings)
    told = ", ".join(f"{counts[severity]} {severity}{'s' if counts[severity] != 1 else ''}" for severity in SEVERITIES if counts[severity])
    more = f", and {found.more} more" if found.more else ""
    rules = "The rules cannot be read" if counts["error"] else f"{found.rules} rule{'s' if found.rules != 1 else ''}"
    console.print(f"{rules}: {told or 'nothing found'}{more}.")


def show_replay(found: Replayed, console: Console, draft: str) -> None:
    """What would have changed, the commonest first."""
    report = found.report
    since = f"{_moment(found.since)}{'' if found.complete else ', the newest conversations first: there are more'}"
    console.print(f"{report.heard} messages since {since}.")
    console.print(f"answered by version {found.version}: {report.answered_before} · by {escape(draft)}: {report.answered_after}")
    console.print(f"newly answered {report.newly_answered} · changed {report.changed} · newly silent {report.newly_silent}")
    if not report.rows:
        return
    table = _table("", "times", "was", "would be", "for example")
    for row in report.rows:
        colour = _COLOURS[row.change]
        table.add_row(
            f"[{colour}]{_CHANGES[row.change]}[/{colour}]",
            str(row.count),
            _who(row.before, report.names),
            _who(row.after, report.names) + (" [dim](other words)[/dim]" if row.before == row.after else ""),
            _examples(row),
        )
    console.print(table)
    if report.more:
        console.print(f"and {report.more} messages in rarer ways")


def show_versions(page: Page[Version], names: Mapping[str, str], console: Console) -> None:
    """The versions, the newest first, which is the one that speaks; `names` of the staff by person."""
    if not page.items:
        console.print("Nothing was published yet.")
        return
    table = _table("version", "published", "by", "note")
    for place, one in enumerate(page.items):
        table.add_row(
            f"{one.version}{' [green]speaks now[/green]' if place == 0 else ''}",
            _moment(one.at),
            _safe(names.get(one.author, one.author)),
            _safe(one.note),
        )
    console.print(table)
    if page.cursor is not None:
        console.print("and older ones")


def show_diff(found: Compared, console: Console) -> None:
    """Rules that came, went and changed, member by member."""
    names = (f"version {found.before}", "the draft" if found.after is None else f"version {found.after}")
    console.print(
        f"From {names[0]} to {names[1]}: {len(found.diff.added)} added, {len(found.diff.removed)} removed, {len(found.diff.changed)} changed."
    )
    for sign, colour, rules in (("+", "green", found.diff.added), ("-", "red", found.diff.removed)):
        for rule in rules:
            console.print(f"[{colour}]{sign} {_safe(rule.name)} \\[{_safe(rule.id)}][/{colour}]", soft_wrap=True)
    for changed in found.diff.changed:
        console.print(f"[yellow]~ {_safe(changed.name)} \\[{_safe(changed.id)}][/yellow]", soft_wrap=True)
        _members(changed.members, console)
    if found.diff.vocabulary:
        console.print("[yellow]~ words of its own[/yellow]")
        _members(found.diff.vocabulary, console)


def _members(changes: Sequence[MemberChange], console: Console) -> None:
    for change in changes:
        for line in _member(change):
            console.print(f"    {line}", soft_wrap=True)


def _member(change: MemberChange) -> Iterator[str]:
    """A list by what came and went, anything else by both values."""
    before, after = change.before, change.after
    if isinstance(before, list) and isinstance(after, list):
        gone, come = [one for one in before if one not in after], [one for one in after if one not in before]
        yield f"{change.member}{'' if gone or come else ': in another order'}"
        yield from (f"  [red]- {_value(one)}[/red]" for one in gone)
        yield from (f"  [green]+ {_value(one)}[/green]" for one in come)
    else:
        yield f"{change.member}: [red]{_value(before)}[/red] → [green]{_value(after)}[/green]"


def _value(value: object) -> str:
    if isinstance(value, dict) and set(value) == {"mode", "text"}:
        text = f"{value['mode']} {value['text']}"
    else:
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return _safe(text if len(text) <= VALUE else f"{text[:VALUE]}…")


def _who(answer: Answer, names: Mapping[str, str]) -> str:
    """The rules that spoke, by name, and how."""
    told = " + ".join(_safe(names.get(rule, rule)) for rule in answer.rules)
    how = {"choices": " [dim](asked back)[/dim]", "hand_off": " [dim](to people)[/dim]"}.get(answer.outcome, "")
    return f"{told}{how}" if told else "[dim]–[/dim]"


def _examples(row: Row) -> str:
    texts = (" ".join(one.text.split()) for one in row.examples)
    return "\n".join(_safe(text if len(text) <= EXAMPLE else f"{text[:EXAMPLE]}…") or "[dim](no text)[/dim]" for text in texts)


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column == "times" else "left", overflow="fold")
    return table


def _moment(at: int) -> str:
    """A moment in milliseconds UTC, in the time of this machine."""
    return f"{datetime.fromtimestamp(at / 1_000, UTC).astimezone():%Y-%m-%d %H:%M}"


def _safe(text: str) -> str:
    """Other people's words, which are no markup and drive no terminal."""
    return escape(printable(text))
