"""Folding: one form for the spellings of a word that differ only in case, accents or letter
variants.

Every language folds in the same way, so that one term dictionary serves a query whose language is
unknown. Normal forms follow Unicode Standard Annex 15.
"""

from __future__ import annotations

import re
import sys
import unicodedata

EXACT = "\x1f"
"""Separates a folded form from the exact form that follows it (the unit separator of ASCII)."""

# Letters with no decomposition in Unicode that people also type as other letters.
_LETTERS = str.maketrans({
    "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "þ": "th", "ŋ": "n",
    "ٱ": "ا", "ى": "ي", "ة": "ه", "ک": "ك", "ی": "ي", "ہ": "ه", "ھ": "ه", "ء": None,
    **{chr(zero + digit): str(digit) for zero in (0x660, 0x6F0, 0x966) for digit in range(10)},
})  # fmt: skip

# Marks that people leave out when they type: accents, niqqud, tashkeel. The vowel signs of Indic
# scripts are not among them.
_ACCENTS = re.compile(
    r"[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u08d3-\u08ff]+"
)
IGNORABLE = "\u00ad\u0640\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
"""Characters without meaning inside a word: soft hyphen, joiners, direction marks, tatweel."""
_IGNORABLES = re.compile(f"[{IGNORABLE}]+")


def fold(word: str) -> str:
    """Return the folded form of a word: NFKC, case folded, without accents, letters unified."""
    if word.isascii():
        return word.lower()
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", _IGNORABLES.sub("", word)).casefold())
    # The breve of Cyrillic й makes another letter; it is no accent on и.
    letters = letters.replace("и\u0306", "й")
    return unicodedata.normalize("NFC", _ACCENTS.sub("", letters)).translate(_LETTERS) or word


def to_term(word: str) -> str:
    """Return the term that a word is indexed under.

    The term is the folded form. If folding took something away, EXACT and the exact form follow.
    """
    exact = word.lower()
    if not word.isascii():
        exact = unicodedata.normalize("NFC", _IGNORABLES.sub("", exact))
    folded = fold(word)
    return sys.intern(folded if exact == folded else folded + EXACT + exact)
