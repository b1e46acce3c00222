"""`weihub rules packs`: what there is, and bringing it to an account."""

import json
from pathlib import Path

import pytest

from config.cli import main
from config.packs import read_packs
from tests.config.test_cli import Shell


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A data directory with a tea shop."""
    shell = Shell(tmp_path / "data", capsys)
    shell("account", "create", "tea", "--name", "茶铺", "--owner", "boss")
    return shell


def drafted(shell: Shell) -> list[str]:
    return [rule["id"] for rule in json.loads(shell("rules", "export", "--account", "tea"))]


def test_packs_are_listed(shell: Shell) -> None:
    """One a line, with the name to install it by."""
    lines = [line.split("\t") for line in shell("rules", "packs").splitlines()]

    assert [(line[0], line[3]) for line in lines] == [(pack.id, f"{len(pack.rules)} rules") for pack in read_packs().values()]


def test_a_pack_is_a_draft_first(shell: Shell) -> None:
    """With the notes of what to adapt; it answers when it is tried as the draft, and not yet to buyers."""
    told = shell("rules", "packs", "install", "tea", "food")

    assert "40 rules added to the draft of tea, now at revision 1." in told
    assert "to adapt food-brew: " in told
    assert "Nothing is published yet" in told
    assert "[food-brew]" in shell("rules", "try", "这茶怎么泡", "--account", "tea", "--draft")
    assert "(no_rules)" in shell("rules", "try", "这茶怎么泡", "--account", "tea")


def test_a_pack_can_be_published_at_once(shell: Shell) -> None:
    """In one command; the second pack tells what it leaves out and why."""
    assert "tea speaks by version 1 now." in shell("rules", "packs", "install", "tea", "food", "--publish")
    assert "[food-brew]" in shell("rules", "try", "这茶怎么泡", "--account", "tea")
    told = shell("rules", "packs", "install", "tea", "general", "--publish")

    assert "left out shop-human: is there already\n" in told
    assert "left out general-follow: gives way, its layer is spoken for by food-follow\n" in told
    assert "tea speaks by version 2 now." in told


def test_a_pack_can_replace_the_draft(shell: Shell) -> None:
    """Only its own rules are left."""
    shell("rules", "packs", "install", "tea", "general")
    shell("rules", "packs", "install", "tea", "clothes", "--replace")

    assert drafted(shell) == [rule.id for rule in read_packs()["clothes"].rules]


def test_a_flag_counts_on_either_side_of_the_word(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    """`packs --data DIR install …` is not the default directory."""
    assert main(["rules", "packs", "--data", str(shell.data), "install", "tea", "food"]) == 0
    capsys.readouterr()

    assert len(drafted(shell)) == len(read_packs()["food"].rules)


@pytest.mark.parametrize(("words", "told"), [(("nobody", "food"), "no account nobody"), (("tea", "cars"), "cars")])
def test_what_is_not_there_is_named(shell: Shell, words: tuple[str, str], told: str) -> None:
    """And nothing is changed."""
    assert told in shell.fails("rules", "packs", "install", *words)
    assert drafted(shell) == []
