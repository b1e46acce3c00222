"""Arguments that cannot be meant are told in words a person can use."""

import time

import pytest

from config.cli import main


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["account", "staff", "tea", "--login", "lin", "--role", "follower"], "(choose from 'moderator', 'operator', 'owner')"),
        (["replay", "file", "--account", "tea", "--conversations", "0"], "--conversations: a whole number from 1 was expected, not '0'"),
        (["replay", "file", "--account", "tea", "--at-once", "many"], "--at-once: a whole number from 1 was expected, not 'many'"),
        (["replay", "file", "--account", "tea", "--speed=-1"], "--speed: a number from 0 was expected, not '-1'"),
        (["replay", "file", "--account", "tea", "--speed", "nan"], "--speed: a number from 0 was expected, not 'nan'"),
    ],
)
def test_what_was_expected_is_told(arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Not the name of a function or a class of ours."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)

    assert caught.value.code == 2
    assert expected in capsys.readouterr().err


def test_a_replay_to_nobody_ends_at_once(tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]) -> None:
    """A hub that goes away is waited for, one that never was is not."""
    file = tmp_path_factory.mktemp("replay") / "dialogues.jsonl"
    file.write_text('{"id": "d", "turns": [{"role": "buyer", "text": "在吗"}]}\n', encoding="utf-8")
    began = time.monotonic()

    assert main(["replay", str(file), "--account", "demo", "--url", "http://127.0.0.1:9", "--operator", "a:b", "--secret", "s" * 32]) == 1
    assert "http://127.0.0.1:9 cannot be reached" in capsys.readouterr().err
    assert time.monotonic() - began < 10


def test_a_buyer_without_an_id_is_no_operator(tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty `--as` is a bad id of a buyer, not a wish for the operator's password."""
    data = tmp_path_factory.mktemp("chat")

    assert main(["chat", "demo", "--as", "", "--data", str(data)]) == 1
    assert "a person id has 1 to 64" in capsys.readouterr().err
