"""Reading a vocabulary: every fault with its path."""

import json

import pytest

from intents.vocabulary import PHRASE_LIMIT, PHRASES_LIMIT, SYNONYMS_LIMIT, WORDS_LIMIT, Vocabulary
from replies.engine import Context, Heard, compile_rules, decide
from replies.faults import RuleFault
from replies.vocabulary import VOCABULARY_BYTES, parse_vocabulary
from tests.replies.shop import rule


def test_both_members_may_be_left_out() -> None:
    """And what nobody knows is ignored."""
    assert parse_vocabulary("{}") == Vocabulary()
    assert parse_vocabulary('{"words": ["小白瓶"], "more": 1}') == Vocabulary(words=("小白瓶",))
    assert parse_vocabulary(b'{"synonyms": [["a1", "b2"]]}') == Vocabulary(synonyms=(("a1", "b2"),))


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ("[]", [""]),
        ("nonsense", [""]),
        (b"\xff", [""]),
        ("[" * 100_000, [""]),
        ('{"words": "小白瓶"}', [".words"]),
        ('{"words": ["小白瓶", ""]}', [".words[1]"]),
        ('{"words": [1]}', [".words[0]"]),
        ('{"words": ["小白瓶", "？！", "\\u200b"]}', [".words[1]", ".words[2]"]),
        ('{"synonyms": [["毯"]]}', [".synonyms[0]"]),
        ('{"synonyms": [["毯", " "], ["被", "棉被"], ["棉被", "床单"]]}', [".synonyms[0][1]", ".synonyms[2][0]"]),
        ('{"synonyms": [["ＡＢ", "ab"]]}', [".synonyms[0][1]"]),
        (json.dumps({"words": ["长" * (PHRASE_LIMIT + 1)]}), [".words[0]"]),
        (json.dumps({"words": ["词"] * (WORDS_LIMIT + 1)}), [".words"]),
        (json.dumps({"synonyms": [["词", "字"]] * (SYNONYMS_LIMIT + 1)}), [".synonyms"]),
        (json.dumps({"synonyms": [[f"词{number}" for number in range(PHRASES_LIMIT + 1)]]}), [".synonyms[0]"]),
        (" " * (VOCABULARY_BYTES + 1), [""]),
    ],
)
def test_a_fault_says_where_it_is(source: bytes | str, paths: list[str]) -> None:
    """In two languages, all of one kind at once."""
    with pytest.raises(RuleFault) as refusal:
        parse_vocabulary(source)

    assert [fault.path for fault in refusal.value.every] == paths
    assert all(fault.zh and fault.en for fault in refusal.value.every)


def test_the_engine_answers_by_it() -> None:
    """The same rules with and without the account's words."""
    rules = [rule("care", when={"any": [{"mode": "words", "text": "雪绒毯"}], "similar": ["雪绒毯怎么洗"]})]
    plain, ours = compile_rules(rules), compile_rules(rules, parse_vocabulary('{"synonyms": [["雪绒毯", "毛毛"]]}'))

    assert decide(ours, Heard(text="毛毛怎么洗呀"), Context(), 0).trace.winners == ("care",)
    assert decide(plain, Heard(text="毛毛怎么洗呀"), Context(), 0).trace.winners == ()
