"""Terms within some edits of another, looked up in the dictionary of an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import snapshots
from contract import fill, ids, record
from rapidfuzz.distance import OSA

from docindex.engines.base import SearchRequest
from docindex.engines.whoosh.engine import WhooshEngine
from docindex.query.ast import Fuzzy

if TYPE_CHECKING:
    from pathlib import Path

LETTERS = "abc"
WORDS = sorted({a + b + c + d for a in LETTERS for b in LETTERS for c in LETTERS for d in ("", *LETTERS)})


@pytest.fixture
def engine(tmp_path: Path) -> WhooshEngine:
    records = [record(f"{number}.txt", word, language="fr") for number, word in enumerate(WORDS)]
    return fill(WhooshEngine(tmp_path), [*records, record("other.txt", "aaaa Qaddafi", language="en")])


@pytest.mark.parametrize("word", ["aaaa", "abca", "xbca", "bca", "abcab", "é"])
@pytest.mark.parametrize("edits", [1, 2, 3])
def test_all_terms_within_some_edits_are_found(engine: WhooshEngine, word: str, edits: int) -> None:
    expected = {other: OSA.distance(word, other) for other in WORDS if 0 < OSA.distance(word, other) <= edits}
    with engine.searcher() as index:
        found = {other: term for other, term in index.similar_terms(word, edits).items() if set(other) <= set(LETTERS)}
    assert {other: term.edits for other, term in found.items()} == expected
    assert {term.doc_freq for other, term in found.items() if other != "aaaa"} <= {1}


@pytest.mark.parametrize(("typed", "expected"), [("gaddafi", ["other.txt"]), ("addafi", ["other.txt"]), ("addaf", [])])
def test_the_first_letter_of_a_fuzzy_word_may_differ(engine: WhooshEngine, typed: str, expected: list[str]) -> None:
    assert ids(engine, Fuzzy(typed, None, 1)) == expected


def test_a_fuzzy_word_matches_every_term_within_its_edits(engine: WhooshEngine) -> None:
    found = snapshots.search(engine, SearchRequest(Fuzzy("abca", None, 2), limit=0))
    assert found.total == sum(OSA.distance("abca", other) <= 2 for other in WORDS) + 1  # of two records with aaaa
