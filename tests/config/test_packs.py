"""The starter packs: whole, without a quarrel between their rules, and right about what buyers ask."""

import json
import tomllib
from collections import Counter
from fnmatch import fnmatch

import msgspec
import pytest

from config.packs import COMMON, FOLDER, PACKS, read_packs
from intents.keywords import Mode
from intents.text import normal
from replies.decision import Trace
from replies.engine import Memory, compile_rules
from replies.lint import lint
from replies.rules import parse_rules
from replies.shapes import ChoicesMessage, Rule, Rules, TextMessage
from replies.templates import compile_template, render
from tests.config.pack_questions import NEAR, QUESTIONS, UNANSWERED
from tests.replies.shop import MONDAY_10, Talk

READ = read_packs()
SMALL_TALK = {"greeting", "thanks", "ack"}
"""Rules of single words, by the end of their ids: there is no other way to ask them."""


class Shopper:
    """Asks one pack, each time as somebody new."""

    def __init__(self, rules: Rules) -> None:
        self._talk = Talk(*rules)

    def ask(self, text: str) -> Trace:
        """Why what is said is said."""
        self._talk.memory = Memory()
        return self._talk.hear(text).trace


SHOPPERS = {name: Shopper(pack.rules) for name, pack in READ.items()}


def keyword_rules(name: str) -> list[Rule]:
    return [rule for rule in READ[name].rules if rule.layer == "keyword"]


def sentence(rule: Rule, number: int) -> str:
    """A pattern as somebody would say it: the parts of `all` without their spaces."""
    pattern = rule.when.any[number]
    return pattern.text.replace(" ", "") if pattern.mode is Mode.ALL else pattern.text


def test_every_file_is_a_pack_or_what_they_share() -> None:
    """None is forgotten in the list."""
    assert {file.name for file in FOLDER.iterdir()} == {f"{name}.json" for name in (*PACKS, COMMON)}
    assert list(READ) == list(PACKS)


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_is_a_sound_set_of_a_sensible_size(name: str) -> None:
    """Read by the door every rule goes through, with all layers, and people at hand."""
    pack = READ[name]
    rules = parse_rules(msgspec.json.encode(pack.rules))

    assert rules == pack.rules
    assert 25 <= len(rules) <= 40
    assert {rule.layer for rule in rules} == {"follow", "first", "keyword", "offhours", "waiting", "default"}
    assert all(rule.id.startswith((f"{name}-", "shop-")) for rule in rules)
    assert {"shop-human", "shop-complaint"} <= {rule.id for rule in rules if rule.then.hand_off}


@pytest.mark.parametrize("name", [*PACKS, COMMON])
def test_nothing_in_a_file_is_misspelt(name: str) -> None:
    """A member that no rule has would be ignored: what is read, written again, is the file."""
    told = json.loads((FOLDER / f"{name}.json").read_bytes())["rules"]

    assert json.loads(msgspec.json.encode(msgspec.convert(told, Rules))) == told


@pytest.mark.parametrize("name", PACKS)
def test_no_two_rules_share_a_pattern_or_a_question(name: str) -> None:
    """In normal form; and no rule has one twice."""
    patterns = Counter((str(pattern.mode), normal(pattern.text)) for rule in keyword_rules(name) for pattern in rule.when.any)
    questions = Counter(normal(question) for rule in READ[name].rules for question in rule.when.similar)

    assert [found for found, times in (patterns + questions).items() if times > 1] == []


@pytest.mark.parametrize("name", PACKS)
def test_one_character_is_only_ever_the_whole_message(name: str) -> None:
    """A single character inside other words means nothing."""
    short = [pattern for rule in READ[name].rules for pattern in (*rule.when.any, *rule.when.none) if len(normal(pattern.text)) < 2]

    assert [pattern.text for pattern in short if pattern.mode is not Mode.EXACT] == []


@pytest.mark.parametrize("name", PACKS)
def test_each_rule_of_substance_has_three_to_six_questions(name: str) -> None:
    """And small talk none."""
    counts = {rule.id: len(rule.when.similar) for rule in keyword_rules(name)}

    assert [rule for rule, count in counts.items() if rule.split("-")[1] not in SMALL_TALK and not 3 <= count <= 6] == []
    assert [rule for rule, count in counts.items() if rule.split("-")[1] in SMALL_TALK and count] == []


@pytest.mark.parametrize("name", PACKS)
def test_each_question_and_keyword_is_answered_by_its_own_rule(name: str) -> None:
    """A rule that another one talks over would be dead weight."""
    own = [(rule.id, text) for rule in keyword_rules(name) for text in rule.when.similar]
    own += [
        (rule.id, sentence(rule, number))
        for rule in keyword_rules(name)
        for number, pattern in enumerate(rule.when.any)
        if pattern.mode is not Mode.REGEX
    ]

    assert len(own) > 300
    assert [(text, winners) for rule, text in own if (winners := SHOPPERS[name].ask(text).winners) != (rule,)] == []


@pytest.mark.parametrize("name", PACKS)
def test_what_buyers_ask_finds_its_rule(name: str) -> None:
    """Sentences that stand in no pack, for every keyword rule of it."""
    asked = QUESTIONS[name]

    assert len(asked) >= 100
    assert {rule for rule, _ in asked} == {rule.id for rule in keyword_rules(name)}
    assert [(rule, text, trace.winners, trace.choices) for rule, text in asked if (trace := SHOPPERS[name].ask(text)).winners != (rule,)] == []


@pytest.mark.parametrize("name", PACKS)
def test_what_no_rule_is_meant_for_gets_the_fallback(name: str) -> None:
    """Small talk, and words of the rules in another sense: no keyword rule answers and none is offered."""
    told = [*UNANSWERED, *NEAR]

    assert len(told) >= 50
    assert [(text, trace.winners, trace.choices) for text in told if (trace := SHOPPERS[name].ask(text)).winners != (f"{name}-fallback",)] == []


@pytest.mark.parametrize("name", PACKS)
def test_every_tap_is_answered(name: str) -> None:
    """What a greeting offers finds a rule, and never the fallback."""
    messages = [message for rule in READ[name].rules for message in rule.reply.messages if isinstance(message, ChoicesMessage)]

    assert len(messages) >= 3
    for choice in {choice.send for message in messages for choice in message.choices}:
        assert SHOPPERS[name].ask(choice).winners not in {(), (f"{name}-fallback",)}, choice


@pytest.mark.parametrize("name", PACKS)
def test_what_is_said_is_short_and_has_no_gaps(name: str) -> None:
    """A seller may publish a pack unread: nothing is left to fill in, and every name has something to say in its place."""
    for rule in READ[name].rules:
        for message in rule.reply.messages:
            assert isinstance(message, TextMessage | ChoicesMessage)
            assert 3 <= len(message.text) <= 100, rule.id
            bare = render(compile_template(message.text), {})
            assert not set("[]【】<>{}_XxＸ×*#") & set(bare), rule.id


@pytest.mark.parametrize("name", PACKS)
def test_a_note_is_about_a_rule_of_the_pack(name: str) -> None:
    """In both languages; at least the rules every shop has its own facts for."""
    noted = {note.rule for note in READ[name].notes}

    assert noted <= {rule.id for rule in READ[name].rules}
    assert {"shop-ship-time", "shop-postage", "shop-return", "shop-hours"} <= noted
    assert all(note.zh and note.en for note in READ[name].notes)
    assert all((pack.name.zh, pack.name.en, pack.about.zh, pack.about.en) for pack in READ.values())


def test_the_packs_share_what_every_shop_is_asked() -> None:
    """So two of them can stand in one account without repeating themselves."""
    shared = set.intersection(*({rule.id for rule in pack.rules} for pack in READ.values()))

    assert len(shared) >= 20
    assert all(rule.startswith("shop-") for rule in shared)


def test_the_packs_come_with_the_wheel() -> None:
    """Every file of the folder is named by the package's data."""
    root = FOLDER.parents[1]
    patterns = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["package-data"]["config"]

    assert all(any(fnmatch(str(file.relative_to(root / "config")), pattern) for pattern in patterns) for file in FOLDER.iterdir())


@pytest.mark.parametrize("name", PACKS)
def test_lint_finds_nothing_in_a_pack(name: str) -> None:
    """What a seller is shown at once should not begin with complaints."""
    assert lint(compile_rules(READ[name].rules), MONDAY_10) == ()
