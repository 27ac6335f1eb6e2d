"""Stemming: the Snowball stemmer of each language. No other file asks for a stemmer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import Stemmer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

STEM = "~"
"""Prefix of every stem in the index. No folded form begins with it."""

ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "nb": "norwegian",
    "nn": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "st": "sesotho", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
"""Snowball's algorithm for each language, by ISO 639 code."""


def version() -> str:
    """Return the version of the stemmers: another version may give other stems."""
    return str(Stemmer.version())


def stem_function(algorithm: str) -> Callable[[str], str]:
    """Return the function that stems one word by an algorithm of Snowball."""
    stem: Callable[[str], str] = _stemmer(algorithm).stemWord
    return stem


def stem_words(algorithm: str, words: Sequence[str]) -> list[str]:
    """Return the stem of each word by an algorithm of Snowball."""
    stems: list[str] = _stemmer(algorithm).stemWords(words)
    return stems


def _stemmer(algorithm: str) -> Stemmer.Stemmer:
    # Without its own cache: TokenCache already stores the stem of each word.
    return Stemmer.Stemmer(algorithm, 0)
