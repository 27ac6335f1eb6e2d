"""Folding of keys, languages and dates, which people write in many ways, to one form."""

from __future__ import annotations

import unicodedata

_LETTERS = str.maketrans("ٱىةکی‐−", "ايهكي--", "ـ") | {ord("ß"): "ss"}


def fold(text: str) -> str:
    """Return the text in lower case without accents and invisible characters.

    Arabic letters, digits and hyphens have one form each, and one blank stands between words.
    """
    letters = text.lower()
    if not text.isascii():
        letters = unicodedata.normalize("NFKD", text).lower().translate(_LETTERS)
        kept = (letter for letter in letters if unicodedata.category(letter) not in ("Mn", "Cf"))
        letters = "".join(str(unicodedata.decimal(letter, letter)) for letter in kept)
    return " ".join(letters.split())
