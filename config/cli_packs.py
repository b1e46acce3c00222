"""`weihub rules packs`: the starter sets of rules that come with the program, and bringing one to an account."""

import argparse

from bot.actions.packs import Installed
from bot.model.people import Actor
from config.cli_common import Commands, common
from config.cli_office import within
from config.office import Office
from config.packs import read_packs

WHY = {"id": "is there already", "layer": "gives way, its layer is spoken for by", "pattern": "gives way, it would repeat"}


def add_packs(rules: Commands, shared: argparse.ArgumentParser) -> None:
    """Add the commands."""
    packs = rules.add_parser("packs", parents=[shared], help="list the starter sets of rules, or bring one to an account")
    packs.set_defaults(run=_list)
    actions = packs.add_subparsers(metavar="ACTION")
    # A flag that stands before the word `install` was read by `packs`; what is left unsaid here must not undo it.
    install = actions.add_parser("install", parents=[common(argparse.SUPPRESS)], help="put a starter set into an account's draft")
    install.add_argument("account", metavar="HANDLE", help="whose rules")
    install.add_argument("pack", metavar="PACK", help="which set, as the list names it")
    install.add_argument("--replace", action="store_true", help="instead of the rules of the draft, not beside them")
    install.add_argument("--publish", action="store_true", help="speak by the draft at once, as the next version")
    install.set_defaults(run=_install)


def _list(_: argparse.Namespace) -> int:
    for pack in read_packs().values():
        print(f"{pack.id}\t{pack.name.zh}\t{pack.name.en}\t{len(pack.rules)} rules\t{pack.about.zh}")
    return 0


def _install(args: argparse.Namespace) -> int:
    async def work(office: Office, owner: Actor) -> list[str]:
        done = await office.packs.install(owner, args.account, args.pack, "replace" if args.replace else "merge")
        lines = _report(args.account, done)
        if not args.publish:
            return [*lines, "Nothing is published yet: look it over first, or publish it with --publish."]
        if not done.draft.revision:
            return [*lines, "There is no draft to publish."]
        version = await office.rulebook.publish(owner, args.account, f"规则包 {args.pack}", done.draft.revision)
        return [*lines, f"{args.account} speaks by version {version.version} now. A hub that runs without Redis notices within half a minute."]

    print("\n".join(within(args, work)))
    return 0


def _report(account: str, done: Installed) -> list[str]:
    """What came in, what did not and why, and what the shop should write into it."""
    lines = [f"{len(done.added)} rules added to the draft of {account}, now at revision {done.draft.revision}."]
    lines += [f"left out {one.rule}: {WHY[one.why]}" + ("" if one.why == "id" else f" {one.held_by}") for one in done.skipped]
    return [*lines, *(f"to adapt {note.rule}: {note.zh} {note.en}" for note in done.notes)]
