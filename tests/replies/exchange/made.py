"""Rules of every shape, with texts that tempt a file format to change them."""

from typing import Any

from hypothesis import strategies as st

from intents.keywords import Mode
from replies.faults import RuleFault
from replies.rules import Rules, parse_rules

NASTY = (
    "=1+1",
    "+86 138",
    "-5",
    "@我",
    "'=1",
    "''",
    "\t=1",
    "＝1",
    " 前后 ",
    "两\n行",
    "回\r车",
    "回\r\n车",
    '说"好"',
    '"',
    '"好"',
    "a,b",
    "甲、乙；丙",
    "半匹配：发货",
    "正则:x",
    "x|y",
    "_x0041_",
    "_x000D_",
    "_x005F_",
    "ax005F_b",
    "{}",
    '{"kind":"text","text":"x"}',
    "[1]",
    "\x01控制",
    "\x85\u2028",
    "\ufeff头",
    "\uffff",
    "𠮷野家",
    "是",
    "12",
    "1.0",
    "1e5",
    "2026-10-01",
    "TRUE",
    "#N/A",
    "休息",
    "<b>&amp;</b>",
    "]]>",
    "续 2",
)

CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")


def texts(limit: int) -> st.SearchStrategy[str]:
    """Texts of 1 to `limit` characters."""
    free = st.text(CHARACTERS, min_size=1, max_size=min(limit, 30))
    return st.one_of(st.sampled_from(NASTY), free, st.sampled_from(["发货", "什么时候 寄", "多少钱"])).map(lambda text: text[:limit])


patterns = st.builds(
    lambda mode, text: {"mode": str(mode), "text": "订单[0-9]{3,}|单号" if mode is Mode.REGEX else text},
    st.sampled_from([mode for mode in Mode if mode is not Mode.SIMILAR]),
    texts(30),
)
choices = st.fixed_dictionaries({"label": texts(80), "send": texts(500)})
messages = st.one_of(
    st.fixed_dictionaries({"kind": st.just("text"), "text": texts(4_000)}),
    st.fixed_dictionaries({"kind": st.just("text"), "text": st.just("亲{{name|}}，在的")}),
    st.fixed_dictionaries(
        {"kind": st.just("image"), "media": st.just("abc-1"), "width": st.just(3), "height": st.just(4)}, optional={"alt": texts(200)}
    ),
    st.fixed_dictionaries(
        {"kind": st.just("card"), "title": texts(200)},
        optional={"text": texts(1_000), "image": texts(50), "url": st.just("https://x.example/_x0041_"), "price": texts(40), "ref": texts(200)},
    ),
    st.fixed_dictionaries({"kind": st.just("choices"), "text": texts(4_000), "choices": st.lists(choices, min_size=1, max_size=3)}),
)
ranges = st.lists(st.sampled_from(["09:00-18:00", "22:00-02:00", "00:00-24:00"]), max_size=2)
hours = st.fixed_dictionaries(
    {},
    optional={
        "zone": st.sampled_from(["Asia/Shanghai", "Asia/Tokyo", "UTC"]),
        "weekly": st.sampled_from([("mon-fri",), ("mon", "sat,sun"), ("fri-mon",), ("mon, tue",), ("mon-sun",)]).flatmap(
            lambda keys: st.fixed_dictionaries(dict.fromkeys(keys, ranges))
        ),
        "holidays": st.sampled_from([("2026-10-01/2026-10-07",), ("2026-10-10", "2027-01-01")]).flatmap(
            lambda keys: st.fixed_dictionaries(dict.fromkeys(keys, ranges))
        ),
        "from": st.sampled_from(["2026-09-01", "2026-09-01T08:30", "2026-09-01T08:30:00+09:00"]),
        "until": st.just("2026-12-31"),
    },
)
ids = texts(64).map(lambda text: "".join(text.split()) or "x")


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    """One rule, good for the most part; the few that are not are left out of a set."""
    layer = draw(st.sampled_from(["keyword", "keyword", "keyword", "follow", "first", "offhours", "waiting", "default"]))
    rule: dict[str, Any] = {"id": draw(ids), "name": draw(texts(80)), "layer": layer}
    rule |= draw(
        st.fixed_dictionaries(
            {},
            optional={
                "enabled": st.booleans(),
                "priority": st.integers(-1_000, 1_000),
                "where": st.sampled_from([["direct"], ["group"], ["group", "direct"], ["direct", "group"]]),
                "unaddressed": st.booleans(),
                "channels": st.lists(texts(32), max_size=3),
                "audience": st.fixed_dictionaries({"tags": st.lists(texts(32), max_size=3)}),
                "hours": hours,
                "cooldown_s": st.integers(0, 2_678_400),
            },
        )
    )
    if layer in {"keyword", "first", "offhours", "default"}:
        rule["when"] = {
            "any": draw(st.lists(patterns, min_size=1, max_size=4)),
            "none": draw(st.lists(patterns, max_size=2)),
            "similar": draw(st.lists(texts(200), max_size=3)),
        }
    if layer == "waiting":
        rule["after_s"] = draw(st.integers(1, 86_400))
    rule["reply"] = {"choose": draw(st.sampled_from(["all", "random", "rotate"])), "messages": draw(st.lists(messages, min_size=1, max_size=5))}
    rule["reply"] |= draw(st.fixed_dictionaries({}, optional={"visible": st.sampled_from(["room", "asker"])}))
    hand_off = draw(st.sampled_from([None, True, False]))
    tags = draw(st.lists(st.sampled_from(["老客", "=1", "a,b", " 空 ", '"', "是"]), max_size=2, unique=True))
    rule["then"] = {"hand_off": hand_off, "team": draw(texts(64)) if hand_off else None, "tag": tags}
    rule["then"] |= draw(st.fixed_dictionaries({}, optional={"invite": texts(64)}))
    return rule


def _good(made: list[dict[str, Any]]) -> Rules:
    found: dict[str, Any] = {}
    for rule in made:
        try:
            (good,) = parse_rules([rule])
        except RuleFault:
            continue
        found.setdefault(good.id, good)
    return tuple(found.values())


rule_sets = st.lists(rules(), min_size=1, max_size=4).map(_good).filter(bool)
