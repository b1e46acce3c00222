"""Out and in again, nothing is lost, in every format that is ours to define."""

import pytest
from hypothesis import HealthCheck, given, settings

from replies.exchange.formats import Format, read_file, write_file
from replies.exchange.report import Outcome
from replies.exchange.taking import check
from replies.rules import Rules
from tests.replies.exchange.made import rule_sets


def back(rules: Rules, format_: Format) -> Rules:
    """What a file of these rules is read as, its format found out by its bytes."""
    found, contents = read_file(write_file(rules, format_).data)
    checked = check(contents)
    assert found == format_
    assert [row for row in checked.rows if row.outcome is not Outcome.OK] == []
    return checked.rules


@pytest.mark.parametrize("format_", ["weihub", "csv", "xlsx"])
def test_a_round_trip_loses_nothing(format_: Format) -> None:
    """Whatever a rule holds and however its texts begin, end or look."""

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(rules=rule_sets)
    def run(rules: Rules) -> None:
        assert back(rules, format_) == rules

    run()
