"""Which records answer a query, and how well: a query's tree evaluated over postings, term at a time.

Knows no engine: `Postings` is what it asks of one. The ranking is BM25F (Robertson and Zaragoza, The Probabilistic
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
from collections.abc import Callable
from functools import lru_cache
from math import log
from typing import TYPE_CHECKING, Protocol

from docindex.analysis import analyzer
from docindex.analysis.function_words import function_words
from docindex.query.ast import And, AndMaybe, DateRange, MatchAll, Not, Or, Phrase, Query, Word
from docindex.ranking.term_alternatives import Slot
from docindex.ranking.term_expansion import KEYWORDS, Pattern, TextLeaf, keyword_matcher, steps
from docindex.ranking.term_list import lines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date as Day

    from docindex.ranking.term_list import Vocabulary

VERSION = 2
"""Raised whenever what the postings hold changes: an index made with another version is made anew."""

FIELDS = ("body", "title", "creator", "publisher", "subject", "collection", "quoted")
"""The fields whose words are searched. A field's number stands in the high bits of its words' positions."""
WEIGHTS = {"body": 1, "title": 2, "creator": 1, "publisher": 1, "subject": 1, "collection": 1, "quoted": 0.25}
"""What one occurrence in each field counts. `quoted` is that part of the body that a message quotes of others."""
FIELD_BITS = 28  # a field holds up to 2**28 words
GAP = 2048  # positions left free between two values, so that no phrase, however loose, spans them

K1 = 1.2
B = 0.75
RARITY = 1.2  # the power to which a word's rarity (idf) is raised: questions are full of words that say little
PRIOR = 50.0  # to each language as many records are added in thought, that hold a word as often as the whole index
FUNCTION = 0.2  # what a function word of the query counts
KIN = 0.2  # what an occurrence of a word akin to one of the query's counts
KIN_LETTERS = 5  # that akin words have in common, at least
KIN_MOST = 100  # akin words, per language
PROXIMITY = 0.6
NEAR = 8  # words apart, at most, for two words of a query to count as standing together
RESCORED = 200  # records, best first, whose words' places are looked at
MAX_EXPANSIONS = 1024  # terms that a prefix, a wildcard or a fuzzy word stands for, per language

Scores = dict[int, float]
"""Document numbers and what each scores."""


class Postings(Protocol):
    """What scoring asks of an index. Documents have numbers; terms are those of `analysis`, per language."""

    @property
    def languages(self) -> Mapping[str, int]:
        """The languages of the index and how many records each has."""

    @property
    def average_length(self) -> float:
        """The mean of all records' lengths."""

    def length(self, document: int) -> float:
        """A record's length in words, each counted by its field's weight, and once at least."""

    def frequency(self, language: str, term: str) -> int:
        """How many records of the language hold the term."""

    def weights(self, language: str, term: str) -> Scores:
        """The records that hold the term, with its occurrences, each counted by its field's weight."""

    def positions(self, language: str, term: str, documents: Collection[int]) -> dict[int, Sequence[int]]:
        """Where the term stands in those of the documents that hold it: positions, rising."""

    def vocabulary(self, language: str) -> Sequence[Vocabulary]:
        """The folded forms of the language, in each part of the index."""

    def keyword(self, field: str, matches: Callable[[str], bool]) -> set[int]:
        """The records whose `language`, `path` or `id` is one that `matches`."""

    def between(self, earliest: Day | None, latest: Day | None, *, certain: bool) -> set[int]:
        """The records whose date may lie between two days, both included; `certain`: must lie there."""

    def everything(self) -> set[int]:
        """All records."""

    def valued(self, facet: str, matches: Callable[[str], bool]) -> set[int]:
        """The records that count under a value of one of the FACETS of an engine that `matches`."""


class Scorer:
    """Evaluates queries over one state of an index."""

    def __init__(self, postings: Postings, *, exact: bool = False, certain: bool = False) -> None:
        self.postings = postings
        self.exact = exact
        self.certain = certain
        self.truncated_expansions: dict[str, int] = {}  # what a pattern stands for beyond MAX_EXPANSIONS
        self._total = sum(postings.languages.values())
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
            for language, records in self.postings.languages.items()
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
                return dict.fromkeys(self.postings.everything() - self._scores(operand).keys(), 0.0)
            case MatchAll():
                return dict.fromkeys(self.postings.everything(), 0.0)
            case DateRange(earliest, latest):
                return dict.fromkeys(self.postings.between(earliest, latest, certain=self.certain), 0.0)
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
            return dict.fromkeys(self.postings.keyword(leaf.field, keyword_matcher(leaf)), 0.0)
        if isinstance(leaf, Phrase) and leaf.whole and leaf.field and (valued := self._valued(leaf.text, leaf.field)):
            return dict.fromkeys(valued, 0.0)
        holding = {language: self._weights(leaf, language) for language in self.postings.languages}
        rarity = self._idf({language: len(found) for language, found in holding.items()})
        if leaf in self._grammar:
            rarity *= FUNCTION
        self._rarity[leaf] = rarity
        self._holding[leaf] = {document: held for found in holding.values() for document, held in found.items()}
        return self._saturate(self._holding[leaf], rarity)

    def _valued(self, text: str, field: str) -> set[int]:
        """The records that have just that value; where none has, those that have it but for case and accents."""
        exactly = self.postings.valued(field, lambda value: value == text)
        wanted = _loosely(text)
        return exactly or self.postings.valued(field, lambda value: _loosely(value) == wanted)

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
        parts = self.postings.vocabulary(language)
        near: Slot = {}
        for part in parts:
            near.update(wanted.among(part.beginning(wanted.prefix)))
        if len(near) > MAX_EXPANSIONS:
            self.truncated_expansions[wanted.text] = max(len(near), self.truncated_expansions.get(wanted.text, 0))
            counts: Counter[str] = Counter()
            for part in parts:
                counts.update(part.counts_of(near, wanted.prefix))
            best = heapq.nlargest(MAX_EXPANSIONS, zip(near.values(), map(counts.__getitem__, near), near, strict=True))
            near = {term: worth for worth, _, term in best}
        return near

    def _any_of(self, slot: Slot, language: str) -> Scores:
        found: defaultdict[int, float] = defaultdict(float)
        for term, worth in slot.items():
            for document, weight in self.postings.weights(language, term).items():
                found[document] += worth * weight
        return found

    def _within(self, slot: Slot, language: str, field: str) -> Scores:
        found: defaultdict[int, float] = defaultdict(float)
        numbers = _numbers(field)
        for term, worth in slot.items():
            documents = self.postings.weights(language, term).keys()
            for document, positions in self.postings.positions(language, term, documents).items():
                count = sum(
                    WEIGHTS[FIELDS[position >> FIELD_BITS]]
                    for position in positions
                    if position >> FIELD_BITS in numbers
                )
                if count:
                    found[document] += worth * count
        return found

    def _phrase(self, slots: Sequence[Slot], language: str, slop: int, field: str | None) -> Scores:
        documents: set[int] | None = None
        for slot in slots:
            holders = set().union(*(self.postings.weights(language, term) for term in slot))
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
                found[document] = float(sum(WEIGHTS[FIELDS[start >> FIELD_BITS]] for start in starts))
        return found

    def _places(self, slot: Iterable[str], language: str, documents: Collection[int]) -> dict[int, Sequence[int]]:
        merged: dict[int, Sequence[int]] = {}
        for term in slot:
            for document, positions in self.postings.positions(language, term, documents).items():
                merged[document] = sorted({*merged[document], *positions}) if document in merged else positions
        return merged

    def _idf(self, frequencies: Mapping[str, int]) -> float:
        """How rare a word is, from the records of each language that hold it: in the language where it is least so."""
        overall = sum(frequencies.values()) / max(1, self._total)
        shares = (
            (frequency + PRIOR * overall) / (self.postings.languages[language] + PRIOR)
            for language, frequency in frequencies.items()
        )
        share = max(shares, default=0.0)  # an empty index has no languages
        one = 0.5 / max(1, self._total)
        return float(log(1.0 + (1.0 - min(1.0, share) + one) / (share + one)) ** RARITY)

    def _saturate(self, found: Scores, rarity: float) -> Scores:
        """BM25's term weight: idf · tf·(k1+1) / (tf + k1·(1 − b + b·length/average))."""
        base, slope = K1 * (1.0 - B), K1 * B / max(1.0, self.postings.average_length)
        length = self.postings.length
        return {
            document: rarity * weight * (K1 + 1.0) / (weight + base + slope * length(document))
            for document, weight in found.items()
        }

    def _add_kin(self, leaf: Word, scores: Scores) -> None:
        """Count the words akin to one of the query's as if it stood there itself now and then."""
        held = self._holding[leaf]
        more = {
            document: held.get(document, 0.0) + KIN * weight
            for language in self.postings.languages
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
        if len(stem) < KIN_LETTERS or not word.isalpha():
            return set()
        begun = {term for part in self.postings.vocabulary(language) for term in lines(part.beginning(stem))}
        longer = heapq.nsmallest(KIN_MOST, begun, key=lambda term: (len(term), term))
        cuts = range(KIN_LETTERS, len(word) - 2)
        parts = {part for cut in cuts for part in (word[:cut], word[-cut:]) if self.postings.frequency(language, part)}
        return {*longer, *parts} - {word}

    def _proximity(self, words: Sequence[Word], scores: Scores) -> Scores:
        """What the best records gain by neighbouring words of the query that stand together in them."""
        if len(words) < 2 or not scores:
            return {}
        best = heapq.nlargest(RESCORED, scores, key=scores.__getitem__)
        bonus: defaultdict[int, float] = defaultdict(float)
        for language in self.postings.languages:
            steps_of = [(self._rarity[leaf], slot) for leaf in words for slot in self.slots(leaf, language)]
            places = [self._places(slot, language, best) for _, slot in steps_of]
            for index in range(len(steps_of) - 1):
                weight = min(rarity for rarity, _ in steps_of[index : index + 2])
                left, right = places[index], places[index + 1]
                for document in left.keys() & right.keys():
                    closeness = together(left[document], right[document])
                    bonus[document] += PROXIMITY * weight * closeness / (closeness + 1.0)
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
        if 0 < distance <= NEAR:
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
