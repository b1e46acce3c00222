"""The seller's guide tells the columns of a sheet as they are, and its example works."""

import re

from replies.exchange.columns import COLUMNS, Place, place_of
from replies.exchange.members import CHOICES, LAYERS, PLACES
from replies.exchange.patterns import NAMES
from replies.exchange.periods import read_hours
from tests.house.tables import page, table
from tests.replies.exchange.books import faults, imported

GUIDE = page("docs/rules.md")
ROWS = {row["column"]: row for row in table(GUIDE, "column")}


def test_every_column_has_one_line_in_order() -> None:
    """None missing, none made up, each with a name in English that is understood."""
    assert list(ROWS) == [column.heading for column in COLUMNS]
    for column in COLUMNS:
        assert place_of(ROWS[column.heading]["in English"].strip("`")) == Place(column.key)


def test_the_words_of_a_column_are_told() -> None:
    """Every layer, mode, way of answering and place."""
    for heading, words in (("层", LAYERS.values()), ("匹配方式", NAMES.values()), ("回复方式", CHOICES.values()), ("适用范围", PLACES.values())):
        assert [word for word in words if word not in ROWS[heading]["what it holds"]] == []


def test_the_examples_of_hours_are_read() -> None:
    """Each as it stands."""
    (line,) = re.findall(r"^\| 营业时段 \| `hours` \|(.*)$", GUIDE, re.MULTILINE)
    examples = re.findall(r"`([^`]+)`", line)
    assert len(examples) == 5
    assert [one for one in examples if read_hours(one) is None] == []


def test_the_example_is_a_file() -> None:
    """Two rules without a fault, the keywords as a reader would think."""
    (example,) = re.findall(r"^```csv\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    checked = imported(example.encode())
    assert faults(checked) == []
    assert [(rule.name, [(str(one.mode), one.text) for one in rule.when.any]) for rule in checked.rules] == [
        ("发货时间", [("contains", "发货"), ("contains", "什么时候寄")]),
        ("运费", [("contains", "谁出运费"), ("exact", "包邮吗")]),
    ]
