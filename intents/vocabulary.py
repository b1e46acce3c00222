"""What an account calls things: words of its own, and words it takes for one another."""

from typing import Annotated

import msgspec
from msgspec import Meta

WORDS_LIMIT = 2_000
SYNONYMS_LIMIT = 500
PHRASES_LIMIT = 20
"""Words of an account, groups of synonyms, and phrases in one group."""

PHRASE_LIMIT = 32
"""Characters of a word or phrase."""

Phrase = Annotated[str, Meta(min_length=1, max_length=PHRASE_LIMIT)]


class Vocabulary(msgspec.Struct, frozen=True, omit_defaults=True):
    """`words` the dictionary does not know, such as product names: each is one word. `synonyms`: groups of phrases that mean the same."""

    words: Annotated[tuple[Phrase, ...], Meta(max_length=WORDS_LIMIT)] = ()
    synonyms: Annotated[tuple[Annotated[tuple[Phrase, ...], Meta(min_length=2, max_length=PHRASES_LIMIT)], ...], Meta(max_length=SYNONYMS_LIMIT)] = ()


NOTHING = Vocabulary()
"""Most accounts call things as everybody does."""
