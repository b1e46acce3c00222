"""`weihub rules import|export|try`: an account's automatic replies, on the data directory, with or without a running hub."""

import argparse
import sys
from pathlib import Path

import msgspec

from bot.model.people import Actor
from config.cli_common import CommandFault, Commands
from config.cli_decide import add_decide
from config.cli_lab import add_lab
from config.cli_office import within
from config.cli_packs import add_packs
from config.cli_stats import add_stats
from config.office import Office
from config.terminal import printable
from intents.keywords import Mode
from replies.decision import Candidate, Decision


def add(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add these commands."""
    rules = commands.add_parser("rules", help="an account's automatic replies").add_subparsers(metavar="ACTION", required=True)
    bring = rules.add_parser("import", parents=[shared], help="check a file of rules and let the account speak by it")
    bring.add_argument("file", metavar="FILE", type=Path, help="a JSON array of rules; - reads standard input")
    bring.add_argument("--account", required=True, metavar="HANDLE", help="whose rules")
    bring.add_argument("--note", default="", help="kept with the version")
    bring.add_argument("--draft", action="store_true", help="save it as the draft only")
    bring.set_defaults(run=_import)
    take = rules.add_parser("export", parents=[shared], help="write the draft, or the published rules where nobody has begun one")
    take.add_argument("--account", required=True, metavar="HANDLE", help="whose rules")
    take.add_argument("--out", metavar="FILE", type=Path, help="where to (default: standard output)")
    take.set_defaults(run=_export)
    ask = rules.add_parser("try", parents=[shared], help="say what would be answered to a text, and why; nothing is sent")
    ask.add_argument("text", metavar="TEXT", help="what a buyer might say")
    ask.add_argument("--account", required=True, metavar="HANDLE", help="whose rules")
    ask.add_argument("--draft", action="store_true", help="by the draft instead of the published rules")
    ask.add_argument("--first", action="store_true", help="as the first message of a conversation")
    ask.set_defaults(run=_try)
    add_decide(rules, shared)
    add_lab(rules, shared)
    add_packs(rules, shared)
    add_stats(rules, shared)


def _import(args: argparse.Namespace) -> int:
    source = _content(args.file)

    async def work(office: Office, owner: Actor) -> str:
        if args.draft:
            draft = await office.rulebook.put(owner, args.account, source)
            return f"The draft of {args.account} is at revision {draft.revision} now; it is not published."
        version = await office.rulebook.import_(owner, args.account, source, args.note)
        return f"{args.account} speaks by version {version.version} now. A hub that runs without Redis notices within half a minute."

    print(within(args, work))
    return 0


def _content(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as fault:
        raise CommandFault(f"{file}: {fault.strerror or fault}") from None


def _export(args: argparse.Namespace) -> int:
    async def work(office: Office, owner: Actor) -> str:
        return (await office.rulebook.draft(owner, args.account)).rules

    text = msgspec.json.format(within(args, work), indent=2) + "\n"
    try:
        if args.out is None:
            sys.stdout.write(text)
        else:
            args.out.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise CommandFault(f"{args.out}: {fault.strerror or fault}") from None
    return 0


def _try(args: argparse.Namespace) -> int:
    async def work(office: Office, owner: Actor) -> Decision:
        return await office.rulebook.try_(owner, args.account, args.text, draft=args.draft, first=args.first)

    print("\n".join(explain(within(args, work))))
    return 0


def explain(decision: Decision) -> list[str]:
    """A decision in lines for a person: what would be said, by which rule, and what every other candidate lacked."""
    trace = decision.trace
    lines = [f"outcome  {decision.outcome}" + (f" ({decision.reason})" if decision.reason else "")]
    for said in decision.says:
        for message in said.messages:
            text = str(message.body.get("text") or message.body.get("title") or f"[{message.kind}]")
            lines.append(f"says     {said.rule_name}: {printable(text)}")
    lines.append(f"words    {' '.join(trace.words)}")
    lines += [f"{_verdict(candidate):<8} {candidate.name} [{candidate.rule}] {_why(candidate)}".rstrip() for candidate in trace.candidates]
    return [*lines, *([f"         and {trace.more} more"] if trace.more else []), f"took     {trace.us:.0f} µs, version {trace.version}"]


def _verdict(candidate: Candidate) -> str:
    if candidate.blocked:
        return "kept out"
    return "beaten" if candidate.beaten_by else "won"


def _why(candidate: Candidate) -> str:
    score = f" {candidate.score:.2f}" if candidate.mode is Mode.SIMILAR else ""
    found = f"{candidate.mode}{score}: {candidate.pattern}" if candidate.mode else ""
    if candidate.blocked:
        return f"{found} · {candidate.blocked}".removeprefix(" · ")
    return f"{found} · by {candidate.beaten_by} on {candidate.beaten_on}" if candidate.beaten_by else found
