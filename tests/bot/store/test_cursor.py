"""Opaque cursors."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.basics import Invalid
from bot.store.cursor import PAGE_LIMIT, bounded, decode, encode, page


@given(st.integers(-(2**62), 2**62), st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=60))
def test_a_cursor_carries_its_place_through_an_address(number: int, text: str) -> None:
    """Whatever the place is, the word is fit for a query string and comes back as it went."""
    word = encode(number, text)

    assert word.replace("-", "").replace("_", "").isalnum()
    assert decode(word, int, str) == (number, text)


def _word(json: bytes) -> str:
    return base64.urlsafe_b64encode(json).decode().rstrip("=")


@pytest.mark.parametrize(
    "word",
    [
        "",
        "!!!",
        "五",
        "AAAA",
        _word(b"[1]"),
        _word(b"[1,2]"),
        _word(b'["a",1]'),
        _word(b'[1,"a",2]'),
        _word(b'[1.5,"a"]'),
        _word(b'[true,"a"]'),
        _word(b'[null,"a"]'),
        _word(b'{"a":1}'),
        _word(b'[%d,"a"]' % 2**63),
        _word(b'[1,"a\\u0000b"]'),
        _word(b'[1,"%s"]' % (b"x" * 129)),
        _word(b"[" * 5000),
    ],
)
def test_what_is_no_cursor_of_this_list_is_invalid(word: str) -> None:
    """A cursor is input like any other: garbage, other lists' cursors and numbers no database holds are refused."""
    with pytest.raises(Invalid) as refused:
        decode(word, int, str)

    assert refused.value.data == {"path": "cursor"}


def test_a_page_ends_with_a_cursor_only_if_there_is_more() -> None:
    """Rows are fetched with one more than the limit, and that one tells."""
    assert page([1, 2, 3], 2, lambda row: (row,)).items == [1, 2]
    assert decode(page([1, 2, 3], 2, lambda row: (row,)).cursor or "", int) == (2,)
    assert page([1, 2], 2, lambda row: (row,)).cursor is None
    assert page(list[int](), 2, lambda row: (row,)).items == []


def test_a_page_has_a_sensible_size_whatever_is_asked() -> None:
    """Between one and two hundred."""
    assert [bounded(limit) for limit in (-5, 0, 1, 50, 10**9)] == [1, 1, 1, 50, PAGE_LIMIT]
