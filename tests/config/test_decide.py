"""`weihub rules decide`: a file of rules, a file of messages, a file of decisions."""

import json
from pathlib import Path

import pytest

from config.cli import main

RULES = [
    {
        "id": "ship",
        "name": "发货",
        "layer": "keyword",
        "when": {"any": [{"mode": "all", "text": "什么时候 发货"}], "similar": ["多久可以寄出来"]},
        "reply": {"messages": [{"kind": "text", "text": "今天"}]},
    },
    {
        "id": "back",
        "name": "退货运费",
        "layer": "keyword",
        "when": {"similar": ["退货的运费是谁出"]},
        "reply": {"messages": [{"kind": "text", "text": "我们"}]},
    },
]


def files(tmp_path: Path, rules: object, lines: list[str]) -> list[str]:
    """The arguments of the command, with these files written."""
    (tmp_path / "rules.json").write_text(json.dumps(rules), encoding="utf-8")
    (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    names = [("--rules", "rules.json"), ("--messages", "in.jsonl"), ("--out", "out.jsonl")]
    return ["rules", "decide", *(word for option, name in names for word in (option, str(tmp_path / name)))]


def test_every_message_has_a_line(tmp_path: Path) -> None:
    """By a keyword, by a question, by asking back, by silence; in the order they came in, each for itself."""
    texts = ["什么时候能发货", "多久能寄出来呀", "运费怎么算", "好的谢谢", "什么时候能发货"]
    arguments = files(tmp_path, RULES, [json.dumps({"id": f"m{number}", "text": text}) for number, text in enumerate(texts)] + [""])

    assert main(arguments) == 0

    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(line["id"], line["rule"], line["mode"]) for line in lines] == [
        ("m0", "ship", "all"),
        ("m1", "ship", "similar"),
        ("m2", None, "similar"),
        ("m3", None, None),
        ("m4", "ship", "all"),
    ]
    assert [line["choices"] for line in lines] == [[], [], ["back"], [], []]
    assert all(0 <= line["score"] <= 1 and line["us"] > 0 for line in lines)
    assert lines[0]["score"] > lines[2]["score"] > lines[3]["score"] == 0
    assert set(lines[0]) == {"id", "rule", "mode", "score", "choices", "us"}


@pytest.mark.parametrize(
    ("rules", "line", "words"),
    [
        ([{**RULES[0], "layer": "cellar"}], "{}", ["rules.json: [0].layer", "'cellar'"]),
        (RULES, '{"id": "a"}', ["in.jsonl, line 1", "text"]),
        (RULES, "not json", ["in.jsonl, line 1"]),
    ],
)
def test_a_faulty_file_is_told_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str], rules: object, line: str, words: list[str]) -> None:
    """On standard error, with exit code 1, and nothing is written."""
    assert main(files(tmp_path, rules, [line])) == 1

    told = capsys.readouterr().err
    assert [word for word in words if word not in told] == []
    assert not (tmp_path / "out.jsonl").exists()


def test_a_missing_file_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It names the file."""
    arguments = files(tmp_path, RULES, [])
    (tmp_path / "rules.json").unlink()

    assert main(arguments) == 1
    assert "rules.json: No such file" in capsys.readouterr().err


def test_the_accounts_words_are_heard(tmp_path: Path) -> None:
    """With the file of words the message is answered; a fault in it is told with its place, and nothing is written."""
    arguments = files(tmp_path, RULES, [json.dumps({"id": "m", "text": "运费谁掏"})])
    words = tmp_path / "words.json"
    words.write_text('{"synonyms": [["是谁出", "谁掏"], ["运费", "退货的运费"]]}', encoding="utf-8")

    assert main([*arguments, "--vocabulary", str(words)]) == 0
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))["rule"] == "back"


def test_faulty_words_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By file and place; nothing is written."""
    arguments = files(tmp_path, RULES, [])
    words = tmp_path / "words.json"
    words.write_text('{"words": ["！"]}', encoding="utf-8")

    assert main([*arguments, "--vocabulary", str(words)]) == 1
    assert "words.json: .words[0]: This word has no character to match." in capsys.readouterr().err
    assert not (tmp_path / "out.jsonl").exists()
