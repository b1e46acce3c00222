"""Sets inside a set: the trie finds what a scan finds."""

from hypothesis import given, settings
from hypothesis import strategies as st

from intents.subsets import SubsetIndex

MEMBERS = st.sampled_from("abcdefgh")


@given(st.lists(st.frozensets(MEMBERS, min_size=1, max_size=5), max_size=20), st.frozensets(MEMBERS))
@settings(deadline=None)
def test_it_finds_exactly_the_sets_that_lie_inside(sets: list[frozenset[str]], present: frozenset[str]) -> None:
    """Compared with asking each set in turn, duplicates among the sets included."""
    index = SubsetIndex(dict(enumerate(sets)))

    assert sorted(index.inside(present)) == [number for number, members in enumerate(sets) if members <= present]


def test_members_nobody_asked_for_do_not_matter() -> None:
    """What is present and in no set is passed over, and an empty index is false."""
    index = SubsetIndex({7: ("a", "b")})

    assert index.inside(["z", "b", "a", "a"]) == [7]
    assert index.inside([]) == []
    assert not SubsetIndex({})
