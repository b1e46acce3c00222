"""The normal form: what it folds, what it keeps, and the way back to what was written."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from intents.text import normal, normalise

NASTY = "aAáe\u0301q\u0303 \t\n\u3000\u200b\ufe0f\u00ad\u2028發貨着著髮。，！？…《》“”ＡＢ１２㎏ⅧﬁßİΣςKÅ哈哈三〇1\u0000´¨ﷺ😀👨‍👩‍👧❤️ｶﾞᄀ\u1161\u11a8가각\u3164\ud83d\ude00\U00020000\U0001d400薴苧"
ANYTHING = st.one_of(
    st.text(alphabet=st.sampled_from(NASTY), max_size=30),
    st.text(alphabet=st.characters(exclude_categories=()), max_size=30),
    st.text(max_size=60),
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("ＡＢＣ　１２３", "abc 123"),
        ("什麼時候發貨", "什么时候发货"),
        ("甚麼時候發貨", "什么时候发货"),
        ("請問運費幾錢", "请问运费几钱"),
        ("著急嗎", "着急吗"),
        ("薴", "苎"),
        ("發\u200b貨\ufeff了", "发货了"),
        ("❤️", "❤"),
        ("👨‍👩‍👧", "👨👩👧"),
        ("  在 \n\t 吗  ", "在 吗"),
        ("啊啊啊啊好", "啊啊好"),
        ("Sooooo", "soo"),
        ("好好的", "好好的"),
        ("1000元", "1000元"),
        ("三三三", "三三三"),
        ("二〇〇〇", "二〇〇〇"),
        ("😀😀😀", "😀😀😀"),
        ("在吗？？？", "在吗???"),
        ("好。真的、是！", "好.真的,是!"),
        ("“引”「号」『都』一样", '"引""号""都"一样'),
        ("《书》【框】", "<书>[框]"),
        ("一直———好～", "一直---好~"),
        ("……", "......"),
        ("55㎏", "55kg"),
        ("Ⅷ级", "vii级"),
        ("e\u0301", "é"),
        ("ｶﾞ", "ガ"),
        ("\u1112\u1161\u11ab", "한"),
        ("\ud800好", "\ufffd好"),
        ("\U00020000\U0002a6d6", "\U00020000\U0002a6d6"),
        ("", ""),
        ("\u200b\u200b", ""),
        ("   ", ""),
        ("a\u0000b\u0007c", "abc"),
    ],
)
def test_the_form_of(written: str, expected: str) -> None:
    """Width, case, script, punctuation, hidden marks, spaces and elongation come to one form."""
    assert normal(written) == expected


@given(ANYTHING)
@example("\u200be\u0301")
@example("a\u00b4 \u0301")
@example("\u1100\u1100\u1100\u1161")
@settings(max_examples=400, deadline=None)
def test_twice_is_once(text: str) -> None:
    """Normalising a normal form changes nothing, whatever the text."""
    once = normal(text)

    assert normal(once) == once


def test_every_character_alone_and_among_others_is_stable() -> None:
    """The same for every character of the basic plane, where a table could hold a surprise."""
    for code in range(0x10000):
        once = normal(f"x{chr(code)}y{chr(code)}")

        assert normal(once) == once, hex(code)


@given(ANYTHING, st.data())
@settings(max_examples=400, deadline=None)
def test_a_span_names_the_characters_it_came_from(text: str, data: st.DataObject) -> None:
    """What a span of the normal form marks in the original says, normalised alone, what the span says."""
    form = normalise(text)
    if not form.text:
        return
    start = data.draw(st.integers(0, len(form.text) - 1))
    end = data.draw(st.integers(start + 1, len(form.text)))
    first, last = form.span(start, end)

    assert 0 <= first < last <= len(text)
    assert form.text[start:end].strip() in normal(text[first:last])


@given(ANYTHING)
@settings(max_examples=300, deadline=None)
def test_spans_go_forward_and_mark_no_more_than_needed(text: str) -> None:
    """Characters keep their order, and each marks one piece: white space, a repeated letter, or one character with its marks."""
    form = normalise(text)
    spans = [form.span(place, place + 1) for place in range(len(form.text))]

    assert spans == sorted(spans)
    for (first, last), char in zip(spans, form.text, strict=True):
        assert char in normal(text[first:last]) or (char == " " and not normal(text[first:last])), (first, last)


def test_a_mark_in_the_original_covers_the_whole_elongation() -> None:
    """The kept letters of 啊啊啊啊 together mark all four."""
    form = normalise("好啊啊啊啊！")

    assert form.text == "好啊啊!"
    assert form.span(1, 3) == (1, 5)


def test_a_span_counts_code_points_beyond_the_basic_plane() -> None:
    """Emoji and rare characters are one place each, and hidden marks before a word do not shift it."""
    written = "😀\u200b\U00020000 發貨"
    form = normalise(written)
    start = form.text.index("发货")

    assert written[slice(*form.span(start, start + 2))] == "發貨"


@pytest.mark.parametrize("text", ["發 貨" * 1_334, "哈" * 4_000, "\ufdfa" * 4_000, "\ud800" * 4_000, "e\u0301" * 2_000, "\u0301" * 4_000])
def test_four_thousand_characters_are_no_trouble(text: str) -> None:
    """The longest message there is, made of the worst characters, has a form."""
    assert normal(normal(text)) == normal(text)


def test_conversion_needs_no_context() -> None:
    """A traditional pattern comes out alone as it does inside a sentence, so the one always finds the other."""
    for pattern, message in [("著急", "我很著急啊"), ("乾", "乾坤大挪移"), ("後", "皇后後來"), ("發", "頭髮發貨")]:
        assert normal(pattern) in normal(message)


@given(ANYTHING, st.integers(1, 40))
@settings(max_examples=200, deadline=None)
def test_a_limit_gives_the_beginning(text: str, limit: int) -> None:
    """No more characters than asked for, the same ones, from the same places."""
    whole, part = normalise(text), normalise(text, limit)

    assert len(part.text) <= limit
    assert whole.text.startswith(part.text)
    assert len(part.text) >= min(limit, len(whole.text)) - 1
    assert [part.span(place, place + 1)[0] for place in range(len(part.text))] == [whole.span(place, place + 1)[0] for place in range(len(part.text))]


def test_a_limit_bounds_what_one_character_can_cost() -> None:
    """Four thousand ligatures of eighteen letters are not seventy-two thousand letters of work."""
    assert len(normalise("\ufdfa" * 4_000, 4_000).text) == 4_000
