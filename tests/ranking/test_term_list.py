"""The vocabulary: a beginning is found by bisection exactly as by looking at every form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from docindex.ranking.term_list import TermList, split_terms

FORMS = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), min_size=1, max_size=6)
COUNTED = {"": 9, "a": 1, "accord": 4, "accorde": 2, "acte": 3, "é": 5, "بلمختار": 6, "\U0001f600": 7}


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("", list(COUNTED)),
        ("a", ["a", "accord", "accorde", "acte"]),
        ("acc", ["accord", "accorde"]),
        ("accord", ["accord", "accorde"]),
        ("accordez", []),
        ("b", []),
        ("é", ["é"]),
        ("بل", ["بلمختار"]),
        ("\U0001f600", ["\U0001f600"]),
        ("\U0010ffff", []),
    ],
)
def test_a_beginning_gives_the_forms_that_have_it(prefix: str, expected: list[str]) -> None:
    assert split_terms(TermList.from_doc_freqs(COUNTED).with_prefix(prefix)) == expected


def test_an_empty_vocabulary_holds_nothing() -> None:
    empty = TermList.from_doc_freqs({})
    assert (empty.with_prefix(""), empty.with_prefix("a"), empty.terms, empty.doc_freqs({"a"})) == ("", "", [], {})


def test_counts_stand_beside_their_forms() -> None:
    assert TermList.from_doc_freqs(COUNTED).doc_freqs({"acte", "é", "nowhere"}) == {"acte": 3, "é": 5}
    assert [TermList.from_doc_freqs(COUNTED).doc_freq(form) for form in ("", "a", "accorde", "acc", "é", "z")] == [
        9,
        1,
        2,
        0,
        5,
        0,
    ]
    assert TermList.from_doc_freqs(COUNTED).doc_freqs({"acte", "accord"}, "ac") == {"accord": 4, "acte": 3}


@given(st.sets(FORMS), FORMS)
def test_bisection_finds_what_a_look_at_each_form_finds(forms: set[str], prefix: str) -> None:
    found = TermList.from_doc_freqs(dict.fromkeys(forms, 1)).with_prefix(prefix)
    assert split_terms(found) == sorted(form for form in forms if form.startswith(prefix))


@given(st.dictionaries(FORMS, st.integers(1, 99)), FORMS, st.sampled_from([1, 5, 1 << 14]))
def test_counts_are_those_of_the_forms_wherever_they_stand(counted: dict[str, int], form: str, block: int) -> None:
    made = TermList.from_doc_freqs(counted, block)
    assert {one: made.doc_freq(one) for one in {*counted, form}} == {form: 0} | counted
    beginning = {one: count for one, count in counted.items() if one.startswith(form[:1])}
    assert made.doc_freqs(counted.keys(), form[:1]) == beginning


LETTERS = st.text("abé", min_size=3, max_size=7)


@given(st.sets(LETTERS | FORMS), LETTERS)
def test_within_one_edit_is_what_an_edit_distance_of_one_is(forms: set[str], form: str) -> None:
    found = TermList.from_doc_freqs(dict.fromkeys(forms, 1)).within_one_edit(form)
    assert found == {other for other in forms if OSA.distance(form, other) == 1}


@given(st.sets(FORMS), FORMS)
def test_an_end_gives_the_forms_that_have_it(forms: set[str], suffix: str) -> None:
    found = list(TermList.from_doc_freqs(dict.fromkeys(forms, 1)).with_suffix(suffix))
    assert found == sorted(form for form in forms if form.endswith(suffix))
