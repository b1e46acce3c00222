"""Reading and checking what an account calls things: every fault with its path."""

from collections.abc import Iterator
from itertools import chain, islice

import msgspec

from intents.text import normal
from intents.vocabulary import Vocabulary
from intents.words import is_mark
from replies.faults import FAULTS_LIMIT, RuleFault
from replies.misfits import misfits

VOCABULARY_BYTES = 2 << 20


def parse_vocabulary(source: bytes | str) -> Vocabulary:
    """A vocabulary from JSON text: an object with `words` and `synonyms`, either of which may be left out.

    Raises:
        RuleFault: what is wrong with it, all faults at once.
    """
    data = source.encode(errors="surrogatepass") if isinstance(source, str) else source
    if len(data) > VOCABULARY_BYTES:
        raise RuleFault("", f"词表超过 {VOCABULARY_BYTES >> 20} MiB。", f"The vocabulary is larger than {VOCABULARY_BYTES >> 20} MiB.")
    try:
        value = msgspec.json.decode(data)
    except (UnicodeError, msgspec.MsgspecError, RecursionError) as error:
        raise RuleFault("", f"不是有效的 JSON：{error}", f"Not valid JSON: {error}") from None
    if faults := list(islice(misfits(value, Vocabulary), FAULTS_LIMIT)):
        raise RuleFault.of(faults)
    found = msgspec.convert(value, Vocabulary)
    if faults := list(islice(chain(_of_words(found), _of_synonyms(found)), FAULTS_LIMIT)):
        raise RuleFault.of(faults)
    return found


def _of_words(vocabulary: Vocabulary) -> Iterator[RuleFault]:
    for place, word in enumerate(vocabulary.words):
        if not _says(word):
            yield _empty(f".words[{place}]")


def _of_synonyms(vocabulary: Vocabulary) -> Iterator[RuleFault]:
    """Each phrase says something and stands in one group alone, so that nobody wonders which counts."""
    seen: dict[str, int] = {}
    for place, group in enumerate(vocabulary.synonyms):
        for at, phrase in enumerate(group):
            path = f".synonyms[{place}][{at}]"
            if not _says(phrase):
                yield _empty(path)
            elif normal(phrase) in seen:
                zh = f"“{phrase}”已经在第 {seen[normal(phrase)] + 1} 组里了。"
                yield RuleFault(path, zh, f"{phrase!r} stands in the group number {seen[normal(phrase)] + 1} already.")
            seen.setdefault(normal(phrase), place)


def _says(phrase: str) -> bool:
    return any(not is_mark(char) for char in normal(phrase))


def _empty(path: str) -> RuleFault:
    return RuleFault(path, "这个词没有可匹配的字。", "This word has no character to match.")
