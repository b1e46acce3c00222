"""What the rules offer to a person who answers."""

from hypothesis import given
from hypothesis import strategies as st

from intents.keywords import Mode
from replies.engine import Context, Heard, Memory, decide
from replies.guards import CAP
from replies.suggest import Suggestion, suggest
from tests.replies.shop import MONDAY_10, rule, shop

RULES = shop(
    rule("发货", "发货", says="{{name|亲}}，当天发出"),
    rule("运费", "运费", "发货 邮费", says="满 99 包邮", priority=1),
    rule("夜里", "发货", says="夜里也发", hours={"zone": "Asia/Shanghai", "weekly": {"mon-sun": ["00:00-06:00"]}}),
    rule("你好", layer="first", says="欢迎"),
    rule("几天到", says="三天左右", when={"similar": ["快递要几天才能到", "多久可以收到货"]}),
    rule("打标", "发货", says=[], then={"tag": ["问发货"]}),
)


def offered(text: str, **context: object) -> list[str]:
    """The rules that are offered for a text."""
    return [one.rule for one in suggestions(text, **context)]


def suggestions(text: str, **context: object) -> tuple[Suggestion, ...]:
    """What is offered for a text."""
    heard = Heard(text=text, message_id="m1", seq=1)
    return suggest(RULES, heard, Context(**context), MONDAY_10, 5)  # type: ignore[arg-type] # names are checked by the struct


def test_rules_are_offered_in_the_order_in_which_they_would_win() -> None:
    """With their words filled in; not what only greets, what is outside its hours, or what says nothing."""
    found = suggestions("发货和运费怎么算", names={"name": "小张"})

    assert [(one.rule, one.mode, one.sure) for one in found] == [("运费", Mode.CONTAINS, True), ("发货", Mode.CONTAINS, True)]
    assert [message.body["text"] for one in found for message in one.messages] == ["满 99 包邮", "小张，当天发出"]


def test_what_would_only_be_asked_back_is_offered_as_doubtful() -> None:
    """A person can tell better than the engine whether it fits."""
    doubtful = [one for one in suggestions("东西啥时候能收到手呢") if not one.sure]
    assert {one.rule for one in doubtful} <= {"几天到"}
    assert offered("快递要几天才能到") == ["几天到"]


def test_every_guard_but_the_operator_holds() -> None:
    """A cap, a cooldown, who is no buyer; an operator too, for whoever does not look past them."""
    assert offered("发货") == ["发货"]
    assert offered("发货", desk="operator") == []
    assert offered("发货", memory=Memory(said_at=(MONDAY_10 - 1,) * CAP)) == []
    assert offered("发货", memory=Memory(cooldowns={"发货": MONDAY_10 + 1})) == []
    assert suggest(RULES, Heard(text="发货", author_kind="staff"), Context(), MONDAY_10, 5) == ()


@given(st.text(alphabet="发货运费几天到快递收", max_size=12))
def test_the_first_one_is_what_the_engine_would_say(text: str) -> None:
    """Where it says what a keyword rule says, and several are not alike."""
    decision = decide(RULES, Heard(text=text, message_id="m1", seq=1), Context(desk="bot"), MONDAY_10)
    found = suggestions(text)

    if decision.outcome == "answer":
        assert found
        assert (found[0].rule, found[0].messages) == (decision.says[-1].rule, decision.says[-1].messages)
    assert len({one.rule for one in found}) == len(found)
