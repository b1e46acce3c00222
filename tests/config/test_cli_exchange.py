"""Rules from files and to files, by the command line."""

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from config.cli import main
from replies.exchange.formats import read_file
from replies.exchange.taking import check
from replies.rules import parse_rules
from tests.config.test_cli import RULE, Shell
from tests.replies.exchange.books import book

TABLE = "名称,关键词,回复\n发货时间,发货,今天发\n坏[red],正则：(a,好\n"


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shop without rules, told about in English."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    made = Shell(tmp_path / "data", capsys)
    made("account", "create", "tea", "--name", "茶铺", "--owner", "boss")
    return made


def made(folder: Path, name: str, content: str | bytes) -> str:
    """A file, by its path."""
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(file)


def test_a_table_becomes_the_draft_and_its_faults_are_told(shell: Shell, tmp_path: Path) -> None:
    """With row, cell and sentence; nothing speaks by it yet."""
    told = shell("rules", "import", "tea", made(tmp_path, "rules.csv", TABLE.encode("gbk")))
    (line,) = [line for line in told.splitlines() if "坏" in line]
    assert line.split()[:4] == ["3", "坏[red]", "fault", "B3"]
    assert "cannot be used (RE2)" in told
    assert "1 rules taken, 1 faults.\nThe draft of tea is at revision 1 now; it is not published.\n" in told
    assert "(no_rules)" in shell("rules", "try", "发货", "--account", "tea")
    assert "outcome  answer" in shell("rules", "try", "发货", "--account", "tea", "--draft")


def test_the_account_may_be_named_in_two_ways(shell: Shell, tmp_path: Path) -> None:
    """But once."""
    file = made(tmp_path, "rules.json", json.dumps([RULE]))
    assert "tea speaks by version 1 now." in shell("rules", "import", "tea", file)
    assert "tea speaks by version 2 now." in shell("rules", "import", file, "--account", "tea")
    assert "tea speaks by version 3 now." in shell("rules", "import", "--account", "tea", file, "--note", "again")
    for words in (["tea", file, "--account", "tea"], [file]):
        with pytest.raises(SystemExit) as caught:
            main(["rules", "import", *words, "--data", str(shell.data)])
        assert caught.value.code == 2


def test_a_trial_saves_nothing_and_tells_by_its_exit_code(shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """1 where a row is faulty, else 0."""
    assert main(["rules", "import", "tea", made(tmp_path, "a.csv", TABLE), "--dry", "--data", str(shell.data)]) == 1
    assert "Nothing is saved: this was a trial." in capsys.readouterr().out
    assert "1 rules taken.\n" in shell("rules", "import", "tea", made(tmp_path, "b.csv", TABLE.rpartition("坏")[0]), "--dry")
    assert json.loads(shell("rules", "export", "tea")) == []


def test_a_table_is_published_when_it_is_said_and_no_row_is_faulty(shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A faulty row keeps everything as it is."""
    assert main(["rules", "import", "tea", made(tmp_path, "a.csv", TABLE), "--publish", "--data", str(shell.data)]) == 1
    assert "mend the faults" in capsys.readouterr().out
    assert json.loads(shell("rules", "export", "tea")) == []
    file = made(tmp_path, "b.xlsx", book([["名称", "关键词", "回复"], ["发货时间", "发货", "今天发"]]))
    assert "tea speaks by version 1 now." in shell("rules", "import", "tea", file, "--publish", "--note", "表")
    assert "outcome  answer" in shell("rules", "try", "发货", "--account", "tea")


def test_an_import_may_be_merged(shell: Shell, tmp_path: Path) -> None:
    """The others stay."""
    shell("rules", "import", "tea", made(tmp_path, "a.json", json.dumps([RULE])), "--draft")
    shell("rules", "import", "tea", made(tmp_path, "b.csv", "名称,关键词,回复\n退货,退货,七天\n"), "--merge")
    assert [one["name"] for one in json.loads(shell("rules", "export", "tea"))] == ["发货时间", "退货"]


def test_json_is_taken_as_a_whole(shell: Shell, tmp_path: Path) -> None:
    """As ever: a fault is told with its path and changes nothing; an empty array is a set without rules."""
    text = shell.fails("rules", "import", "tea", made(tmp_path, "a.json", json.dumps([RULE, {**RULE, "id": "b", "layer": "cellar"}, 7])))
    assert [line.partition(": ")[2].partition(":")[0] for line in text.splitlines()] == ["rules[1].layer", "rules[2]"]
    assert "tea speaks by version 1 now." in shell("rules", "import", "tea", made(tmp_path, "b.json", "[]"))


def test_a_file_that_cannot_be_read_is_one_sentence(shell: Shell, tmp_path: Path) -> None:
    """On standard error."""
    for content, sentence in ((b"PK\x03\x04", "broken"), (b"hello", "no headings"), (b"", "empty")):
        text = shell.fails("rules", "import", "tea", made(tmp_path, "x", content))
        assert sentence in text
        assert text.count("\n") == 1


def test_rules_are_written_in_every_form(shell: Shell, tmp_path: Path) -> None:
    """By the name of the file, or as it is said; each is read again as the same rules."""
    shell("rules", "import", "tea", made(tmp_path, "rules.json", json.dumps([RULE])))
    (before,) = parse_rules(shell("rules", "export", "tea"))
    for name, format_ in (("out.xlsx", "xlsx"), ("out.csv", "csv"), ("out.json", "weihub"), ("out.wechat.json", "wechat")):
        file = tmp_path / name
        shell("rules", "export", "tea", "-o", str(file))
        found, contents = read_file(file.read_bytes())
        (rule,) = check(contents).rules
        assert (found, rule.name, rule.when, rule.reply) == (format_, before.name, before.when, before.reply)
    assert load_workbook(tmp_path / "out.xlsx")["规则"]["B2"].value == "发货时间"
    assert shell("rules", "export", "tea", "--format", "csv").startswith("\ufeff编号,名称,")
    assert json.loads(shell("rules", "export", "tea", "--published")) == json.loads(shell("rules", "export", "tea", "--version", "1"))
    assert "no such version" in shell.fails("rules", "export", "tea", "--version", "9")
    assert "No such file" in shell.fails("rules", "export", "tea", "--out", str(tmp_path / "none" / "x.csv"))


def test_what_a_form_cannot_hold_is_told_beside_the_file(shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On standard error, so that the file can be piped on."""
    rules = [RULE, {"id": "x", "name": "下班", "layer": "offhours", "reply": RULE["reply"]}]
    shell("rules", "import", "tea", made(tmp_path, "rules.json", json.dumps(rules)))
    assert main(["rules", "export", "tea", "--format", "wechat", "--data", str(shell.data)]) == 0
    captured = capsys.readouterr()
    assert len(json.loads(captured.out)["keyword_autoreply_info"]["list"]) == 1
    assert "WeChat has no layer offhours" in captured.err
