"""Explanation of a query without a search: its canonical text, its tree in words, and its
expanded terms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex.analysis import folding
from docindex.metadata.keys import KEYWORD_FIELDS
from docindex.model.results import ExpandedLeaf, Explanation
from docindex.query import ast, printer
from docindex.ranking.term_expansion import Filter, Pattern, TermAlternatives, TextLeaf, query_positions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docindex.query.ast import Query
    from docindex.query.clause_reader import Parsed

MAX_LEAVES = 12
"""Leaves whose terms are listed."""


def explain_query(parsed: Parsed, filters: Iterable[Query], languages: Iterable[str], *, exact: bool) -> Explanation:
    """Return the explanation of a query and its filters, with the terms in each of the
    languages.
    """
    query = ast.conjunction([parsed.query, *filters])
    text_leaves = [leaf for leaf in ast.leaves(query) if not isinstance(leaf, Filter)]
    words = [leaf for leaf in dict.fromkeys(text_leaves) if leaf.field not in KEYWORD_FIELDS]
    return Explanation(
        query=parsed.text,
        parsed=printer.canonical(query),
        meaning=tuple(printer.describe(query).splitlines()),
        sought=tuple(_expand(leaf, sorted(languages), exact) for leaf in words[:MAX_LEAVES]),
        repairs=tuple(repair.message for repair in parsed.repairs),
    )


def _expand(leaf: TextLeaf, languages: Iterable[str], exact: bool) -> ExpandedLeaf:
    return ExpandedLeaf(
        printer.canonical(leaf),
        {
            language: tuple(_shown_terms(position) for position in query_positions(leaf, language, exact=exact))
            for language in languages
        },
    )


def _shown_terms(position: TermAlternatives | Pattern) -> tuple[str, ...]:
    if isinstance(position, Pattern):
        return (f"{position.word}~{position.max_edits}" if position.word else f"{position.prefix}…",)
    return tuple(term.rpartition(folding.EXACT)[2] for term in position)
