"""What an account calls things: in whole words, and in questions."""

import pytest

from intents.keywords import Keyword, KeywordIndex, Mode
from intents.similar import SURE, SimilarIndex, Subject
from intents.synonyms import canonical, synonyms
from intents.text import normal
from intents.vocabulary import NOTHING, Vocabulary

OURS = Vocabulary(words=("小白瓶", "雪绒毯", "和服"), synonyms=(("雪绒毯", "毛毛毯"), ("ＶＣ片", "维c片", "维生素片"), ("退换", "七天无理由")))


def holds(pattern: str, message: str, vocabulary: Vocabulary = OURS) -> bool:
    """Whether a `words` pattern holds."""
    index = KeywordIndex([Keyword(Mode.WORDS, pattern)], vocabulary)
    return bool(index.find(index.read(message)))


def score(message: str, question: str, vocabulary: Vocabulary = OURS) -> float:
    """How much a message resembles the only question of the only rule."""
    found = SimilarIndex({0: Subject((question,))}, vocabulary=vocabulary).rank(normal(message))
    return found[0].score if found else 0.0


@pytest.mark.parametrize(
    ("pattern", "message"), [("毛毛毯", "有雪绒毯吗"), ("雪绒毯", "毛毛毯怎么洗"), ("维生素片", "VC片饭前吃吗"), ("维C片", "维生素片")]
)
def test_a_synonym_holds_as_a_word(pattern: str, message: str) -> None:
    """In either direction, in any form, and only for the account that says so."""
    assert holds(pattern, message)
    assert not holds(pattern, message, NOTHING)


def test_a_synonym_is_negated_like_any_word() -> None:
    """不退换 is not 七天无理由."""
    assert holds("七天无理由", "可以退换吗")
    assert not holds("七天无理由", "不退换")


def test_a_hit_marks_the_characters_that_were_written() -> None:
    """The span and the length are those of the message, whatever the pattern says."""
    index = KeywordIndex([Keyword(Mode.WORDS, "毛毛毯")], Vocabulary(synonyms=(("毛毛毯", "雪绒羊羔毯"),)))
    (hit,) = index.find(index.read("要雪绒羊羔毯"))

    assert (hit.spans, hit.length) == (((1, 6),), 5)


@pytest.mark.parametrize(
    ("message", "question"), [("毛毛毯掉毛不", "雪绒毯掉毛吗"), ("七天无理由吗", "支持退换吗"), ("维生素片一天吃几次", "vc片一天吃几次")]
)
def test_a_question_is_resembled_by_the_accounts_synonyms(message: str, question: str) -> None:
    """Surely with them, and less without."""
    assert score(message, question) >= SURE
    assert score(message, question) > score(message, question, NOTHING)


def test_an_own_word_counts_as_one() -> None:
    """Two questions that share a long product name and nothing else resemble each other less when the name is one word."""
    named, unnamed = Vocabulary(words=("深海小白瓶精华液",)), NOTHING

    assert score("深海小白瓶精华液过敏", "深海小白瓶精华液多少毫升", named) < score("深海小白瓶精华液过敏", "深海小白瓶精华液多少毫升", unnamed)
    assert len(synonyms(named).canonical("深海小白瓶精华液")) == 1


def test_a_word_of_the_dictionary_is_left_to_it() -> None:
    """和服 stays inside 产品和服务."""
    assert synonyms(OURS).canonical("产品和服务") == canonical("产品和服务")


def test_a_group_joins_what_is_built_in() -> None:
    """A phrase that the table knows brings its whole row with it."""
    ours = synonyms(Vocabulary(synonyms=(("安排上", "发货"),)))

    assert ours.canonical("安排上") == canonical("寄出")
    assert canonical("安排上") != canonical("寄出")


def test_nothing_of_ones_own_is_what_everybody_has() -> None:
    """The built-in table is made once."""
    assert synonyms(NOTHING) is synonyms(Vocabulary())
