"""Stemming: the Snowball stemmer of each language. No other file asks for a stemmer."""

from __future__ import annotations

from typing import TYPE_CHECKING

try:
    import Stemmer
except ModuleNotFoundError:  # PyStemmer has no wheels for CPython 3.15
    Stemmer = None

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Protocol

    class Stemming(Protocol):
        """The interface that PyStemmer and snowballstemmer share."""

        def stemWord(self, word: str) -> str: ...  # noqa: N802

        def stemWords(self, words: Sequence[str]) -> list[str]: ...  # noqa: N802


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
    if Stemmer is not None:
        return str(Stemmer.version())
    from importlib.metadata import version as installed  # here: it is slow to load

    return installed("snowballstemmer")


def stem_function(algorithm: str) -> Callable[[str], str]:
    """Return the function that stems one word by an algorithm of Snowball."""
    return _stemmer(algorithm).stemWord


def stem_words(algorithm: str, words: Sequence[str]) -> list[str]:
    """Return the stem of each word by an algorithm of Snowball."""
    return _stemmer(algorithm).stemWords(words)


def _stemmer(algorithm: str) -> Stemming:
    stemmer: Stemming
    if Stemmer is not None:
        # Without its own cache: TokenCache already stores the stem of each word.
        stemmer = Stemmer.Stemmer(algorithm, 0)
    else:
        from snowballstemmer import stemmer as pure_stemmer

        stemmer = pure_stemmer(algorithm)
    return stemmer
