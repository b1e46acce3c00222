"""Two sets of rules become one, and whoever came first keeps speaking."""

from intents.keywords import Mode
from replies.merge import Skipped, merge
from replies.shapes import Pattern, When
from tests.replies.shop import rule


def test_what_repeats_nothing_is_added_behind() -> None:
    """In order, and ours are the same objects as before."""
    ours, theirs = (rule("a", "发货"), rule("b", "运费")), (rule("c", "退货"), rule("d", "发票"))

    merged = merge(ours, theirs)

    assert (merged.rules, merged.added, merged.skipped) == ((*ours, *theirs), ("c", "d"), ())


def test_the_same_twice_changes_nothing() -> None:
    """By id, whatever the rule says by now."""
    ours = (rule("a", "发货", says="我们改过的话"),)

    merged = merge(ours, (rule("a", "发货"), rule("a", "别的")))

    assert merged.rules == ours
    assert merged.skipped == (Skipped("a", "id", "a"), Skipped("a", "id", "a"))


def test_a_layer_of_one_voice_keeps_its_voice() -> None:
    """A greeting of ours keeps theirs out; two reminders of theirs come in together where we have none."""
    ours = (rule("hi", layer="follow"),)
    theirs = (rule("hello", layer="follow"), rule("w1", layer="waiting", after_s=60), rule("w2", layer="waiting", after_s=600))

    merged = merge(ours, theirs)

    assert merged.added == ("w1", "w2")
    assert merged.skipped == (Skipped("hello", "layer", "hi"),)


def test_a_pattern_is_not_repeated_in_any_spelling() -> None:
    """發貨 is 发货, in the same mode; in another mode it is another pattern."""
    ours = (rule("a", "发货"),)
    exact = rule("c", when={"any": [{"mode": "exact", "text": "发货"}]})

    merged = merge(ours, (rule("b", "運費", "發貨"), exact))

    assert merged.added == ("c",)
    assert merged.skipped == (Skipped("b", "pattern", "a"),)


def test_a_question_is_not_repeated() -> None:
    """Two rules with the same question would only ask back."""
    ours = (rule("a", when={"similar": ["几天能到"]}),)

    assert merge(ours, (rule("b", when={"similar": ["幾天能到"]}),)).skipped == (Skipped("b", "pattern", "a"),)


def test_what_speaks_against_a_rule_repeats_nothing() -> None:
    """The same `none` in two rules is no conflict, nor are the patterns of other layers."""
    none = When(any=(Pattern(Mode.CONTAINS, "退货"),), none=(Pattern(Mode.CONTAINS, "发货"),))
    ours = (rule("a", "发货"), rule("hi", layer="first", when={"none": [{"mode": "exact", "text": "在吗"}]}))

    merged = merge(ours, (rule("b", when=none), rule("c", when={"any": [{"mode": "exact", "text": "在吗"}]})))

    assert merged.added == ("b", "c")
