"""Templates: a closed list of names, each with a default, and never a raw brace."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replies.faults import RuleFault
from replies.templates import NAMES, VALUE_LIMIT, compile_template, has_braces, longest, render


@pytest.mark.parametrize(
    ("template", "values", "text"),
    [
        ("好的", {}, "好的"),
        ("亲{{name|}}，在的", {"name": "小王"}, "亲小王，在的"),
        ("亲{{name|}}，在的", {}, "亲，在的"),
        ("亲{{name|朋友}}", {"name": "  "}, "亲朋友"),
        ("{{ account |小店}}", {"account": " 暖屿 "}, "暖屿"),
        ("前面还有{{position|几}}位，约{{expected_wait|几分钟}}", {"position": "3"}, "前面还有3位，约几分钟"),
        ("a{b}c", {}, "a{b}c"),
        ("{{name|a|b}}", {}, "a|b"),
        ("{{name|亲}}", {"name": "{{account|x}}"}, "{{account|x}}"),
        ("{{name|亲}}", {"name": "长" * 100}, "长" * VALUE_LIMIT),
        ("第一行\n{{name|亲}}\n", {}, "第一行\n亲\n"),
    ],
)
def test_names_are_filled_in(template: str, values: dict[str, str], text: str) -> None:
    """With the value, cut to size, or with the default; a value is never read as a template."""
    assert render(compile_template(template), values) == text


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ("亲{{nick|}}好", "'nick'"),
        ("亲{{name}}好", "default"),
        ("亲{{name|好", "pair"),
        ("亲name|}}好", "pair"),
        ("亲{{}}好", "''"),
        ("{{name|{{account|}}}}", "braces"),
        ("{{name|}}", "says nothing"),
        (" {{name|}} {{account| }}", "says nothing"),
        ("{{{name|x}}", "name"),
        ("{{name|x}}}}", "pair"),
        ("好{{name|x}}}{{name|}}}", "pair"),
    ],
)
def test_a_fault_is_found_when_it_is_saved(template: str, sentence: str) -> None:
    """Unknown names, missing defaults, braces that do not pair, and templates that may come out empty."""
    with pytest.raises(RuleFault) as caught:
        compile_template(template)

    assert sentence in caught.value.en
    assert caught.value.zh


PIECES = [*(f"{{{{{name}|}}}}" for name in NAMES), "{{name|亲}}", "{", "}", "{{", "}}", "|", "好"]


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=8).map("".join))
@settings(deadline=None)
def test_what_is_accepted_shows_no_braces_and_keeps_its_length(template: str) -> None:
    """Whatever passes says something, without template braces, and within the length that was promised."""
    try:
        compiled = compile_template(template)
    except RuleFault:
        return
    bare, full = render(compiled, {}), render(compiled, dict.fromkeys(NAMES, "名" * 200))

    assert bare.strip()
    for text in (bare, full):
        assert not has_braces(text)
        assert len(text) <= longest(compiled)
