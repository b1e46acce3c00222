"""docs/commands.md tells exactly the command line."""

import argparse
from collections.abc import Iterator

from config.cli import parser
from tests.house.tables import page, tables


def commands(found: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command that can be run, as it is typed, with its own parser; some can be run and have others below them."""
    below = [action for action in found._actions if isinstance(action, argparse._SubParsersAction)]
    if not below or found.get_default("run"):
        yield found.prog, found
    for action in below:
        for child in dict.fromkeys(action.choices.values()):
            yield from commands(child)


def words(command: argparse.ArgumentParser) -> set[str]:
    """What a command takes: its flags by their long names, its other words in capitals."""
    found = set()
    for action in command._actions:
        if isinstance(action, argparse._HelpAction | argparse._SubParsersAction) or action.help == argparse.SUPPRESS:
            continue
        flag = max(action.option_strings, key=len, default="")
        found.add(flag or str(action.metavar or action.dest).upper())
    return found


def sections() -> dict[str, str]:
    """The page's sections by command: `## weihub serve` begins one."""
    parts = page("docs/commands.md").split("\n## ")[1:]
    return {part.partition("\n")[0].strip("`"): part for part in parts}


def test_every_command_has_a_section_in_order() -> None:
    """None missing, none made up."""
    assert [name for name in sections() if name.startswith("weihub ")] == [name for name, _ in commands(parser())]


def test_every_section_tells_every_word_of_its_command() -> None:
    """Each flag and argument has a line with its meaning; those of all commands are told once, at the top."""
    common = {row["every command takes"].split()[0] for rows in tables(page("docs/commands.md")) for row in rows if "every command takes" in row}
    assert common
    for name, command in commands(parser()):
        rows = [row for found in tables(sections()[name]) for row in found]
        told = {row["word"].split()[0] for row in rows}
        assert told == words(command) - common, name
        assert all(row["meaning"] for row in rows), name


def test_every_command_says_what_it_does() -> None:
    """The list that `--help` prints has a sentence for each, also for groups of commands."""
    todo, silent = [parser()], []
    while todo:
        found = todo.pop()
        for group in (action for action in found._actions if isinstance(action, argparse._SubParsersAction)):
            told = {line.dest: line.help for line in group._choices_actions}
            silent += [f"{found.prog} {name}" for name in group.choices if not told.get(name)]
            todo += dict.fromkeys(group.choices.values())
    assert silent == []
