"""BM25F scoring of a query over an engine's postings, one term at a time.

The scorer knows no engine: it reads an `IndexReader`. BM25F (Robertson and Zaragoza, The
Probabilistic Relevance Framework, 2009) is used in its simple form: occurrences are weighted by
their field, added up, and saturate once. Five things differ from the textbook:

* The forms of a word are streams of one word: an occurrence of the exact form weighs 1, another
  form of the stem less.
* A word's idf is that of the language in which it is most common. Each language is smoothed with
  the whole index. A function word of one language is therefore never a rare word of another, and a
  word weighs the same in all languages.
* Function words of a query have a low weight, since "what", "which" and "whose" are rare in the
  answers to questions.
* Related terms add a little to the score of a matching record. They begin with the stem of a query
  word, or the query word begins or ends with them: German compounds and their parts, and
  derivations beyond the reach of a stemmer.
* Neighbouring words of the query that stand close in a record add to its score (Büttcher, Clarke
  and Lushman, Term Proximity Scoring for Ad-Hoc Retrieval, 2006).
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from functools import lru_cache
from math import log
from typing import TYPE_CHECKING

from msgspec import Struct

from docindex.analysis import analyzer, folding, stemming
from docindex.analysis.function_words import function_words
from docindex.metadata.keys import KEYWORD_FIELDS
from docindex.model.documents import RECIPIENT_FIELDS
from docindex.query.ast import (
    And,
    AndMaybe,
    DateRange,
    Fuzzy,
    MatchAll,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Wildcard,
    Word,
    conjunction,
    disjunction,
    leaves,
)
from docindex.ranking.index_reader import FIELD_BITS, FIELD_WEIGHTS, FIELDS
from docindex.ranking.phrases import phrase_starts, proximity
from docindex.ranking.term_expansion import (
    Pattern,
    TermAlternatives,
    TextLeaf,
    keyword_matcher,
    query_positions,
    split_unspaced,
)
from docindex.ranking.term_list import split_terms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from docindex.model.documents import RECIPIENT_FIELDS
from docindex.ranking.index_reader import IndexReader, Scores

K1 = 1.2
"""BM25's saturation of term frequency."""
B = 0.75
"""BM25's normalisation by document length."""
IDF_EXPONENT = 1.2
"""Power of the idf.

Questions are full of words that say little, so that rare words must stand out.
"""
IDF_PRIOR_DOCS = 50.0
"""Pseudo-documents added per language, with the document frequency of the whole index
(smoothing).
"""
FUNCTION_WORD_WEIGHT = 0.4
"""Factor of the idf of a query's function words."""
RELATED_TERM_WEIGHT = 0.2
"""Weight of one occurrence of a related term."""
MIN_RELATED_LETTERS = 5
"""Letters that a related term shares with the query word, at least."""
PROXIMITY_WEIGHT = 0.6
"""Weight of two neighbouring query words that stand close."""


class RankingLimits(Struct, frozen=True):
    """Bounds of the work that one query can cause."""

    max_expansions: int = 1024  # terms that a pattern stands for, per language
    max_related_terms: int = 100  # per query word and language
    rescore_top_k: int = 200  # best records whose positions are compared for proximity


DEFAULT_LIMITS = RankingLimits()


class Scorer:
    """Evaluates queries over one state of an index."""

    def __init__(
        self, index: IndexReader, *, exact: bool = False, certain: bool = False, limits: RankingLimits = DEFAULT_LIMITS
    ) -> None:
        self.index = index
        self.exact = exact
        self.certain = certain
        self.limits = limits
        self.truncated_expansions: dict[str, int] = {}  # patterns with too many terms, and how many they have
        self._total_docs = sum(index.languages.values())
        self._idfs: dict[TextLeaf, float] = {}
        self._leaf_freqs: dict[TextLeaf, Scores] = {}
        self._function_words: set[Word] = set()

    def scores(self, query: Query) -> Scores:
        """Return the records that match, with their scores."""
        query = split_unspaced(query)
        words = [leaf for leaf in _ordered_words(query) if leaf.field is None]
        self._function_words = self._find_function_words(words)
        scores = self._evaluate(self._without_function_words(query))
        content_words = [leaf for leaf in words if leaf not in self._function_words]
        for leaf in () if self.exact else content_words:
            self._add_related_terms(leaf, scores)
        for document, bonus in self._proximity_bonus(content_words or words, scores).items():
            scores[document] += bonus
        return scores

    def matches(self, query: Query) -> Collection[int]:
        """Return the records that match, in no order."""
        query = split_unspaced(query)
        self._function_words = self._find_function_words([leaf for leaf in _ordered_words(query) if leaf.field is None])
        return self._evaluate(self._without_function_words(query)).keys()

    def _find_function_words(self, words: Iterable[Word]) -> set[Word]:
        """Return the function words among the words, in the language that has most of them."""
        candidates = [
            (records, language, {leaf for leaf in words if _is_function_word(leaf.text, language)})
            for language, records in self.index.languages.items()
        ]
        return max(candidates, key=lambda one: (len(one[2]), one[:2]))[2] if candidates else set()

    def _without_function_words(self, query: Query) -> Query:
        """Return a query whose function words need not match: they only rank, unless there are no
        other words.

        With `exact` they must match, and so must words in capitals: `WHO report`.
        """
        if self.exact or not isinstance(query, And):
            return query
        optional = [operand for operand in query.operands if operand in self._function_words and not _is_name(operand)]
        required = [operand for operand in query.operands if operand not in optional]
        if not optional or not any(_asks_for_words(operand) for operand in required):
            return query
        return AndMaybe(conjunction(required), disjunction(optional))

    def _evaluate(self, query: Query) -> Scores:
        match query:
            case And(operands):
                return self._evaluate_and(operands)
            case Or(operands):
                return _sum([self._evaluate(operand) for operand in operands])
            case AndMaybe(required, optional):
                scores, extra = self._evaluate(required), self._evaluate(optional)
                return {document: score + extra.get(document, 0.0) for document, score in scores.items()}
            case Not(operand):
                return dict.fromkeys(self.index.live_docs() - self._evaluate(operand).keys(), 0.0)
            case MatchAll():
                return dict.fromkeys(self.index.live_docs(), 0.0)
            case DateRange(earliest, latest):
                return dict.fromkeys(self.index.docs_in_date_range(earliest, latest, certain=self.certain), 0.0)
            case _:
                return self._score_leaf(query)

    def _evaluate_and(self, operands: Sequence[Query]) -> Scores:
        required = sorted((self._evaluate(operand) for operand in operands if not isinstance(operand, Not)), key=len)
        scores = required[0] if required else self._evaluate(MatchAll())
        for other in required[1:]:
            scores = {document: score + other[document] for document, score in scores.items() if document in other}
        for operand in operands:
            if isinstance(operand, Not) and scores:
                excluded = self._evaluate(operand.operand)
                scores = {document: score for document, score in scores.items() if document not in excluded}
        return scores

    def _score_leaf(self, leaf: TextLeaf) -> Scores:
        if leaf.field in KEYWORD_FIELDS:
            return dict.fromkeys(self.index.docs_with_keyword(leaf.field, keyword_matcher(leaf)), 0.0)
        if (
            isinstance(leaf, Phrase)
            and leaf.whole
            and leaf.field
            and (docs := self._whole_value(leaf.text, leaf.field))
        ):
            return dict.fromkeys(docs, 0.0)
        by_language = {language: self._freqs_in(leaf, language) for language in self.index.languages}
        idf = self._idf({language: len(freqs) for language, freqs in by_language.items()})
        if leaf in self._function_words:
            idf *= FUNCTION_WORD_WEIGHT
        self._idfs[leaf] = idf
        found = [freqs for freqs in by_language.values() if freqs]
        self._leaf_freqs[leaf] = found[0] if len(found) == 1 else _merged(found)
        return self._bm25_term_scores(self._leaf_freqs[leaf], idf)

    def _whole_value(self, text: str, facet: str) -> set[int]:
        """Return the records with exactly this value.

        If there are none, ignore case, accents and extra spaces.
        """
        exact = self.index.docs_with_value(facet, lambda value: value == text)
        folded = _fold_value(text)
        return exact or self.index.docs_with_value(facet, lambda value: _fold_value(value) == folded)

    def _freqs_in(self, leaf: TextLeaf, language: str) -> Scores:
        """Return the records of one language that contain the leaf, with its weighted frequency."""
        positions = self._expand_leaf(leaf, language)
        if not positions:
            return {}
        if len(positions) > 1:
            return self._phrase_freqs(positions, language, leaf.slop if isinstance(leaf, Phrase) else 0, leaf.field)
        if leaf.field:
            return self._field_freqs(positions[0], language, leaf.field)
        return self._union_freqs(positions[0], language)

    def _expand_leaf(self, leaf: TextLeaf, language: str) -> list[TermAlternatives]:
        """Return the alternatives at each position of a leaf; none if no term fills one of the
        positions.
        """
        positions = [
            self._expand_pattern(position, language) if isinstance(position, Pattern) else position
            for position in query_positions(leaf, language, exact=self.exact)
        ]
        return positions if all(positions) else []

    def _expand_pattern(self, pattern: Pattern, language: str) -> TermAlternatives:
        """Return the terms of the index that match a pattern: the best and most frequent, if
        there are too many.
        """
        term_lists = self.index.term_lists(language)
        terms: TermAlternatives = {}
        freqs: Counter[str] = Counter()
        for term_list in term_lists:
            terms.update(pattern.matching_terms(term_list.with_prefix(pattern.prefix)))
            for term, _, doc_freq in term_list.within_edits(pattern.word, pattern.max_edits) if pattern.word else ():
                if not term.startswith(pattern.prefix):
                    terms[term] = pattern.weight(term)
                    freqs[term] += doc_freq
        limit = self.limits.max_expansions
        if len(terms) > limit:
            self.truncated_expansions[pattern.text] = max(len(terms), self.truncated_expansions.get(pattern.text, 0))
            for term_list in term_lists:
                freqs.update(term_list.doc_freqs(terms, pattern.prefix))
            best = heapq.nlargest(limit, zip(terms.values(), map(freqs.__getitem__, terms), terms, strict=True))
            terms = {term: weight for weight, _, term in best}
        return terms

    def _union_freqs(self, alternatives: TermAlternatives, language: str) -> Scores:
        """Return the weighted frequency of any of the terms, in all fields."""
        freqs: Scores = {}
        for term, weight in alternatives.items():
            found = self.index.term_freqs(language, term)
            if not freqs:  # as for most words: in a tenth of the time
                freqs = {document: weight * freq for document, freq in found.items()} if weight != 1.0 else {**found}
                continue
            for document, freq in found.items():
                freqs[document] = freqs.get(document, 0.0) + weight * freq
        return freqs

    def _field_freqs(self, alternatives: TermAlternatives, language: str, field: str) -> Scores:
        """Return the weighted frequency of any of the terms, in one field."""
        freqs: defaultdict[int, float] = defaultdict(float)
        numbers = _field_numbers(field)
        for term, weight in alternatives.items():
            documents = self.index.term_freqs(language, term).keys()
            for document, positions in self.index.positions(language, term, documents).items():
                freq = sum(
                    FIELD_WEIGHTS[FIELDS[position >> FIELD_BITS]]
                    for position in positions
                    if position >> FIELD_BITS in numbers
                )
                if freq:
                    freqs[document] += weight * freq
        return freqs

    def _phrase_freqs(
        self, positions: Sequence[TermAlternatives], language: str, slop: int, field: str | None
    ) -> Scores:
        """Return the frequency of a phrase, weighted by field."""
        documents: set[int] | None = None
        for alternatives in positions:
            holders = set().union(*(self.index.term_freqs(language, term) for term in alternatives))
            documents = holders if documents is None else documents & holders
            if not documents:
                return {}
        if not documents:
            return {}
        found = [self._merged_positions(alternatives, language, documents) for alternatives in positions]
        numbers = None if field is None else _field_numbers(field)
        freqs: Scores = {}
        for document in documents:
            starts = phrase_starts([own[document] for own in found], slop)
            if numbers is not None:
                starts = [start for start in starts if start >> FIELD_BITS in numbers]
            if starts:
                freqs[document] = float(sum(FIELD_WEIGHTS[FIELDS[start >> FIELD_BITS]] for start in starts))
        return freqs

    def _merged_positions(
        self, terms: Iterable[str], language: str, documents: Collection[int]
    ) -> dict[int, Sequence[int]]:
        """Return the ascending positions of any of the terms in each document that contains one."""
        merged: dict[int, Sequence[int]] = {}
        for term in terms:
            for document, positions in self.index.positions(language, term, documents).items():
                merged[document] = sorted({*merged[document], *positions}) if document in merged else positions
        return merged

    def _idf(self, doc_freqs: Mapping[str, int]) -> float:
        """Return the idf of a leaf from its document frequency in each language.

        The share of documents is smoothed per language; the language with the largest share counts.
        """
        share_in_all = sum(doc_freqs.values()) / max(1, self._total_docs)
        shares = (
            (doc_freq + IDF_PRIOR_DOCS * share_in_all) / (self.index.languages[language] + IDF_PRIOR_DOCS)
            for language, doc_freq in doc_freqs.items()
        )
        share = max(shares, default=0.0)  # an empty index has no languages
        half_doc = 0.5 / max(1, self._total_docs)
        return float(log(1.0 + (1.0 - min(1.0, share) + half_doc) / (share + half_doc)) ** IDF_EXPONENT)

    def _bm25_term_scores(self, freqs: Scores, idf: float) -> Scores:
        """Return idf · tf·(k1+1) / (tf + k1·(1 - b + b·length/average)) for each document."""
        base, slope = K1 * (1.0 - B), K1 * B / max(1.0, self.index.average_doc_length)
        return {
            document: idf * freq * (K1 + 1.0) / (freq + base + slope * length)
            for (document, freq), length in zip(freqs.items(), self.index.doc_lengths(freqs), strict=True)
        }

    def _add_related_terms(self, leaf: Word, scores: Scores) -> None:
        """Raise the scores of records that contain related terms, as if the word stood there a
        little more often.
        """
        own_freqs = self._leaf_freqs[leaf]
        raised = {
            document: own_freqs.get(document, 0.0) + RELATED_TERM_WEIGHT * freq
            for language in self.index.languages
            for document, freq in self._union_freqs(
                dict.fromkeys(self._related_terms(leaf, language), 1.0), language
            ).items()
            if document in scores
        }
        before = self._bm25_term_scores(
            {document: own_freqs[document] for document in raised if document in own_freqs}, 1.0
        )
        for document, score in self._bm25_term_scores(raised, 1.0).items():
            scores[document] += self._idfs[leaf] * (score - before.get(document, 0.0))

    def _related_terms(self, leaf: Word, language: str) -> set[str]:
        """Return the terms that begin with a word's stem, and the terms that the word begins or
        ends with.
        """
        tokens = analyzer.analyze(leaf.text, language)
        if len(tokens.forms) != 1:
            return set()
        word, *others = tokens.forms[0]
        stem = others[0].removeprefix(stemming.STEM) if others and others[0].startswith(stemming.STEM) else word
        if len(stem) < MIN_RELATED_LETTERS or not word.isalpha():
            return set()
        longer = {term for part in self.index.term_lists(language) for term in split_terms(part.with_prefix(stem))}
        shortest = heapq.nsmallest(self.limits.max_related_terms, longer, key=lambda term: (len(term), term))
        cuts = range(MIN_RELATED_LETTERS, len(word) - 2)
        parts = {part for cut in cuts for part in (word[:cut], word[-cut:]) if self.index.doc_freq(language, part)}
        return {*shortest, *parts} - {word}

    def _proximity_bonus(self, words: Sequence[Word], scores: Scores) -> Scores:
        """Return the bonus of the best records for neighbouring words of the query that stand
        close in them.
        """
        if len(words) < 2 or not scores:
            return {}
        best = heapq.nlargest(self.limits.rescore_top_k, scores, key=scores.__getitem__)
        bonus: defaultdict[int, float] = defaultdict(float)
        for language in self.index.languages:
            expanded = [
                (self._idfs[leaf], alternatives) for leaf in words for alternatives in self._expand_leaf(leaf, language)
            ]
            positions = [self._merged_positions(alternatives, language, best) for _, alternatives in expanded]
            for index in range(len(expanded) - 1):
                idf = min(idf for idf, _ in expanded[index : index + 2])
                left, right = positions[index], positions[index + 1]
                for document in left.keys() & right.keys():
                    closeness = proximity(left[document], right[document])
                    bonus[document] += PROXIMITY_WEIGHT * idf * closeness / (closeness + 1.0)
        return bonus


def _is_name(leaf: Query) -> bool:
    """Return True if a function word is written in capitals, as a short name is."""
    return isinstance(leaf, Word) and len(leaf.text) > 1 and leaf.text.isupper()


def _asks_for_words(query: Query) -> bool:
    """Return True if a query asks for words in any field, and does not only filter."""
    return any(
        isinstance(leaf, Word | Phrase | Prefix | Wildcard | Fuzzy) and leaf.field not in KEYWORD_FIELDS
        for leaf in leaves(query)
    )


def _merged(of_languages: Sequence[Scores]) -> Scores:
    """Return the weights of all languages together. No record has two languages."""
    merged: Scores = {}
    for freqs in reversed(of_languages):
        merged.update(freqs)
    return merged


def _sum(parts: Sequence[Scores]) -> Scores:
    total: defaultdict[int, float] = defaultdict(float)
    for part in parts:
        for document, score in part.items():
            total[document] += score
    return total


def _is_function_word(text: str, language: str) -> bool:
    """Return True if a word, or each part of a joined one (`qu'est-ce`), is a function word as
    it is written.
    """
    words = analyzer.analyze(text, language).forms
    return bool(words) and all(
        forms[-1].rpartition(folding.EXACT)[2] in _folded_function_words(language)
        if folding.EXACT in forms[-1]
        else forms[0] in _folded_function_words(language)
        for forms in words
    )


@lru_cache(maxsize=64)
def _folded_function_words(language: str) -> frozenset[str]:
    """Return a language's function words, with and without their accents."""
    words = function_words(language)
    return words | {folding.fold(word) for word in words}


def _ordered_words(query: Query) -> list[Word]:
    """Return the words in the outermost list of a query: only there the order is the writer's."""
    match query:
        case And(operands) if not any(isinstance(operand, Word) and operand.field is None for operand in operands):
            groups = [operand for operand in operands if isinstance(operand, Or | AndMaybe)]
            return _ordered_words(groups[0]) if len(groups) == 1 else []  # the rest are filters
        case And(operands) | Or(operands):
            return [operand for operand in operands if isinstance(operand, Word)]
        case AndMaybe(required, optional):
            return [*_ordered_words(required), *_ordered_words(optional)]
        case Word():
            return [query]
        case _:
            return []


def _fold_value(value: str) -> str:
    """Return a value without case, accents and extra spaces."""
    return " ".join(folding.fold(value).split())


def _field_numbers(field: str) -> set[int]:
    """Return the numbers of the fields that a query's field covers: `body` includes what a
    message quotes.
    """
    names = _SEVERAL_FIELDS.get(field, (field,))
    return {FIELDS.index(name) for name in names}


_SEVERAL_FIELDS = {"body": ("body", "quoted"), "with": ("creator", *RECIPIENT_FIELDS)}
"""Fields of a query that stand for several fields of the index."""
