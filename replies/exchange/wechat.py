"""The JSON of WeChat's `get_current_autoreply_info`: what an official account says by itself, as the platform tells it."""

from collections.abc import Iterator, Mapping
from typing import Any

from replies.exchange.report import Contents, Entry, Outcome, Row, bounded, refusal
from replies.shapes import MESSAGES_LIMIT, RULES_LIMIT

PARTS_LIMIT = 200
"""Keywords or replies of one rule; WeChat itself has ten and five."""

MODES = {"contain": "contains", "equal": "exact"}
CHOICES = {"reply_all": "all", "random_one": "random"}
SECTIONS = {"add_friend_autoreply_info": ("follow", "被关注回复"), "message_default_autoreply_info": ("default", "收到消息回复")}
KEYWORDS = "keyword_autoreply_info"
_SWITCHES = {"add_friend_autoreply_info": "is_add_friend_reply_open", "message_default_autoreply_info": "is_autoreply_open"}
_MEMBERS = frozenset({*SECTIONS, *_SWITCHES.values(), KEYWORDS})
_KINDS = {"img": "图片", "voice": "语音", "video": "视频", "news": "图文"}
_CARD = {"title": "title", "digest": "text", "cover_url": "image", "content_url": "url"}
"""The members of an article that a card holds."""

_LOST = ("author", "source_url")


def is_wechat(value: object) -> bool:
    """Whether this is what WeChat answers, be it an error."""
    return isinstance(value, dict) and bool(_MEMBERS & value.keys() or "errcode" in value)


def read_wechat(value: object) -> Contents:
    """The rules of an official account: reply on follow, default reply, keyword rules numbered from 1.

    Raises:
        RuleFault: it is something else, an error of WeChat, or too many rules.
    """
    if not isinstance(value, dict) or not is_wechat(value):
        zh = "这不是微信 get_current_autoreply_info 的内容。"
        raise refusal(zh, "This is not what WeChat's get_current_autoreply_info answers.")
    if not _MEMBERS & value.keys():
        told = f"{value.get('errcode')} {str(value.get('errmsg', ''))[:80]}"
        raise refusal(f"微信返回的是错误：{told}。", f"WeChat answered an error: {told}.")
    listed = _member(_member(value, KEYWORDS, dict), "list", list)
    if len(listed) > RULES_LIMIT:
        raise refusal(f"规则有 {len(listed)} 条，最多 {RULES_LIMIT} 条。", f"There are {len(listed)} rules; at most {RULES_LIMIT}.")
    entries = [_section(value, name) for name in SECTIONS if value.get(name)]
    entries += [_keyword(number, one, _open(value, "is_autoreply_open")) for number, one in enumerate(listed, 1)]
    return Contents(tuple(entries), tuple(_of_the_file(listed)))


def _of_the_file(listed: list[Any]) -> Iterator[Row]:
    if any(isinstance(one, dict) and "create_time" in one for one in listed):
        zh, en = "规则的创建时间没有导入。", "The times at which the rules were made are left out."
        yield Row(0, "", Outcome.SKIPPED, zh, en, path=f"{KEYWORDS}.list[].create_time")


def _open(value: Mapping[str, Any], switch: str) -> bool:
    return value.get(switch, 1) not in (0, "0")


def _section(value: Mapping[str, Any], name: str) -> Entry:
    layer, title = SECTIONS[name]
    reading = _Reading(0, title, name)
    message = value[name]
    reading.replies([message] if isinstance(message, dict) else [], lambda _: name)
    return reading.entry({"layer": layer}, enabled=_open(value, _SWITCHES[name]))


def _keyword(number: int, value: Any, open_: bool) -> Entry:
    path = f"{KEYWORDS}.list[{number - 1}]"
    if not isinstance(value, dict):
        return Entry(number, "", None, (Row(number, "", Outcome.FAULT, "规则应是一个对象。", "A rule is an object.", path=path),))
    name = str(value.get("rule_name") or "")[:80]
    reading = _Reading(number, name, path)
    patterns = list(reading.patterns(_member(value, "keyword_list_info", list)))
    choose = CHOICES.get(str(value.get("reply_mode", "reply_all")))
    if choose is None:
        reading.tell(Outcome.FAULT, f"没有“{str(value.get('reply_mode'))[:40]}”这种回复方式。", "There is no such reply_mode.", ".reply_mode")
    reading.replies(_member(value, "reply_list_info", list), lambda place: f"{path}.reply_list_info[{place}]", choose == "random")
    raw: dict[str, Any] = {"layer": "keyword", "when": {"any": patterns}}
    return reading.entry(raw if name or not patterns else {**raw, "name": patterns[0]["text"]}, enabled=open_, choose=choose or "all")


def _member(value: Any, name: str, kind: type) -> Any:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, kind) else kind()


class _Reading:
    """One rule on its way."""

    def __init__(self, number: int, name: str, path: str) -> None:
        self._number = number
        self._name = name
        self._path = path
        self._notes: list[Row] = []
        self._messages: list[dict[str, Any]] = []

    def tell(self, outcome: Outcome, zh: str, en: str, path: str = "", *, whole: str | None = None) -> None:
        """A note about a place in this rule."""
        self._notes.append(Row(self._number, self._name, outcome, zh, en, path=whole if whole is not None else self._path + path))

    def patterns(self, listed: list[Any]) -> Iterator[dict[str, str]]:
        """The keywords of a rule, with the mode of each."""
        for place, one in enumerate(self._bounded(listed, ".keyword_list_info")):
            path = f".keyword_list_info[{place}]"
            kind = one.get("type", "text") if isinstance(one, dict) else None
            content = one.get("content") if isinstance(one, dict) else None
            mode = MODES.get(str(one.get("match_mode"))) if isinstance(one, dict) else None
            if kind != "text" or not isinstance(content, str):
                self.tell(Outcome.CHANGED, "不是文字的关键词没有导入。", "A keyword that is no text is left out.", path)
            elif mode is None:
                self.tell(
                    Outcome.FAULT, f"没有“{str(one.get('match_mode'))[:40]}”这种匹配方式。", "There is no such match_mode.", f"{path}.match_mode"
                )
            else:
                yield {"mode": mode, "text": content}

    def replies(self, listed: list[Any], path_of: Any, one_article: bool = False) -> None:
        """Texts as texts, articles as cards; pictures, voice and video stay behind, as WeChat gives no file."""
        for place, one in enumerate(self._bounded(listed, ".reply_list_info")):
            path = path_of(place)
            kind = one.get("type") if isinstance(one, dict) else None
            if kind == "text" and isinstance(one.get("content"), str):
                self._say({"kind": "text", "text": one["content"]}, path)
            elif kind == "news":
                self._articles(_member(_member(one, "news_info", dict), "list", list), path, one_article=one_article)
            else:
                told = _KINDS.get(str(kind), str(kind)[:20])
                self.tell(
                    Outcome.CHANGED, f"{told}回复没有导入，请重新上传。", f"A reply of the type {kind} is left out: upload it again.", whole=path
                )

    def _bounded(self, listed: list[Any], path: str) -> list[Any]:
        if len(listed) > PARTS_LIMIT:
            self.tell(Outcome.FAULT, f"超过 {PARTS_LIMIT} 项。", f"More than {PARTS_LIMIT} of them.", path)
        return listed[:PARTS_LIMIT]

    def _articles(self, articles: list[Any], path: str, *, one_article: bool) -> None:
        if not articles:
            self.tell(Outcome.CHANGED, "图文回复没有内容，没有导入。", "A reply of the type news without its articles is left out.", whole=path)
        for place, article in enumerate(self._bounded(articles, ".reply_list_info")):
            where = f"{path}.news_info.list[{place}]"
            if not isinstance(article, dict):
                continue
            if one_article and place:
                zh = "随机回复的多图文只导入第一篇。"
                self.tell(Outcome.CHANGED, zh, "Of several articles in a reply drawn at random the first is taken.", whole=where)
                return
            card = {member: str(article[name]) for name, member in _CARD.items() if article.get(name)}
            lost = [name for name in _LOST if article.get(name)]
            zh = "图文变成卡片" + (f"，没有导入：{'、'.join(lost)}。" if lost else "。")
            en = "An article becomes a card" + (f" without its {' and '.join(lost)}." if lost else ".")
            self._say({"kind": "card", **card}, where, (zh, en))

    def _say(self, message: dict[str, Any], path: str, note: tuple[str, str] | None = None) -> None:
        if len(self._messages) >= MESSAGES_LIMIT:
            zh, en = f"一条规则最多 {MESSAGES_LIMIT} 条回复，多出的没有导入。", f"A rule has at most {MESSAGES_LIMIT} replies; this one is left out."
            self.tell(Outcome.CHANGED, zh, en, whole=path)
            return
        self._messages.append(message)
        if note is not None:
            self.tell(Outcome.CHANGED, *note, whole=path)

    def entry(self, raw: dict[str, Any], *, enabled: bool, choose: str = "all") -> Entry:
        """The rule, or none where all of its replies stay behind."""
        if not self._messages:
            self.tell(Outcome.SKIPPED, "没有可以导入的回复，这条规则没有导入。", "No reply of it can be taken over, so the rule is left out.")
            return Entry(self._number, self._name, None, bounded(self._notes))
        if not enabled:
            self.tell(Outcome.CHANGED, "在微信后台是关闭的，导入后为停用。", "It is switched off at WeChat, and here too.")
        rule = {**({"name": self._name} if self._name else {}), **raw, "enabled": enabled, "reply": {"choose": choose, "messages": self._messages}}
        return Entry(self._number, self._name or str(rule.get("name", ""))[:80], rule, bounded(self._notes))
