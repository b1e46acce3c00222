"""How the classifier of the filters is trained: sentences out of a grammar, disguises, and a file that reads back."""

import random

import pytest

from bench.disguises import disguised, roughened
from bench.grammar import Grammar, distinct
from bench.train_filters import sentences, trained, written
from intents.adverts import Model
from intents.disguise import Reading, sound

WORDS = [("苹果", 1.0), ("梨", 3.0)]
GRAMMAR = """# a remark
colour = 红 | 蓝
thing = {colour}花 | {digits:3}
> 1 一朵{thing}
> 2 {words:2}{LETTERS:2} | 你好
"""


def test_a_grammar_gives_its_sentences() -> None:
    """Every form fills its slots, nested ones too; the same chance gives the same."""
    grammar = Grammar(GRAMMAR, WORDS)
    found = {grammar.sentence(random.Random(seed)) for seed in range(300)}

    assert {"一朵红花", "一朵蓝花", "你好"} <= found
    assert all("{" not in one and "|" not in one for one in found)
    assert any(one.startswith("一朵") and one[2:].isdigit() for one in found)
    assert grammar.sentence(random.Random(5)) == grammar.sentence(random.Random(5))


def test_no_sentence_comes_often() -> None:
    """Three times at most, so that short forms do not drown the rest."""
    found = distinct(Grammar(GRAMMAR, WORDS), 60, random.Random(1))

    assert len(found) == 60
    assert max(map(found.count, found)) == 3


@pytest.mark.parametrize(("line", "words"), [("> 1 {nothing}", "nothing"), ("colour red", "line 1")])
def test_a_faulty_grammar_is_refused(line: str, words: str) -> None:
    """With what it lacks or where it breaks."""
    with pytest.raises(ValueError, match=words):
        Grammar(line, WORDS)


def test_a_disguise_is_seen_through() -> None:
    """Of a hundred disguises of one advert the sound is left in most; of the others characters were replaced by unrelated ones."""
    texts = [disguised("加微信看片", random.Random(seed)) for seed in range(100)]
    heard = [sound("加微信看片") in Reading(text).sound for text in texts]

    assert len(set(texts)) > 30
    assert sum(heard) > 75


def test_honest_talk_is_hardly_changed() -> None:
    """A slip here and there."""
    texts = [roughened("什么时候发货", random.Random(seed)) for seed in range(100)]

    assert 5 < sum(text != "什么时候发货" for text in texts) < 50


def test_what_is_trained_reads_back() -> None:
    """The same seed writes the same file; the file is a model that tells adverts from talk it has not seen."""
    files = []
    for _ in range(2):
        bias, weights = trained(*sentences(1_500, random.Random(3)))
        files.append(written(bias, weights, 1_500, 3))
    model = Model.parse(files[0])
    adverts, talk = sentences(300, random.Random(4))

    assert files[0] == files[1]
    assert model.bias == pytest.approx(bias, abs=0.01)
    assert len(model.weights) == len(weights)
    assert sum(model.probability(Reading(text)) > 0.5 for text in adverts) > 0.85 * len(adverts)
    assert sum(model.probability(Reading(text)) > 0.5 for text in talk) < 0.1 * len(talk)
