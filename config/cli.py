"""The command line, `weihub COMMAND …`: parses, runs one command, and turns every failure into one clear message."""

import argparse
import os
import sys
from collections.abc import Sequence

from bot.model.basics import HubError, Lang
from channels.rest_client import Lost, Refused
from config import cli_account, cli_chat, cli_config, cli_filters, cli_replay, cli_reports, cli_rules, cli_serve
from config.cli_common import CommandFault, common
from config.logs import configure
from config.settings import Logs
from config.sources import SettingsFault
from config.terminal import language

FAILED = 1
USAGE = 2
INTERRUPTED = 130


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    root = argparse.ArgumentParser(
        prog="weihub", description="A chat hub: followers and operators of shop accounts talk, rules answer, nothing is lost."
    )
    commands = root.add_subparsers(metavar="COMMAND", required=True)
    shared = common()
    for module in (cli_serve, cli_account, cli_rules, cli_filters, cli_reports, cli_chat, cli_replay, cli_config):
        module.add(commands, shared)
    return root


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command: 0 when it worked, 1 when it failed, 2 when it was asked wrongly."""
    args = parser().parse_args(arguments)
    configure(Logs(level="error"))
    try:
        code: int = args.run(args)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output went away; nothing is left to tell them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except HubError as fault:
        return _fail(told(fault, language(os.environ)))
    except (SettingsFault, CommandFault, Refused, Lost) as fault:
        return _fail(str(fault))
    return code


def told(fault: HubError, lang: Lang) -> str:
    """An error with the place it is about, and every further fault found with it, a line each."""
    faults = fault.data.get("faults")
    if isinstance(faults, list) and faults:
        return "\n".join(f"{one['path']}: {one[lang]}" for one in faults)
    path = fault.data.get("path")
    return f"{path}: {fault.message(lang)}" if path else fault.message(lang)


def _fail(text: str) -> int:
    for line in text.splitlines():
        print(f"weihub: {line}", file=sys.stderr)
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
