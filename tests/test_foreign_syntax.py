"""Operators of other tools are read as what is nearest here, and told; words stay words."""

from __future__ import annotations

import pytest

from docindex.errors import QueryError
from docindex.query.parser import parse
from docindex.query.printer import canonical


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("secret NEAR/5 accord", '"secret accord"~5'),
        ("secret NEAR accord", '"secret accord"~10'),
        ("secret W/3 accord gao", '"secret accord"~3 AND gao'),
        ("secret ADJ accord", '"secret accord"~'),
        ("secret ADJ3 accord", '"secret accord"~2'),
        ("secret NEAR/s accord", '"secret accord"~20'),
        ('"secret accord"~s', '"secret accord"~20'),
        ('"secret accord"~p', '"secret accord"~100'),
        ("/belm.*tar/", "belm*tar"),
        ("gao /acc(o|u)rd/", "gao"),
    ],
)
def test_an_operator_of_other_tools_is_read_and_told(typed: str, read: str) -> None:
    parsed = parse(typed)
    assert canonical(parsed.query) == read
    assert len(parsed.repairs) == 1
    assert canonical(parse(read).query) == read
    with pytest.raises(QueryError):
        parse(typed, strict=True)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("accord|deal", "accord OR deal"),
        ("gao accord|deal", "gao AND (accord OR deal)"),
        ("title:accord|deal", "title:accord OR title:deal"),
        ("+accord gao", "accord AND gao"),
    ],
)
def test_a_bar_and_a_plus_are_understood(typed: str, read: str) -> None:
    parsed = parse(typed)
    assert (canonical(parsed.query), parsed.repairs) == (read, ())


@pytest.mark.parametrize("typed", ["George W Bush", "PLACES NEAR ALGIERS", "/usr/lib/", "near/5 here"])
def test_words_that_look_like_operators_stay_words(typed: str) -> None:
    parsed = parse(typed)
    assert parsed.repairs == ()
    assert parse(canonical(parsed.query)).query == parsed.query


@pytest.mark.parametrize("text", ["a|b", "NEAR/5", "/x.*/", "||"])
def test_a_word_that_reads_as_an_operator_is_printed_with_an_escape(text: str) -> None:
    from docindex.query.ast import Phrase, Word, conjunction

    query = conjunction([Word("x"), Word(f"y{text}"), Phrase("z z")])
    assert parse(canonical(query)).query == query
