"""Records that may hold a quotation, or may be what it translates."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from docindex.analysis import folding
from docindex.engines.base import SearchRequest
from docindex.proof.tokens import WORD, tokens
from docindex.query.ast import AndMaybe, Or, Phrase

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from docindex.engines.base import Searcher
    from docindex.model.documents import Record
    from docindex.proof.quotations import Quotation
    from docindex.proof.tokens import Token
    from docindex.query.ast import Query

MIN_SHARED_NAMES, MAX_TRANSLATED_RECORDS = 2, 3
"""Names and numbers that a record shares with a quotation that may translate it, and such records
that are told.
"""
MAX_RECORDS = 24
"""Records that are aligned with a quotation."""
MAX_SEED_WORDS, MIN_SEED_WORDS = 8, 3
"""The rarest words of a quotation, by which its records are looked for."""
MAX_SEED_PHRASES, SEED_PHRASE_WORDS = 6, 3
WINDOW_WORDS = 6
"""Words of the phrase by which a verbatim quotation is looked for."""
MAX_SEED_POSTINGS = 60_000
"""Postings that a search for one quotation reads, but for its rarest words."""


class CandidateFinder:
    """Finds the records of one quotation by its rarest words.

    A common word costs much in a large index and tells little: it is looked up only beside a rare
    one.
    """

    def __init__(self, quotation: Quotation, pieces: Sequence[Sequence[Token]], index: Searcher) -> None:
        self._texts = quotation.pieces
        self._pieces = pieces
        self._index = index
        self._doc_freqs = {form: index.doc_freq(form) for piece in pieces for form in {one.folded for one in piece}}

    def records_with_phrase(self) -> Iterator[Record]:
        """Yield records that hold the rarest words of the longest piece side by side."""
        number = max(range(len(self._pieces)), key=lambda one: len(self._pieces[one]))
        piece, text = self._pieces[number], self._texts[number]
        windows = [piece[at : at + WINDOW_WORDS] for at in range(max(1, len(piece) - WINDOW_WORDS + 1))]
        rarest = min(windows, key=self._total_postings)
        phrase = Phrase(text[rarest[0].start : rarest[-1].stop])
        response = self._index.search(SearchRequest(phrase, MAX_RECORDS))
        others = self._rare_words(leave_out={token.folded for token in rarest})
        if response.total > MAX_RECORDS and others:  # the quotation's other words choose among them
            response = self._index.search(SearchRequest(AndMaybe(phrase, Or(tuple(others))), MAX_RECORDS))
        yield from (record for record, _ in response.hits)

    def records_with_words(self) -> Iterator[Record]:
        """Yield records that hold the rarest words and some short phrases of the quotation, best
        first.
        """
        seeds = [*self._rare_words(), *self._seed_phrases()]
        if seeds:
            # Within another clause they are no list of words of a user's: nothing is added to them.
            query = Or((Or(tuple(seeds)),))
            yield from (record for record, _ in self._index.search(SearchRequest(query, MAX_RECORDS)).hits)

    def _total_postings(self, tokens: Sequence[Token]) -> int:
        """Return the postings of some words; a word that the index lacks counts as the most common
        one.
        """
        most = self._index.state.records
        return sum(self._doc_freqs[token.folded] or most for token in tokens)

    def _rare_words(self, leave_out: Collection[str] = ()) -> list[Query]:
        """Return the rarest words as phrases of one word, which ask for no other forms of them."""
        known = {form: count for form, count in self._doc_freqs.items() if count and form not in leave_out}
        read = 0
        found: list[Query] = []
        for form in sorted(known, key=lambda form: (known[form], form))[:MAX_SEED_WORDS]:
            read += known[form]
            if read > MAX_SEED_POSTINGS and len(found) >= MIN_SEED_WORDS:
                break
            found.append(Phrase(form))
        return found

    def _seed_phrases(self) -> list[Query]:
        """Return the runs of some words that have the rarest of them, as they are written."""
        runs = [
            (min(self._doc_freqs[token.folded] or self._index.state.records for token in run), text, run)
            for text, piece in zip(self._texts, self._pieces, strict=True)
            for at in range(0, len(piece) - SEED_PHRASE_WORDS + 1, SEED_PHRASE_WORDS)
            if (run := piece[at : at + SEED_PHRASE_WORDS]) and self._total_postings(run) <= MAX_SEED_POSTINGS
        ]
        runs.sort(key=lambda one: one[0])
        return [Phrase(text[run[0].start : run[-1].stop]) for _, text, run in runs[:MAX_SEED_PHRASES]]


def records_with_names(quotation: Quotation, index: Searcher) -> tuple[tuple[Record, ...], tuple[str, ...]]:
    """Return the records that share the most names and numbers with a quotation, and those of the
    first.

    A quotation may be translated from one of them.
    """
    names = _names_and_numbers(quotation)
    if len(names) < MIN_SHARED_NAMES:
        return (), ()
    shared: dict[str, tuple[Record, list[str]]] = {}
    query = Or((Or(tuple(Phrase(name) for name in names)),))
    for record, _ in index.search(SearchRequest(query, MAX_RECORDS)).hits:
        held = {token.folded for token in tokens(f"{record.title} {record.body}")}
        common = [name for name in names if folding.fold(name) in held]
        if len(common) >= MIN_SHARED_NAMES:
            shared[record.id] = (record, common)
    ranked = sorted(shared.values(), key=lambda one: -len(one[1]))[:MAX_TRANSLATED_RECORDS]
    return tuple(record for record, _ in ranked), tuple(ranked[0][1] if ranked else ())


def _names_and_numbers(quotation: Quotation) -> list[str]:
    """Return the capitalised words, but for the first of a sentence, and the numbers."""
    found: list[str] = []
    for piece in quotation.pieces:
        words = list(WORD.finditer(piece))
        for before, word in pairwise([None, *words]):
            text = word[0] if word else ""
            opens = (
                before is None or bool(re.search(r"[.!?:]\s*$", piece[before.end() : word.start()])) if word else True
            )
            if text[:1].isdigit() or (text[:1].isupper() and len(text) > 2 and not opens):
                found.append(text)
    return list(dict.fromkeys(found))
