"""Which records say nearly the same: a signature for each, and those put together whose signatures agree. Pure.

A signature holds the smallest hashes of a record's words (MinHash: Broder, On the Resemblance and Containment of
Documents, 1997), one byte of each. The share of places in which two signatures agree is about the share of their
words, each counted once, that two records have in common.

From how much on records count as alike was chosen by hand, on 72 pairs of 5,431 e-mails (read by OCR, with their
headers; replies that quote what they answer; some released twice). A pair was right where neither says more than a line
such as `Pls print` that the other does not: with 0.60 to 0.75 of their words in common 2 of 27 were, to 0.80 4 of 9,
to 0.85 6 of 9, to 0.90 7 of 9, to 0.95 8 of 9, and above all 9.
"""

from __future__ import annotations

from hashlib import blake2b
from operator import eq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from docindex.model import Record

VERSION = 1
"""Raised whenever a signature changes its meaning."""

PLACES = 128  # of a signature
SAME = 116  # places in which records that are alike agree, at least: 0.9 of the words, give or take 0.03
FEW = 50  # different words: of fewer, one or two that differ say too much (a row of a table, a short mail)
SEED = 1

# Of 13 stretches at least one is the same in two signatures that differ in 12 places, so only records that share a
# stretch need be compared.
STRETCH = 9  # places
STRETCHES = range(0, (PLACES - SAME + 1) * STRETCH, STRETCH)
CROWD = 64  # signatures that share a stretch, at most, with which others are compared: time stays linear


def signature(words: Collection[bytes], text: str) -> bytes:
    """What a record is known by beside others: of its different words, or of its whole text where these are few.

    Empty for an empty text, which is like no other.
    """
    if len(words) >= FEW:
        from rensa import RMinHash

        sketch = RMinHash(PLACES, SEED)
        sketch.update(words)
        return bytes(number & 0xFF for number in sketch.digest())
    whole = " ".join(text.casefold().split())
    return blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=16).digest() if whole else b""


def told(record: Record) -> str:
    """What short records must have in common to be alike: the text and, where there is one, the title given to it."""
    return f"{record.metadata.title or ''}\n{record.body}" if record.body.strip() else ""


def are(one: bytes, other: bytes) -> bool:
    """Whether two signatures are of records that are alike."""
    if len(one) == len(other) == PLACES:
        return [*map(eq, one, other)].count(True) >= SAME
    return bool(one) and one == other


def grouped(signatures: Iterable[tuple[int, bytes]], *, only: bool = False) -> list[list[int]]:
    """The documents in their order, each with those after it that are like it; `only`: without those that are alone.

    All of a group are like its first, which is the one to be shown for them.
    """
    groups: list[list[int]] = []
    known: dict[bytes, list[int]] = {}
    near: list[_Crowds] = [{} for _ in STRETCHES]
    for document, own in signatures:
        group = known.get(own)
        if group is None:
            group = _like(own, near)
            if group is None:
                group = []
                groups.append(group)
                _remember(own, group, near)
            if own:
                known[own] = group
        group.append(document)
    return [group for group in groups if len(group) > 1] if only else groups


_Crowds = dict[bytes, list[tuple[bytes, list[int]]]]
"""For what a stretch can be: the signatures that have it so, each with the group it leads."""


def _like(own: bytes, near: Sequence[_Crowds]) -> list[int] | None:
    if len(own) == PLACES:
        for crowds, start in zip(near, STRETCHES, strict=True):
            for other, group in crowds.get(own[start : start + STRETCH], ()):
                if are(own, other):
                    return group
    return None


def _remember(own: bytes, group: list[int], near: Sequence[_Crowds]) -> None:
    if len(own) == PLACES:
        for crowds, start in zip(near, STRETCHES, strict=True):
            crowd = crowds.setdefault(own[start : start + STRETCH], [])
            if len(crowd) < CROWD:
                crowd.append((own, group))
