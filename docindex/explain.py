"""What was understood of a query, without searching: its canonical text, its tree in words, and the terms looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex import analysis, patterns, query
from docindex.model import Explanation, Sought
from docindex.slots import Slot

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docindex.query import Parsed, Query

TERMS = 12  # leaves whose terms are listed


def explanation(parsed: Parsed, filters: Iterable[Query], languages: Iterable[str], *, exact: bool) -> Explanation:
    """What a query asks for, with what flags add to it, in records of each of the languages."""
    asked = query.conjunction([parsed.query, *filters])
    leaves = [leaf for leaf in query.leaves(asked) if not isinstance(leaf, patterns.Filter)]
    words = [leaf for leaf in dict.fromkeys(leaves) if leaf.field not in patterns.KEYWORDS]
    return Explanation(
        query=parsed.text,
        parsed=query.canonical(asked),
        meaning=tuple(query.in_words(asked).splitlines()),
        sought=tuple(_sought(leaf, sorted(languages), exact) for leaf in words[:TERMS]),
        repairs=tuple(repair.message for repair in parsed.repairs),
    )


def _sought(leaf: patterns.TextLeaf, languages: Iterable[str], exact: bool) -> Sought:
    return Sought(
        query.canonical(leaf),
        {
            language: tuple(_terms(step) for step in patterns.steps(leaf, language, exact=exact))
            for language in languages
        },
    )


def _terms(step: Slot | patterns.Pattern) -> tuple[str, ...]:
    if isinstance(step, patterns.Pattern):
        return (f"{step.prefix}…",)
    return tuple(term.rpartition(analysis.EXACT)[2] for term in step)
