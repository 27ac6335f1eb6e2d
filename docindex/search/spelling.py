"""Did you mean: for words that the index does not hold, or hardly, those of its words that they may be slips of.

Knows no engine but by the port. A candidate counts by its letters and by its sound (each an edit distance in which
two neighbours that changed places are one slip: Damerau, in its form without a second change), by its first letter,
and by how common it is. Of eleven scorings tried on misspelt words and on spellings of Arabic names this one put
the right word first most often; `tests/benchmarks/suggestions.py` measures it.
"""

from __future__ import annotations

import re
from collections import Counter
from math import log
from typing import TYPE_CHECKING

from docindex.analysis import analyzer, folding
from docindex.engines.base import SearchRequest
from docindex.metadata.keys import KEYWORD_FIELDS
from docindex.model import UNDETERMINED
from docindex.query.ast import Phrase, Word, leaves
from docindex.results import Candidate, Suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docindex.engines.base import Searcher
    from docindex.query.ast import Query
    from docindex.ranking.term_list import SimilarTerm

RARE = 5  # records: a word that no more of them hold may be a slip as well ...
BESIDE = 20  # ... of one that so many times more records hold
SHOWN = 3  # candidates for a word
WORDS = 5  # of a query that are looked into
SHORT = 4  # letters of a word that two slips would make another
SHORTEST, LONGEST = 3, 40  # letters of a word that is looked into
SLIP = 5.0  # what a wrong letter costs, and again what a wrong sound does; records count by their logarithm
FIRST = 3.0  # what a wrong first letter costs: it is the one that people seldom miss
WORSE = 8.0  # by so much the best candidate may be better than one that is shown with it ...
CLEAR = 4.0  # ... and must be, to be the only one in question
READ = 100_000  # characters of a record in which a word is looked for as people write it

_SOUNDS = {
    "tch": "s", "ph": "f", "ck": "k", "kh": "k", "gh": "g", "dh": "d", "th": "t", "sh": "s", "ch": "s",
    "ou": "u", "oo": "u", "ee": "i", "ie": "i", "ei": "i",
    "q": "k", "c": "k", "w": "u", "y": "i", "j": "i", "z": "s", "h": "", "e": "i", "o": "u",
}  # fmt: skip
"""Letters that romanisations and unpractised spellers take for one another."""
_SOUND = "|".join(_SOUNDS)
_DOUBLED = r"(.)\1+"


def spelling_suggestions(query: Query, index: Searcher) -> tuple[Suggestion, ...]:
    """For each of the query's words that no record holds, or few beside a neighbour of it, what may be meant."""
    found: dict[str, Suggestion] = {}
    looked_into = 0
    for typed in _typed(query):
        form = folding.fold(typed)
        if typed in found or looked_into == WORDS or index.doc_freq(form) > RARE:
            continue
        looked_into += 1
        records = _records(index, typed)
        if records > RARE:
            continue
        # Of a word that is there only the nearest neighbours are of interest, and few words have one so common.
        near = index.similar_terms(form, 1 if records else _most(form))
        if records and not any(_records(index, word) >= BESIDE * records for word in _commonest(near)):
            continue
        suggestion = _suggestion(typed, records, _ranked(form, near), index)
        if suggestion.instead:
            found[typed] = suggestion
    return tuple(found.values())


def _typed(query: Query) -> Iterator[str]:
    for leaf in leaves(query):
        if isinstance(leaf, Word | Phrase) and leaf.field not in KEYWORD_FIELDS:
            tokens = analyzer.analyze(leaf.text, UNDETERMINED)
            for start, stop in zip(tokens.starts, tokens.stops, strict=True):
                word = leaf.text[start:stop]
                if SHORTEST <= len(word) <= LONGEST and word.isalpha():
                    yield word


def _records(index: Searcher, word: str) -> int:
    """How many records a search for the word finds, other forms of its stem among them."""
    return index.count([SearchRequest(Word(word), 0)])[0]


def _commonest(near: Mapping[str, SimilarTerm]) -> list[str]:
    return sorted(near, key=lambda word: -near[word].doc_freq)


def _ranked(form: str, near: Mapping[str, SimilarTerm]) -> list[tuple[float, str]]:
    """The words near a form, best first, each with what it costs to take the form for it."""
    sound = _sound(form)
    return sorted(
        (
            SLIP * (one.edits + _slips(sound, _sound(word)))
            + (0.0 if word[0] == form[0] else FIRST)
            - log(one.doc_freq + 0.5),
            word,
        )
        for word, one in near.items()
    )


def _slips(one: str, other: str) -> int:
    from rapidfuzz.distance import OSA

    return OSA.distance(one, other)


def _most(form: str) -> int:
    """How many slips a word of that length may have."""
    return next((most for most, length in enumerate((3, 6, 9), start=1) if len(form) <= length), 4)


def _sound(form: str) -> str:
    return re.sub(_DOUBLED, r"\1", re.sub(_SOUND, lambda found: _SOUNDS[found[0]], form))


def _suggestion(typed: str, records: int, ranked: list[tuple[float, str]], index: Searcher) -> Suggestion:
    near = [(cost, word) for cost, word in ranked[:SHOWN] if cost - ranked[0][0] <= WORSE]
    instead = [_instead(word, index) for _, word in near]
    if records:
        instead = [one for one in instead if one.records >= BESIDE * records]
    return Suggestion(typed, records, tuple(instead), _clear(typed, near))


def _clear(typed: str, near: Sequence[tuple[float, str]]) -> bool:
    """Whether only the first can be meant: it leads by far, and is no more than two slips away, in a short word one."""
    if not near or (len(near) > 1 and near[1][0] - near[0][0] < CLEAR):
        return False
    form, word = folding.fold(typed), near[0][1]
    return _slips(form, word) + (form[0] != word[0]) <= (2 if len(form) > SHORT else 1)


def _instead(form: str, index: Searcher) -> Candidate:
    """A word as most of its occurrences in the best records are written, and how many records a search for it finds."""
    answer = index.search(SearchRequest(Word(form), SHOWN))
    written: Counter[str] = Counter()
    for record, _ in answer.hits:
        for text in (record.title, record.body[:READ]):
            written.update(_written(form, text))
    return Candidate(written.most_common(1)[0][0] if written else form, answer.total)


def _written(form: str, text: str) -> list[str]:
    found = re.findall(rf"\b{re.escape(form)}\b", text, re.IGNORECASE)
    return found or [word for word in re.findall(r"\w+", text) if not word.isascii() and folding.fold(word) == form]
