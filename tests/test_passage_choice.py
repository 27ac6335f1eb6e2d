"""Passages that say what the list says anyway come last."""

from __future__ import annotations

import re

import pytest

from docindex.model.documents import Metadata, Record, Span
from docindex.search.highlighter import Match
from docindex.search.snippets import best_passages

LETTER = """From: Anna Harbour
To: Ben Quay
Subject: The harbour

Dear Ben,

We stayed at home, as it rained without an end, and nobody came to see us on that long day in May.

At last the harbour was opened again. More at https://example.org/harbour/news today, they say so.

> We heard that the harbour stays closed, and so do all the others up and down the long grey coast.
"""


def first_lines(body: str, word: str, metadata: Metadata, quoted: tuple[Span, ...] = ()) -> list[int]:
    record = Record("a.txt", None, metadata, None, body, range(1, body.count("\n") + 2), quoted=quoted)
    found = [Match(Span(*place.span()), 0) for place in re.finditer(word, body, re.IGNORECASE)]
    return [passage.line for passage in best_passages(record, found, width=60)]


def test_lines_that_the_metadata_say_addresses_and_quotes_are_left_out_beside_own_text() -> None:
    quote = LETTER.index("> We")
    known = Metadata(title="The harbour", creator="Anna Harbour", to=("Ben Quay",))
    assert first_lines(LETTER, "harbour", known, (Span(quote, len(LETTER)),)) == [9]


def test_a_line_that_the_metadata_do_not_say_is_shown() -> None:
    assert 1 in first_lines(LETTER, "harbour", Metadata(title="Another"))


@pytest.mark.parametrize("word", ["quay", "example"])
def test_a_match_that_stands_nowhere_else_is_shown(word: str) -> None:
    known = Metadata(title="The harbour", creator="Anna Harbour", to=("Ben Quay",))
    assert len(first_lines(LETTER, word, known)) == 1
