"""`weihub replay FILE`: real dialogues through a running hub, with a progress bar and a report."""

import argparse
import asyncio
import contextlib
import secrets
import sys
from pathlib import Path

import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot.actions.tokens import BuyerTokens, shared_secret
from channels.replay import Dialogue, DialogueFault, Plan, Replay, read_dialogues
from channels.replay_check import Faults, Report, Spread, check
from channels.rest_client import Lost, Refused, Staff, ask_any
from config.cli_common import CommandFault, Commands, first_of, settings_of
from config.keys import buyer_tokens
from config.passwords import DEMO_FILE, read
from config.places import own_url
from config.sources import Loaded

TOKEN_S = 6 * 3_600


def add(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add this command."""
    replay = commands.add_parser(
        "replay",
        parents=[shared],
        help="play real dialogues through a running hub, as real clients, and check that nothing was lost",
        description='FILE has one dialogue a line: {"id": "...", "turns": [{"role": "buyer" or "seller", "text": "..."}]}.',
    )
    replay.add_argument("file", metavar="FILE", type=Path)
    replay.add_argument("--account", required=True, metavar="HANDLE")
    replay.add_argument("--url", help="the hub, or several addresses of one hub separated by commas (default: this data directory's)")
    replay.add_argument("--conversations", metavar="N", type=_positive, help="only the first N dialogues")
    replay.add_argument(
        "--speed", metavar="X", type=_speed, default=0.0, help="1 types as people do, 10 ten times as fast, 0 as fast as possible (default)"
    )
    replay.add_argument("--at-once", metavar="N", type=_positive, default=50, help="dialogues played side by side (default: 50)")
    replay.add_argument(
        "--operator", metavar="LOGIN:PASSWORD", action="append", help="who answers; may be given several times (default: the demo's staff)"
    )
    replay.add_argument("--secret", help="the HS256 secret of buyers' tokens (default: this data directory's)")
    replay.set_defaults(run=_replay)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1 was expected, not {text!r}")
    return int(text)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = -1.0
    if not 0 <= speed < float("inf"):
        raise argparse.ArgumentTypeError(f"a number from 0 was expected, not {text!r}")
    return speed


def _replay(args: argparse.Namespace) -> int:
    loaded = settings_of(args)
    try:
        dialogues = read_dialogues(args.file, args.conversations)
    except DialogueFault as fault:
        raise CommandFault(str(fault)) from None
    urls = tuple(url.strip() for url in (args.url or own_url(loaded.settings)).split(","))
    plan = Plan(urls=urls, account=args.account, run=secrets.token_hex(4), at_once=args.at_once, speed=args.speed)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            report = runner.run(_played(plan, dialogues, _tokens(args, loaded), _staff(args, loaded, urls)))
    except* (Refused, Lost) as faults:
        raise CommandFault(f"The replay could not go on: {first_of(faults)}") from None
    _show(report)
    return 0 if report.kept else 1


def _tokens(args: argparse.Namespace, loaded: Loaded) -> BuyerTokens:
    if args.secret is None:
        return buyer_tokens(loaded.settings)
    try:
        return shared_secret(args.secret)
    except ValueError as fault:
        raise CommandFault(f"--secret: {fault}") from None


def _staff(args: argparse.Namespace, loaded: Loaded, urls: tuple[str, ...]) -> list[Staff]:
    pairs = [given.partition(":")[::2] for given in args.operator or []]
    demo = loaded.data / DEMO_FILE
    if not pairs and demo.exists():
        pairs = list(read(demo).items())
    if not pairs or any(not login or not password for login, password in pairs):
        raise CommandFault("Say who answers: --operator LOGIN:PASSWORD (a demo's staff is found by itself, with --data).")
    return [Staff(urls, login, password) for login, password in pairs]


async def _greet(urls: tuple[str, ...]) -> None:
    """Say at once that nobody is there: only a hub that was there is waited for. Raises Lost."""
    with contextlib.suppress(Refused):
        await ask_any(urls, None, "GET", "/me")


async def _played(plan: Plan, dialogues: list[Dialogue], tokens: BuyerTokens, staff: list[Staff]) -> Report:
    turns = sum(len(dialogue.turns) for dialogue in dialogues)
    await _greet(plan.urls)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"{len(dialogues)} dialogues", total=turns)
        replay = Replay(plan, mint=lambda person, name: tokens.mint(person, name, TOKEN_S), staff=staff, progress=lambda: progress.advance(task))
        played = await replay.play(dialogues)
        progress.update(task, description="checking")
        return await check(replay, played, turns)


def _show(report: Report) -> None:
    faults = report.faults
    lines = [
        f"dialogues          {report.dialogues}",
        f"turns              {report.turns}  acknowledged {report.acked}  stored {report.stored}",
        f"elapsed            {report.seconds:.1f} s  {report.per_second:.0f} messages/s",
        f"send → ack         {_spread(report.ack_ms)}",
        f"send → operator    {_spread(report.to_operator_ms)}",
        f"send → buyer       {_spread(report.to_buyer_ms)}",
        f"on the way         {report.repeats} sends repeated, {report.duplicates} of them stored already; {report.reconnections} reconnections",
        f"pushes             {report.pulled} missed and fetched after a reconnection; {report.unheard} not heard within 5 s",
        f"automatic answers  {sum(report.answers.values())}",
        *(f"  {count:>6}  {rule}" for rule, count in report.answers.items()),
        *(f"refused            {count} × {code}" for code, count in report.refused.items()),
        *([f"without an answer  {report.unsure}"] if report.unsure else []),
        _promises(faults),
    ]
    print("\n".join(lines))
    for example in faults.examples:
        print(f"weihub: {example}", file=sys.stderr)


def _promises(faults: Faults) -> str:
    counts = {
        "lost": faults.missing,
        "doubled": faults.doubled,
        "out of order": faults.disordered,
        "gaps": faults.gaps,
        "doubled answers": faults.doubled_answers,
    }
    return " · ".join(f"{name} {count}" for name, count in counts.items())


def _spread(spread: Spread) -> str:
    return f"p50 {spread.p50:.1f} ms  p99 {spread.p99:.1f} ms  ({spread.count})"
