"""Which records answer a query, and how well: a query's tree evaluated over postings, term at a time.

Knows no engine: `IndexReader` is what it asks of one. The ranking is BM25F (Robertson and Zaragoza, The Probabilistic
Relevance Framework, 2009) in its simple form: each field's words count by the field's weight, then saturate once.
Five things are ours:

* a word's forms are streams of one word: its exact form counts whole, another form of its stem less;
* how rare a word is is counted in the language where it is most common, each language leaning on the whole index
  where it has few records: what is a function word in one language is no rare word of the others, and the same word
  counts the same in all;
* a question's function words count little: what, which and whose are rare in what answers them;
* words that begin with a word of the query, and the words that it begins or ends with, count a little in the records
  found: German compounds and their parts, and derivations that a stemmer leaves apart;
* words of the query that stand together in the record add to its score (Büttcher, Clarke and Lushman, Term
  Proximity Scoring for Ad-Hoc Retrieval, 2006).
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections import Counter, defaultdict
from functools import lru_cache
from math import log
from typing import TYPE_CHECKING

from docindex.analysis import analyzer
from docindex.analysis.function_words import function_words
from docindex.query.ast import And, AndMaybe, DateRange, MatchAll, Not, Or, Phrase, Query, Word
from docindex.ranking.index_reader import FIELD_BITS, FIELD_WEIGHTS, FIELDS
from docindex.ranking.term_alternatives import Slot
from docindex.ranking.term_expansion import KEYWORDS, Pattern, TextLeaf, keyword_matcher, steps
from docindex.ranking.term_list import split_terms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from docindex.ranking.index_reader import IndexReader, Scores

K1 = 1.2
B = 0.75
IDF_EXPONENT = 1.2  # the power to which a word's rarity (idf) is raised: questions are full of words that say little
IDF_PRIOR_DOCS = (
    50.0  # to each language as many records are added in thought, that hold a word as often as the whole index
)
FUNCTION_WORD_WEIGHT = 0.2  # what a function word of the query counts
RELATED_TERM_WEIGHT = 0.2  # what an occurrence of a word akin to one of the query's counts
MIN_SHARED_LETTERS = 5  # that akin words have in common, at least
MAX_RELATED_TERMS = 100  # akin words, per language
PROXIMITY_WEIGHT = 0.6
PROXIMITY_WINDOW_WORDS = 8  # words apart, at most, for two words of a query to count as standing together
RESCORE_TOP_K = 200  # records, best first, whose words' places are looked at
MAX_EXPANSIONS = 1024  # terms that a prefix, a wildcard or a fuzzy word stands for, per language


class Scorer:
    """Evaluates queries over one state of an index."""

    def __init__(self, index: IndexReader, *, exact: bool = False, certain: bool = False) -> None:
        self.index = index
        self.exact = exact
        self.certain = certain
        self.truncated_expansions: dict[str, int] = {}  # what a pattern stands for beyond MAX_EXPANSIONS
        self._total = sum(index.languages.values())
        self._rarity: dict[TextLeaf, float] = {}
        self._holding: dict[TextLeaf, Scores] = {}
        self._grammar: set[Word] = set()  # the query's function words

    def scores(self, query: Query) -> Scores:
        """The records that match, each with its score, the best of them scored by their words' places too."""
        words = [leaf for leaf in _words_in_order(query) if leaf.field is None]
        self._grammar = self._function_words(words)
        scores = self._scores(query)
        content = [leaf for leaf in words if leaf not in self._grammar]
        for leaf in () if self.exact else content:
            self._add_kin(leaf, scores)
        for document, bonus in self._proximity(content or words, scores).items():
            scores[document] += bonus
        return scores

    def matches(self, query: Query) -> Collection[int]:
        """The records that match, unranked."""
        return self._scores(query).keys()

    def _function_words(self, words: Iterable[Word]) -> set[Word]:
        """Those words that are function words in the language that has most of them as such."""
        found = [
            (records, language, {leaf for leaf in words if _is_grammar(leaf.text, language)})
            for language, records in self.index.languages.items()
        ]
        return max(found, key=lambda one: (len(one[2]), one[:2]))[2] if found else set()

    def _scores(self, query: Query) -> Scores:
        match query:
            case And(operands):
                return self._all_of(operands)
            case Or(operands):
                return _sum([self._scores(operand) for operand in operands])
            case AndMaybe(required, optional):
                scores, more = self._scores(required), self._scores(optional)
                return {document: score + more.get(document, 0.0) for document, score in scores.items()}
            case Not(operand):
                return dict.fromkeys(self.index.live_docs() - self._scores(operand).keys(), 0.0)
            case MatchAll():
                return dict.fromkeys(self.index.live_docs(), 0.0)
            case DateRange(earliest, latest):
                return dict.fromkeys(self.index.docs_in_date_range(earliest, latest, certain=self.certain), 0.0)
            case _:
                return self._leaf(query)

    def _all_of(self, operands: Sequence[Query]) -> Scores:
        wanted = sorted((self._scores(operand) for operand in operands if not isinstance(operand, Not)), key=len)
        scores = wanted[0] if wanted else self._scores(MatchAll())
        for more in wanted[1:]:
            scores = {document: score + more[document] for document, score in scores.items() if document in more}
        for operand in operands:
            if isinstance(operand, Not) and scores:
                unwanted = self._scores(operand.operand)
                scores = {document: score for document, score in scores.items() if document not in unwanted}
        return scores

    def _leaf(self, leaf: TextLeaf) -> Scores:
        if leaf.field in KEYWORDS:
            return dict.fromkeys(self.index.docs_with_keyword(leaf.field, keyword_matcher(leaf)), 0.0)
        if isinstance(leaf, Phrase) and leaf.whole and leaf.field and (valued := self._valued(leaf.text, leaf.field)):
            return dict.fromkeys(valued, 0.0)
        holding = {language: self._weights(leaf, language) for language in self.index.languages}
        rarity = self._idf({language: len(found) for language, found in holding.items()})
        if leaf in self._grammar:
            rarity *= FUNCTION_WORD_WEIGHT
        self._rarity[leaf] = rarity
        self._holding[leaf] = {document: held for found in holding.values() for document, held in found.items()}
        return self._saturate(self._holding[leaf], rarity)

    def _valued(self, text: str, field: str) -> set[int]:
        """The records that have just that value; where none has, those that have it but for case and accents."""
        exactly = self.index.docs_with_value(field, lambda value: value == text)
        wanted = _loosely(text)
        return exactly or self.index.docs_with_value(field, lambda value: _loosely(value) == wanted)

    def _weights(self, leaf: TextLeaf, language: str) -> Scores:
        """The records of one language that hold the leaf, and how much of it each holds."""
        slots = self.slots(leaf, language)
        if not slots:
            return {}
        if len(slots) > 1:
            return self._phrase(slots, language, leaf.slop if isinstance(leaf, Phrase) else 0, leaf.field)
        return self._within(slots[0], language, leaf.field) if leaf.field else self._any_of(slots[0], language)

    def slots(self, leaf: TextLeaf, language: str) -> list[Slot]:
        """What the leaf asks for in records of one language, patterns replaced by the words they stand for."""
        asked = [
            self._expanded(step, language) if isinstance(step, Pattern) else step
            for step in steps(leaf, language, exact=self.exact)
        ]
        return asked if all(asked) else []

    def _expanded(self, wanted: Pattern, language: str) -> Slot:
        parts = self.index.term_lists(language)
        near: Slot = {}
        for part in parts:
            near.update(wanted.among(part.with_prefix(wanted.prefix)))
        if len(near) > MAX_EXPANSIONS:
            self.truncated_expansions[wanted.text] = max(len(near), self.truncated_expansions.get(wanted.text, 0))
            counts: Counter[str] = Counter()
            for part in parts:
                counts.update(part.doc_freqs(near, wanted.prefix))
            best = heapq.nlargest(MAX_EXPANSIONS, zip(near.values(), map(counts.__getitem__, near), near, strict=True))
            near = {term: worth for worth, _, term in best}
        return near

    def _any_of(self, slot: Slot, language: str) -> Scores:
        found: defaultdict[int, float] = defaultdict(float)
        for term, worth in slot.items():
            for document, weight in self.index.term_freqs(language, term).items():
                found[document] += worth * weight
        return found

    def _within(self, slot: Slot, language: str, field: str) -> Scores:
        found: defaultdict[int, float] = defaultdict(float)
        numbers = _numbers(field)
        for term, worth in slot.items():
            documents = self.index.term_freqs(language, term).keys()
            for document, positions in self.index.positions(language, term, documents).items():
                count = sum(
                    FIELD_WEIGHTS[FIELDS[position >> FIELD_BITS]]
                    for position in positions
                    if position >> FIELD_BITS in numbers
                )
                if count:
                    found[document] += worth * count
        return found

    def _phrase(self, slots: Sequence[Slot], language: str, slop: int, field: str | None) -> Scores:
        documents: set[int] | None = None
        for slot in slots:
            holders = set().union(*(self.index.term_freqs(language, term) for term in slot))
            documents = holders if documents is None else documents & holders
        if not documents:
            return {}
        places = [self._places(slot, language, documents) for slot in slots]
        numbers = None if field is None else _numbers(field)
        found: Scores = {}
        for document in documents:
            starts = occurrences([place[document] for place in places], slop)
            if numbers is not None:
                starts = [start for start in starts if start >> FIELD_BITS in numbers]
            if starts:
                found[document] = float(sum(FIELD_WEIGHTS[FIELDS[start >> FIELD_BITS]] for start in starts))
        return found

    def _places(self, slot: Iterable[str], language: str, documents: Collection[int]) -> dict[int, Sequence[int]]:
        merged: dict[int, Sequence[int]] = {}
        for term in slot:
            for document, positions in self.index.positions(language, term, documents).items():
                merged[document] = sorted({*merged[document], *positions}) if document in merged else positions
        return merged

    def _idf(self, frequencies: Mapping[str, int]) -> float:
        """How rare a word is, from the records of each language that hold it: in the language where it is least so."""
        overall = sum(frequencies.values()) / max(1, self._total)
        shares = (
            (frequency + IDF_PRIOR_DOCS * overall) / (self.index.languages[language] + IDF_PRIOR_DOCS)
            for language, frequency in frequencies.items()
        )
        share = max(shares, default=0.0)  # an empty index has no languages
        one = 0.5 / max(1, self._total)
        return float(log(1.0 + (1.0 - min(1.0, share) + one) / (share + one)) ** IDF_EXPONENT)

    def _saturate(self, found: Scores, rarity: float) -> Scores:
        """BM25's term weight: idf · tf·(k1+1) / (tf + k1·(1 − b + b·length/average))."""
        base, slope = K1 * (1.0 - B), K1 * B / max(1.0, self.index.average_doc_length)
        length = self.index.doc_length
        return {
            document: rarity * weight * (K1 + 1.0) / (weight + base + slope * length(document))
            for document, weight in found.items()
        }

    def _add_kin(self, leaf: Word, scores: Scores) -> None:
        """Count the words akin to one of the query's as if it stood there itself now and then."""
        held = self._holding[leaf]
        more = {
            document: held.get(document, 0.0) + RELATED_TERM_WEIGHT * weight
            for language in self.index.languages
            for document, weight in self._any_of(dict.fromkeys(self._kin(leaf, language), 1.0), language).items()
            if document in scores
        }
        without = self._saturate({document: held[document] for document in more if document in held}, 1.0)
        for document, score in self._saturate(more, 1.0).items():
            scores[document] += self._rarity[leaf] * (score - without.get(document, 0.0))

    def _kin(self, leaf: Word, language: str) -> set[str]:
        """The words that begin with a word's stem, and the words that it begins or ends with."""
        tokens = analyzer.analyze(leaf.text, language)
        if len(tokens.forms) != 1:
            return set()
        word, *others = tokens.forms[0]
        stem = others[0].removeprefix(analyzer.STEM) if others and others[0].startswith(analyzer.STEM) else word
        if len(stem) < MIN_SHARED_LETTERS or not word.isalpha():
            return set()
        begun = {term for part in self.index.term_lists(language) for term in split_terms(part.with_prefix(stem))}
        longer = heapq.nsmallest(MAX_RELATED_TERMS, begun, key=lambda term: (len(term), term))
        cuts = range(MIN_SHARED_LETTERS, len(word) - 2)
        parts = {part for cut in cuts for part in (word[:cut], word[-cut:]) if self.index.doc_freq(language, part)}
        return {*longer, *parts} - {word}

    def _proximity(self, words: Sequence[Word], scores: Scores) -> Scores:
        """What the best records gain by neighbouring words of the query that stand together in them."""
        if len(words) < 2 or not scores:
            return {}
        best = heapq.nlargest(RESCORE_TOP_K, scores, key=scores.__getitem__)
        bonus: defaultdict[int, float] = defaultdict(float)
        for language in self.index.languages:
            steps_of = [(self._rarity[leaf], slot) for leaf in words for slot in self.slots(leaf, language)]
            places = [self._places(slot, language, best) for _, slot in steps_of]
            for index in range(len(steps_of) - 1):
                weight = min(rarity for rarity, _ in steps_of[index : index + 2])
                left, right = places[index], places[index + 1]
                for document in left.keys() & right.keys():
                    closeness = together(left[document], right[document])
                    bonus[document] += PROXIMITY_WEIGHT * weight * closeness / (closeness + 1.0)
        return bonus


def _sum(parts: Sequence[Scores]) -> Scores:
    total: defaultdict[int, float] = defaultdict(float)
    for part in parts:
        for document, score in part.items():
            total[document] += score
    return total


def _is_grammar(text: str, language: str) -> bool:
    """Whether a word, or each part of a joined one (`qu'est-ce`), is a function word as it is written."""
    words = analyzer.analyze(text, language).forms
    return bool(words) and all(
        forms[-1].rpartition(analyzer.EXACT)[2] in _grammar(language)
        if analyzer.EXACT in forms[-1]
        else forms[0] in _grammar(language)
        for forms in words
    )


@lru_cache(maxsize=64)
def _grammar(language: str) -> frozenset[str]:
    """A language's function words, with their accents and without."""
    words = function_words(language)
    return words | {analyzer.fold(word) for word in words}


def _words_in_order(query: Query) -> list[Word]:
    """The words of a query whose order is the writer's: those of its outermost list."""
    match query:
        case And(operands) | Or(operands):
            return [operand for operand in operands if isinstance(operand, Word)]
        case AndMaybe(required, optional):
            return [*_words_in_order(required), *_words_in_order(optional)]
        case Word():
            return [query]
        case _:
            return []


def together(left: Sequence[int], right: Sequence[int]) -> float:
    """How closely two words stand: the sum of 1/distance over each occurrence of the rarer and its nearest."""
    if len(left) > len(right):
        return sum(_nearness(position, left, -1) for position in right)
    return sum(_nearness(position, right, 1) for position in left)


def _nearness(position: int, others: Sequence[int], ahead: int) -> float:
    index = bisect_left(others, position)
    nearest = 0.0
    for other in others[max(0, index - 1) : index + 2]:
        distance = (other - position) * ahead
        if distance < 0:
            distance = 1 - distance  # the wrong way round counts as one word further
        if 0 < distance <= PROXIMITY_WINDOW_WORDS:
            nearest = max(nearest, 1.0 / distance)
    return nearest


def occurrences(places: Sequence[Sequence[int]], slop: int) -> list[int]:
    """Where a phrase stands: the position of each occurrence's first word.

    Without slop the words stand one after the other; with it, in any order, at most `slop` other words among them.
    """
    if slop == 0:
        starts = set(places[0])
        for offset, positions in enumerate(places[1:], start=1):
            starts &= {position - offset for position in positions}
        return sorted(starts)
    found: list[int] = []
    events = sorted((position, number) for number, positions in enumerate(places) for position in positions)
    counts: Counter[int] = Counter()
    left = 0
    for position, number in events:
        counts[number] += 1
        while len(counts) == len(places):
            first, leaving = events[left]
            if position - first < len(places) + slop:
                found.append(first)
                counts.clear()  # the next occurrence begins after this one
                left = bisect_left(events, (position + 1, 0))
                break
            counts[leaving] -= 1
            if not counts[leaving]:
                del counts[leaving]
            left += 1
    return found


def _loosely(value: str) -> str:
    """A value without its case, accents and further blanks."""
    return " ".join(analyzer.fold(value).split())


def _numbers(field: str) -> set[int]:
    """The numbers of the fields that a query means by one of them."""
    return {FIELDS.index(name) for name in (("body", "quoted") if field == "body" else (field,))}
