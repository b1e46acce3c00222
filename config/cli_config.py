"""`weihub config check|show` and `weihub doctor`."""

import argparse
import asyncio
import os

from config.checks import faults
from config.cli_common import Commands, settings_of
from config.doctor import Finding, examine
from config.manual import shown
from config.sources import SettingsFault
from config.terminal import language


def add(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add these commands."""
    config = commands.add_parser("config", help="check or show the settings in force").add_subparsers(metavar="ACTION", required=True)
    check = config.add_parser("check", parents=[shared], help="tell every fault of the settings, or that there is none")
    check.set_defaults(run=_check)
    show = config.add_parser("show", parents=[shared], help="print the settings in force as TOML, without secrets")
    show.set_defaults(run=_show)
    doctor = commands.add_parser("doctor", parents=[shared], help="look at everything a hub stands on, changing nothing")
    doctor.set_defaults(run=_doctor)


def _check(args: argparse.Namespace) -> int:
    loaded = settings_of(args)
    found = faults(loaded.settings)
    if found:
        raise SettingsFault(*found)
    print(f"The settings are in order ({loaded.file or 'no file'}, {len(loaded.origins)} of them set).")
    return 0


def _show(args: argparse.Namespace) -> int:
    print(shown(settings_of(args)), end="")
    return 0


def _doctor(args: argparse.Namespace) -> int:
    findings = asyncio.run(examine(settings_of(args), language(os.environ)))
    for finding in findings:
        print(_line(finding))
    bad = sum(not finding.ok for finding in findings)
    print(f"\n{bad} of {len(findings)} need attention." if bad else "\nAll is well.")
    return 1 if bad else 0


def _line(finding: Finding) -> str:
    return f"{'✓' if finding.ok else '✗'} {finding.name:<14} {finding.says}"
