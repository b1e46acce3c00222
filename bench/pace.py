"""What a decision costs at 10, 1,000 and 10,000 rules: microseconds, seconds to compile, megabytes."""

import random
import statistics
import time
import tracemalloc

from rich.table import Table

from replies.compiled import RuleSet, compile_rules
from replies.decision import Context, Heard
from replies.engine import decide
from replies.rules import Rules, parse_rules

SIZES = (10, 1_000, 10_000)
ROUNDS = 30
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


def paces() -> Table:
    """The table; of each message the best of many rounds counts, which a busy machine disturbs least."""
    table = Table(
        "rules", "µs median", "µs worst message", "compile s", "MB", title="What a decision costs (5 patterns + 3 similar questions a rule)"
    )
    for count in SIZES:
        written = rules(count)
        began = time.perf_counter()
        ready = compile_rules(written)
        took = time.perf_counter() - began
        each = sorted(microseconds(ready))
        table.add_row(f"{count:,}", f"{statistics.median(each):.0f}", f"{each[-1]:.0f}", f"{took:.2f}", f"{megabytes(written):.1f}")
    return table


def microseconds(ready: RuleSet) -> list[float]:
    """Of one decision about each message."""
    best = [float("inf")] * len(MESSAGES)
    for _ in range(ROUNDS):
        for place, text in enumerate(MESSAGES):
            began = time.perf_counter_ns()
            decide(ready, Heard(text=text), Context(), 0)
            best[place] = min(best[place], (time.perf_counter_ns() - began) / 1_000)
    return best


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
