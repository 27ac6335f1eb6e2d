"""What was understood of a query, without searching: its canonical text, its tree in words, and the terms looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex.analysis import folding
from docindex.metadata.keys import KEYWORD_FIELDS
from docindex.query import ast, printer
from docindex.ranking import term_expansion
from docindex.results import ExpandedLeaf, Explanation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docindex.query.ast import Query
    from docindex.query.parser import Parsed

TERMS = 12  # leaves whose terms are listed


def explanation(parsed: Parsed, filters: Iterable[Query], languages: Iterable[str], *, exact: bool) -> Explanation:
    """What a query asks for, with what flags add to it, in records of each of the languages."""
    asked = ast.conjunction([parsed.query, *filters])
    leaves = [leaf for leaf in ast.leaves(asked) if not isinstance(leaf, term_expansion.Filter)]
    words = [leaf for leaf in dict.fromkeys(leaves) if leaf.field not in KEYWORD_FIELDS]
    return Explanation(
        query=parsed.text,
        parsed=printer.canonical(asked),
        meaning=tuple(printer.describe(asked).splitlines()),
        sought=tuple(_sought(leaf, sorted(languages), exact) for leaf in words[:TERMS]),
        repairs=tuple(repair.message for repair in parsed.repairs),
    )


def _sought(leaf: term_expansion.TextLeaf, languages: Iterable[str], exact: bool) -> ExpandedLeaf:
    return ExpandedLeaf(
        printer.canonical(leaf),
        {
            language: tuple(_terms(step) for step in term_expansion.query_positions(leaf, language, exact=exact))
            for language in languages
        },
    )


def _terms(step: term_expansion.TermAlternatives | term_expansion.Pattern) -> tuple[str, ...]:
    if isinstance(step, term_expansion.Pattern):
        return (f"{step.prefix}…",)
    return tuple(term.rpartition(folding.EXACT)[2] for term in step)
