"""What a decision costs at 10, 1,000 and 10,000 rules: microseconds, seconds to compile, megabytes."""

import gc
import logging
import random
import statistics
import time
import tracemalloc
from collections.abc import Callable, Sequence
from typing import NamedTuple

import jieba
from rank_bm25 import BM25Okapi
from rapidfuzz import fuzz, process

from replies.compiled import RuleSet, compile_rules
from replies.decision import Context, Heard
from replies.engine import decide
from replies.rules import Rules, parse_rules

SIZES = (10, 1_000, 10_000)
ROUNDS = 60
TOPICS = ["发货", "退货", "运费", "尺码", "颜色", "优惠", "发票", "质量", "快递", "地址", "付款", "客服", "库存", "面料", "洗涤", "保修"]
GOODS = [
    "连衣裙",
    "衬衫",
    "毛衣",
    "牛仔裤",
    "运动鞋",
    "靴子",
    "围巾",
    "帽子",
    "红茶",
    "绿茶",
    "咖啡",
    "饼干",
    "坚果",
    "耳机",
    "键盘",
    "台灯",
    "雨伞",
    "书包",
    "水杯",
    "毛巾",
]
ASKING = ["什么时候", "怎么", "多久", "多少", "哪里", "能不能", "有没有", "几天"]
TALK = [
    "好的",
    "谢谢",
    "在吗",
    "收到了",
    "我再看看",
    "这样啊",
    "明天再说",
    "不要了",
    "知道了",
    "刚才说过了",
    "就这样吧",
    "稍等一下",
    "我问问朋友",
    "算了",
]
MESSAGES = (
    *("什么时候发货", "在吗", "请问退货运费多少", "亲，我昨天拍的衣服什么时候可以发货呢", "好的谢谢", "尺码偏大吗", "发票怎么开", "哦"),
    *("这件衬衫有没有优惠", "毛衣洗了会缩水吗", "还没收到货", "[图片]", "谢谢亲", "红茶能放多久", "地址填错了怎么办", "嗯嗯好的"),
)


def rules(count: int) -> Rules:
    """Rules of five patterns and three similar questions each, about the same few topics and a thousand goods."""
    draw = random.Random(count)
    made: list[object] = []
    for number in range(count):
        topic, other, asking, goods = draw.choice(TOPICS), draw.choice(TOPICS), draw.choice(ASKING), f"{draw.choice(GOODS)}{draw.randrange(100)}号"
        patterns = [
            *(("contains", goods + topic), ("contains", asking + goods + topic), ("all", f"{asking} {goods} {topic}")),
            *(("words", f"{topic} {other} {goods}"), ("exact", f"{goods}{asking}{topic}")),
        ]
        similar = [f"{goods}{asking}{topic}", f"{topic}{other}{asking}{goods}", f"请问{goods}的{other}{asking}{topic}吗"]
        when = {"any": [{"mode": mode, "text": text} for mode, text in patterns], "similar": similar}
        made.append({"id": f"r{number}", "name": goods, "layer": "keyword", "when": when, "reply": {"messages": [{"kind": "text", "text": "好"}]}})
    return parse_rules(made)


def messages(count: int = 200) -> list[str]:
    """What buyers might write: the sixteen above, and others about as long as real ones are (half of them up to 7 characters, nine tenths up
    to 26), half of which ask about the goods of the rules.
    """
    draw = random.Random(7)
    made = list(MESSAGES)
    while len(made) < count:
        clauses = draw.choices((1, 2, 3, 6), (72, 18, 8, 2))[0]
        clause = _asked if draw.random() < 0.5 else _said
        made.append("，".join(clause(draw) for _ in range(clauses)))
    return made


def _asked(draw: random.Random) -> str:
    goods = draw.choices(("", draw.choice(GOODS), f"{draw.choice(GOODS)}{draw.randrange(100)}号"), (60, 25, 15))[0]
    return draw.choice(("", "", "亲", "请问")) + goods + draw.choice((*ASKING, "", "")) + draw.choice(TOPICS) + draw.choice(("", "", "吗", "呢"))


def _said(draw: random.Random) -> str:
    return draw.choice(("", "", "亲", "嗯")) + draw.choice(TALK) + draw.choice(("", "", "啊", "哈"))


class Paced(NamedTuple):
    """What one size costs: microseconds of a decision by message, seconds to compile, megabytes."""

    us: list[float]
    compile_s: float
    megabytes: float

    @property
    def median(self) -> float:
        """Of the messages."""
        return statistics.median(self.us)

    @property
    def p99(self) -> float:
        """Of the messages."""
        return sorted(self.us)[min(len(self.us) - 1, len(self.us) * 99 // 100)]


def paced(count: int) -> Paced:
    """The cost at so many rules."""
    written = rules(count)
    took = min(_seconds(written) for _ in range(3))
    return Paced(decisions(compile_rules(written)), took, megabytes(written))


def _seconds(written: Rules) -> float:
    began = time.process_time_ns()
    compile_rules(written)
    return (time.process_time_ns() - began) / 1e9


def decisions(ready: RuleSet) -> list[float]:
    """Microseconds of a whole decision about each message."""
    return best(messages(), lambda text: decide(ready, Heard(text=text), Context(), 0), ROUNDS)


def best(texts: Sequence[str], act: Callable[[str], object], rounds: int) -> list[float]:
    """Microseconds of processor time of this thread, for each text the least of many rounds: a busy machine disturbs that least."""
    least = [float("inf")] * len(texts)
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for place, text in enumerate(texts):
                began = time.thread_time_ns()
                act(text)
                least[place] = min(least[place], (time.thread_time_ns() - began) / 1_000)
    finally:
        gc.enable()
    return least


def rivals(count: int) -> dict[str, float]:
    """Median microseconds for the same messages and rules of what one might do instead: the search alone, without guards, order and trace."""
    jieba.setLogLevel(logging.ERROR)
    written = rules(count)
    questions = [question for rule in written for question in rule.when.similar]
    index = BM25Okapi([jieba.lcut(question) for question in questions])
    patterns = [(rule.id, tuple(pattern.text.split())) for rule in written for pattern in rule.when.any]
    acts: dict[str, Callable[[str], object]] = {
        "rapidfuzz extractOne over all questions": lambda text: process.extractOne(text, questions, scorer=fuzz.ratio),
        "jieba and BM25 over all questions": lambda text: index.get_scores(jieba.lcut(text)).argmax(),
        "a plain loop over all keywords": lambda text: [rule for rule, parts in patterns if all(part in text for part in parts)],
    }
    few = messages()[:48]
    return {name: statistics.median(best(few, act, 2 if count > 1_000 else 5)) for name, act in acts.items()}


def megabytes(written: Rules) -> float:
    """What a compiled set holds in memory, without the rules themselves; tables that all sets share are filled before."""
    compile_rules(written[:10])
    tracemalloc.start()
    try:
        kept = compile_rules(written)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return held / 1_000_000 if kept.rules else 0.0
