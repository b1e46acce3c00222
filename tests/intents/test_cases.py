"""Chinese as buyers write it: by hand, one case a line, for every mode of this release and the boundaries between them."""

import pytest

from intents.keywords import Keyword, KeywordIndex, Mode
from intents.vocabulary import Vocabulary

EXACT = [
    ("在吗", "在吗", True),
    ("在吗", "在吗？", True),
    ("在吗", "亲，在吗", True),
    ("在吗", "在么", True),
    ("在吗", "在不在", False),
    ("在吗", "你在吗", False),
    ("在吗", "在 吗 ？？？", True),
    ("在吗", "您好，请问在吗亲", True),
    ("你好", "你好呀", True),
    ("你好", "亲你好啊～～", True),
    ("你好", "您好", False),
    ("你好", "你好，什么时候发货", False),
    ("发货", "发货？", True),
    ("发货", "请问发货吗", True),
    ("发货", "发货了", False),
    ("怎么退货", "请问一下怎么退货呢，谢谢", True),
    ("怎么退货", "怎么退货啊啊啊啊", True),
    ("怎么退货", "怎么退货，怎么换货", False),
    ("亲子装", "子装", False),
    ("亲子装", "亲子装吗", True),
    ("谢谢", "谢谢啦", True),
    ("谢谢", "谢谢你", False),
    ("好的", "好的，谢谢", True),
    ("OK", "ｏｋ！", True),
    ("ok", "OKK", False),
    ("88", "88", True),
    ("88", "888", False),
    ("3.5折", "3.5折吗", True),
    ("35折", "3.5折", False),
    ("？", "？", True),
    ("？", "?", True),
    ("？", "在吗？", False),
    ("👍", "👍", True),
    ("👍", "👍👍", False),
    ("轉人工", "转人工", True),
    ("转人工", "帮我转人工", False),
]

CONTAINS = [
    ("发货", "什么时候发货呀", True),
    ("发货", "什么时候发一下货", False),
    ("发货", "甚麼時候發貨？", True),
    ("發貨", "什么时候发货", True),
    ("发货", "发\u200b货", True),
    ("发货", "发 货", False),
    ("发货", "发票和货款", False),
    ("运费", "退货运费谁出", True),
    ("运费", "运，费", False),
    ("包邮", "不包邮吗", True),
    ("和服", "产品和服务", True),
    ("wifi", "支持ＷｉＦｉ６吗", True),
    ("iPhone15", "有iphone 15吗", False),
    ("iPhone15", "有iPhone15 Pro吗", True),
    ("好好", "好好好好好", True),
    ("哈哈哈", "哈哈", True),
    ("100", "满1000减50", True),
    ("1000", "满100减50", False),
    ("三三三", "三三", False),
    ("a b", "A   B", True),
    ("a b", "ab", False),
    ("？", "发货吗?", True),
    ("。", "好.", True),
    ("❤️", "爱你❤", True),
    ("👨‍👩‍👧", "👨👩👧一家", True),
    ("😀", "😃", False),
    ("𠮷野家", "去𠮷野家吃", True),
    ("吉野家", "去𠮷野家吃", False),
    ("优惠券", "優惠券怎麼用", True),
    ("5㎏", "这袋米有5kg吗", True),
    ("发货", "", False),
    ("发货", "\u200b", False),
]

ALL = [
    ("什么时候 发货", "什么时候给我发货", True),
    ("什么时候 发货", "发货是什么时候", True),
    ("什么时候 发货", "什么时候发", False),
    ("什么时候 发货", "什麼時候發貨", True),
    ("什么时候　发货", "什么时候发货", True),
    ("退 运费", "退货的运费谁出", True),
    ("退 运费", "运费多少", False),
    ("发货 货", "发货", True),
    ("地址 错", "我地址好像填错了", True),
    ("斤 穿", "130斤穿什么码", True),
    ("A b", "bA", True),
    ("发货", "快发货", True),
    ("好 好", "好", True),
    ("？ 发货", "发货吗？", True),
]

WORDS = [
    ("和服", "产品和服务", False),
    ("和服", "有和服卖吗", True),
    ("服务", "产品和服务", True),
    ("退货", "我要退货", True),
    ("退货", "不退货", False),
    ("退货", "不能退货吗", False),
    ("退货", "能不能退货", True),
    ("退货", "退货不退货款", True),
    ("退货", "不给我退货", False),
    ("不退货", "你们不退货吗", True),
    ("不退货", "你们退货吗", False),
    ("不能退货", "这个不给退货吗", True),
    ("包邮", "包邮吗", True),
    ("包邮", "不包邮吗", False),
    ("包邮", "包不包邮", True),
    ("不包邮", "不包邮吗", True),
    ("不包邮", "包邮吗", False),
    ("退货 运费", "运费谁出，退货的时候", True),
    ("退货 运费", "运费谁出", False),
    ("不要 顺丰", "不要发顺丰", True),
    ("不要 顺丰", "不要顺丰", True),
    ("不要 顺丰", "要顺丰", False),
    ("正品", "是不是正品", True),
    ("正品", "不是正品吧", False),
    ("发货", "还没发货", False),
    ("发货", "發貨了嗎", True),
    ("优惠", "有没有优惠", True),
    ("什么时候发货", "发货要到什么时候", True),
    ("质量", "质量不好", True),
    ("运费", "没有，运费多少", True),
]

REGEX = [
    (r"订单\s*\d{6,}", "订单 1234567 到哪了", True),
    (r"订单\s*\d{6,}", "订单123", False),
    (r"订单\s*\d{6,}", "訂單１２３４５６７", True),
    ("iphone ?1[0-9]", "有IPHONE 15吗", True),
    ("IPHONE", "iphone", True),
    ("^在吗$", "在吗", True),
    ("^在吗$", "你在吗", False),
    ("退(货|款)", "我要退款", True),
    ("退(货|款)", "我要退", False),
    (r"(x+x+)+y", "x" * 40, False),
    ("[😀😂]", "好的😂", True),
]

TYPO = [
    ("退货运费", "退贷运费谁出", True),
    ("退货运费", "退货费谁出", True),
    ("退货运费", "退货货运费谁出", True),
    ("退货运费", "退货的运费谁出", False),
    ("退货运费", "退贷运废", False),
    ("退货运费", "运费退货", False),
    ("发货", "发贷", False),
    ("发货", "几时发货", True),
    ("什么时候发货呢", "什时候发货呢", True),
    ("什么时候发货啊亲", "什么时后发贷啊亲", True),
    ("什么时候发货啊亲", "什么时后发贷阿亲", False),
    ("優惠券怎么领", "优惠卷怎么领", True),
    ("wifi6", "wfi6", True),
    ("运费险怎么买", "运费险怎么么买", True),
]

PINYIN = [
    ("发货时间", "发火时间是几点", True),
    ("发货", "几时fahuo", True),
    ("发货", "jishifahuo", True),
    ("发货", "fa huo", True),
    ("發貨", "发火", True),
    ("发货", "法国", False),
    ("发货", "发和", False),
    ("优惠券", "优惠卷", False),
    ("优惠券", "有会劝", True),
    ("银行", "去银航", True),
    ("银行", "yinhang", True),
    ("安", "i want it", False),
    ("绿色", "lv色", True),
    ("iphone充电", "iphone冲电", True),
    ("运费", "匀，费", True),
    ("24小时", "24小时", True),
    ("24小时", "25小时", False),
    ("𠮷", "吉", False),
    ("地址", "改一下地子", True),
    ("地址", "gai dizi", True),
    ("奶茶", "来茶还有吗", True),
    ("订单", "我的定当呢", True),
    ("订单", "wodedingdan", True),
    ("订单", "wodedindan", True),
    ("超市", "cao si", True),
    ("是", "四", False),
    ("您", "林", False),
    ("冻品", "蛋品", False),
]

_TABLES = (
    *((Mode.EXACT, EXACT), (Mode.CONTAINS, CONTAINS), (Mode.ALL, ALL), (Mode.WORDS, WORDS)),
    *((Mode.REGEX, REGEX), (Mode.TYPO, TYPO), (Mode.PINYIN, PINYIN)),
)
CASES = [(mode, *case) for mode, cases in _TABLES for case in cases]


@pytest.mark.parametrize(("mode", "pattern", "message", "holds"), CASES)
def test_a_pattern_holds_or_not(mode: Mode, pattern: str, message: str, holds: bool) -> None:
    """As a seller would expect from the guide."""
    index = KeywordIndex([Keyword(mode, pattern)])

    assert [hit.keyword for hit in index.find(index.read(message))] == ([0] if holds else [])


def test_an_accounts_own_word_counts_as_one_word() -> None:
    """小白 and 鞋 apart make up the pattern only where the account does not know 小白鞋 for one word."""
    pattern, apart = Keyword(Mode.WORDS, "小白鞋"), "鞋子：小、白，鞋"
    unknown, known = KeywordIndex([pattern]), KeywordIndex([pattern], Vocabulary(words=("小白鞋",)))

    assert unknown.find(unknown.read(apart))
    assert not known.find(known.read(apart))
    assert known.find(known.read("有小白鞋吗"))


def test_there_are_enough_cases() -> None:
    """The table stays a table."""
    assert len(CASES) >= 150
    assert len(set(CASES)) == len(CASES)
