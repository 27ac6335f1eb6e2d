"""Passages: the pieces of a record that are shown, and their bounds."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from docindex.model.documents import Metadata, Record, Span
from docindex.search.highlighter import Match
from docindex.search.snippets import best_passages


def record(body: str) -> Record:
    return Record("a.txt", None, Metadata(), None, body, range(1, body.count("\n") + 2))


def shown(text: str, *words: str, width: int = 60, count: int | None = 3) -> list[str]:
    """Return the passages for words, each a leaf of its own, with the matches between angle
    quotes.
    """
    found = sorted(
        Match(Span(*place.span()), leaf) for leaf, word in enumerate(words) for place in re.finditer(word, text)
    )
    pieces = []
    for passage in best_passages(record(text), found, width=width, count=count):
        piece, done = "", 0
        for mark in passage.marks:
            piece += f"{passage.text[done : mark.start]}‹{passage.text[mark.start : mark.stop]}›"
            done = mark.stop
        pieces.append(piece + passage.text[done:])
    return pieces


def test_a_passage_is_the_sentence_around_the_match() -> None:
    text = "The first sentence is long enough to be left out. Here stands the word. A third sentence follows it here."
    assert shown(text, "word") == ["Here stands the ‹word›. A third sentence follows it here."]


def test_what_is_said_again_is_shown_once() -> None:
    again = "The word stands here with the others. "
    text = again + "Blank. " * 20 + again + "Void. " * 20 + "Another word of mine, alone. " + "Null. " * 20 + again
    assert shown(text, "word", count=2) == [
        "The ‹word› stands here with the others. Blank. Blank. Blank.",
        "Void. Void. Void. Void. Another ‹word› of mine, alone. Null.",
    ]
    assert len(shown(text, "word", count=None)) == 4


def test_a_short_text_is_shown_whole() -> None:
    assert shown("All of it: a word.", "word") == ["All of it: a ‹word›."]


def test_matches_that_stand_together_share_a_passage() -> None:
    assert shown("one two three", "one", "three") == ["‹one› two ‹three›"]


def test_the_passage_with_more_of_the_words_is_chosen() -> None:
    text = "alpha " + "x " * 100 + "alpha beta " + "y " * 100 + "beta"
    (best,) = shown(text, "alpha", "beta", count=1)
    assert "‹alpha› ‹beta›" in best


def test_passages_stand_in_the_order_of_the_text() -> None:
    text = "alpha " + "x " * 100 + "alpha beta " + "y " * 100 + "beta"
    first, second, third = shown(text, "alpha", "beta", count=3)
    assert (first[:7], "‹alpha› ‹beta›" in second, third[-6:]) == ("‹alpha›", True, "‹beta›")


def test_all_matches_are_shown_if_asked_for() -> None:
    text = "word " + "x " * 5_000 + "word " + "y " * 5_000 + "word"
    assert sum(piece.count("‹word›") for piece in shown(text, "word", count=None)) == 3


def test_passages_that_stand_side_by_side_meet_where_a_sentence_ends() -> None:
    text = " ".join(f"Entry {number} tells of the word." for number in range(1, 9))
    assert shown(text, "word", width=60, count=2) == [
        "Entry 1 tells of the ‹word›. Entry 2 tells of the ‹word›.",
        "Entry 3 tells of the ‹word›. Entry 4 tells of the ‹word›. Entry",
    ]


def test_no_passage_crosses_a_page() -> None:
    assert shown("before\fthe word\fafter", "word") == ["the ‹word›"]
    assert shown("a word and a word\fa word\nhere", "word") == ["a ‹word› and a ‹word›", "a ‹word›\nhere"]


def test_a_record_that_matches_elsewhere_shows_its_beginning() -> None:
    assert shown("It begins like this. " * 10, "nothing") == ["It begins like this. It begins like this."]
    assert shown(" \n ", "nothing") == []


texts = st.text(st.sampled_from("ab cd. \n\fé!"), max_size=400)
spans = st.lists(st.tuples(st.integers(0, 399), st.integers(1, 30), st.integers(0, 3)), max_size=12)


@given(texts, spans, st.integers(1, 80), st.one_of(st.none(), st.integers(1, 4)))
def test_passages_lie_in_the_text_and_marks_in_passages(
    text: str, places: list[tuple[int, int, int]], width: int, count: int | None
) -> None:
    found = sorted(
        Match(Span(start, min(start + length, len(text))), leaf) for start, length, leaf in places if start < len(text)
    )
    chosen = best_passages(record(text), found, width=width, count=count)
    assert count is None or len(chosen) <= count
    edges = [edge for passage in chosen for edge in (passage.start, passage.start + len(passage.text))]
    assert edges == sorted(edges)
    for passage in chosen:
        assert passage.text
        assert passage.text == text[passage.start : passage.start + len(passage.text)]
        assert all(0 <= mark.start < mark.stop <= len(passage.text) for mark in passage.marks)
        assert all(left.stop <= right.start for left, right in zip(passage.marks, passage.marks[1:], strict=False))
    if count is None:
        covered = {
            passage.start + index
            for passage in chosen
            for mark in passage.marks
            for index in range(mark.start, mark.stop)
        }
        assert covered == {index for match in found for index in range(match.span.start, match.span.stop)}


def test_a_passage_tells_the_line_and_the_page_of_its_first_match() -> None:
    body = "one\ntwo\n\fthree " + "x " * 100 + "word\nword"
    place = body.index("word")
    (passage,) = best_passages(record(body), [Match(Span(place, place + 4), 0)], width=40)
    assert (passage.line, passage.page, passage.start > body.index("three")) == (3, 2, True)
