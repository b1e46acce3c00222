"""`weihub serve` and `weihub migrate`."""

import argparse
import asyncio
import gc
import shutil
import sys
from pathlib import Path

import uvloop
from rich.console import Console
from rich.markup import escape

from bot.store.migrate import head, upgrade
from config import demo, logs
from config.cli_common import Commands, database_of, settings_of
from config.lifecycle import Lifecycle, until_told
from config.passwords import DEMO_FILE
from config.places import pages_directory
from config.settings import Settings
from config.sources import Loaded
from config.wiring import Hub, build


def add(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add these commands."""
    serve = commands.add_parser("serve", parents=[shared], help="run the hub until it is told to stop")
    serve.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    serve.add_argument("--port", type=int, help="port to listen on (default: 8080; 0 takes any free one)")
    serve.add_argument("--demo", action="store_true", help="make the demo shop, if it is not there yet, and say how to try it")
    serve.set_defaults(run=_serve)
    migrate = commands.add_parser("migrate", parents=[shared], help="bring the database to the schema of this program")
    migrate.set_defaults(run=_migrate)


def _serve(args: argparse.Namespace) -> int:
    loaded = settings_of(args)
    logs.configure(loaded.settings.logs)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_served(loaded, with_demo=args.demo))
    return 0


async def _served(loaded: Loaded, *, with_demo: bool) -> None:
    settings = loaded.settings
    lifecycle = Lifecycle(settings.server.drain_s + settings.server.stop_s)
    async with build(settings, lifecycle, demo.prepare if with_demo else None) as hub:
        _greet(hub, settings, demo.passwords_of(settings) if with_demo else None)
        _spare_the_collector()
        await until_told(lifecycle)


def _spare_the_collector() -> None:
    """What is alive after the start stays: the collector need not look at it again, nor at every 700 new objects.

    Measured on the durable relay: a quarter less CPU a message.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _command() -> str:
    """How whoever reads this calls us: by name if that is on their PATH, else by the path of this very script."""
    script = Path(sys.argv[0]).absolute()
    named = shutil.which("weihub")
    if named is not None and Path(named).absolute() == script:
        return "weihub"
    here = Path.cwd()
    return str(script.relative_to(here)) if script.is_relative_to(here) else str(script)


def _greet(hub: Hub, settings: Settings, passwords: dict[str, str] | None) -> None:
    """A few lines on standard output for whoever started it; logs go to standard error."""
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    host = f"[{hub.host}]" if ":" in hub.host else hub.host
    lines = ["", f"  [bold]Weihub[/bold] is running on [bold cyan]http://{escape(host)}:{hub.port}[/bold cyan]   (Ctrl-C stops it)"]
    if passwords is not None:
        lines += ["", *_demo_lines(settings, hub.port, passwords)]
    console.print("\n".join([*lines, ""]))
    sys.stdout.flush()


def _demo_lines(settings: Settings, port: int, passwords: dict[str, str]) -> list[str]:
    extra, weihub = _flags(settings, port), escape(_command())
    logins = "\n".join(f"    {login:<10} {escape(password)}" for login, password in passwords.items())
    look = "Open that in a browser and be a buyer, the owner or an operator, each with one click.\n  Or c" if _has_pages(settings) else "C"
    return [
        f"  The demo shop is [bold]demo[/bold]. {look}hat with it as a buyer in another terminal:\n    [bold green]{weihub} chat demo --as buyer-1{extra}[/bold green]",
        f"\n  Say 人工 there, and answer at its desk, in a third one:\n    [bold green]{weihub} chat demo --operator operator{extra}[/bold green]",
        f"\n  Sign-ins, kept in {escape(str(Path(settings.server.data) / DEMO_FILE))}:\n{logins}",
    ]


def _has_pages(settings: Settings) -> bool:
    return (pages_directory(settings) / "index.html").is_file()


def _flags(settings: Settings, port: int) -> str:
    """What a pasted command needs besides, to find this hub."""
    defaults = Settings().server
    data = "" if settings.server.data == defaults.data else f" --data {settings.server.data}"
    return data if port == defaults.port else f"{data} --url http://127.0.0.1:{port}"


def _migrate(args: argparse.Namespace) -> int:
    applied = asyncio.run(_migrated(settings_of(args)))
    print(f"Applied {', '.join(applied)}." if applied else f"The database is at revision {head()}; there was nothing to do.")
    return 0


async def _migrated(loaded: Loaded) -> list[str]:
    async with database_of(loaded) as db:
        return await upgrade(db)
