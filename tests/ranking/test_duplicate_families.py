"""Families of near-duplicates: who belongs together, and which families need no second look."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docindex.ranking.duplicate_families import MAX_CLIQUE, Signatures, families, related
from docindex.ranking.near_duplicates import (
    BAND_HASHES,
    MIN_EQUAL_HASHES,
    NUM_BANDS,
    NUM_HASHES,
    are_near_duplicates,
    group_documents,
)

FAR = NUM_HASHES - MIN_EQUAL_HASHES  # places in which near-duplicates differ at most

DRAWN = st.lists(
    st.one_of(
        st.sampled_from([b"", b"a" * 16, b"b" * 16]),
        st.tuples(st.sampled_from(range(3)), st.sets(st.integers(0, NUM_HASHES - 1), max_size=20)).map(
            lambda drawn: bytes(200 if place in drawn[1] else drawn[0] for place in range(NUM_HASHES))
        ),
    ),
    max_size=12,
)


def changed(one: bytes, places: range) -> bytes:
    return bytes(value ^ 1 if place in places else value for place, value in enumerate(one))


def found(signatures: list[bytes]) -> list[int]:
    return families(Signatures.of(signatures)).tolist()


@given(DRAWN)
def test_near_duplicates_are_of_one_family_and_others_need_a_chain(drawn: list[bytes]) -> None:
    own = found(drawn)
    chained = {number: {number} for number in range(len(drawn))}
    for one, other in combinations(range(len(drawn)), 2):
        if are_near_duplicates(drawn[one], drawn[other]):
            joined = chained[one] | chained[other]
            chained |= dict.fromkeys(joined, joined)
    for number, family in enumerate(own):
        assert {other for other, its in enumerate(own) if its == family and its} | {number} == chained[number]


@given(DRAWN)
def test_each_two_of_a_clique_are_near_duplicates(drawn: list[bytes]) -> None:
    own = found(drawn)
    for family in set(own) - {0}:
        members = [signature for signature, its in zip(drawn, own, strict=True) if its == family]
        every = all(are_near_duplicates(one, other) for one, other in combinations(members, 2))
        assert (family > 0) == every


@given(DRAWN)
def test_groups_of_a_search_lie_within_families(drawn: list[bytes]) -> None:
    own = found(drawn)
    for group in group_documents(enumerate(drawn), only=True):
        assert len({own[number] for number in group}) == 1
        assert own[group[0]] != 0


def test_a_chain_is_one_family_and_no_clique() -> None:
    first = bytes(NUM_HASHES)
    second = changed(first, range(FAR))
    third = changed(second, range(FAR, 2 * FAR))
    assert found([first, second]) == [1, 1]
    own = found([first, third, second, b"x" * 16])
    assert own[0] == own[1] == own[2] < 0
    assert own[3] == 0


def test_a_family_too_large_to_compare_is_no_clique() -> None:
    crowd = [changed(bytes(NUM_HASHES), range(number, number + 1)) for number in range(MAX_CLIQUE + 1)]
    assert set(map(np.sign, found(crowd))) == {-1}
    assert set(map(np.sign, found(crowd[:MAX_CLIQUE]))) == {1}
    assert set(map(np.sign, found(crowd[:MAX_CLIQUE] * 3))) == {1}


@given(DRAWN, st.data())
def test_all_that_a_new_document_may_be_alike_are_related(drawn: list[bytes], data: st.DataObject) -> None:
    is_new = data.draw(st.lists(st.booleans(), min_size=len(drawn), max_size=len(drawn)))
    near = related(Signatures.of(drawn), np.array(is_new, np.bool_)).tolist()
    for number, signature in enumerate(drawn):
        if any(new and are_near_duplicates(signature, drawn[other]) for other, new in enumerate(is_new)):
            assert near[number]


@pytest.mark.parametrize("band", [0, NUM_BANDS - 1])
def test_documents_that_share_only_a_band_are_alone(band: int) -> None:
    shared = range(band * BAND_HASHES, (band + 1) * BAND_HASHES)
    one = bytes(NUM_HASHES)
    other = bytes(0 if place in shared else 1 for place in range(NUM_HASHES))
    assert found([one, other]) == [0, 0]
