"""Collocates: words that stand near the matches more often than by chance. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from math import log
from typing import TYPE_CHECKING

from msgspec import Struct

from docindex.analysis import analyzer
from docindex.model.documents import UNDETERMINED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docindex.model.documents import Record, Span

DEFAULT_WINDOW_WORDS = 5
"""Words on either side of a match that are near it."""
MIN_NEAR_COUNT = 2
"""Occurrences near a match that make a word a collocate."""


class Collocate(Struct, frozen=True):
    """A word that stands near the matches."""

    word: str  # in its most frequent spelling
    near: int  # occurrences near a match
    all: int  # occurrences in the records
    likelihood: float  # G2, the distance from chance


def find_collocates(
    marked: Iterable[tuple[Record, Sequence[Span]]], window: int = DEFAULT_WINDOW_WORDS
) -> list[Collocate]:
    """Return the collocates of the matches in some records, the most significant first.

    The words within `window` words of a match, each counted once, are compared with the other words
    of the same records by their log-likelihood ratio (Dunning, Accurate Methods for the Statistics
    of Surprise and Coincidence, 1993).
    """
    near: Counter[str] = Counter()
    every: Counter[str] = Counter()
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for record, marks in marked:
        tokens = analyzer.analyze(record.body, record.metadata.language or UNDETERMINED)
        matching, close = _tokens_near(tokens, marks, window)
        for index, forms in enumerate(tokens.forms):
            if index in matching:
                continue
            every[forms[0]] += 1
            if index in close:
                near[forms[0]] += 1
                spellings[forms[0]][record.body[tokens.starts[index] : tokens.stops[index]]] += 1
    near_total, total = near.total(), every.total()
    collocates = [
        Collocate(
            spellings[form].most_common(1)[0][0],
            count,
            every[form],
            log_likelihood_ratio(count, every[form], near_total, total),
        )
        for form, count in near.items()
        if count >= MIN_NEAR_COUNT and count * total > every[form] * near_total and not form.isdecimal()
    ]
    return sorted(collocates, key=lambda one: (-round(one.likelihood, 9), one.word))


def _tokens_near(tokens: analyzer.Tokens, marks: Sequence[Span], window: int) -> tuple[set[int], set[int]]:
    """Return the indexes of the tokens that are matches, and of those within the window of one."""
    matching: set[int] = set()
    close: set[int] = set()
    index, count = 0, len(tokens.forms)
    for mark in marks:
        while index < count and tokens.stops[index] <= mark.start:
            index += 1
        first = index
        while index < count and tokens.starts[index] < mark.stop:
            matching.add(index)
            index += 1
        close.update(range(max(0, first - window), min(count, index + window)))
    return matching, close - matching


def log_likelihood_ratio(near: int, word: int, near_total: int, total: int) -> float:
    """Return G2 of a word with `near` of `near_total` words near a match, and `word` of `total`
    words in all.
    """
    cells = ((near, near_total, word), (near_total - near, near_total, total - word))
    others = (
        (word - near, total - near_total, word),
        (total - near_total - word + near, total - near_total, total - word),
    )
    return 2 * sum(seen * log(seen * total / (row * column)) for seen, row, column in (*cells, *others) if seen > 0)
