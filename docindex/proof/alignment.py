"""Alignment of a quotation with the words of a record, word by word.

The longest matching blocks are those of Ratcliff and Obershelp (`difflib`).
"""

from __future__ import annotations

from collections import defaultdict
from difflib import Match, SequenceMatcher
from itertools import groupby, islice
from math import log
from typing import TYPE_CHECKING, NamedTuple

from docindex.proof.ocr_errors import looks_like, most_similar_form

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docindex.proof.tokens import Token

OCR_WORD_SCORE = 0.8
"""Share of a word that counts for one that differs from it by a letter or two."""
DIAGONAL_WORDS = 12
"""Words by which an occurrence may be displaced and still vote for the same place."""
MAX_PLACES = 4
"""Places of a record that are aligned."""
MAX_EXACT_PLACES = 50
"""Places of a record that hold a piece word for word: one may stand in order with others."""
MAX_WORD_OCCURRENCES = 400
"""Occurrences in a record, beyond which a word votes for no place."""

Opcode = tuple[str, int, int, int, int]
"""An operation of `difflib`: its tag, words of the quotation, words of the source."""


class Placement(NamedTuple):
    """A piece's words aligned with the words of a record from one place to another."""

    agreement: float  # words that agree, OCR noise in part
    longest: int  # words in the longest equal run
    start: int
    stop: int  # word numbers in the record
    opcodes: Sequence[Opcode]


def placements(piece: Sequence[Token], source: Sequence[Token]) -> list[Placement]:
    """Return the alignments of a piece with the places of a source that hold most of its words,
    the best first.
    """
    wanted = [token.folded for token in piece]
    held: defaultdict[str, list[int]] = defaultdict(list)
    asked = set(wanted)
    for number, token in enumerate(source):
        if token.folded in asked:
            held[token.folded].append(number)
    weights: dict[int, float] = defaultdict(float)
    for at, form in enumerate(wanted):
        places = held.get(form, [])
        if len(places) <= MAX_WORD_OCCURRENCES:
            worth = log(1 + len(source) / max(1, len(places)))
            for number in places:
                weights[(number - at) // DIAGONAL_WORDS] += worth
    ranked = sorted(weights, key=lambda place: -(weights[place] + weights.get(place + 1, 0.0)))
    forms = [token.folded for token in source]
    found = [*islice(_exact_placements(wanted, forms, held.get(wanted[0], ())), MAX_EXACT_PLACES)]
    for place in islice(ranked, MAX_PLACES):
        placement = _placement_around(wanted, forms, place * DIAGONAL_WORDS)
        if placement and placement not in found:
            found.append(placement)
    return sorted(found, key=lambda one: -one.agreement)


def _exact_placements(wanted: list[str], source: list[str], first_words: Iterable[int]) -> Iterator[Placement]:
    """Yield the places of a source that hold all words of a piece, and nothing between them."""
    length = len(wanted)
    for at in first_words:
        if source[at : at + length] == wanted:
            yield Placement(float(length), length, at, at + length, [("equal", 0, length, at, at + length)])


def _placement_around(wanted: list[str], source: list[str], at: int) -> Placement | None:
    """Align a piece with the words around a place: equal words, and if these leave some over,
    similar ones too.
    """
    first = max(0, at - DIAGONAL_WORDS)
    window = source[first : max(0, at) + len(wanted) + 3 * DIAGONAL_WORDS]
    best = _placement_in_window(wanted, window, window, first)
    if best is not None and best.agreement == len(wanted) == best.stop - best.start:
        return best
    forms = frozenset(wanted)
    as_read = [form if form in forms else most_similar_form(form, forms) for form in window]
    similar = _placement_in_window(wanted, as_read, window, first) if as_read != window else None
    found = [one for one in (best, similar) if one is not None]
    return max(found, key=lambda one: one.agreement / max(len(wanted), one.stop - one.start), default=None)


def _placement_in_window(wanted: list[str], as_read: list[str], window: list[str], first: int) -> Placement | None:
    """Align a piece with the words of a window. Stray words far from the rest are cut off."""
    matched = SequenceMatcher(None, wanted, as_read, autojunk=False).get_matching_blocks()
    blocks = _without_strays([block for block in matched if block.size], len(wanted))
    if not blocks:
        return None
    start = max(0, blocks[0].b - blocks[0].a)
    last = blocks[-1]
    stop = min(len(window), last.b + last.size + len(wanted) - last.a - last.size)
    aligned = SequenceMatcher(None, wanted, as_read[start:stop], autojunk=False).get_opcodes()
    if aligned[-1][0] == "insert":
        stop -= aligned[-1][4] - aligned[-1][3]
        del aligned[-1]
    opcodes = [split for opcode in aligned for split in _split_similar(opcode, wanted, window[start:stop])]
    agreement = 0.0
    longest = 0
    for tag, a1, a2, b1, b2 in opcodes:
        if tag == "equal":
            agreement += a2 - a1
            longest = max(longest, a2 - a1)
        elif tag == "replace":
            pairs = zip(wanted[a1:a2], window[start + b1 : start + b2], strict=False)
            agreement += OCR_WORD_SCORE * sum(looks_like(one, other) for one, other in pairs)
    shifted = [(tag, a1, a2, first + start + b1, first + start + b2) for tag, a1, a2, b1, b2 in opcodes]
    return Placement(agreement, longest, first + start, first + stop, shifted)


def _without_strays(blocks: list[Match], wanted_words: int) -> list[Match]:
    """Return the blocks without those at either end that only stretch the passage."""
    if len(blocks) < 2:
        return blocks
    without_first = (blocks[number:] for number in range(len(blocks)))
    kept = max(without_first, key=lambda some: _agreeing_share(some, wanted_words))
    without_last = (kept[:number] for number in range(len(kept), 0, -1))
    return max(without_last, key=lambda some: _agreeing_share(some, wanted_words))


def _agreeing_share(blocks: Sequence[Match], wanted_words: int) -> float:
    """Return the share of a passage that its matching blocks cover."""
    return sum(block.size for block in blocks) / _passage_words(blocks, wanted_words)


def _passage_words(blocks: Sequence[Match], wanted_words: int) -> int:
    """Return the words of a passage from the first to the last block, as long as the piece at
    least.
    """
    first, last = blocks[0], blocks[-1]
    within = last.b + last.size - first.b
    return max(wanted_words, within + first.a + wanted_words - last.a - last.size)


def _split_similar(opcode: Opcode, wanted: Sequence[str], source: Sequence[str]) -> Iterator[Opcode]:
    """Split a run that agrees into words that are equal and words that are only similar."""
    tag, a1, a2, b1, b2 = opcode
    if tag != "equal" or wanted[a1:a2] == source[b1:b2]:
        yield opcode
        return
    for is_equal, run in groupby(range(a2 - a1), lambda at: wanted[a1 + at] == source[b1 + at]):
        numbers = list(run)
        low, high = numbers[0], numbers[-1] + 1
        yield "equal" if is_equal else "replace", a1 + low, a1 + high, b1 + low, b1 + high


def best_in_order(choices: Sequence[Sequence[Placement]]) -> list[Placement] | None:
    """Return one placement for each piece, each behind the one before it, that agree best.

    None if there are none.
    """
    best: dict[int, tuple[float, list[Placement]]] = {0: (0.0, [])}
    for placements in choices:
        following: dict[int, tuple[float, list[Placement]]] = {}
        for stop, (agreement, chosen) in best.items():
            for placement in placements:
                if placement.start >= stop:
                    total = agreement + placement.agreement
                    if total > following.get(placement.stop, (0.0, []))[0]:
                        following[placement.stop] = (total, [*chosen, placement])
        best = following
    return max(best.values(), key=lambda one: one[0])[1] if best else None
