"""The lab in the terminal: lint, replay, versions, rollback, diff."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.actions import lab as actions
from bot.model.basics import now_ms
from bot.store.schema import METADATA
from bot.store.tables import ACCOUNTS, CONVERSATIONS, MESSAGES
from config.cli import INTERRUPTED, main
from tests.shop import rule

BEFORE = [rule("发货", "keyword", "24小时内发货"), rule("退货", "keyword", "七天内可退"), rule("兜底", "default", "没听懂")]
AFTER = [rule("发货", "keyword", "马上发货", cooldown_s=60), rule("运费", "keyword", "满99包邮"), rule("兜底", "default", "没听懂")]


class Shop:
    """A data directory with one account, and hands to type commands about it."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.data = folder / "data"
        self._capture = capture

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, standard output and standard error of a command."""
        code = main([*arguments, "--data", str(self.data)])
        captured = self._capture.readouterr()
        return code, captured.out, captured.err

    def works(self, *arguments: str) -> str:
        """Standard output of a command that works."""
        code, out, err = self.run(*arguments)
        assert code == 0, err
        return out

    def file(self, rules: Any, name: str = "rules.json") -> str:
        """A file of rules."""
        path = self.folder / name
        path.write_text(json.dumps(rules), encoding="utf-8")
        return str(path)

    def publish(self, rules: Any, note: str = "") -> None:
        """Speak by these rules."""
        self.works("rules", "import", self.file(rules), "--account", "tea", "--note", note)

    def database(self) -> sa.Engine:
        """The database, for what no command does."""
        return sa.create_engine(f"sqlite:///{self.data}/hub.db")

    def write(self, *texts: str) -> None:
        """A buyer wrote these texts just now."""
        with self.database().begin() as conn:
            account = conn.execute(sa.select(ACCOUNTS.c.id)).scalar_one()
            values = {"id": "c1", "kind": "direct", "account": account, "person": "b1", "created_at": 1, "desk": "bot"}
            conn.execute(sa.insert(CONVERSATIONS).values(head=len(texts), last_at=now_ms(), **values))
            rows = [
                {
                    "conversation": "c1",
                    "seq": seq,
                    "author": "b1",
                    "author_name": "x",
                    "role": "follower",
                    "key": str(seq),
                    "kind": "text",
                    "at": now_ms(),
                }
                | {"body": json.dumps({"text": text})}
                for seq, text in enumerate(texts, 1)
            ]
            conn.execute(sa.insert(MESSAGES), rows)

    def rows(self) -> list[int]:
        """How many rows each table has."""
        with self.database().connect() as conn:
            return [int(conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()) for table in METADATA.sorted_tables]


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The account `tea`, in English."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    made = Shop(tmp_path, capsys)
    made.works("account", "create", "tea", "--name", "茶铺", "--owner", "boss")
    return made


def test_lint_of_a_draft_is_a_table(shop: Shop) -> None:
    """Warnings leave the exit code alone; a sound draft is told in a line."""
    shop.publish([rule("货", "keyword", "好")])
    out = shop.works("rules", "lint", "tea")
    assert "warning" in out
    assert "rules[0].when.any[0]" in out
    assert out.endswith("\n1 rule: 1 warning.\n")
    shop.publish(BEFORE)
    assert shop.works("rules", "lint", "tea") == "3 rules: nothing found.\n"


def test_lint_speaks_the_language_of_the_terminal(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Findings in Chinese where the locale is."""
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "只有一个字" in shop.works("rules", "lint", "--rules", shop.file([rule("货", "keyword", "好")]))


def test_lint_of_a_file_needs_no_account(shop: Shop) -> None:
    """Nor a database: the data directory is not even made."""
    elsewhere = shop.folder / "nowhere"
    assert main(["rules", "lint", "--rules", shop.file(BEFORE), "--data", str(elsewhere)]) == 0
    assert not elsewhere.exists()


def test_lint_of_a_file_knows_the_words_that_go_with_it(shop: Shop) -> None:
    """A word of the account is not split; a faulty list of words is told."""
    rules = shop.file([rule("甲", "keyword", "好", when={"any": [{"mode": "words", "text": "螺蛳粉"}]})])
    assert "hint" in shop.works("rules", "lint", "--rules", rules)
    words = shop.file({"words": ["螺蛳粉"]}, "words.json")
    assert shop.works("rules", "lint", "--rules", rules, "--vocabulary", words) == "1 rule: nothing found.\n"
    code, out, err = shop.run("rules", "lint", "--rules", rules, "--vocabulary", shop.file({"words": ["!"]}, "bad.json"))
    assert (code, out) == (1, "")
    assert "bad.json: .words[0]: " in err


def test_lint_of_a_faulty_file_fails_with_every_fault(shop: Shop) -> None:
    """An unknown placeholder among them."""
    code, out, _ = shop.run("rules", "lint", "--rules", shop.file([rule("发货", "keyword", "{{oops|x}}"), {**rule("退货"), "priority": "high"}]))
    assert code == 1
    assert "oops" in out
    assert "rules[1].priority" in out
    assert "2 errors" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ("lint",),
        ("lint", "tea", "--rules", "x.json"),
        ("replay", "tea", "--days", "0"),
        ("replay", "tea", "--limit", "many"),
        ("rollback", "tea", "latest"),
        ("rollback", "tea"),
        ("diff", "tea"),
    ],
)
def test_a_wrong_use_is_2(shop: Shop, arguments: tuple[str, ...]) -> None:
    """With the usage."""
    with pytest.raises(SystemExit) as caught:
        shop.run("rules", *arguments)
    assert caught.value.code == 2


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("lint", "none"), "There is no account none"),
        (("replay", "none"), "There is no account none"),
        (("versions", "none"), "There is no account none"),
        (("rollback", "tea", "7"), "There is no such version"),
        (("diff", "tea", "7"), "There is no such version"),
        (("lint", "--rules", "absent.json"), "absent.json: No such file"),
        (("replay", "tea", "--draft", "absent.json"), "absent.json: No such file"),
    ],
)
def test_a_failure_is_one_sentence(shop: Shop, arguments: tuple[str, ...], expected: str) -> None:
    """On standard error, and 1."""
    code, out, err = shop.run("rules", *arguments)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert expected in err


def test_a_replay_is_a_table_of_what_would_change(shop: Shop) -> None:
    """With counts, names and examples; nothing is written."""
    shop.publish(BEFORE)
    shop.works("rules", "import", shop.file(AFTER), "--account", "tea", "--draft")
    shop.write("什么时候发货", "可以退货吗", "运费多少", "在吗", "退货", "退货")
    before = shop.rows()
    out = shop.works("rules", "replay", "tea")
    assert shop.rows() == before
    assert "6 messages since" in out
    assert "answered by version 1: 4 · by the draft: 2" in out
    assert "newly answered 1 · changed 1 · newly silent 3" in out
    assert [line.split()[:2] for line in out.splitlines() if line.startswith("newly silent ") and "·" not in line] == [["newly", "silent"]]
    assert "可以退货吗" in out
    assert "(other words)" in out


def test_a_replay_of_a_file_says_so(shop: Shop) -> None:
    """And a part of the messages says that there are more."""
    shop.publish(BEFORE)
    shop.write("发货", "发货", "发货")
    file = shop.file(AFTER, "new.json")
    out = shop.works("rules", "replay", "tea", "--draft", file, "--limit", "2")
    assert "there are more" in out
    assert file in out.replace("\n", "")


def test_a_faulty_draft_is_not_replayed(shop: Shop) -> None:
    """Every fault is told."""
    code, out, err = shop.run("rules", "replay", "tea", "--draft", shop.file([rule("发货", "keyword", "{{oops|x}}")]))
    assert (code, out) == (1, "")
    assert "rules[0].reply.messages[0].text" in err


def test_an_interrupt_ends_a_replay_cleanly(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a traceback or half a report, and nothing more is read."""
    shop.publish(BEFORE)
    shop.write(*["发货"] * 5_000)
    heard: list[int] = []
    really = actions._hear

    def hear(*args: Any) -> None:
        heard.append(len(args[2]))
        really(*args)
        if args[2]:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(actions, "_hear", hear)
    assert shop.run("rules", "replay", "tea") == (INTERRUPTED, "", "")
    assert sum(heard) < 5_000


def test_versions_are_listed_and_taken_up_again(shop: Shop) -> None:
    """The newest first, with notes; a rollback makes the next one and leaves the draft."""
    assert shop.works("rules", "versions", "tea") == "Nothing was published yet.\n"
    shop.publish(BEFORE, "第一版")
    shop.publish(AFTER, "新运费")
    assert "speaks as at version 1 again; that is version 3 now" in shop.works("rules", "rollback", "tea", "1", "--note", "太早了")
    lines = shop.works("rules", "versions", "tea").splitlines()[1:]
    assert [line.split()[0] for line in lines] == ["3", "2", "1"]
    assert ["speaks now" in line for line in lines] == [True, False, False]
    assert ["太早了" in lines[0], "新运费" in lines[1], "第一版" in lines[2]] == [True, True, True]
    assert [one["id"] for one in json.loads(shop.works("rules", "export", "--account", "tea"))] == ["发货", "运费", "兜底"]


def test_a_difference_is_told_rule_by_rule(shop: Shop) -> None:
    """What came, went and changed; lists by what is new in them."""
    shop.publish(BEFORE)
    shop.publish(AFTER)
    out = shop.works("rules", "diff", "tea", "1", "2")
    assert out.startswith("From version 1 to version 2: 1 added, 1 removed, 1 changed.\n")
    lines = out.splitlines()
    assert {"+ 运费 [运费]", "- 退货 [退货]", "~ 发货 [发货]", "    cooldown_s: 0 → 60"} <= set(lines)
    assert any(line.startswith("      + ") and "马上发货" in line for line in lines)
    assert shop.works("rules", "diff", "tea", "2").startswith("From version 2 to the draft: 0 added, 0 removed, 0 changed.")


def test_what_others_wrote_drives_no_terminal(shop: Shop) -> None:
    """No markup and no control character of a rule or a message is obeyed."""
    evil = "[red]\x1b[2J发货[/red]"
    shop.publish([{**rule("甲", "keyword", "好"), "name": evil}])
    shop.works("rules", "import", shop.file([]), "--account", "tea", "--draft")
    shop.write(evil + "甲")
    for command in (("replay", "tea"), ("diff", "tea", "1")):
        out = shop.works("rules", *command)
        assert "\x1b" not in out
        assert "[red]" in out
