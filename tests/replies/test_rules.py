"""Reading rule sets: the whole shape of the contract, and every fault told by its path."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.talk import SENDABLE
from replies.compiled import compile_rules
from replies.rules import FAULTS_LIMIT, RuleFault, parse_rules
from replies.shapes import BYTES_LIMIT, MESSAGES_LIMIT, PATTERNS_LIMIT, RULES_LIMIT

WHOLE: dict[str, Any] = {
    "id": "shipping-time",
    "name": "发货时间",
    "enabled": True,
    "layer": "keyword",
    "priority": 0,
    "when": {
        "any": [{"mode": "contains", "text": "发货"}, {"mode": "all", "text": "什么时候 寄"}],
        "none": [{"mode": "contains", "text": "退货"}],
        "similar": [],
    },
    "where": ["direct"],
    "channels": [],
    "audience": {"tags": []},
    "hours": {"zone": "Asia/Shanghai", "weekly": {"mon-fri": ["09:00-18:00"]}, "from": None, "until": None},
    "cooldown_s": 600,
    "reply": {"choose": "all", "messages": [{"kind": "text", "text": "亲{{name|}}，付款后24小时内发货哦"}]},
    "then": {"hand_off": None, "team": None, "invite": None, "tag": []},
}
SMALL: dict[str, Any] = {
    "id": "a",
    "name": "甲",
    "layer": "keyword",
    "when": {"any": [{"mode": "contains", "text": "发货"}]},
    "reply": {"messages": [{"kind": "text", "text": "好"}]},
}


def changed(path: str, value: object) -> dict[str, Any]:
    """The small rule with one member set; a dotted path, numbers for places."""
    rule: Any = json.loads(json.dumps(SMALL))
    here = rule
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in way:
        here = here.setdefault(step, {}) if isinstance(here, dict) else here[step]
    here[last] = value
    return dict(rule)


def fault(source: object) -> RuleFault:
    with pytest.raises(RuleFault) as caught:
        parse_rules(source if isinstance(source, (bytes, str)) else json.dumps(source))
    assert caught.value.zh
    assert caught.value.en
    return caught.value


def test_the_rule_of_the_contract_is_read_whole() -> None:
    """Every member of the documented shape arrives; nothing is lost in a round trip."""
    (rule,) = parse_rules([WHOLE])

    assert rule.id == "shipping-time"
    assert rule.hours is not None
    assert rule.hours.weekly == {"mon-fri": ("09:00-18:00",)}
    assert [pattern.text for pattern in rule.when.any] == ["发货", "什么时候 寄"]
    assert rule.cooldown_s == 600
    assert parse_rules(msgspec.json.encode([rule])) == (rule,)
    assert parse_rules(json.dumps([WHOLE])) == parse_rules([WHOLE]) == parse_rules(json.dumps([WHOLE]).encode())


def test_members_nobody_knows_are_ignored() -> None:
    """As everywhere on the wire: a later release may say more."""
    assert parse_rules([SMALL | {"colour": "red"}]) == parse_rules([SMALL])


def test_an_empty_set_is_a_set() -> None:
    """Saving no rules is allowed; what it answers is the engine's business."""
    assert parse_rules(b"[]") == ()


@pytest.mark.parametrize(
    ("path", "value", "where", "sentence"),
    [
        ("id", "", "[0].id", "length of at least 1"),
        ("id", "两 个", "[0].id", "without blanks"),
        ("id", "a\n", "[0].id", "without blanks"),
        ("id", "x" * 65, "[0].id", "length of at most 64"),
        ("id", 7, "[0].id", "is a whole number"),
        ("name", "", "[0].name", "length of at least 1"),
        ("layer", "later", "[0].layer", "'later'"),
        ("enabled", "yes", "[0].enabled", "true or false"),
        ("priority", 1_001, "[0].priority", "at most 1000"),
        ("priority", 1.5, "[0].priority", "a whole number"),
        ("cooldown_s", -1, "[0].cooldown_s", "at least 0"),
        ("where", ["comment"], "[0].where[0]", "'comment'"),
        ("where", [], "[0].where", "length of at least 1"),
        ("channels", ["x"] * 21, "[0].channels", "length of at most 20"),
        ("audience.tags", [""], "[0].audience.tags[0]", "length of at least 1"),
        ("when", [], "[0].when", "an object"),
        ("when.any", [], "[0].when.any", "at least one pattern"),
        ("when.any.0.mode", "fuzzy", "[0].when.any[0].mode", "'fuzzy'"),
        ("when.any.0", {"mode": "typo", "text": "发" + "货a" * 16}, "[0].when.any[0].text", "at most 32"),
        ("when.any.0", {"mode": "pinyin", "text": "？"}, "[0].when.any[0].text", "no character to match"),
        ("when.any.0", {"mode": "regex", "text": "(?=发)货"}, "[0].when.any[0].text", "invalid perl operator"),
        ("when.any.0", {"mode": "regex", "text": "发*"}, "[0].when.any[0].text", "every message"),
        ("when.any.0", {"mode": "regex", "text": "((a{900}){900}){900}"}, "[0].when.any[0].text", "RE2"),
        ("when.any.0.mode", "similar", "[0].when.any[0].mode", "when.similar"),
        ("when.none", [{"mode": "regex", "text": "(x"}], "[0].when.none[0].text", "missing )"),
        ("when.similar", ["几天能到", "\u200b"], "[0].when.similar[1]", "no character to match"),
        ("when.any.0.text", "", "[0].when.any[0].text", "length of at least 1"),
        ("when.any.0.text", "发" * 201, "[0].when.any[0].text", "length of at most 200"),
        ("when.any.0.text", "\u200b", "[0].when.any[0].text", "no character to match"),
        ("when.any", [{"mode": "contains", "text": "x"}] * (PATTERNS_LIMIT + 1), "[0].when.any", "length of at most 200"),
        ("when.none", [{"mode": "contains", "text": "x"}] * (PATTERNS_LIMIT + 1), "[0].when.none", "length of at most 200"),
        ("when.similar", ["x"] * 201, "[0].when.similar", "length of at most 200"),
        ("hours", {"zone": "Nowhere"}, "[0].hours.zone", "time zone"),
        ("hours", {"weekly": {"mon": ["9-18"]}}, "[0].hours.weekly.mon[0]", "range of hours"),
        ("after_s", 60, "[0].after_s", "Only a waiting rule"),
        ("reply.choose", "best", "[0].reply.choose", "'best'"),
        ("reply.messages", [], "[0].reply.messages", "says nothing"),
        ("reply.messages", [{"kind": "text", "text": "好"}] * (MESSAGES_LIMIT + 1), "[0].reply.messages", "length of at most 5"),
        ("reply.messages.0.kind", "song", "[0].reply.messages[0].kind", "'song'"),
        ("reply.messages.0.kind", "voice", "[0].reply.messages[0].kind", "'voice'"),
        ("reply.messages.0.text", "", "[0].reply.messages[0].text", "length of at least 1"),
        ("reply.messages.0.text", "好" * 4_001, "[0].reply.messages[0].text", "length of at most 4000"),
        ("reply.messages.0.text", "{{nick|}}好", "[0].reply.messages[0].text", "'nick'"),
        ("reply.messages.0.text", "{{name}}好", "[0].reply.messages[0].text", "default"),
        ("reply.messages.0.text", "好" * 3_950 + "{{name|}}", "[0].reply.messages[0].text", "4000 characters"),
        ("reply.messages.0", {"kind": "card", "title": "{{nick|}}"}, "[0].reply.messages[0].title", "'nick'"),
        ("reply.messages.0", {"kind": "card", "title": "衣", "price": "{{name|}}"}, "[0].reply.messages[0].price", "No template braces"),
        ("reply.messages.0", {"kind": "card", "title": "衣", "url": "javascript:alert(1)"}, "[0].reply.messages[0].url", "begins with http"),
        ("reply.messages.0", {"kind": "card", "title": "衣", "image": "data:image/png,x"}, "[0].reply.messages[0].image", "begins with http"),
        ("reply.messages.0", {"kind": "image", "media": "../x", "width": 1, "height": 1}, "[0].reply.messages[0].media", "letters, digits"),
        ("reply.messages.0", {"kind": "image", "media": "x\n", "width": 1, "height": 1}, "[0].reply.messages[0].media", "letters, digits"),
        ("reply.messages.0", {"kind": "image", "media": "x", "width": 0, "height": 1}, "[0].reply.messages[0].width", "at least 1"),
        ("reply.messages.0", {"kind": "choices", "text": "问", "choices": []}, "[0].reply.messages[0].choices", "length of at least 1"),
        (
            "reply.messages.0",
            {"kind": "choices", "text": "问", "choices": [{"label": "{{name|x}}", "send": "b"}]},
            "[0].reply.messages[0].choices[0]",
            "braces",
        ),
        ("then.team", "售后", "[0].then.team", "hand_off"),
        ("then.hand_off", "now", "[0].then.hand_off", "true or false"),
        ("then.tag", ["字" * 21], "[0].then.tag[0]", "length of at most 20"),
        ("then.tag", ["a/b"], "[0].then.tag[0]", "no slashes"),
        ("then.tag", ["t"] * 21, "[0].then.tag", "length of at most 20"),
    ],
)
def test_a_fault_is_told_by_its_path(path: str, value: object, where: str, sentence: str) -> None:
    """What is wrong and where, in both languages; what this release cannot do is refused and not dropped."""
    found = fault([changed(path, value)])

    assert found.path == where
    assert sentence in found.en


@pytest.mark.parametrize("member", ["id", "name", "layer"])
def test_what_every_rule_needs(member: str) -> None:
    """A missing member is named."""
    found = fault([{key: value for key, value in SMALL.items() if key != member}])

    assert found.path == "[0]"
    assert f"`{member}`" in found.en
    assert f"“{member}”" in found.zh


@pytest.mark.parametrize(
    ("layer", "members", "where"),
    [
        ("follow", {"when": {"any": [{"mode": "contains", "text": "发货"}]}}, "[0].when"),
        ("waiting", {"after_s": 60, "when": {"none": [{"mode": "contains", "text": "发货"}]}}, "[0].when"),
        ("waiting", {"when": {}}, "[0].after_s"),
        ("waiting", {"when": {}, "after_s": 0}, "[0].after_s"),
        ("default", {"when": {}, "after_s": 60}, "[0].after_s"),
        ("keyword", {"when": {"none": [{"mode": "contains", "text": "退"}]}}, "[0].when.any"),
    ],
)
def test_each_layer_has_its_needs(layer: str, members: dict[str, object], where: str) -> None:
    """A rule that could never speak where it stands is a fault, not a quiet rule."""
    assert fault([SMALL | {"layer": layer} | members]).path == where


@pytest.mark.parametrize("layer", ["follow", "first", "offhours", "default"])
def test_other_layers_need_no_patterns(layer: str) -> None:
    """They speak by their moment."""
    assert parse_rules([SMALL | {"layer": layer, "when": {}}])[0].layer == layer


def test_a_rule_may_only_hand_off() -> None:
    """Calling people is doing something."""
    assert parse_rules([SMALL | {"reply": {}, "then": {"hand_off": True, "team": "售后"}}])[0].then.hand_off


def test_every_fault_is_told_at_once() -> None:
    """In the order of the text, each with its own path."""
    found = fault(
        [changed("when.any.0.mode", "similar"), SMALL | {"id": "b"}, changed("layer", "x"), changed("reply.messages.0.text", "{{x|}}") | {"id": "c"}]
    )

    assert [one.path for one in found.every] == ["[0].when.any[0].mode", "[2].layer", "[3].reply.messages[0].text"]


def test_every_fault_of_one_rule_is_told_at_once() -> None:
    """Of its shape and of its contents, and of the rules beside it."""
    rule = {
        "id": "两 个",
        "layer": "later",
        "priority": 1.5,
        "when": {"any": [{"mode": "fuzzy"}, {"mode": "regex", "text": "(x"}, 3], "none": 5, "similar": ["", "几天能到"]},
        "hours": {"zone": "Nowhere", "weekly": {"mon": ["9-18", "10:00-10:00"], "someday": []}, "from": "soon"},
        "reply": {"messages": [{"kind": "card", "url": "javascript:alert(1)"}, {"kind": "song"}, {"kind": "text", "text": "{{nick|}}好"}]},
        "then": {"tag": ["a/b"], "hand_off": "now"},
    }
    found = fault([SMALL, rule, SMALL])

    assert [one.path for one in found.every] == [
        "[1]",
        "[1].id",
        "[1].layer",
        "[1].priority",
        "[1].when.any[0]",
        "[1].when.any[0].mode",
        "[1].when.any[2]",
        "[1].when.none",
        "[1].when.similar[0]",
        "[1].reply.messages[0]",
        "[1].reply.messages[0].url",
        "[1].reply.messages[1].kind",
        "[1].then.hand_off",
        "[1].then.tag[0]",
        "[1].when.any[1].text",
        "[1].hours.zone",
        "[1].hours.from",
        "[1].hours.weekly.mon[0]",
        "[1].hours.weekly.mon[1]",
        "[1].hours.weekly.someday",
        "[1].reply.messages[2].text",
        "[2].id",
    ]
    assert all("regex" not in one.en and "`str`" not in one.en for one in found.every)


def test_a_flood_of_faults_is_cut() -> None:
    """A file of another kind does not answer with ten thousand sentences, nor does a rule that is all wrong."""
    assert len(fault([{} for _ in range(500)]).every) == FAULTS_LIMIT
    assert len(fault([SMALL | {"channels": [7] * 20, "when": {"any": [{"mode": "x"}] * 200}}]).every) == FAULTS_LIMIT
    assert [one.path for one in fault([SMALL | {"when": {"similar": ["", 7] * 100_000}}]).every] == ["[0].when.similar"]


def test_an_id_is_used_once() -> None:
    """The second use is the fault, told once."""
    found = fault([SMALL, SMALL | {"id": "b"}, SMALL, SMALL])

    assert [one.path for one in found.every] == ["[2].id"]
    assert "'a'" in found.en


@pytest.mark.parametrize(
    "source",
    [b"", b"[", b"{}", b"null", b'"rules"', b'[{"id": "\xff"}]', b"[" * 100_000, b'[{"id": "\\ud800"}]', '[{"id": "\ud800"}]', b"[1]", b"[[]]"],
)
def test_what_is_no_list_of_rules_is_refused(source: bytes | str) -> None:
    """Broken JSON, other JSON, text that is no text, and brackets without end."""
    with pytest.raises(RuleFault):
        parse_rules(source)


def test_text_that_is_no_text_is_refused_in_decoded_json_too() -> None:
    """A lone surrogate cannot be sent to anybody."""
    with pytest.raises(RuleFault):
        parse_rules([SMALL | {"name": "\ud800"}])


def test_the_size_of_a_set_is_bounded() -> None:
    """Rules, bytes, and the characters of all patterns together."""
    assert "10001" in fault([SMALL] * (RULES_LIMIT + 1)).en
    assert "16 MiB" in fault(b"[" + b" " * BYTES_LIMIT + b"]").en
    wide = [SMALL | {"id": str(number), "when": {"any": [{"mode": "contains", "text": "发" * 200}] * 200}} for number in range(26)]
    assert "1000000 characters" in fault(wide).en


def test_ten_thousand_rules_are_accepted() -> None:
    """The limit itself is allowed, and compiles."""
    rules = parse_rules([SMALL | {"id": str(number)} for number in range(RULES_LIMIT)])

    assert len(compile_rules(rules).layers["keyword"]) == RULES_LIMIT


@pytest.mark.parametrize(
    "message",
    [
        {"kind": "text", "text": "好" * 4_000},
        {"kind": "image", "media": "m" * 64, "width": 20_000, "height": 1, "alt": "图" * 200},
        {
            "kind": "card",
            "title": "衣" * 200,
            "text": "文" * 1_000,
            "image": "https://" + "i" * 1_992,
            "url": "https://" + "u" * 1_992,
            "price": "¥" * 40,
            "ref": "r" * 200,
        },
        {"kind": "choices", "text": "问" * 4_000, "choices": [{"label": "甲" * 80, "send": "乙" * 500}] * 10},
    ],
)
def test_a_message_at_its_limits_is_one_the_hub_can_send(message: dict[str, object]) -> None:
    """The limits here are the limits of the wire: what is saved can be said."""
    (rule,) = parse_rules([SMALL | {"reply": {"messages": [message]}}])
    sent = compile_rules([rule]).layers["keyword"][0].messages[0].outgoing({})

    assert sent.kind == message["kind"]
    assert msgspec.to_builtins(msgspec.convert(sent.body, SENDABLE[sent.kind])) == {key: value for key, value in message.items() if key != "kind"}


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=10)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=8,
)


@given(
    st.sampled_from(
        [
            "id",
            "name",
            "layer",
            "when",
            "when.any",
            "when.any.0",
            "when.any.0.text",
            "hours",
            "hours.weekly",
            "hours.holidays",
            "reply",
            "reply.messages",
            "reply.messages.0",
            "then",
            "where",
        ]
    ),
    JSON,
)
@settings(deadline=None)
def test_anything_in_any_place_is_read_or_refused(path: str, value: object) -> None:
    """No JSON whatever raises anything but a fault, and what is accepted compiles."""
    try:
        rules = parse_rules([changed(path, value)])
    except RuleFault as found:
        rules = ()
        paths = [one.path for one in found.every]
    else:
        paths = []

    assert all(path.startswith("[0]") for path in paths)
    compile_rules(rules)


def test_an_invitation_is_not_shown_to_a_room() -> None:
    """In a direct conversation, or in a group to whoever asked alone."""
    asked = {"id": "a", "name": "甲", "layer": "keyword", "when": {"any": [{"mode": "contains", "text": "进群"}]}, "then": {"invite": "g"}}
    reply = {"messages": [{"kind": "text", "text": "来"}]}
    assert parse_rules([{**asked, "reply": reply}])
    assert parse_rules([{**asked, "where": ["direct", "group"], "reply": {**reply, "visible": "asker"}}])
    assert fault([{**asked, "where": ["direct", "group"], "reply": reply}]).path == "[0].then.invite"
