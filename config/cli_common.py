"""What every command of the command line shares: its flags, its settings, and how it fails."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from bot.store.unit import Database
from config.places import data_directory, database_url
from config.sources import Loaded, load

Run = Callable[[argparse.Namespace], int]
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - argparse has no public name for it
"""What `ArgumentParser.add_subparsers` gives."""


class CommandFault(Exception):
    """A command cannot do what was asked; its text is the whole message for the person who asked."""


def first_of(faults: BaseExceptionGroup[BaseException]) -> BaseException:
    """What broke first among tasks that ran side by side: the others only followed."""
    fault: BaseException = faults
    while isinstance(fault, BaseExceptionGroup):
        fault = fault.exceptions[0]
    return fault


def common(unsaid: str | None = None) -> argparse.ArgumentParser:
    """Flags of every command. `unsaid`: what a flag that is not given stands for; `argparse.SUPPRESS` leaves it out."""
    parser = argparse.ArgumentParser(add_help=False, argument_default=unsaid)
    group = parser.add_argument_group("settings")
    group.add_argument("--data", metavar="DIR", help="data directory (default: data)")
    group.add_argument("--config", metavar="FILE", type=Path, help="settings file (default: weihub.toml in the data directory, if there is one)")
    group.add_argument("--database", metavar="URL", help="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
    group.add_argument("--redis", metavar="URL", help="redis://HOST:PORT/N, when several processes share the work")
    return parser


def settings_of(args: argparse.Namespace) -> Loaded:
    """The settings in force for a command.

    Raises:
        SettingsFault: with every fault found.
    """
    flags = {
        "server.data": args.data,
        "store.database": args.database,
        "live.redis": args.redis,
        "server.host": getattr(args, "host", None),
        "server.port": getattr(args, "port", None),
    }
    return load(flags=flags, config=args.config, environ=os.environ)


def database_of(loaded: Loaded) -> Database:
    """The database of the settings, with the data directory made if it is absent."""
    data_directory(loaded.settings)
    return Database.at(database_url(loaded.settings))
