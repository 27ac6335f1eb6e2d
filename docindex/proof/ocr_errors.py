"""Words that differ as OCR confuses letters."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docindex.engines.base import Searcher

MIN_SIMILARITY, MIN_SIMILAR_LETTERS = 75, 4
"""Similarity in percent of words that are aligned though they differ, and letters of the
shortest of them.
"""
MAX_RARE_DOC_FREQ, MIN_COMMON_RATIO = 3, 10
"""A word in so few records, and another in so many times more: the first may be an OCR error for
the second.
"""

_CONFUSED = frozenset(
    frozenset(pair.split("|"))
    for pair in (
        "e|c o|0 o|c a|o a|e l|1 i|1 i|l l|t t|f t|r l|f s|5 b|h h|n n|u n|r u|v v|y g|q g|9 b|6 b|8 s|8 z|2 o|q i|j "
        "m|rn w|vv d|cl n|ri u|ii h|li k|lc m|nn"
    ).split()
)
"""Letters, or pairs of them, that look alike to OCR."""


@lru_cache(maxsize=1 << 16)  # the records that are aligned with a quotation share most of their words
def most_similar_form(form: str, wanted: frozenset[str]) -> str:
    """Return the wanted form that differs from a form by a letter or two, or the form itself."""
    if len(form) < MIN_SIMILAR_LETTERS:
        return next((one for one in sorted(wanted) if differ_by_confused_letters(form, one)), form)
    from rapidfuzz import fuzz, process  # a verbatim quotation needs neither

    found = process.extractOne(form, wanted, scorer=fuzz.ratio, score_cutoff=MIN_SIMILARITY)
    return found[0] if found else form


def looks_like(one: str, other: str) -> bool:
    from rapidfuzz import fuzz  # few quotations need it, and it is slow to import

    return fuzz.ratio(one, other) >= MIN_SIMILARITY or (
        len(one) < MIN_SIMILAR_LETTERS and differ_by_confused_letters(one, other)
    )


def is_ocr_error(one: str, other: str, index: Searcher) -> bool:
    """Return True if two words differ by letters that OCR confuses, and one of them is hardly a
    word of the index.
    """
    if one.isdigit() and other.isdigit():
        return False
    if not differ_by_confused_letters(one, other):
        return False
    few, many = sorted((index.doc_freq(one), index.doc_freq(other)))
    return few <= MAX_RARE_DOC_FREQ and many >= MIN_COMMON_RATIO * few


def differ_by_confused_letters(one: str, other: str) -> bool:
    """Return True if one word becomes the other by letters, or pairs of letters, that look
    alike.
    """
    reached = {(0, 0)}
    for at in range(len(one) + 1):
        for there in sorted(stop for start, stop in reached if start == at):
            for left, right in ((1, 1), (1, 2), (2, 1)):
                read, meant = one[at : at + left], other[there : there + right]
                if (
                    len(read) == left
                    and len(meant) == right
                    and (read == meant or frozenset((read, meant)) in _CONFUSED)
                ):
                    reached.add((at + left, there + right))
    return (len(one), len(other)) in reached
