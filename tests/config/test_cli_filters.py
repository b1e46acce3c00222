"""`weihub filters scan`: a file of messages, a file of verdicts."""

import json
from pathlib import Path

import pytest

from config.cli import main


def arguments(tmp_path: Path, lines: list[str], *more: str) -> list[str]:
    """The command, with its messages written."""
    (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return ["filters", "scan", "--messages", str(tmp_path / "in.jsonl"), "--out", str(tmp_path / "out.jsonl"), *more]


def test_every_message_has_a_line(tmp_path: Path) -> None:
    """In the order they came in, an empty line passed over; an own list masks."""
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "a.json").write_text('{"action": "mask", "words": ["隔壁老王"]}', encoding="utf-8")
    texts = ["什么时候发货呀", "大量收卡，高价，日结，支持担保，联系@abcdef123", "卖片的加薇 abc12345", "隔 壁 老 王", "\u200b"]
    lines = [json.dumps({"id": f"m{number}", "text": text}) for number, text in enumerate(texts)]

    assert main(arguments(tmp_path, [*lines[:2], "", *lines[2:]], "--lists", str(lists))) == 0

    found = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [(one["id"], one["action"]) for one in found] == [("m0", "pass"), ("m1", "block"), ("m2", "block"), ("m3", "mask"), ("m4", "pass")]
    assert found[0]["score"] < 0.1
    assert found[2]["score"] > 0.9
    assert found[4]["score"] == 0
    assert all(set(one) == {"id", "action", "score", "us"} and one["us"] >= 0 for one in found)


@pytest.mark.parametrize(("line", "words"), [('{"id": "a"}', ["in.jsonl, line 1", "text"]), ("nonsense", ["in.jsonl, line 1"])])
def test_a_faulty_message_is_told_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, words: list[str]) -> None:
    """On standard error, with exit code 1; nothing is written."""
    assert main(arguments(tmp_path, [line])) == 1

    told = capsys.readouterr().err
    assert [word for word in words if word not in told] == []
    assert not (tmp_path / "out.jsonl").exists()


def test_faulty_lists_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each with its file and place."""
    (tmp_path / "a.txt").write_text("好\n" + "长" * 65, encoding="utf-8")

    assert main(arguments(tmp_path, [], "--lists", str(tmp_path))) == 1
    assert "a.txt: words[1]: longer than 64 characters" in capsys.readouterr().err


def test_what_cannot_be_read_or_written_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It names the file."""
    asked = arguments(tmp_path, [])
    asked[-1] = str(tmp_path / "nowhere" / "out.jsonl")
    assert main(asked) == 1
    assert "out.jsonl: No such file" in capsys.readouterr().err

    (tmp_path / "in.jsonl").unlink()
    assert main(asked) == 1
    assert "in.jsonl: No such file" in capsys.readouterr().err
