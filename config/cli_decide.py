"""`weihub rules decide`: what a file of rules would answer to a file of messages. No server, no database, no account."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from config.cli_common import CommandFault, Commands
from config.cli_lines import Asked, content, messages_of, write
from intents.vocabulary import NOTHING
from replies.compiled import RuleSet, compile_rules
from replies.decision import Context, Heard
from replies.engine import decide
from replies.faults import RuleFault
from replies.rules import parse_rules
from replies.vocabulary import parse_vocabulary

Parsed = TypeVar("Parsed")


class Decided(msgspec.Struct, frozen=True):
    """One line out: the rule that would speak, or none; mode and score of the best candidate; the rules it would offer; microseconds."""

    id: str
    rule: str | None
    mode: str | None
    score: float
    choices: tuple[str, ...]
    us: float


def add_decide(rules: Commands, shared: argparse.ArgumentParser) -> None:
    """Add the command."""
    parser = rules.add_parser("decide", parents=[shared], help="say for a file of messages which rule of a file would answer each; needs no server")
    parser.add_argument("--rules", required=True, metavar="RULES.json", type=Path, help="a JSON array of rules")
    parser.add_argument("--vocabulary", metavar="WORDS.json", type=Path, help='words and synonyms of the account, {"words": […], "synonyms": [[…]]}')
    parser.add_argument("--messages", required=True, metavar="IN.jsonl", type=Path, help='one {"id", "text"} a line')
    parser.add_argument("--out", required=True, metavar="OUT.jsonl", type=Path, help='one {"id", "rule", "mode", "score", "choices", "us"} a line')
    parser.set_defaults(run=_decide)


def _decide(args: argparse.Namespace) -> int:
    rules = _compiled(args.rules, args.vocabulary)
    messages = list(messages_of(args.messages))
    lines = [msgspec.json.encode(decided(rules, one)) + b"\n" for one in messages]
    write(args.out, lines)
    print(f"{len(lines)} messages decided by {len(rules.rules)} rules.")
    return 0


def decided(rules: RuleSet, asked: Asked) -> Decided:
    """What would be said to one message, as the only one of its conversation."""
    began = time.perf_counter_ns()
    trace = decide(rules, Heard(text=asked.text, message_id=asked.id), Context(), 0).trace
    took = (time.perf_counter_ns() - began) / 1_000
    best = next((one for one in trace.candidates if one.rule in trace.winners[-1:]), trace.candidates[0] if trace.candidates else None)
    return Decided(
        id=asked.id,
        rule=trace.winners[-1] if trace.winners else None,
        mode=best.mode if best else None,
        score=round(best.score, 4) if best else 0.0,
        choices=trace.choices,
        us=round(took, 1),
    )


def _compiled(file: Path, vocabulary: Path | None) -> RuleSet:
    rules = _read(file, parse_rules)
    return compile_rules(rules, _read(vocabulary, parse_vocabulary) if vocabulary is not None else NOTHING)


def _read(file: Path, parse: Callable[[bytes], Parsed]) -> Parsed:
    try:
        return parse(content(file))
    except RuleFault as fault:
        raise CommandFault("\n".join(f"{file}: {one.path or 'the file'}: {one.en}" for one in fault.every)) from None
