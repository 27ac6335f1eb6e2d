"""Spelling suggestions for query words that the index does not contain, or hardly contains.

A candidate is scored by the cost of its misspelling (`analysis/misspellings.py`), by its document
frequency, and by how often it stands with the other words of the query.
`tests/benchmarks/suggestions.py` measures the result on misspelt words and on romanised names.
"""

from __future__ import annotations

import re
from collections import Counter
from math import log
from typing import TYPE_CHECKING

from msgspec import Struct

from docindex.analysis import analyzer, folding
from docindex.engines.base import SearchRequest
from docindex.metadata.keys import KEYWORD_FIELDS
from docindex.model.documents import UNDETERMINED
from docindex.model.results import Candidate, Suggestion
from docindex.query.ast import And, Or, Phrase, Word, leaves

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docindex.engines.base import Searcher
    from docindex.query.ast import Query
    from docindex.ranking.term_list import SimilarTerm

MAX_DOCS_TO_SUGGEST = 5
"""Records that contain a word, beyond which it is mostly right."""
MIN_NEIGHBOUR_RATIO = 20
"""Times as many records that contain a candidate for a word that the index contains."""
MIN_STEM_RATIO = 2
"""Times as many records that contain a candidate for a word of which other forms are found."""
MAX_DOCS_OF_RECURRING_MISTAKE = 100
"""Records that contain a word, beyond which it is taken as right. OCR repeats its mistakes."""
MIN_RECURRING_RATIO = 200
"""Times as many records that contain a candidate for a word beyond `MAX_DOCS_TO_SUGGEST`."""
MAX_CANDIDATES = 3
"""Candidates for a word."""
MAX_WEIGHED_CANDIDATES = 8
"""Candidates whose neighbours in the query are counted."""
MAX_COMPARED_TERMS = 400
"""Terms of the index whose misspelling is weighed, the nearest and most frequent."""
MAX_CHECKED_WORDS = 5
"""Words of a query that are checked."""
MIN_WORD_LETTERS = 3
MAX_WORD_LETTERS = 40
"""Letters of a word that is checked."""
EDIT_COST = 3.0
"""Cost of an edit when the terms to compare are chosen."""
FREQUENCY_WEIGHT = 0.45
"""Weight of the logarithm of a candidate's document frequency."""
COMPANY_WEIGHT = 0.7
"""Weight of the logarithm of how much oftener than by chance a candidate stands with the other
words of the query.
"""
MAX_COMPANY = 3.0
"""Bound of that logarithm, either way."""
MAX_COST_PER_LETTER = 1.22
"""Cost of a misspelling by its letters, beyond which another word is meant."""
MAX_COST_BEHIND_BEST = 6.0
"""Cost by which a candidate may exceed the best one."""
MIN_CLEAR_LEAD = 2.5
"""Cost by which the best candidate must lead to be the only one in question."""
MAX_NEAR_COST_PER_LETTER = 0.7
"""Cost of a misspelling by its letters, up to which it is a slip."""
MIN_CLEAR_COMPANY = -2.0
"""Logarithm of how often the best candidate stands with the other words, to be the only one in
question.
"""
MAX_READ_CHARS = 100_000
"""Characters of a record in which the usual spelling of a candidate is looked for."""


class _Scored(Struct, frozen=True):
    """A term of the index that may be meant."""

    word: str  # folded
    cost: float  # of the misspelling
    doc_freq: int
    company: float = 0.0  # logarithm of how much oftener than by chance it stands with the other words

    @property
    def total(self) -> float:
        """The cost that decides the order."""
        return self.cost - FREQUENCY_WEIGHT * log(self.doc_freq + 0.5) - COMPANY_WEIGHT * self.company


def corrected(text: str, words: Mapping[str, str]) -> str:
    """Return a text with each whole word that is a key replaced by its value."""
    if not words:
        return text
    wrong = re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b")
    return wrong.sub(lambda word: words[word[0]], text)


def spelling_suggestions(query: Query, index: Searcher) -> tuple[Suggestion, ...]:
    """Return suggestions for the words of a query that no record contains, or few beside a
    similar word.
    """
    likely: dict[str, tuple[int, list[_Scored]]] = {}
    typed_words = list(dict.fromkeys(_typed_words(query)))
    for typed in typed_words:
        if len(likely) == MAX_CHECKED_WORDS:
            break
        form = folding.fold(typed)
        held = index.doc_freq(form)
        if held > MAX_DOCS_OF_RECURRING_MISTAKE:
            continue
        records = _count_records(index, typed)
        if records <= MAX_DOCS_OF_RECURRING_MISTAKE:
            likely[typed] = records, _likely_terms(form, held, records, index)
    suggestions = []
    for typed, (records, scored) in likely.items():
        if scored and len(typed_words) > 1:
            scored = _with_company(scored, _other_words(typed, typed_words, likely), index)
        suggestion = _suggestion(typed, records, scored, index)
        if suggestion.candidates:
            suggestions.append(suggestion)
    return tuple(suggestions)


def _typed_words(query: Query) -> Iterator[str]:
    """Yield the words of a query that may be misspelt."""
    for leaf in leaves(query):
        if isinstance(leaf, Word | Phrase) and leaf.field not in KEYWORD_FIELDS:
            tokens = analyzer.analyze(leaf.text, UNDETERMINED)
            for start, stop in zip(tokens.starts, tokens.stops, strict=True):
                word = leaf.text[start:stop]
                if MIN_WORD_LETTERS <= len(word) <= MAX_WORD_LETTERS and word.isalpha():
                    yield word


def _count_records(index: Searcher, word: str) -> int:
    """Return how many records a search for the word finds, other forms of its stem included."""
    return index.count([SearchRequest(Word(word), 0)])[0]


def _likely_terms(form: str, held: int, records: int, index: Searcher) -> list[_Scored]:
    """Return the terms that may be meant by a word, the likeliest first.

    `held` counts the records with the word itself, `records` those with any form of it. Beside a
    word that finds records only a near term is plausible that is more frequent, and beside one that
    the index holds only a term one edit away that is far more frequent.
    """
    similar = index.similar_terms(form, 1 if held else _max_edits(form))
    max_cost_per_letter = MAX_COST_PER_LETTER
    if records:
        ratio = MIN_NEIGHBOUR_RATIO if records <= MAX_DOCS_TO_SUGGEST else MIN_RECURRING_RATIO
        least = records * (ratio if held else MIN_STEM_RATIO)
        similar = {word: term for word, term in similar.items() if _finds_at_least(index, word, term, least)}
        max_cost_per_letter = MAX_NEAR_COST_PER_LETTER
    if not similar:
        return []
    from docindex.analysis.misspellings import misspelling_costs  # few searches need it: it loads numpy

    terms = sorted(similar, key=lambda word: _rough_cost(similar[word]))[:MAX_COMPARED_TERMS]
    costs = misspelling_costs(form, terms)
    scored = [_Scored(word, cost, similar[word].doc_freq) for word, cost in zip(terms, costs, strict=True)]
    scored = [one for one in scored if one.cost <= max_cost_per_letter * len(form)]
    return sorted(scored, key=lambda one: (one.total, one.word))[:MAX_WEIGHED_CANDIDATES]


def _finds_at_least(index: Searcher, word: str, term: SimilarTerm, least: int) -> bool:
    """Return True if a search for a term finds so many records."""
    return term.doc_freq >= least or (term.doc_freq * 4 >= least and _count_records(index, word) >= least)


def _rough_cost(term: SimilarTerm) -> float:
    """Return the cost that chooses the terms to compare."""
    return EDIT_COST * term.edits - FREQUENCY_WEIGHT * log(term.doc_freq + 0.5)


def _max_edits(form: str) -> int:
    """Return how many edits a word of this length may be away."""
    return 2 if len(form) <= 3 else 3 if len(form) <= 5 else 4


def _other_words(typed: str, words: Sequence[str], likely: Mapping[str, tuple[int, list[_Scored]]]) -> list[Query]:
    """Return the other words of the query: as typed, or the best candidate for a word that no
    record contains.
    """
    others: list[Query] = []
    for word in words:
        records, scored = likely.get(word, (1, []))
        if word != typed and (records or scored):
            others.append(Word(word if records else scored[0].word))
    return others


def _with_company(scored: Sequence[_Scored], others: Sequence[Query], index: Searcher) -> list[_Scored]:
    """Return the candidates in the order that the other words of the query suggest."""
    if not others:
        return list(scored)
    other = others[0] if len(others) == 1 else Or(tuple(others))
    queries: list[Query] = [other]
    for one in scored:
        queries += (Word(one.word), And((Word(one.word), other)))
    held, *counts = index.count([SearchRequest(query, 0) for query in queries])
    share = held / max(1, index.state.records)
    weighed = [
        _Scored(one.word, one.cost, one.doc_freq, _company(together, alone * share))
        for one, alone, together in zip(scored, counts[::2], counts[1::2], strict=True)
    ]
    return sorted(weighed, key=lambda one: (one.total, one.word))


def _company(together: int, expected: float) -> float:
    """Return the logarithm of how much oftener than by chance two words stand together, bounded."""
    return max(-MAX_COMPANY, min(MAX_COMPANY, log((together + 0.5) / (expected + 0.5))))


def _suggestion(typed: str, records: int, scored: Sequence[_Scored], index: Searcher) -> Suggestion:
    near = [one for one in scored[:MAX_CANDIDATES] if one.total - scored[0].total <= MAX_COST_BEHIND_BEST]
    return Suggestion(typed, records, tuple(_candidate(one.word, index) for one in near), _is_clear(typed, scored))


def _is_clear(typed: str, scored: Sequence[_Scored]) -> bool:
    """Return True if only the first can be meant: it is near and leads clearly."""
    if not scored or (len(scored) > 1 and scored[1].total - scored[0].total < MIN_CLEAR_LEAD):
        return False
    return scored[0].cost <= MAX_NEAR_COST_PER_LETTER * len(typed) and scored[0].company > MIN_CLEAR_COMPANY


def _candidate(form: str, index: Searcher) -> Candidate:
    """Return a term as the best records usually write it, and the number of records that a
    search for it finds.
    """
    response = index.search(SearchRequest(Word(form), MAX_CANDIDATES))
    spellings: Counter[str] = Counter()
    for record, _ in response.hits:
        for text in (record.title, record.body[:MAX_READ_CHARS]):
            spellings.update(_spellings(form, text))
    return Candidate(spellings.most_common(1)[0][0] if spellings else form, response.total)


def _spellings(form: str, text: str) -> list[str]:
    found = re.findall(rf"\b{re.escape(form)}\b", text, re.IGNORECASE)
    return found or [word for word in re.findall(r"\w+", text) if not word.isascii() and folding.fold(word) == form]
