"""`weihub rules`: an account's automatic replies, on the data directory, with or without a running hub; here `try`."""

import argparse

from bot.model.people import Actor
from config.cli_common import Commands
from config.cli_decide import add_decide
from config.cli_exchange import add_exchange
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
    add_exchange(rules, shared)
    ask = rules.add_parser("try", parents=[shared], help="say what would be answered to a text, and why; nothing is sent")
    ask.add_argument("text", metavar="TEXT", help="what a buyer might say")
    ask.add_argument("--account", required=True, metavar="HANDLE", help="whose rules")
    ask.add_argument("--draft", action="store_true", help="by the draft instead of the published rules")
    ask.add_argument("--first", action="store_true", help="as the first message of a conversation")
    ask.add_argument("--tag", action="append", default=[], metavar="TAG", help="as a follower with this tag; may be given several times")
    ask.add_argument("--group", action="store_true", help="as if written in a group, where the account may be called by its name")
    ask.set_defaults(run=_try)
    add_decide(rules, shared)
    add_lab(rules, shared)
    add_packs(rules, shared)
    add_stats(rules, shared)


def _try(args: argparse.Namespace) -> int:
    async def work(office: Office, owner: Actor) -> Decision:
        return await office.rulebook.try_(owner, args.account, args.text, draft=args.draft, first=args.first, tags=args.tag, group=args.group)

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
