"""The lab: what differs between two rule sets, and what that would have changed."""

import msgspec

from intents.vocabulary import Vocabulary
from replies.engine import Context, Heard
from replies.lab import EXAMPLE_CHARACTERS, EXAMPLES, PAIRS_LIMIT, Answer, MemberChange, Replay, Report, diff
from replies.rules import parse_rules
from replies.shapes import Rule
from tests.replies.shop import MONDAY_10, rule, shop


def test_rules_come_go_and_change_by_their_ids() -> None:
    """In the order of the sets; their order alone is no difference."""
    before = (rule("a", "发货"), rule("b", "退货"), rule("c", "运费"))
    after = (rule("d", "发票"), rule("c", "运费"), rule("a", "发货", says="马上"))
    found = diff(before, after)
    assert ([one.id for one in found.added], [one.id for one in found.removed], [one.id for one in found.changed]) == (["d"], ["b"], ["a"])
    assert diff(before, before[::-1]) == diff((), ())


def test_a_change_is_told_member_by_member() -> None:
    """As the JSON has them, defaults included, as deep as there are objects."""
    before = rule("a", "发货", hours={"weekly": {"mon": ["09:00-18:00"]}, "from": "2026-01-01"})
    after = rule("a", "发货", "寄出", enabled=False, cooldown_s=60, hours={"weekly": {"mon": ["09:00-18:00"]}}, name="新名")
    [one] = diff([before], [after]).changed
    assert one.name == "新名"
    assert {change.member: (change.before, change.after) for change in one.members} == {
        "name": ("规则a", "新名"),
        "enabled": (True, False),
        "when.any": ([{"mode": "contains", "text": "发货"}], [{"mode": "contains", "text": "发货"}, {"mode": "contains", "text": "寄出"}]),
        "hours.from": ("2026-01-01", None),
        "cooldown_s": (0, 60),
    }


def test_an_object_that_was_not_there_is_told_whole() -> None:
    """Against null."""
    [one] = diff([rule("a", "发货")], [rule("a", "发货", hours={"until": "2026-01-01"})]).changed
    assert one.members == (MemberChange("hours", None, {"until": "2026-01-01"}),)


def test_words_and_synonyms_are_compared_too() -> None:
    """Each as a list; what is the same is not told."""
    before, after = Vocabulary(("雪绒毯",), (("退", "退货"),)), Vocabulary(("雪绒毯", "小白瓶"), (("退", "退货"),))
    assert diff((), (), (before, after)).vocabulary == (MemberChange("words", ["雪绒毯"], ["雪绒毯", "小白瓶"]),)
    assert diff((), (), (after, after)).vocabulary == ()


def test_a_difference_is_json() -> None:
    """Whatever members changed."""
    after = rule("a", "发货", layer="first", where=["group"], audience={"tags": ["vip"]}, then={"hand_off": True})
    msgspec.json.encode(diff([rule("a")], [after]))


def replayed(before: tuple[Rule, ...], after: tuple[Rule, ...], *texts: str, **context: object) -> Report:
    replay = Replay(shop(*before), shop(*after))
    for number, text in enumerate(texts):
        replay.hear(Heard(text=text, message_id=f"m{number}"), msgspec.convert(context, Context), MONDAY_10 + number)
    return replay.report()


def test_what_would_have_changed_is_counted_by_kind() -> None:
    """Newly answered, changed, newly silent; what stayed as it was is only in the totals."""
    before = (rule("发货", "发货"), rule("退货", "退货"), rule("运费", "运费"))
    after = (rule("发货", "发货"), rule("退换", "退货"), rule("发票", "发票"))
    report = replayed(before, after, "发货", "退货", "运费", "发票", "退货呀", "在吗", "退货吗", "运费呢")
    assert (report.heard, report.answered_before, report.answered_after) == (8, 6, 5)
    assert (report.newly_answered, report.changed, report.newly_silent, report.more) == (1, 3, 2, 0)
    assert [(row.change, row.before.rules, row.after.rules, row.count) for row in report.rows] == [
        ("changed", ("退货",), ("退换",), 3),
        ("newly_silent", ("运费",), (), 2),
        ("newly_answered", (), ("发票",), 1),
    ]
    assert report.names == {name: f"规则{name}" for name in ("退货", "退换", "运费", "发票")}


def test_examples_lead_to_the_messages() -> None:
    """A few of each change, cut short, with id and time."""
    texts = [f"{number}号发货" + "呀" * 500 for number in range(EXAMPLES + 2)]
    [row] = replayed((), (rule("发货", "发货"),), *texts, *texts).rows
    assert row.count == 2 * EXAMPLES + 4
    assert [(one.message, one.at) for one in row.examples] == [(f"m{number}", MONDAY_10 + number) for number in range(EXAMPLES)]
    assert {len(one.text) for one in row.examples} == {EXAMPLE_CHARACTERS}


def test_examples_are_not_alike() -> None:
    """One of each text."""
    [row] = replayed((), (rule("发货", "发货"),), "发货", "发货", "发货", "发货了吗").rows
    assert [one.text for one in row.examples] == ["发货", "发货了吗"]
    assert row.count == 4


def test_the_same_rule_with_other_words_is_a_change() -> None:
    """The buyer reads something else; a new cooldown alone is none."""
    [row] = replayed((rule("发货", "发货"),), (rule("发货", "发货", says="马上"),), "发货").rows
    assert (row.change, row.before, row.after) == ("changed", Answer("answer", ("发货",)), Answer("answer", ("发货",)))
    assert replayed((rule("发货", "发货"),), (rule("发货", "发货", cooldown_s=60),), "发货").rows == ()


def test_a_hand_off_is_an_answer() -> None:
    """Whoever calls people for a rule's sake is not silent, and calling them is a change."""
    [row] = replayed((rule("人工", "人工"),), (rule("人工", "人工", then={"hand_off": True}),), "人工").rows
    assert (row.change, row.after) == ("changed", Answer("hand_off", ("人工",)))
    quiet = rule("人工", "人工", then={"hand_off": True}, reply={"messages": []})
    assert [row.change for row in replayed((rule("人工", "人工"),), (quiet,), "人工").rows] == ["changed"]


def test_asking_back_names_the_rules_it_offers() -> None:
    """An answer of its own kind."""
    two = tuple(rule(name, when={"similar": ["几天能到"]}) for name in ("a", "b"))
    [row] = replayed((two[0],), two, "几天能到").rows
    assert (row.before, row.after) == (Answer("answer", ("a",)), Answer("choices", ("a", "b")))


def test_an_empty_set_answers_nothing() -> None:
    """That it would call people, having no rules, is no answer of a rule."""
    assert replayed((), (), "在吗", "发货").rows == ()
    assert replayed((rule("发货", "发货"),), (), "发货").newly_silent == 1


def test_each_message_is_heard_for_itself() -> None:
    """No cooldown, no cap, no answer that was given just now, no hour between two defaults."""
    before = (rule("发货", "发货", cooldown_s=600), rule("兜底", layer="default"))
    report = replayed(before, (), *["发货", "在吗"] * 30)
    assert (report.answered_before, report.newly_silent) == (30, 60)


def test_what_is_said_to_everything_is_no_answer() -> None:
    """A message that fell to the default is newly answered by a keyword; one that falls back to it is newly silent; other words are a change."""
    default, other = rule("兜底", layer="default"), rule("兜底", layer="default", says="请稍等")
    keyword = rule("发货", "发货")
    report = replayed((default,), (default, keyword), "发货", "在吗")
    assert [(row.change, row.before.rules, row.after.rules) for row in report.rows] == [("newly_answered", ("兜底",), ("发货",))]
    assert (report.answered_before, report.answered_after) == (0, 1)
    assert [row.change for row in replayed((default, keyword), (default,), "发货").rows] == ["newly_silent"]
    assert [row.change for row in replayed((default,), (other,), "在吗").rows] == ["changed"]
    assert [row.change for row in replayed((), (default,), "在吗").rows] == ["newly_answered"]
    assert [row.change for row in replayed((default,), (), "在吗").rows] == ["newly_silent"]


def test_the_hours_are_those_of_the_moment() -> None:
    """The caller tells whether the account was open."""
    after = (rule("打烊", layer="offhours"),)
    assert replayed((), after, "在吗", account_open=False).newly_answered == 1
    assert replayed((), after, "在吗", account_open=True).newly_answered == 0


def test_a_report_is_bounded() -> None:
    """By rows, the commonest kept; by changes told apart; and it says how many messages have no row."""
    count = PAIRS_LIMIT + 10
    after = parse_rules(
        [
            {
                "id": f"r{number}",
                "name": "甲",
                "layer": "keyword",
                "when": {"any": [{"mode": "exact", "text": f"问{number}"}]},
                "then": {"hand_off": True},
            }
            for number in range(count)
        ]
    )
    replay = Replay(shop(), shop(*after))
    for number in [*range(count), 7, 7, count - 1]:
        replay.hear(Heard(text=f"问{number}"), Context(), MONDAY_10)
    report = replay.report(rows=2)
    assert (report.heard, report.newly_answered) == (count + 3, count + 3)
    assert [(row.after.rules, row.count) for row in report.rows[:1]] == [(("r7",), 3)]
    assert sum(row.count for row in report.rows) + report.more == count + 3


def test_a_report_may_be_asked_for_at_any_time() -> None:
    """And hearing goes on."""
    replay = Replay(shop(), shop(rule("发货", "发货")))
    replay.hear(Heard(text="发货"), Context(), MONDAY_10)
    first = replay.report()
    replay.hear(Heard(text="发货"), Context(), MONDAY_10)
    assert (first.newly_answered, replay.report().newly_answered) == (1, 2)
