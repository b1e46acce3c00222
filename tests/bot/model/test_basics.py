"""Identifiers, the clock, and errors in two languages."""

import re
import time
from itertools import pairwise

import pytest
import time_machine

from bot.model.basics import ERRORS, HubError, Invalid, new_id, now_ms


def test_ids_are_unique_and_plain() -> None:
    """Ten thousand made at once differ, and each is 20 characters that no URL and no file name must escape."""
    ids = [new_id() for _ in range(10_000)]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[0-9a-hjkmnp-z]{20}", one) for one in ids)


def test_ids_sort_by_the_time_they_were_made() -> None:
    """A later millisecond gives a greater id, today and a hundred years on: rows made together lie together."""
    moments = [0.0, 0.0015, 1.0, 1_700_000_000.0, 1_700_000_000.0015, 1_700_000_001.0, 4_900_000_000.0]
    ids = []
    for moment in moments:
        with time_machine.travel(moment, tick=False):
            ids.append(new_id())
    assert all(earlier < later for earlier, later in pairwise(ids))


def test_ids_made_in_the_same_millisecond_share_their_beginning() -> None:
    """Ten characters of time, ten of chance."""
    with time_machine.travel(1_700_000_000.0, tick=False):
        first, second = new_id(), new_id()
    assert first[:10] == second[:10]
    assert first[10:] != second[10:]


def test_the_clock_counts_milliseconds_in_utc() -> None:
    """`now_ms` is the system's clock, in whole milliseconds."""
    before, now, after = time.time() * 1000, now_ms(), time.time() * 1000
    assert int(before) <= now <= int(after)


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_speaks_the_language_of_the_caller(error: type[HubError]) -> None:
    """The sentence is chosen when it is told; data ride along; the log sees English."""
    made = error("不行。", "No.", path="key", retry_after=2)
    assert (made.message("zh"), made.message("en"), str(made)) == ("不行。", "No.", "No.")
    assert made.data == {"path": "key", "retry_after": 2}


def test_an_error_can_be_caught_as_what_it_is_or_as_any_of_the_set() -> None:
    """One tree."""
    with pytest.raises(HubError) as caught:
        raise Invalid("不对。", "Wrong.")
    assert type(caught.value) is Invalid
    assert caught.value.code == "invalid"
