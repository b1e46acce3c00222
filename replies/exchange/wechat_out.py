"""To the JSON that WeChat's `get_current_autoreply_info` has, as far as it can hold rules; what it cannot is told, rule by rule."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from replies.exchange.report import Outcome, Row
from replies.exchange.wechat import CHOICES, KEYWORDS, MODES, SECTIONS
from replies.faults import RuleFault
from replies.shapes import CardMessage, ChoicesMessage, Message, Rule, TextMessage
from replies.templates import compile_template, render

_MODES = {mode: theirs for theirs, mode in MODES.items()}
_CHOICES = {choose: theirs for theirs, choose in CHOICES.items()} | {"rotate": "random_one"}
_SECTIONS = {layer: section for section, (layer, _) in SECTIONS.items()}
_SWITCHES = {"follow": "is_add_friend_reply_open", "default": "is_autoreply_open", "keyword": "is_autoreply_open"}

_MEMBERS = {
    "when.none": ("排除词", "words that keep it silent"),
    "when.similar": ("相似问题", "similar questions"),
    "hours": ("营业时段", "hours"),
    "cooldown_s": ("冷却", "the cooldown"),
    "priority": ("优先级", "the priority"),
    "channels": ("渠道", "channels"),
    "audience": ("买家标签", "tags of buyers"),
    "then": ("转人工等动作", "what follows the reply"),
}
"""Members that this format has no place for."""


class _Told(msgspec.Struct):
    """One rule on its way: what it becomes, and what is lost on the way."""

    replies: list[dict[str, Any]]
    zh: list[str]
    en: list[str]

    def lose(self, zh: str, en: str) -> None:
        """Note a loss, once."""
        if zh not in self.zh:
            self.zh.append(zh)
            self.en.append(en)


def write_wechat(rules: Sequence[Rule]) -> tuple[bytes, tuple[Row, ...]]:
    """The file, and a row for every rule: `OK`, `CHANGED` with what is lost, or `SKIPPED` with the reason."""
    listed: list[dict[str, Any]] = []
    info: dict[str, Any] = {"is_add_friend_reply_open": 0, "is_autoreply_open": 0, KEYWORDS: {"list": listed}}
    rows = []
    for number, rule in enumerate(rules, 1):
        told = _told(rule)
        reason = _reason(rule, told, info)
        if reason is not None:
            rows.append(Row(number, rule.name, Outcome.SKIPPED, *reason))
            continue
        info[_SWITCHES[rule.layer]] = 1
        if rule.layer == "keyword":
            listed.append(_keyword(rule, told))
        else:
            _section(rule, told, info)
        rows.append(_row(number, rule, told))
    return msgspec.json.format(msgspec.json.encode(info), indent=2) + b"\n", tuple(rows)


def _row(number: int, rule: Rule, told: _Told) -> Row:
    if not told.zh:
        return Row(number, rule.name, Outcome.OK)
    return Row(number, rule.name, Outcome.CHANGED, f"没有导出：{'、'.join(told.zh)}。", f"Left out: {', '.join(told.en)}.")


def _reason(rule: Rule, told: _Told, info: dict[str, Any]) -> tuple[str, str] | None:
    """Why a rule cannot be told in this format at all."""
    if not rule.enabled:
        return "停用的规则没有导出。", "A rule that is switched off is left out."
    if rule.layer not in _SWITCHES:
        return "微信没有这一层。", f"WeChat has no layer {rule.layer}."
    if rule.layer == "keyword" and not any(pattern.mode in _MODES for pattern in rule.when.any):
        return "没有微信能用的关键词（全匹配、半匹配）。", "No keyword is of a mode that WeChat has (exact, contains)."
    if rule.layer != "keyword" and _SECTIONS[rule.layer] in info:
        return "微信的这一层只有一条回复，已有前面的规则。", "WeChat has one reply in this layer, and an earlier rule is it."
    if not told.replies:
        return "没有微信能说的回复。", "It says nothing that WeChat can say."
    return None


def _told(rule: Rule) -> _Told:
    told = _Told([], [], [])
    for name, (zh, en) in _MEMBERS.items():
        if _differs(rule, name):
            told.lose(zh, en)
    if rule.where != ("direct",):
        told.lose("适用范围", "where it speaks")
    for message in rule.reply.messages:
        told.replies += _reply(message, told)
    if rule.reply.choose == "rotate":
        told.lose("轮流（改为随机）", "the turns (drawn at random instead)")
    return told


def _differs(rule: Rule, name: str) -> bool:
    """Whether a member says anything beside its default."""
    value: Any = rule
    for step in name.split("."):
        value = getattr(value, step)
    return value not in {None, (), 0} if not isinstance(value, msgspec.Struct) else value != type(value)()


def _keyword(rule: Rule, told: _Told) -> dict[str, Any]:
    lost = dict.fromkeys(str(pattern.mode) for pattern in rule.when.any if pattern.mode not in _MODES)
    for mode in lost:
        told.lose(f"{mode} 关键词", f"keywords of the mode {mode}")
    keywords = [{"type": "text", "match_mode": _MODES[pattern.mode], "content": pattern.text} for pattern in rule.when.any if pattern.mode in _MODES]
    choose = _CHOICES[rule.reply.choose]
    return {"rule_name": rule.name, "reply_mode": choose, "keyword_list_info": keywords, "reply_list_info": told.replies}


def _section(rule: Rule, told: _Told, info: dict[str, Any]) -> None:
    """The one reply of a layer: a text if the rule has one, as WeChat sends nothing else there that we can tell."""
    first = next((reply for reply in told.replies if reply["type"] == "text"), told.replies[0])
    if len(told.replies) > 1:
        told.lose("第一条以外的回复", "replies beside the first")
    if rule.when != type(rule.when)():
        told.lose("关键词", "keywords")
    info[_SECTIONS[rule.layer]] = first


def _reply(message: Message, told: _Told) -> Iterator[dict[str, Any]]:
    if isinstance(message, TextMessage):
        yield {"type": "text", "content": _filled(message.text, told)}
    elif isinstance(message, ChoicesMessage):
        told.lose("可点选项（改为文字）", "choices to tap (as text instead)")
        yield {"type": "text", "content": "\n".join([_filled(message.text, told), *(choice.label for choice in message.choices)])}
    elif isinstance(message, CardMessage):
        yield _article(message, told)
    else:
        told.lose("图片", "pictures")


def _article(card: CardMessage, told: _Told) -> dict[str, Any]:
    if card.price or card.ref:
        told.lose("卡片的价格和编号", "price and reference of a card")
    article = {
        "title": _filled(card.title, told),
        "author": "",
        "digest": _filled(card.text or "", told),
        "show_cover": 1 if card.image else 0,
        "cover_url": card.image or "",
        "content_url": card.url or "",
        "source_url": "",
    }
    return {"type": "news", "news_info": {"list": [article]}}


def _filled(text: str, told: _Told) -> str:
    """A text with the defaults of its names, since WeChat fills in none."""
    try:
        template = compile_template(text) if text else ()
    except RuleFault:
        return text
    if any(not isinstance(piece, str) for piece in template):
        told.lose("称呼等名字（改为默认值）", "names to fill in (their defaults instead)")
    return render(template, {})
