"""Records that may hold a quotation, or may be what it translates."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from docindex.analysis import folding
from docindex.engines.base import SearchRequest
from docindex.proof.tokens import WORD, tokens
from docindex.query.ast import Or, Phrase, Word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
MAX_SEEDWORDS, MAX_SEED_PHRASES, SEED_PHRASEWORDS = 8, 6, 3
MAX_DOC_FREQ_SHARE = 0.2
"""Words in a larger share of the records do not find any."""


def records_with_phrase(quotation: Quotation, index: Searcher) -> Iterator[Record]:
    """Yield records that hold the longest piece as a phrase."""
    longest = max(quotation.pieces, key=len)
    yield from (record for record, _ in index.search(SearchRequest(Phrase(longest, "body"), MAX_RECORDS)).hits)


def records_with_words(quotation: Quotation, pieces: Sequence[Sequence[Token]], index: Searcher) -> Iterator[Record]:
    """Yield records that hold the rarest words and some short phrases of the quotation, the best
    first.
    """
    most = max(1, int(index.state.records * MAX_DOC_FREQ_SHARE))
    forms = {token.folded for piece in pieces for token in piece if not token.folded.isdigit() or len(token.folded) > 2}
    counted = {form: index.doc_freq(form) for form in forms}
    rare = sorted((form for form, count in counted.items() if count > 0), key=lambda form: counted[form])
    seeds: list[Query] = [Word(form, "body") for form in rare[:MAX_SEEDWORDS] if counted[form] <= most or len(rare) < 3]
    seeds += [Phrase(phrase, "body") for phrase in _seed_phrases(quotation, pieces, counted)]
    if seeds:
        query = Or(tuple(seeds)) if len(seeds) > 1 else seeds[0]
        yield from (record for record, _ in index.search(SearchRequest(query, MAX_RECORDS)).hits)


def _seed_phrases(quotation: Quotation, pieces: Sequence[Sequence[Token]], counted: dict[str, int]) -> list[str]:
    """Return the runs of some words that have the rarest of them, as they are written."""
    runs = [
        (
            min((counted.get(token.folded, 0) or 1 << 60 for token in run), default=1 << 60),
            text[run[0].start : run[-1].stop],
        )
        for text, piece in zip(quotation.pieces, pieces, strict=True)
        for at in range(0, len(piece) - SEED_PHRASEWORDS + 1, SEED_PHRASEWORDS)
        if (run := piece[at : at + SEED_PHRASEWORDS])
    ]
    return [text for _, text in sorted(runs)[:MAX_SEED_PHRASES]]


def records_with_names(quotation: Quotation, index: Searcher) -> tuple[tuple[Record, ...], tuple[str, ...]]:
    """Return the records that share the most names and numbers with a quotation, and those of the
    first.

    A quotation may be translated from one of them.
    """
    names = _names_and_numbers(quotation)
    if len(names) < MIN_SHARED_NAMES:
        return (), ()
    shared: dict[str, tuple[Record, list[str]]] = {}
    query = Or(tuple(Word(name) for name in names))
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
