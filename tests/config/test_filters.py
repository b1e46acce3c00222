"""Filters out of files: the default setup, an account's own lists beside it, what is refused, and what the setup is held to."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.filters import LEXICONS, FilterFault, default_filter, list_files, read_list
from intents.filters import Action
from intents.lexicon import Way
from tests.house.plan import ROOT

DATA = Path(os.environ.get("WEIHUB_DATA", ROOT.parent / "shared" / "data"))


def write(directory: Path, **files: object) -> Path:
    """A directory of lists: `name_json` holds a value, `name_txt` a text."""
    for name, held in files.items():
        stem, _, suffix = name.rpartition("_")
        (directory / f"{stem}.{suffix}").write_text(held if isinstance(held, str) else json.dumps(held), encoding="utf-8")
    return directory


def rows() -> Iterator[dict[str, str]]:
    """The development half of the moderation data."""
    file = DATA / "dev" / "moderation.jsonl"
    assert file.exists(), f"{file} is not there: set WEIHUB_DATA to the directory of the test data."
    return (json.loads(line) for line in file.read_text("utf-8").splitlines())


def test_own_lists_stand_beside_the_default_setup(tmp_path: Path) -> None:
    """A text file is held for review however it is disguised; a JSON file does what it says; allow.txt frees."""
    own = write(
        tmp_path,
        rivals_txt="\ufeff隔壁老王\n\n王家小店\n",
        allow_txt="王家小店的老顾客\n",
        house_json={"action": "mask", "way": "plain", "words": ["十块"], "patterns": [r"编号\d{3}"], "note": "prices"},
    )
    plain, filters = default_filter(), default_filter(own)

    assert [plain.scan(text).action for text in ("隔壁老王", "一共十块", "编号123")] == [Action.PASS] * 3
    assert [filters.scan(text).action for text in ("隔-壁-老-王", "葛壁老汪", "我是王家小店的老顾客", "一共十块", "一共10块", "编号１２３")] == [
        Action.REVIEW,
        Action.REVIEW,
        Action.PASS,
        Action.MASK,
        Action.PASS,
        Action.MASK,
    ]
    assert filters.scan("隔壁老王").signals[0].name == "rivals"
    assert read_list(own / "house.json").name == "house"
    assert read_list(own / "rivals.txt").words.way is Way.SOUND
    assert [file.name for file in list_files(own)] == ["allow.txt", "house.json", "rivals.txt"]


@pytest.mark.parametrize(
    ("name", "held", "words"),
    [
        ("a_json", {"action": "mask", "words": ["好", ""]}, ["a.json: words[1]", "empty word"]),
        ("a_json", {"action": "mask", "patterns": ["(好"]}, ["a.json: patterns[0]", "regular expression"]),
        ("a_json", {"action": "shout"}, ["a.json", "$.action"]),
        ("a_json", {"action": "pass", "words": ["好"]}, ["a.json: action", "allow"]),
        ("a_json", {"action": "mask", "wrods": ["好"]}, ["a.json", "wrods"]),
        ("a_json", {"words": ["好"]}, ["a.json", "action"]),
        ("a_json", "not json", ["a.json"]),
        ("a_txt", "好\n" + "长" * 65, ["a.txt: words[1]", "64"]),
        ("a_txt", "\u200b\u200b\n", ["a.txt: words[0]", "empty word"]),
        ("a_txt", "\n".join(f"词{number}" for number in range(100_000)), ["the lists together", "too many words", "at most 50000"]),
        ("a_md", "words", ["no .json or .txt"]),
    ],
)
def test_a_faulty_list_is_told_with_file_and_place(tmp_path: Path, name: str, held: object, words: list[str]) -> None:
    """And with what is wrong with it."""
    with pytest.raises(FilterFault) as caught:
        default_filter(write(tmp_path, **{name: held}))

    assert [word for word in words if word not in str(caught.value)] == []


def test_every_fault_has_a_line(tmp_path: Path) -> None:
    """Of all lists at once."""
    with pytest.raises(FilterFault) as caught:
        default_filter(write(tmp_path, a_json={"action": "mask", "words": ["", "\u200b"]}, b_txt="词" * 70))

    assert [line.partition("]")[0].rpartition("/")[2] for line in str(caught.value).splitlines()] == [
        "a.json: words[0",
        "a.json: words[1",
        "b.txt: words[0",
    ]


def test_a_directory_or_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Absent, not text, or far too big."""
    with pytest.raises(FilterFault, match="not a directory"):
        default_filter(tmp_path / "nowhere")
    (tmp_path / "a.txt").write_bytes("好".encode("gbk"))
    with pytest.raises(FilterFault, match=r"a\.txt: not UTF-8 at byte 0"):
        default_filter(tmp_path)
    (tmp_path / "a.txt").write_bytes(b"ab\n" * (2 << 20))
    with pytest.raises(FilterFault, match=r"a\.txt: more than 4 MiB"):
        default_filter(tmp_path)


def test_a_broken_setup_is_told(tmp_path: Path) -> None:
    """A model or contact that somebody spoilt."""
    for file in LEXICONS.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "contacts.json").write_text('[{"name": "x", "on": "sound", "pattern": "("}]', encoding="utf-8")
    with pytest.raises(FilterFault, match=r"contacts\[0\]"):
        default_filter(lexicons=tmp_path)
    (tmp_path / "adverts.model").write_text("nonsense", encoding="utf-8")
    with pytest.raises(FilterFault, match=r"adverts\.model: line 1"):
        default_filter(lexicons=tmp_path)
    (tmp_path / "adult.json").unlink()
    with pytest.raises(FilterFault, match=r"adult\.json: No such file"):
        default_filter(lexicons=tmp_path)


def test_no_word_of_ours_frees_or_repeats_another() -> None:
    """In the lists that come with Weihub each word stands once, and no allowed word is a word."""
    lists = [read_list(LEXICONS / name) for name in json.loads((LEXICONS / "setup.json").read_text("utf-8"))["lists"]]
    words = Counter(word for one in lists for word in one.words.words)

    assert [word for word, count in words.items() if count > 1] == []
    assert [word for one in lists for word in one.words.allow if word in words] == []


def test_the_default_setup_keeps_its_promises() -> None:
    """It holds most adverts, hardly a message to customer service, few of a live chat, and blocks no honest message to the service."""
    filters = default_filter()
    found: dict[str, Counter[Action]] = {}
    for row in rows():
        found.setdefault(f"{row['source']}/{row['label']}", Counter())[filters.scan(row["text"]).action] += 1
    kept = {name: 1 - count[Action.PASS] / count.total() for name, count in found.items()}

    assert kept["livechat/spam"] >= 0.85
    assert kept["jd/normal"] <= 0.02
    assert kept["livechat/normal"] <= 0.05
    assert found["jd/normal"][Action.BLOCK] / found["jd/normal"].total() <= 0.001


def test_no_row_of_the_data_stands_in_lists_or_training() -> None:
    """No message of any length worth the name is copied into a list, a pattern or a sentence of the training."""
    ours = "\n".join(file.read_text("utf-8") for file in [*LEXICONS.iterdir(), *(ROOT / "bench" / "training").iterdir()])

    assert [row["text"] for row in rows() if len(row["text"]) > 7 and row["text"] in ours] == []
