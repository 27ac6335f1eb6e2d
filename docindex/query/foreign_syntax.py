"""Operators and patterns of other search tools, read as what is nearest to them here."""

from __future__ import annotations

import re

SENTENCE_WORDS = 20
"""Words between two words of one sentence, at most, as sentences are not indexed."""
PARAGRAPH_WORDS = 100
"""Words between two words of one paragraph, at most, as paragraphs are not indexed."""
DEFAULT_NEAR_WORDS = 10
"""Words that `NEAR` without a number allows between two words."""

_SIMPLE_REGEX = re.compile(r"(?:[^\W_]|[-'’]|\.\*|\.\+|\.|\\[-.'])+")


def near_words(operator: str, number: str | None, unit: str | None) -> int:
    """Return how many words an operator allows between its two words."""
    if unit:
        return unit_words(unit)
    ordered = operator in ("ADJ", "PRE", "ONEAR")
    if number is None:
        return 0 if ordered else DEFAULT_NEAR_WORDS
    return max(0, int(number) - 1) if operator == "ADJ" else int(number)


def unit_words(unit: str) -> int:
    """Return how many words stand for a sentence (`s`) or a paragraph (`p`)."""
    return SENTENCE_WORDS if unit.lower() == "s" else PARAGRAPH_WORDS


def pattern_of(expression: str) -> str | None:
    """Return a regular expression of letters, `.` and `.*` as a pattern, None for any other."""
    bare = expression.removeprefix("^").removesuffix("$")
    if not _SIMPLE_REGEX.fullmatch(bare):
        return None
    pattern = bare.replace("\\.", "\0").replace(".*", "*").replace(".+", "?*").replace(".", "?")
    return pattern.replace("\0", ".").replace("\\", "")
