"""Costs of misspellings: how far a typed word is from each word that may be meant.

Pure. The model is a noisy channel (Brill and Moore, An Improved Error Model for Noisy Channel
Spelling Correction, 2000). A writer turns segments of up to two letters into others, each at its
cost, which is the negative logarithm of its learned probability: `ph` to `f` is cheap, `p` to `z`
is not. `tests/benchmarks/learn_misspellings.py` learns `misspellings.json` from pairs of words.

All candidates are compared at once, in C.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from docindex.analysis import phonetics

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Costs = NDArray[np.float32]

INSERTION_COST = 3.6
DELETION_COST = 3.3
SUBSTITUTION_COST = 4.2
SWAP_COST = 3.0
DOUBLED_LETTER_COST = 2.0
"""Cost of one letter typed as two of its kind."""
UNDOUBLED_LETTER_COST = 1.6
"""Cost of a double letter typed as one."""

CHANNEL_WEIGHT = 0.22
CHANNEL_PER_LETTER_WEIGHT = 0.9
"""Weight of the channel's cost by the letters of the longer word, as short words hold few edits."""
FIRST_LETTER_WEIGHT = 1.1
"""Weight of another first letter, which writers seldom miss."""
CONSONANT_EDIT_WEIGHT = 0.8
"""Weight of an edit between the consonants of the words."""
SOUND_WEIGHT = 0.48
"""Weight of the log-odds that the words do not sound alike."""
MIN_SOUND, MAX_SOUND = 1e-5, 1.0 - 1e-3
"""Bounds of the likeness of sounds."""

_IMPOSSIBLE = 1e3
_WEAK_LETTERS = re.compile("[aeiouyhw]")
_SAME_CONSONANT = str.maketrans("czqg", "sskj")

Edits = dict[tuple[str, str], float]
"""Costs of intended segments and the segments typed for them."""


@cache
def learned_edits() -> Edits:
    """Return the costs that come with docindex."""
    text = files("docindex.analysis").joinpath("misspellings.json").read_text(encoding="utf-8")
    written: Mapping[str, Mapping[str, float]] = json.loads(text)
    return {(intended, typed): cost for intended, row in written.items() for typed, cost in row.items()}


def misspelling_costs(typed: str, words: Sequence[str]) -> list[float]:
    """Return a cost for each word: the lower, the likelier it is that the word is meant."""
    if not words:
        return []
    from rapidfuzz.distance import OSA  # few searches need it, and it is slow to import

    channel = channel_costs(typed, words, learned_edits())
    consonants = _consonants(typed)
    return [
        cost * CHANNEL_WEIGHT
        + cost / max(len(typed), len(word)) * CHANNEL_PER_LETTER_WEIGHT
        + (0.0 if typed[0] == word[0] else FIRST_LETTER_WEIGHT)
        + CONSONANT_EDIT_WEIGHT * OSA.distance(consonants, _consonants(word))
        + SOUND_WEIGHT * unlike
        for cost, word, unlike in zip(channel, words, _sound_costs(typed, words), strict=True)
    ]


def _sound_costs(typed: str, words: Sequence[str]) -> list[float]:
    """Return the log-odds that each word does not sound as the typed one."""
    lines = "".join(f"{word}\n" for word in words)
    likeness = phonetics.similarities(phonetics.split(f"{typed}\n"), phonetics.split(lines))
    likeness = np.clip(likeness, MIN_SOUND, MAX_SOUND)
    return [float(cost) for cost in np.log((1.0 - likeness) / likeness)]


def bounded(word: str) -> str:
    """Return a word between signs for its beginning and its end."""
    return f"^{word}$"


def _consonants(word: str) -> str:
    """Return the first letter and the consonants that follow it, those of one sound alike."""
    return word[0] + _WEAK_LETTERS.sub("", word[1:].translate(_SAME_CONSONANT))


def channel_costs(typed: str, words: Sequence[str], edits: Edits) -> list[float]:
    """Return the cost of the cheapest way from each word to the typed one."""
    typed, words = bounded(typed), [bounded(word) for word in words]
    letters = sorted({*typed, *"".join(words)})
    codes = {letter: code for code, letter in enumerate(letters, start=1)}
    table = _SegmentCosts(codes, edits, typed)
    lengths = np.array([len(word) for word in words])
    longest = int(lengths.max())
    single = np.zeros((longest, len(words)), np.int32)  # a row a letter: each step reads one
    for column, word in enumerate(words):
        single[: len(word), column] = [codes[letter] for letter in word]
    pairs = np.zeros_like(single)
    pairs[1:] = single[:-1] * table.base + single[1:]
    deletions = table.costs("", 1)[single]
    rows: list[Costs] = []
    for end in range(len(typed) + 1):
        row = np.full((longest + 1, len(words)), _IMPOSSIBLE, np.float32)
        if end == 0:
            row[0] = 0.0
        for size in (1, 2):
            if end < size:
                continue
            segment, before = typed[end - size : end], rows[end - size]
            np.minimum(row, before + table.costs(segment, 0)[0], out=row)
            np.minimum(row[1:], before[:-1] + table.costs(segment, 1)[single], out=row[1:])
            np.minimum(row[2:], before[:-2] + table.costs(segment, 2)[pairs][1:], out=row[2:])
        for index in range(longest):
            np.minimum(row[index + 1], row[index] + deletions[index], out=row[index + 1])
        rows.append(row)
    return [float(cost) for cost in rows[-1][lengths, np.arange(len(words))]]


class _SegmentCosts:
    """The costs of all intended segments for the segments of one typed word."""

    def __init__(self, codes: Mapping[str, int], edits: Edits, typed: str) -> None:
        self.base = len(codes) + 1
        self._codes = codes
        wanted = {"", *typed, *(typed[index : index + 2] for index in range(len(typed) - 1))}
        self._edits = [
            (intended, segment, cost)
            for (intended, segment), cost in edits.items()
            if segment in wanted and all(letter in codes for letter in intended)
        ]
        self._made: dict[tuple[str, int], Costs] = {}

    def costs(self, segment: str, size: int) -> Costs:
        """Return the cost of a typed segment for each intended segment of a size, by its code."""
        key = segment, size
        if key not in self._made:
            self._made[key] = self._make(segment, size)
        return self._made[key]

    def _make(self, segment: str, size: int) -> Costs:
        usual = {(1, 0): INSERTION_COST, (1, 1): SUBSTITUTION_COST, (0, 1): DELETION_COST}
        costs = np.full(self.base**size, usual.get((len(segment), size), _IMPOSSIBLE), np.float32)
        for intended, typed, cost in self._edits:
            if typed == segment and len(intended) == size:
                costs[self._code(intended)] = cost
        if segment and size:
            same = self._code(segment * (3 - len(segment)) if size == 2 else segment[0])
            if len(segment) == size == 1:
                costs[same] = 0.0
            elif len(segment) == size and segment[0] != segment[1]:
                swapped = self._code(segment[::-1])
                costs[swapped] = min(costs[swapped], SWAP_COST)
            elif len(segment) == 1:
                costs[same] = min(costs[same], UNDOUBLED_LETTER_COST)
            elif size == 1 and segment[0] == segment[1]:
                costs[same] = min(costs[same], DOUBLED_LETTER_COST)
        return costs

    def _code(self, segment: str) -> int:
        code = 0
        for letter in segment:
            code = code * self.base + self._codes[letter]
        return code
