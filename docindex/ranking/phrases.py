"""Phrase and proximity matching over positions of words. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PROXIMITY_WINDOW_WORDS = 8
"""The largest distance at which two words of a query count as close."""


def phrase_starts(positions: Sequence[Sequence[int]], slop: int) -> list[int]:
    """Return the position of the first word of each occurrence of a phrase.

    `positions` lists the ascending positions of each word of the phrase. Without slop the words
    follow one another. With slop they stand in any order with at most `slop` other words among
    them, and occurrences do not overlap.
    """
    if slop == 0:
        starts = set(positions[0])
        for offset, own in enumerate(positions[1:], start=1):
            starts &= {position - offset for position in own}
        return sorted(starts)
    starts_found: list[int] = []
    events = sorted((position, word) for word, own in enumerate(positions) for position in own)
    counts: Counter[int] = Counter()  # occurrences of each word between `left` and the current event
    left = 0
    for position, word in events:
        counts[word] += 1
        while len(counts) == len(positions):
            first, leaving = events[left]
            if position - first < len(positions) + slop:
                starts_found.append(first)
                counts.clear()
                left = bisect_left(events, (position + 1, 0))  # the next occurrence begins after this one
                break
            counts[leaving] -= 1
            if not counts[leaving]:
                del counts[leaving]
            left += 1
    return starts_found


def proximity(left: Sequence[int], right: Sequence[int]) -> float:
    """Return how close two words stand, from their ascending positions.

    This is the sum of 1/distance from each occurrence of the rarer word to the nearest of the
    other.
    """
    if len(left) > len(right):
        return sum(_nearest_distance_score(position, left, -1) for position in right)
    return sum(_nearest_distance_score(position, right, 1) for position in left)


def _nearest_distance_score(position: int, others: Sequence[int], direction: int) -> float:
    """Return 1/distance to the nearest other position, 0 beyond the window.

    `direction` 1 expects it ahead.
    """
    index = bisect_left(others, position)
    nearest = 0.0
    for other in others[max(0, index - 1) : index + 2]:
        distance = (other - position) * direction
        if distance < 0:
            distance = 1 - distance  # the inverse order counts as one word more
        if 0 < distance <= PROXIMITY_WINDOW_WORDS:
            nearest = max(nearest, 1.0 / distance)
    return nearest
