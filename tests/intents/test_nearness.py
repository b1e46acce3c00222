"""Where the parts of a pattern stand closest."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from intents.nearness import apart, closest


def test_the_gap_is_counted_between_neighbours() -> None:
    """The widest one counts; parts that touch or overlap have none."""
    assert apart([(0, 2), (5, 6), (7, 9)]) == 3
    assert apart([(0, 2), (2, 4)]) == 0
    assert apart([(0, 3), (1, 2)]) <= 0
    assert apart([(4, 6)]) == 0


def test_the_closest_places_are_found_not_the_first() -> None:
    """Who says 今天 twice means the one beside the rest."""
    assert closest(["今天", "到"], "今天下单的那一件，今天能到吗") == ((9, 11), (12, 13))


@given(st.lists(st.sampled_from(["a", "b", "ab", "c"]), min_size=1, max_size=3, unique=True), st.text(st.sampled_from("abcx"), max_size=12))
def test_no_other_places_are_closer(parts: list[str], text: str) -> None:
    """Against trying every place of every part."""
    text += "".join(parts)
    every = [[(at, at + len(part)) for at in range(len(text)) if text.startswith(part, at)] for part in parts]
    narrowest = min(max(end for _, end in spans) - min(start for start, _ in spans) for spans in product(*every))

    spans = closest(parts, text)

    assert sorted(text[start:end] for start, end in spans) == sorted(parts)
    assert list(spans) == sorted(spans)
    assert max(end for _, end in spans) - min(start for start, _ in spans) == narrowest


def test_a_part_that_stands_everywhere_costs_little() -> None:
    """Only so many places of one part are looked at."""
    spans = closest(["啊", "发货"], "啊" * 3_990 + "发货")

    assert spans[-1] == (3_990, 3_992)
