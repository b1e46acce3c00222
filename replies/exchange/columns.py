"""The columns of a sheet of rules: what each is called, which member of a rule it shows, and how a heading is recognised."""

import re
import unicodedata

import msgspec

RULES_SHEET = "规则"


class Column(msgspec.Struct, frozen=True):
    """One column.

    Attributes:
        key: how the program calls it.
        heading: what is written.
        path: the member of a rule it shows, as faults name it.
        names: other headings it is known by, in the form of `_form`.
        many: it may stand several times, with numbers (关键词 2).
        always: it is written even when no rule needs it.
        width: in characters, for a workbook.
    """

    key: str
    heading: str
    path: str
    names: tuple[str, ...]
    many: bool = False
    always: bool = True
    width: int = 12


COLUMNS = (
    Column("id", "编号", ".id", ("id", "规则编号"), width=16),
    Column("name", "名称", ".name", ("name", "rule", "rulename", "title", "规则", "规则名", "规则名称", "标题"), width=18),
    Column("enabled", "启用", ".enabled", ("enabled", "status", "是否启用", "开启", "状态"), width=6),
    Column("layer", "层", ".layer", ("layer", "触发", "触发场景"), width=10),
    Column("priority", "优先级", ".priority", ("priority", "优先"), width=8),
    Column("mode", "匹配方式", ".when.any", ("mode", "match", "matchmode", "匹配", "匹配模式", "匹配类型")),
    Column("any", "关键词", ".when.any", ("keyword", "keywords", "any", "关键字"), many=True, width=28),
    Column("none", "排除词", ".when.none", ("none", "exclude", "excludes", "排除", "排除关键词", "否定词"), many=True, width=16),
    Column("similar", "相似问题", ".when.similar", ("similar", "question", "questions", "相似问法", "问法", "问题"), many=True, width=28),
    Column(
        "reply",
        "回复",
        ".reply.messages",
        ("reply", "replies", "answer", "message", "messages", "回复内容", "自动回复", "答复", "答案", "话术"),
        many=True,
        width=48,
    ),
    Column("choose", "回复方式", ".reply.choose", ("choose", "replymode", "回复模式")),
    Column("hours", "营业时段", ".hours", ("hours", "时段", "生效时段", "生效时间"), width=24),
    Column("cooldown", "冷却秒数", ".cooldown_s", ("cooldown", "cooldowns", "冷却"), width=10),
    Column("hand_off", "转人工", ".then.hand_off", ("handoff",), width=8),
    Column("team", "客服组", ".then.team", ("team", "客服分组"), width=10),
    Column("after", "等待秒数", ".after_s", ("after", "afters", "等待"), always=False),
    Column("where", "适用范围", ".where", ("where", "范围"), always=False),
    Column("channels", "渠道", ".channels", ("channel", "channels"), always=False),
    Column("audience", "买家标签", ".audience.tags", ("audience", "audiencetags", "buyertags"), always=False),
    Column("tag", "打标签", ".then.tag", ("tag", "puttags"), always=False),
    Column("more", "其他", "", ("more", "other", "其它"), always=False, width=20),
)
"""Every column, in the order in which they are written."""

BY_KEY = {column.key: column for column in COLUMNS}
TELLING = frozenset({"name", "any", "similar", "reply"})
"""One of these is in every heading of rules."""

_GO_ON = "续"
_NUMBERED = re.compile(r"(?P<name>.*?)(?P<number>\d{0,2})(?:续(?P<piece>\d{0,2}))?")


class Place(msgspec.Struct, frozen=True, order=True):
    """What a heading means: a column, the how manieth of its kind, and the how manieth piece of a text too long for one cell."""

    key: str
    number: int = 1
    piece: int = 0


def _form(heading: str) -> str:
    """A heading for comparison: one form, small letters, without spaces, brackets and marks."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", heading).casefold())


_BY_NAME = {_form(name): column for column in COLUMNS for name in (column.heading, *column.names)}


def place_of(heading: str) -> Place | None:
    """The meaning of a heading; None for one that nobody knows."""
    match = _NUMBERED.fullmatch(_form(heading)[:80])
    column = None if match is None else _BY_NAME.get(match["name"])
    if match is None or column is None or (match["number"] and not column.many):
        return None
    piece = 0 if match["piece"] is None else int(match["piece"] or 1)
    return Place(column.key, int(match["number"] or 1), piece)


def heading_of(place: Place) -> str:
    """The heading that `place_of` understands as this."""
    number = f" {place.number}" if place.number > 1 else ""
    go_on = "" if not place.piece else f" {_GO_ON}" if place.piece == 1 else f" {_GO_ON}{place.piece}"
    return BY_KEY[place.key].heading + number + go_on


def letters(column: int) -> str:
    """The letters of a column, counted from 1: `A`, `Z`, `AA`."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
