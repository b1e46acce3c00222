"""Hours in a cell: as people write them, and as they come back."""

from typing import Any

import pytest

from replies.exchange.periods import read_hours, write_hours

WEEK = ["09:00-18:00"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("周一至周五 09:00-18:00", {"weekly": {"mon-fri": WEEK}}),
        ("星期一到星期五 9：00-18：00", {"weekly": {"mon-fri": WEEK}}),
        ("周一至五 9:00~18:00", {"weekly": {"mon-fri": WEEK}}),
        ("mon-fri 09:00-18:00", {"weekly": {"mon-fri": WEEK}}),
        ("工作日 09:00-18:00\n周末 休息", {"weekly": {"mon-fri": WEEK, "sat,sun": []}}),
        ("周六、周日 09:00-12:00 13:30-18:00", {"weekly": {"sat,sun": ["09:00-12:00", "13:30-18:00"]}}),
        ("周天 09:00-12:00，13:30-18:00", {"weekly": {"sun": ["09:00-12:00", "13:30-18:00"]}}),
        ("09:00-18:00", {"weekly": {"mon-sun": WEEK}}),
        ("每天 09:00-18:00", {"weekly": {"mon-sun": WEEK}}),
        ("2026-10-01 休息\n2026-10-10/2026-10-11 09:00-18:00", {"holidays": {"2026-10-01": [], "2026-10-10/2026-10-11": WEEK}}),
        ("从 2026-09-01\n到 2026-12-31\n时区 Asia/Tokyo", {"from": "2026-09-01", "until": "2026-12-31", "zone": "Asia/Tokyo"}),
        ('{"weekly": {"mon": ["09:00-18:00"]}}', {"weekly": {"mon": WEEK}}),
        ("周一", None),
        ("周一 九点", None),
        ("周一 9-18", None),
        ("时区", None),
        ("周一 09:00-12:00\n周一 13:00-18:00", None),
        ("{", None),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, told: dict[str, Any] | None) -> None:
    """None where a line cannot be understood; whether the day exists is found when the rule is checked."""
    assert read_hours(text) == told


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"zone": "UTC"},
        {"weekly": {"mon-fri": WEEK, "sat,sun": []}, "holidays": {"2026-10-01/2026-10-07": []}, "from": "2026-09-01T08:00", "until": "2026-12-31"},
        {"weekly": {"mon, tue": WEEK, "wed": []}},
        {"weekly": {"fri-mon": ["22:00-02:00"]}},
        {"from": "2026-09-01 08:00"},
        {"weekly": {}, "holidays": {}},
    ],
)
def test_hours_come_back(told: dict[str, Any]) -> None:
    """As lines where lines say it all, else as JSON."""
    assert read_hours(write_hours(told)) == told


def test_hours_are_written_for_people() -> None:
    """In words they know."""
    told = {"weekly": {"mon-fri": WEEK, "sat,sun": []}, "zone": "Asia/Tokyo"}
    assert write_hours(told) == "周一至周五 09:00-18:00\n周六,周日 休息\n时区 Asia/Tokyo"
