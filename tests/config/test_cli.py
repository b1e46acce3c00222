"""The command line: what it takes, what it prints, and how it fails."""

import base64
import json
import stat
from pathlib import Path

import pytest

from bot.model.basics import Invalid, NotFound
from config.cli import main, told
from config.cli_account import seconds

COMMANDS = (
    ("serve",),
    ("migrate",),
    ("account", "create"),
    ("account", "staff"),
    ("account", "list"),
    ("token",),
    ("rules", "import"),
    ("rules", "export"),
    ("rules", "try"),
    ("rules", "decide"),
    ("rules", "lint"),
    ("rules", "replay"),
    ("rules", "versions"),
    ("rules", "rollback"),
    ("rules", "diff"),
    ("rules", "packs"),
    ("rules", "packs", "install"),
    ("rules", "stats"),
    ("reports", "list"),
    ("reports", "export"),
    ("reports", "close"),
    ("chat",),
    ("replay",),
    ("config", "check"),
    ("config", "show"),
    ("doctor",),
)


class Shell:
    """Runs commands on one data directory and keeps what they printed."""

    def __init__(self, data: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.data = data
        self._capture = capture

    def __call__(self, *arguments: str) -> str:
        """Standard output of a command that works."""
        assert main([*arguments, "--data", str(self.data)]) == 0, self._capture.readouterr().err
        return self._capture.readouterr().out

    def fails(self, *arguments: str) -> str:
        """Standard error of a command that does not; nothing else is printed."""
        assert main([*arguments, "--data", str(self.data)]) == 1
        captured = self._capture.readouterr()
        assert captured.out == ""
        return captured.err


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """An empty data directory."""
    return Shell(tmp_path / "data", capsys)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_takes_the_common_flags(command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """And explains itself."""
    with pytest.raises(SystemExit) as caught:
        main([*command, "--help"])

    assert caught.value.code == 0
    text = capsys.readouterr().out
    assert all(flag in text for flag in ("--data", "--config", "--database", "--redis"))


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["serve", "--port", "many"], ["token", "p", "--ttl", "1y"], ["chat", "demo"]])
def test_a_wrong_use_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With the usage on standard error."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)

    assert caught.value.code == 2
    assert "usage: weihub" in capsys.readouterr().err


def test_an_account_its_staff_and_their_passwords(shell: Shell) -> None:
    """A new login gets a password, a known one keeps it."""
    made = shell("account", "create", "tea", "--name", "茶铺", "--owner", "boss")
    again = shell("account", "create", "rice", "--name", "米铺", "--owner", "boss")
    hired = shell("account", "staff", "tea", "--login", "lin", "--name", "小林")

    assert "First password, told this once: " in made
    assert "stays" in again
    assert "lin is now operator of tea." in hired
    assert shell("account", "list") == "rice\t米铺\tseller\tboss (owner)\ntea\t茶铺\tseller\tboss (owner), lin (operator)\n"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("account", "create", "Tea!", "--name", "x", "--owner", "boss"), "handle: A handle has"),
        (("account", "create", "tea", "--name", "x", "--owner", "?"), "login: A login has"),
        (("account", "staff", "none", "--login", "lin"), "There is no account none"),
        (("rules", "export", "--account", "none"), "There is no account none"),
        (("rules", "import", "absent.json", "--account", "none"), "absent.json: No such file"),
        (("token", "staff:1"), "in the hub's own name space"),
        (("token", "buyer", "--ttl", "40d"), "a token lives"),
        (("migrate", "--database", "mysql://x/y"), "Not a kind of database"),
        (("config", "check", "--config", "absent.toml"), "absent.toml: there is no such file"),
        (("replay", "absent.jsonl", "--account", "demo"), "absent.jsonl: No such file"),
        (("chat", "demo", "--operator", "lin"), "There is no password for lin"),
    ],
)
def test_a_failure_is_one_sentence(shell: Shell, arguments: tuple[str, ...], expected: str) -> None:
    """On standard error, after the program's name, without a traceback."""
    text = shell.fails(*arguments)

    assert expected in text
    assert text.startswith("weihub: ")
    assert text.count("\n") == 1


def test_a_handle_that_is_taken_is_refused(shell: Shell) -> None:
    """Nothing is changed by the second attempt."""
    shell("account", "create", "tea", "--name", "茶铺", "--owner", "boss")

    assert "taken" in shell.fails("account", "create", "tea", "--name", "米铺", "--owner", "thief")
    assert "thief" not in shell("account", "list")


def test_a_token_is_printed_alone(shell: Shell) -> None:
    """So that it can be used in a command substitution; the secret it is signed with is private."""
    token = shell("token", "buyer-1", "--name", "小红", "--ttl", "15m")
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))

    assert token.count("\n") == 1
    assert (claims["sub"], claims["name"], claims["aud"], claims["exp"] - claims["iat"]) == ("buyer-1", "小红", "weihub", 900)
    assert stat.S_IMODE((shell.data / "secret").stat().st_mode) == 0o600


@pytest.mark.parametrize(("text", "expected"), [("90", 90), ("90s", 90), ("15m", 900), ("2h", 7_200), ("7d", 604_800)])
def test_a_length_of_time_is_read(text: str, expected: int) -> None:
    """With a unit, or in seconds."""
    assert seconds(text) == expected


RULE = {
    "id": "ship",
    "name": "发货时间",
    "layer": "keyword",
    "when": {"any": [{"mode": "contains", "text": "发货"}]},
    "reply": {"messages": [{"kind": "text", "text": "今天发"}]},
}


def test_rules_go_in_come_out_and_can_be_tried(shell: Shell, tmp_path: Path) -> None:
    """An import is published, an export can be imported, a trial says what, by which rule, and why."""
    file, copy = tmp_path / "rules.json", tmp_path / "copy.json"
    file.write_text(json.dumps([RULE]), encoding="utf-8")
    shell("account", "create", "tea", "--name", "茶铺", "--owner", "boss")
    first = shell("rules", "import", str(file), "--account", "tea")
    shell("rules", "export", "--account", "tea", "--out", str(copy))
    second = shell("rules", "import", str(copy), "--account", "tea", "--note", "again")
    tried = shell("rules", "try", "什么时候发货", "--account", "tea")

    assert "tea speaks by version 1 now." in first
    assert "tea speaks by version 2 now." in second
    assert json.loads(copy.read_text(encoding="utf-8"))[0]["id"] == "ship"
    assert "outcome  answer\nsays     发货时间: 今天发\n" in tried
    assert "won      发货时间 [ship] contains: 发货" in tried


def test_a_draft_is_tried_before_it_speaks(shell: Shell, tmp_path: Path) -> None:
    """The published rules stay as they are."""
    file = tmp_path / "rules.json"
    file.write_text(json.dumps([RULE]), encoding="utf-8")
    shell("account", "create", "tea", "--name", "茶铺", "--owner", "boss")
    saved = shell("rules", "import", str(file), "--account", "tea", "--draft")

    assert "not published" in saved
    assert "(no_rules)" in shell("rules", "try", "发货", "--account", "tea")
    assert "outcome  answer" in shell("rules", "try", "发货", "--account", "tea", "--draft")


def test_every_fault_of_a_file_of_rules_is_told_with_its_place(shell: Shell, tmp_path: Path) -> None:
    """And none of it is taken."""
    file = tmp_path / "rules.json"
    file.write_text(
        json.dumps([{**RULE, "layer": "cellar"}, {**RULE, "id": "b", "when": {"any": [{"mode": "guess", "text": "x"}]}}]), encoding="utf-8"
    )
    shell("account", "create", "tea", "--name", "茶铺", "--owner", "boss")
    lines = shell.fails("rules", "import", str(file), "--account", "tea").splitlines()

    assert any("rules[0].layer" in line for line in lines)
    assert json.loads(shell("rules", "export", "--account", "tea")) == []


def test_migrate_tells_what_it_did(shell: Shell) -> None:
    """And that there was nothing to do."""
    assert shell("migrate").startswith("Applied 0001")
    assert "nothing to do" in shell("migrate")


def test_config_check_and_show(shell: Shell) -> None:
    """Check says that all is in order; show prints TOML."""
    assert "The settings are in order (no file, 1 of them set)." in shell("config", "check")
    assert f'data = "{shell.data}"  # --data' in shell("config", "show")


def test_config_check_tells_a_weak_secret(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without repeating it, and also before production is switched on."""
    monkeypatch.setenv("WEIHUB_IDENTITY__SECRET", "hunter2")
    weak = shell.fails("config", "check")
    monkeypatch.setenv("WEIHUB_SERVER__PRODUCTION", "true")

    assert "too weak" in weak
    assert "too weak" in shell.fails("config", "check")
    assert "hunter2" not in weak


def test_doctor_exits_with_1_when_something_needs_attention(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    """Its findings are its output, not an error."""
    code = main(["doctor", "--data", str(shell.data), "--redis", "redis://127.0.0.1:9/0"])
    out = capsys.readouterr().out

    assert code == 1
    assert "✗ redis" in out
    assert "✓ database" in out
    assert "need attention." in out


def test_an_error_is_told_with_its_place_in_the_language_of_the_locale() -> None:
    """And every further fault found with it."""
    assert told(NotFound("没有。", "There is none."), "zh") == "没有。"
    assert told(Invalid("不对。", "Wrong.", path="a.b"), "en") == "a.b: Wrong."
    faults = [{"path": "a", "zh": "甲", "en": "A"}, {"path": "b", "zh": "乙", "en": "B"}]
    assert told(Invalid("甲", "A", path="a", faults=faults), "zh") == "a: 甲\nb: 乙"
