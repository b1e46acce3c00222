"""The demo shop's rules: what a stranger types is answered by the right one."""

from pathlib import Path

import pytest

from replies.engine import Decision, Reason
from replies.rules import parse_rules
from replies.shapes import ChoicesMessage
from tests.replies.shop import MINUTE, MONDAY_10, Talk, texts

RULES = parse_rules((Path(__file__).parents[2] / "config/demo/rules.json").read_bytes())

QUESTIONS = {
    "shipping-time": [
        "什么时候发货",
        "亲，啥时候能发货呀？",
        "今天能发吗",
        "多久发货",
        "什麼時候發貨",
        "现在下单今天发吗",
        "发货了吗",
        "我昨天拍的什么时候寄出来",
    ],
    "ship-urge": ["怎么还没发货", "都三天了还不发货", "麻烦催一下", "能不能快点发"],
    "arrive-time": ["几天能到", "多久能到上海", "明天能到吗", "下单了多久能收到"],
    "courier": ["发什么快递", "能发顺丰吗", "你们用哪家快递"],
    "postage": ["包邮吗", "运费多少", "邮费怎么算", "不包邮吗"],
    "return-postage": ["退货运费谁出", "有运费险吗", "换货的运费谁承担"],
    "tracking": ["快递到哪了", "帮我查一下物流信息", "我的快递怎么不动了", "还没收到货"],
    "return": ["怎么退货", "我想退掉", "支持七天无理由吗", "不想要了"],
    "exchange": ["可以换货吗", "衣服小了能换吗", "想换大一码"],
    "refund": ["退款什么时候到账", "怎么还没退款", "钱多久退"],
    "damaged": ["收到的杯子坏了", "你们发错了", "少发了一件"],
    "size": ["尺码偏大吗", "165 55kg穿什么码", "身高170体重130穿多大", "120斤穿M码可以吗"],
    "invoice": ["可以开发票吗", "发票什么时候发"],
    "address": ["地址写错了", "可以改地址吗", "收货地址能换一下吗"],
    "payment": ["怎么付款", "支持花呗吗", "付款失败了"],
    "coupon": ["有优惠吗", "能便宜点吗", "优惠券怎么用"],
    "price-protection": ["刚买就降价了", "可以补差价吗"],
    "stock": ["有没有现货", "M码还有货吗", "什么时候补货"],
    "genuine": ["是正品吗", "不会是假货吧"],
    "opening-hours": ["你们几点上班", "营业时间是几点"],
    "greeting": ["你好", "在吗", "亲，在么？", "Hello"],
    "thanks": ["谢谢", "谢谢啦", "谢谢亲"],
    "bye": ["再见", "拜拜～"],
    "ack": ["好的", "嗯嗯", "OK", "好的谢谢"],
    "human": ["人工", "转人工", "我要找人工客服", "能不能帮我转人工", "真人"],
    "complaint": ["我要投诉你们", "什么服务态度"],
}


def ask(text: str, **state: object) -> Decision:
    return Talk(*RULES).hear(text, names={"account": "小满衣橱"}, **state)  # type: ignore[arg-type] # names of Heard and Context


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, several in QUESTIONS.items() for text in several])
def test_a_question_finds_its_rule(rule: str, text: str) -> None:
    """Typed as people type."""
    assert ask(text).trace.winners == (rule,)


def test_every_keyword_rule_is_asked_for() -> None:
    """The table above covers the set."""
    assert {rule.id for rule in RULES if rule.layer == "keyword"} == set(QUESTIONS)


def test_every_layer_is_there() -> None:
    """A stranger can see each of them at work."""
    assert {rule.layer for rule in RULES} == {"follow", "first", "keyword", "offhours", "waiting", "default"}


@pytest.mark.parametrize("text", ["天枰座的幸运颜色是什么", "萝卜怎么做好吃", "嘻嘻", "我叫小明", "不用转人工", "13800138000", "👍"])
def test_what_no_rule_is_meant_for_gets_the_fallback(text: str) -> None:
    """With tappable suggestions, and no wrong answer."""
    decision = ask(text)

    assert decision.trace.winners == ("fallback",)
    assert decision.says[0].messages[0].kind == "choices"


def test_every_suggestion_is_answered() -> None:
    """What the demo offers to tap finds a rule."""
    offered = {choice.send for rule in RULES for message in rule.reply.messages if isinstance(message, ChoicesMessage) for choice in message.choices}

    assert len(offered) >= 5
    for text in offered:
        assert ask(text).trace.winners not in {(), ("fallback",)}, text


def test_the_first_message_is_greeted_and_answered() -> None:
    """Both, in that order, by the shop's name; a mere hello gets one greeting."""
    said = texts(ask("什么时候发货", first=True))

    assert len(said) == 2
    assert "小满衣橱" in str(said[0])
    assert "发货" in str(said[1])
    assert len(ask("你好", first=True).says) == 1


def test_a_visit_goes_well() -> None:
    """A stranger asks, thanks, is not understood twice, and gets a person."""
    talk = Talk(*RULES)
    visit = ["在吗", "在吗", "什么时候发货", "几天能到", "谢谢", "谢谢", "你们老板帅吗", "那你帅吗"]

    outcomes = [talk.hear(text, first=not number) for number, text in enumerate(visit)]

    assert [one.outcome for one in outcomes] == ["answer"] * 7 + ["hand_off"]
    assert outcomes[-1].reason is Reason.UNANSWERED


def test_people_come_when_they_are_asked_for() -> None:
    """With a word first, and word again while the buyer waits."""
    talk = Talk(*RULES)
    assert (talk.hear("转人工").hand_off, talk.hear(event="waiting", desk="waiting", waiting_since=MONDAY_10, after=2 * MINUTE).trace.winners) == (
        True,
        ("waiting-2min",),
    )
    assert Talk(*RULES).hear("今天天气", account_open=False).trace.winners == ("offhours",)
    assert Talk(*RULES).hear(event="follow").trace.winners == ("follow-welcome",)


def test_the_texts_are_short() -> None:
    """Nobody reads more than a few lines in a chat."""
    for rule in RULES:
        for message in rule.reply.messages:
            assert len(getattr(message, "text", "")) <= 90, rule.id
