"""Analysis: text to terms. Records are indexed, queries read and matches marked by this analysis
alone.

An analyzer is a tokenizer and filters, as in Lucene. The language chooses it before the text is cut
into words. Filters change one word at a time, so an offset is always an offset in the original
text.

A word has up to three terms:

* the folded form, `algerie`: normal form NFKC, without case and accents, letters unified;
* the stem, `~alger`, if it differs from the folded form;
* the exact form after the folded form, `algerie<US>algérie`, if folding took something away.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import deque
from contextlib import suppress
from functools import lru_cache
from itertools import accumulate, compress, count
from operator import add, not_
from typing import TYPE_CHECKING, NamedTuple

from docindex.analysis import stemming
from docindex.analysis.folding import fold
from docindex.analysis.token_cache import NO_SINGLE_TERM, Forms, TokenCache
from docindex.analysis.tokenizer import MAX_WORD_CHARACTERS, STANDARD, Tokenizer, blank_separators

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

VERSION = 2
"""Raise it if the same text gives other terms: existing indexes are then rebuilt."""


class Analyzer(NamedTuple):
    """Tokenizer and filters: folding, the same for all languages, then a Snowball stemmer."""

    tokenizer: Tokenizer = STANDARD
    stemmer: str | None = None


ANALYZERS = {language: Analyzer(stemmer=algorithm) for language, algorithm in stemming.ALGORITHMS.items()}
"""The analyzer of each language. A language that needs its own segmentation is one file with a
segmenter and one row here: `ANALYZERS["th"] = Analyzer(Tokenizer(thai.segments, "thai"))`.
"""

_DEFAULT = Analyzer()


def analyzer_for(language: str) -> Analyzer:
    """Return the analyzer of a language: an ISO 639 code, "und" if unknown."""
    return ANALYZERS.get(language, _DEFAULT)


def fingerprint() -> str:
    """Return a digest of all that decides the terms of a text: analyzers, stemmers, Unicode
    tables.
    """
    rows = sorted((language, row.tokenizer.name, row.stemmer) for language, row in ANALYZERS.items())
    parts = (VERSION, stemming.version(), unicodedata.unidata_version, rows)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def analyze(text: str, language: str) -> Tokens:
    """Return the tokens of a text in a language."""
    return Tokens(text, language)


def stems(words: Sequence[str], language: str) -> list[str]:
    """Return the folded stems of exact forms; in a language without a stemmer, the folded words."""
    stemmer = analyzer_for(language).stemmer
    return list(map(fold, stemming.stem_words(stemmer, words) if stemmer else words))


class Tokens:
    """The words of a text in order, as columns of one length. Offsets are computed at the first
    use.

    Two tokens share a position if they are two readings of one text: `30.322` is one number or two.
    """

    __slots__ = ("_blanked", "_cache", "_generation", "_offsets", "positions", "terms")

    def __init__(self, text: str, language: str) -> None:
        self._cache = token_cache(language)
        self._generation = self._cache.generation
        self._blanked = blank_separators(text).decode("utf-8", "surrogatepass")
        self._offsets: tuple[list[int], list[int]] | None = None
        chunks = self._blanked.split()
        # Only C code runs once for each word here.
        self.terms: list[str] = list(map(self._cache.__getitem__, chunks))
        """The term that each word is indexed under, as `folding.to_term` makes it."""
        self.positions: Sequence[int] = range(len(self.terms))
        """The position of each word, from 0, never falling."""
        if NO_SINGLE_TERM in self.terms:
            self._expand(chunks)

    def _expand(self, chunks: Sequence[str]) -> None:
        """Insert the words of each chunk that has several, or none."""
        terms: list[str] = []
        doubled: list[int] = []  # tokens at the same position as the next
        done = 0
        for index in indexes(self.terms, NO_SINGLE_TERM):
            terms += self.terms[done:index]
            for _, _, step, term in self._cache.tokens[chunks[index]]:
                if not step:
                    doubled.append(len(terms))
                terms.append(term)
            done = index + 1
        terms += self.terms[done:]
        self.terms, self.positions = terms, range(len(terms))
        if doubled:
            steps = [1] * len(terms)
            for index in doubled:
                steps[index] = 0
            self.positions = list(accumulate(steps, initial=0))[:-1]

    @property
    def forms(self) -> list[Forms]:
        """Return all terms of each word."""
        return list(map(self._cache.forms.__getitem__, self.terms))

    def distinct(self) -> Iterable[tuple[str, Forms]]:
        """Return each distinct indexed term with all terms of its word."""
        return ((term, self._cache.forms[term]) for term in set(self.terms))

    @property
    def starts(self) -> Sequence[int]:
        """Return the offset of each word's first character."""
        return self._find_offsets()[0]

    @property
    def stops(self) -> Sequence[int]:
        """Return the offset after each word's last character."""
        return self._find_offsets()[1]

    def _find_offsets(self) -> tuple[list[int], list[int]]:
        if self._offsets is None:
            pieces = self._blanked.split(" ")
            chunks = list(filter(None, pieces))
            if not self._blanked.isascii() or self._cache.generation != self._generation:
                # These chunks may not be cached: `split()` also cuts at other blanks than a space,
                # and the cache may have been emptied since.
                deque(map(self._cache.__getitem__, chunks), maxlen=0)
            before = compress(accumulate(map(len, pieces), initial=0), pieces)
            starts = list(map(add, before, compress(count(), pieces)))
            stops = list(map(add, starts, map(len, chunks)))
            self._offsets = self._token_offsets(chunks, starts, stops)
        return self._offsets

    def _token_offsets(self, chunks: Sequence[str], starts: list[int], stops: list[int]) -> tuple[list[int], list[int]]:
        """Return the offsets of the words, given those of their chunks."""
        if self._blanked.isascii() and max(map(len, chunks), default=0) <= MAX_WORD_CHARACTERS:
            # A chunk of letters and digits is one word. The check takes a third of the time of a
            # look-up.
            whole = map(str.isalnum, chunks)
            parted = [index for index in compress(count(), map(not_, whole)) if chunks[index] in self._cache.tokens]
        else:
            parted = list(compress(count(), map(self._cache.tokens.__contains__, chunks)))
        first: list[int] = []
        last: list[int] = []
        done = 0
        for index in parted:
            first += starts[done:index]
            last += stops[done:index]
            base = starts[index]
            for start, stop, _, _ in self._cache.tokens[chunks[index]]:
                first.append(base + start)
                last.append(base + stop)
            done = index + 1
        return (first + starts[done:], last + stops[done:]) if done else (starts, stops)


def indexes(values: Sequence[str], wanted: str) -> Iterator[int]:
    """Return each index at which a value occurs."""
    index = -1
    with suppress(ValueError):
        while True:
            index = values.index(wanted, index + 1)
            yield index


def token_cache(language: str) -> TokenCache:
    """Return the cache of a language. Do not keep it: the next call may empty it."""
    found = _token_cache(language)
    found.limit_size()
    return found


@lru_cache(maxsize=64)
def _token_cache(language: str) -> TokenCache:
    return TokenCache(*analyzer_for(language))
