"""Co-occurrence: the records in which names of a list stand together, and how far that is from
chance.

Each record is read once, whatever the number of names, and names are found by the same terms as a
search finds them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

from docindex.analysis import analyzer
from docindex.engines.base import SearchRequest
from docindex.errors import UsageError
from docindex.model.documents import METADATA_FIELDS, UNDETERMINED
from docindex.query.ast import And, MatchAll, Phrase, Word, disjunction, leaves
from docindex.ranking.term_expansion import Pattern, query_positions
from docindex.search.collocates import log_likelihood_ratio
from docindex.search.expansion import expand, is_asked
from docindex.search.highlighter import TokenizedText, leaf_spans
from docindex.search.spellings import forms_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from docindex.engines.base import Searcher
    from docindex.model.documents import Record
    from docindex.query.ast import Query
    from docindex.ranking.term_expansion import TextLeaf
    from docindex.search.search import SearchOptions

SCOPES = ("record", "paragraph", "sentence")
MAX_NAMES_IN_QUERY = 200
"""Names up to which the index is asked for the records that hold one.

With more, all records are read.
"""
_PARAGRAPH_END = re.compile(r"\n\s*\n|\f")
_SENTENCE_END = re.compile(r"(?<=[.!?…؟。！？])[\"'»”’)\]]*\s+|\n\s*\n|\f")

Place = tuple[int, int, int]
"""A field's number, a unit of its text, and the place of a word in it."""


class Pair(Struct, frozen=True):
    """Two names of the list that stand together."""

    one: int
    other: int
    records: int  # in which they stand together
    likelihood: float  # G2 of their records, the distance from chance
    first_id: str  # the earliest of these records
    first_date: str | None


class Matrix(Struct, frozen=True):
    """Names, the records that hold each, and their pairs, the most telling first."""

    names: tuple[str, ...]
    records: tuple[int, ...]
    pairs: tuple[Pair, ...]
    total: int  # records that were searched
    within: str


class _Count:
    """The records of a pair, and the first of them."""

    __slots__ = ("first", "records")

    def __init__(self) -> None:
        self.records = 0
        self.first: tuple[bool, str, str, str | None] = (True, "", "", None)

    def add(self, record: Record) -> None:
        self.records += 1
        date = record.metadata.date
        key = (date is None, date.earliest.isoformat() if date else "", record.id, date.value if date else None)
        self.first = min(self.first, key) if self.records > 1 else key


def parse_scope(text: str) -> tuple[str, int]:
    """Return the unit and, for words, their number: of `20w`. Raises UsageError."""
    if text in SCOPES:
        return text, 0
    words = re.fullmatch(r"(\d{1,4})\s*w(?:ords)?", text)
    if not words:
        raise UsageError(f"unknown scope '{text}'", "record, paragraph, sentence, or a number of words: 20w")
    return "words", int(words[1])


def find_cooccurrences(
    names: Sequence[Sequence[str]],
    index: Searcher,
    options: SearchOptions,
    *,
    within: str = "record",
    progress: Callable[[int, int, str], None] | None = None,
) -> Matrix:
    """Return who stands with whom.

    The first text of each name is its own, the others are its aliases.
    """
    unit, width = parse_scope(within)
    finder = _NameFinder([_query(texts, index, options) for texts in names], exact=options.exact)
    everything: Query = MatchAll()
    if len(names) <= MAX_NAMES_IN_QUERY:
        everything = disjunction(list(finder.queries))
    asked = And((everything, *options.filters)) if options.filters else everything
    request = SearchRequest(asked, None, sort="path", exact=options.exact, certain=options.certain)
    total = index.count([SearchRequest(And((MatchAll(), *options.filters)) if options.filters else MatchAll(), 0)])[0]
    expected = index.count([request])[0]
    holding = [0] * len(names)
    together: defaultdict[tuple[int, int], _Count] = defaultdict(_Count)
    for number, record in enumerate(index.records(request), start=1):
        places = finder.places(record, unit)
        for name in places:
            holding[name] += 1
        for one, other in combinations(sorted(places), 2):
            if _is_together(places[one], places[other], unit, width):
                together[one, other].add(record)
        if progress:
            progress(number, expected, record.id)
    pairs = [
        Pair(
            one,
            other,
            count.records,
            log_likelihood_ratio(count.records, holding[other], holding[one], total),
            count.first[2],
            count.first[3],
        )
        for (one, other), count in together.items()
    ]
    pairs.sort(key=lambda pair: (-round(pair.likelihood, 9), -pair.records, pair.one, pair.other))
    return Matrix(tuple(texts[0] for texts in names), tuple(holding), tuple(pairs), total, within)


def _query(texts: Sequence[str], index: Searcher, options: SearchOptions) -> Query:
    found: list[Query] = []
    for text in texts:
        leaf = Word(text) if len(forms_of(text)) == 1 else Phrase(text)
        found.append(expand(leaf, index, options.expansion).query if is_asked(leaf, options.expansion) else leaf)
    return disjunction(found)


def _is_together(one: Sequence[Place], other: Sequence[Place], unit: str, width: int) -> bool:
    if unit == "record":
        return True
    if unit != "words":
        return not {place[:2] for place in one}.isdisjoint(place[:2] for place in other)
    ordered = sorted([*((place, False) for place in one), *((place, True) for place in other)])
    return any(
        before[1] != after[1] and before[0][0] == after[0][0] and after[0][2] - before[0][2] <= width + 1
        for before, after in pairwise(ordered)
    )


class _LeafTerms(Struct, frozen=True, eq=False):
    """The terms of all names in one language."""

    beginnings: dict[str, list[int]]  # leaves by each term of their first position
    rests: list[tuple[frozenset[str], ...]]  # of each leaf, the terms of its other positions


class _NameFinder:
    """Finds many names in a text by the first terms that each can begin with."""

    def __init__(self, queries: Sequence[Query], *, exact: bool) -> None:
        self.queries = queries
        self._exact = exact
        self._leaves: list[tuple[int, TextLeaf]] = [
            (name, leaf)
            for name, query in enumerate(queries)
            for leaf in leaves(query)
            if isinstance(leaf, Word | Phrase)
        ]
        self._terms: dict[str, _LeafTerms] = {}
        self._shared: dict[tuple[frozenset[str], ...], tuple[frozenset[str], ...]] = {}

    def _of_language(self, language: str) -> _LeafTerms:
        found = self._terms.get(language)
        if found is None:
            beginnings: defaultdict[str, list[int]] = defaultdict(list)
            rests: list[tuple[frozenset[str], ...]] = []
            for number, (_, leaf) in enumerate(self._leaves):
                positions = query_positions(leaf, language, exact=self._exact)
                terms = [frozenset(position) for position in positions if not isinstance(position, Pattern)]
                for term in terms[0] if terms else ():
                    beginnings[term].append(number)
                rest = tuple(terms[1:])
                rests.append(self._shared.setdefault(rest, rest))  # most languages have the same terms
            found = self._terms[language] = _LeafTerms(beginnings, rests)
        return found

    def places(self, record: Record, unit: str) -> dict[int, list[Place]]:
        """Return where each name stands in a record; names that do not stand there are left out.

        Within a record, one place of each name is enough.
        """
        found: defaultdict[int, list[Place]] = defaultdict(list)
        language = record.metadata.language or UNDETERMINED
        texts = [record.body, record.title, *map(record.metadata_text, METADATA_FIELDS)]
        for field, text in enumerate(texts):
            if text:
                done = frozenset(found) if unit == "record" else frozenset()
                for name, place in self._in_text(text, language, unit, done):
                    found[name].append((field, *place))
        return dict(found)

    def _in_text(
        self, text: str, language: str, unit: str, done: frozenset[int]
    ) -> Iterator[tuple[int, tuple[int, int]]]:
        """Yield the names in a text with their places, but for those that are done."""
        known = self._of_language(language)
        tokenized = TokenizedText(analyzer.analyze(text, language))
        forms = tokenized.forms
        # Most names of a long list share only a word with the text: the terms sort them out.
        candidates = {
            number
            for form in known.beginnings.keys() & forms
            for number in known.beginnings[form]
            if self._leaves[number][0] not in done and not any(map(forms.isdisjoint, known.rests[number]))
        }
        if unit == "record":
            for number in sorted(candidates):
                name, leaf = self._leaves[number]
                if not known.rests[number] or any(True for _ in leaf_spans(leaf, tokenized, language, self._exact)):
                    yield name, (0, 0)
            return
        ends: list[int] = []
        if unit in ("paragraph", "sentence"):
            pattern = _PARAGRAPH_END if unit == "paragraph" else _SENTENCE_END
            ends = [end.end() for end in pattern.finditer(text)]
        for number in sorted(candidates):
            name, leaf = self._leaves[number]
            for span in leaf_spans(leaf, tokenized, language, self._exact):
                yield name, (bisect_right(ends, span.start), bisect_right(tokenized.tokens.starts, span.start) - 1)
