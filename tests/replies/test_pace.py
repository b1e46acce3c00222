"""The cost of a decision follows the message and not the number of rules."""

import time

from replies.engine import Context, Heard, RuleSet, compile_rules, decide
from replies.rules import parse_rules
from tests.replies.shop import MONDAY_10

TOPICS = ["发货", "退货", "运费", "尺码", "颜色", "优惠", "发票", "质量", "快递", "地址", "付款", "客服", "库存", "面料", "洗涤", "保修"]
QUESTIONS = ["什么时候", "怎么", "多久", "多少", "哪里", "能不能", "有没有", "几天"]
MESSAGES = ["什么时候发货", "在吗", "请问退货运费多少", "亲，我昨天拍的衣服什么时候可以发货呢", "好的谢谢", "尺码偏大吗"]


def many(count: int) -> RuleSet:
    """Rules of five patterns in all modes, whose words are shared by hundreds of others."""
    rules = []
    for number in range(count):
        topic, other, question = TOPICS[number % 16], TOPICS[number // 16 % 16], QUESTIONS[number % 8]
        patterns = [
            ("contains", f"{topic}{other}{number}"),
            ("contains", f"{question}{topic}{number}"),
            ("all", f"{question} {topic} {number}"),
            ("words", f"{topic} {other} {number}"),
            ("exact", f"{question}{topic}{number}"),
        ]
        when = {"any": [{"mode": mode, "text": text} for mode, text in patterns]}
        rules.append(
            {"id": f"r{number}", "name": "甲", "layer": "keyword", "when": when, "reply": {"messages": [{"kind": "text", "text": f"答{number}"}]}}
        )
    return compile_rules(parse_rules(rules))


def microseconds(rules: RuleSet) -> float:
    """Of one decision, the best of many rounds, which a busy machine disturbs least."""
    heard = [Heard(text=text) for text in MESSAGES]
    context = Context()
    rounds = []
    for _ in range(60):
        began = time.perf_counter_ns()
        for one in heard:
            decide(rules, one, context, MONDAY_10)
        rounds.append(time.perf_counter_ns() - began)
    return min(rounds) / len(heard) / 1_000


def test_a_hundred_times_the_rules_do_not_cost_three_times_the_time() -> None:
    """Ten rules beside a thousand that share their words."""
    few, many_rules = microseconds(many(10)), microseconds(many(1_000))

    assert many_rules < 3 * few, f"{few:.1f} and {many_rules:.1f} microseconds"
