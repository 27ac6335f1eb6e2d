"""Differences between a quotation and its source, each with its kind."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from docindex.proof.ocr_errors import is_ocr_error
from docindex.proof.word_lists import negations, numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docindex.engines.base import Searcher
    from docindex.proof.alignment import Opcode, Placement
    from docindex.proof.tokens import Token


def differing_segments(
    text: str,
    piece: Sequence[Token],
    body: str,
    source: Sequence[Token],
    placement: Placement,
    language: str,
    index: Searcher,
) -> Iterator[tuple[str, str, str]]:
    """Yield the parts of a piece that are equal and those that differ: kind, the quotation's
    text, the source's.
    """
    for tag, a1, a2, b1, b2 in _with_words_rejoined(placement.opcodes, piece, source):
        if tag == "replace" and a2 - a1 == b2 - b1 and not _have_same_numbers(piece[a1:a2], source[b1:b2]):
            for a, b in zip(range(a1, a2), range(b1, b2), strict=True):
                kind = _kind_of_difference(piece[a : a + 1], source[b : b + 1], language, index)
                yield kind, text[piece[a].start : piece[a].stop], body[source[b].start : source[b].stop]
            continue
        quoted = text[piece[a1].start : piece[a2 - 1].stop] if a1 < a2 else ""
        there = body[source[b1].start : source[b2 - 1].stop] if b1 < b2 else ""
        kind = "equal" if tag == "equal" else _kind_of_difference(piece[a1:a2], source[b1:b2], language, index)
        if kind == "ocr" and "-" in quoted + there and _joined_letters(piece[a1:a2]) == _joined_letters(source[b1:b2]):
            kind = "equal"  # a hyphen, at a line's end or not
        yield kind, quoted, there


def _with_words_rejoined(
    opcodes: Sequence[Opcode], piece: Sequence[Token], source: Sequence[Token]
) -> Iterator[Opcode]:
    """Yield the operations, with one in the place of several if they only divide the same
    letters into other words.
    """
    for is_equal, run in groupby(opcodes, lambda opcode: opcode[0] == "equal"):
        held = list(run)
        (_, a1, _, b1, _), (_, _, a2, _, b2) = held[0], held[-1]
        if not is_equal and len(held) > 1 and _joined_letters(piece[a1:a2]) == _joined_letters(source[b1:b2]):
            yield "replace", a1, a2, b1, b2
        else:
            yield from held


def _kind_of_difference(quoted: Sequence[Token], there: Sequence[Token], language: str, index: Searcher) -> str:
    """Name a difference: number, negation, ocr or words."""
    left, right = [token.folded for token in quoted], [token.folded for token in there]
    if _joined_letters(quoted) == _joined_letters(there):
        return "ocr"  # blanks within words, or lost between them
    if numbers(left) != numbers(right):
        mixed = len(left) == len(right) == 1 and not (left[0].isdigit() and right[0].isdigit())
        return "ocr" if mixed and is_ocr_error(left[0], right[0], index) else "number"
    denied = negations(language)
    if Counter(form for form in left if form in denied) != Counter(form for form in right if form in denied):
        return "negation"
    if len(left) == len(right) and all(
        one == other or is_ocr_error(one, other, index) for one, other in zip(left, right, strict=True)
    ):
        return "ocr"
    return "words"


def _have_same_numbers(quoted: Sequence[Token], there: Sequence[Token]) -> bool:
    """Return True if both sides hold the same numbers, in digits or in words."""
    counted = numbers(token.folded for token in quoted)
    return bool(counted) and counted == numbers(token.folded for token in there)


def _joined_letters(tokens: Iterable[Token]) -> str:
    """Return the folded letters of some words, without the blanks between them."""
    return "".join(token.folded for token in tokens)
