"""docs/metrics.md tells every metric as it is, and none that is not."""

import re

from bot.live.metrics import Described, Metrics
from tests.house.plan import ROOT

PAGE = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(?P<name>weihub_\w+)` \| (?P<kind>\w+) \|(?P<labels>[^|]*)\| (?P<meaning>[^|]+) \|$", re.MULTILINE)


def told(page: str) -> list[Described]:
    """The metrics in the tables of a page."""
    return [Described(row["name"], row["kind"], tuple(re.findall(r"`(\w+)`", row["labels"])), row["meaning"]) for row in ROW.finditer(page)]


def test_every_metric_is_told_with_its_kind_labels_and_meaning() -> None:
    """Word for word as Prometheus is told, each once, and nothing else."""
    assert sorted(told(PAGE), key=lambda entry: entry.name) == sorted(Metrics().catalogue, key=lambda entry: entry.name)


def test_metrics_named_elsewhere_on_the_page_exist() -> None:
    """An alarm on a metric that is not there would never ring."""
    named = set(re.findall(r"\bweihub_\w+", PAGE))

    assert named == {entry.name for entry in Metrics().catalogue}


def test_a_page_that_lies_is_caught() -> None:
    """A changed meaning, a lost label and a lost row each make a difference."""
    row = "| `weihub_acks_total` | counter | `outcome` | Answers. |"
    assert told(row) == [Described("weihub_acks_total", "counter", ("outcome",), "Answers.")]
    for lie in (row.replace("Answers", "Questions"), row.replace("`outcome`", ""), row.replace("counter", "gauge"), ""):
        assert told(lie) != told(row)
