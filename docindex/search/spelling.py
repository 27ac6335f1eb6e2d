"""Spelling suggestions for query words that the index does not contain, or hardly contains.

A candidate is scored by its edit distance in letters and in sound (optimal string alignment: a swap
of neighbours is one edit), by its first letter, and by its document frequency.
`tests/benchmarks/suggestions.py` measures the result on misspelt words and on romanised names.
"""

from __future__ import annotations

import re
from collections import Counter
from math import log
from typing import TYPE_CHECKING

from docindex.analysis import analyzer, folding
from docindex.engines.base import SearchRequest
from docindex.metadata.keys import KEYWORD_FIELDS
from docindex.model.documents import UNDETERMINED
from docindex.model.results import Candidate, Suggestion
from docindex.query.ast import Phrase, Word, leaves

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docindex.engines.base import Searcher
    from docindex.query.ast import Query
    from docindex.ranking.term_list import SimilarTerm

MAX_DOCS_TO_SUGGEST = 5
"""Records that contain a word, beyond which it is taken as right."""
MIN_NEIGHBOUR_RATIO = 20
"""Times as many records that contain a candidate for a word that the index contains."""
MAX_CANDIDATES = 3
"""Candidates for a word."""
MAX_CHECKED_WORDS = 5
"""Words of a query that are checked."""
MAX_SHORT_WORD_LETTERS = 4
"""Letters of a word in which two edits make another word."""
MIN_WORD_LETTERS = 3
MAX_WORD_LETTERS = 40
"""Letters of a word that is checked."""
EDIT_COST = 5.0
"""Cost of an edit in letters, and of one in sound. Document frequency counts by its logarithm."""
FIRST_LETTER_COST = 3.0
"""Cost of another first letter, which people seldom miss."""
MAX_COST_BEHIND_BEST = 8.0
"""Cost by which a candidate may exceed the best one."""
MIN_CLEAR_LEAD = 4.0
"""Cost by which the best candidate must lead to be the only one in question."""
MAX_READ_CHARS = 100_000
"""Characters of a record in which the usual spelling of a candidate is looked for."""

_SOUNDS = {
    "tch": "s", "ph": "f", "ck": "k", "kh": "k", "gh": "g", "dh": "d", "th": "t", "sh": "s", "ch": "s",
    "ou": "u", "oo": "u", "ee": "i", "ie": "i", "ei": "i",
    "q": "k", "c": "k", "w": "u", "y": "i", "j": "i", "z": "s", "h": "", "e": "i", "o": "u",
}  # fmt: skip
"""Letters that romanisations and inexperienced spellers confuse."""
_SOUND = "|".join(_SOUNDS)
_DOUBLED = r"(.)\1+"


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
    suggestions: dict[str, Suggestion] = {}
    checked = 0
    for typed in _typed_words(query):
        form = folding.fold(typed)
        if typed in suggestions or checked == MAX_CHECKED_WORDS or index.doc_freq(form) > MAX_DOCS_TO_SUGGEST:
            continue
        checked += 1
        records = _count_records(index, typed)
        if records > MAX_DOCS_TO_SUGGEST:
            continue
        # For a word that the index contains only one edit is plausible, and few words have a
        # frequent neighbour.
        similar = index.similar_terms(form, 1 if records else _max_edits(form))
        if records and not any(
            _count_records(index, word) >= MIN_NEIGHBOUR_RATIO * records for word in _most_frequent_first(similar)
        ):
            continue
        suggestion = _suggestion(typed, records, _by_cost(form, similar), index)
        if suggestion.candidates:
            suggestions[typed] = suggestion
    return tuple(suggestions.values())


def _typed_words(query: Query) -> Iterator[str]:
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


def _most_frequent_first(similar: Mapping[str, SimilarTerm]) -> list[str]:
    return sorted(similar, key=lambda word: -similar[word].doc_freq)


def _by_cost(form: str, similar: Mapping[str, SimilarTerm]) -> list[tuple[float, str]]:
    """Return the similar terms with their costs, the cheapest first."""
    sound = _sound(form)
    return sorted(
        (
            EDIT_COST * (term.edits + _edits(sound, _sound(word)))
            + (0.0 if word[0] == form[0] else FIRST_LETTER_COST)
            - log(term.doc_freq + 0.5),
            word,
        )
        for word, term in similar.items()
    )


def _edits(one: str, other: str) -> int:
    from rapidfuzz.distance import OSA  # few searches need it, and it is slow to import

    return OSA.distance(one, other)


def _max_edits(form: str) -> int:
    """Return how many edits a word of this length may be away."""
    return next((edits for edits, length in enumerate((3, 6, 9), start=1) if len(form) <= length), 4)


def _sound(form: str) -> str:
    return re.sub(_DOUBLED, r"\1", re.sub(_SOUND, lambda found: _SOUNDS[found[0]], form))


def _suggestion(typed: str, records: int, by_cost: list[tuple[float, str]], index: Searcher) -> Suggestion:
    near = [(cost, word) for cost, word in by_cost[:MAX_CANDIDATES] if cost - by_cost[0][0] <= MAX_COST_BEHIND_BEST]
    candidates = [_candidate(word, index) for _, word in near]
    if records:
        candidates = [one for one in candidates if one.records >= MIN_NEIGHBOUR_RATIO * records]
    return Suggestion(typed, records, tuple(candidates), _is_clear(typed, near))


def _is_clear(typed: str, near: Sequence[tuple[float, str]]) -> bool:
    """Return True if only the first can be meant: it leads clearly and is two edits away at
    most, or one if short.
    """
    if not near or (len(near) > 1 and near[1][0] - near[0][0] < MIN_CLEAR_LEAD):
        return False
    form, word = folding.fold(typed), near[0][1]
    return _edits(form, word) + (form[0] != word[0]) <= (2 if len(form) > MAX_SHORT_WORD_LETTERS else 1)


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
