"""Phrases and proximity over positions."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docindex.ranking.phrases import phrase_starts, proximity

POSITIONS = st.sets(st.integers(0, 12), max_size=5).map(sorted)


@pytest.mark.parametrize(
    ("positions", "slop", "expected"),
    [
        ([[1, 5], [2, 9]], 0, [1]),
        ([[1, 5], [2, 6], [3, 8]], 0, [1]),
        ([[1], [3]], 0, []),
        ([[1], [3]], 1, [1]),
        ([[3], [1]], 1, [1]),  # in any order
        ([[1], [4]], 1, []),
        ([[1, 4], [2, 5]], 1, [1, 4]),
        ([[1, 2], [3]], 1, [1]),  # the first that fits, and none twice
        ([[1], []], 3, []),
    ],
)
def test_a_phrase_begins_where_its_words_stand(positions: list[list[int]], slop: int, expected: list[int]) -> None:
    assert phrase_starts(positions, slop) == expected


@given(st.lists(POSITIONS, min_size=2, max_size=3))
def test_without_slop_each_occurrence_is_found(positions: list[list[int]]) -> None:
    chains = [chain for chain in product(*positions) if all(b - a == 1 for a, b in pairwise(chain))]
    assert phrase_starts(positions, 0) == [first for first, *_ in chains]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ([1], [2], 1.0),
        ([2], [1], 1 / 2),
        ([1], [9], 1 / 8),
        ([1], [10], 0.0),
        ([9], [2], 1 / 8),
        ([10], [2], 0.0),
        ([1, 20], [3, 4, 21], 1 / 2 + 1),  # each of the rarer counts its nearest
        ([3, 4, 21], [5, 22], 1 + 1),
        ([], [1], 0.0),
    ],
)
def test_proximity_is_the_sum_of_inverse_distances(left: list[int], right: list[int], expected: float) -> None:
    assert proximity(left, right) == pytest.approx(expected)
