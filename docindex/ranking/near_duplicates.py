"""Which records say nearly the same: a signature for each, and those put together whose signatures agree. Pure.

A signature holds the smallest hashes of a record's words (MinHash: Broder, On the Resemblance and Containment of
Documents, 1997), one byte of each. The share of places in which two signatures agree is about the share of their
words, each counted once, that two records have in common.

From how much on records count as alike was chosen by hand, on 112 pairs of 5,431 e-mails (read by OCR, with their
headers; replies that quote what they answer; some released twice). A pair was right where neither says more than a line
or two, such as `Pls print`, that the other does not: with 0.60 to 0.75 of their words in common 3 of 27 were, to 0.80
4 of 9, to 0.85 and to 0.90 7 of 9 each, to 0.95 8 of 9, above all 9; and of 40 more pairs that were put together, 36.
What was wrong is a new paragraph above a long text that both quote.
"""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b
from itertools import compress
from struct import Struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from docindex.model import Record

VERSION = 1
"""Raised whenever a signature changes its meaning."""

NUM_HASHES = 128  # of a signature
MIN_EQUAL_HASHES = 116  # places in which records that are alike agree, at least: 0.9 of the words, give or take 0.03
MIN_TERMS = 50  # different words: of fewer, one or two that differ say too much (a row of a table, a short mail)
SEED = 1

# Of 13 stretches at least one is the same in two signatures that differ in 12 places, so only records that share a
# stretch need be compared.
BAND_HASHES = 9  # places
BANDS = range(NUM_HASHES - MIN_EQUAL_HASHES + 1)
_CUT = Struct(f"{BAND_HASHES}s" * len(BANDS) + f"{NUM_HASHES - len(BANDS) * BAND_HASHES}x")
MAX_BUCKET = 16  # firsts that share a stretch with one before, at most, with which others are compared


def signature(words: Collection[str], text: str) -> bytes:
    """What a record is known by beside others: of its different words, or of its whole text where these are few.

    Empty for an empty text, which is like no other.
    """
    if len(words) >= MIN_TERMS:
        from rensa import RMinHash

        sketch = RMinHash(NUM_HASHES, SEED)
        sketch.update(words)
        return bytes(number & 0xFF for number in sketch.digest())
    whole = " ".join(text.casefold().split())
    return blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=16).digest() if whole else b""


def duplicate_text(record: Record) -> str:
    """What short records must have in common to be alike: the text and, where there is one, the title given to it."""
    return f"{record.metadata.title or ''}\n{record.body}" if record.body.strip() else ""


def are_near_duplicates(one: bytes, other: bytes) -> bool:
    """Whether two signatures are of records that are alike."""
    if len(one) == len(other) == NUM_HASHES:
        return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(NUM_HASHES).count(0) >= MIN_EQUAL_HASHES
    return bool(one) and one == other


def group_documents(signatures: Iterable[tuple[int, bytes]], *, only: bool = False) -> list[list[int]]:
    """The documents in their order, each with those after it that are like it; `only`: without those that are alone.

    All of a group are like its first, which is the one to be shown for them.
    """
    listed = list(signatures)
    shared = _shared({own for _, own in listed})
    groups: list[list[int]] = []
    known: dict[bytes, int] = {}
    firsts = LshIndex()
    for document, own in listed:
        number = known.get(own)
        if number is None and own in shared:
            number = firsts.like(own)
        if number is None:
            number = len(groups)
            groups.append([])
            if own in shared:
                firsts.add(number, own)
        if own:
            known[own] = number
        groups[number].append(document)
    return [group for group in groups if len(group) > 1] if only else groups


def _shared(signatures: Collection[bytes]) -> set[bytes]:
    """Those that share a stretch with another: nearly all share none, and these need not be held against any.

    Nothing here runs once for each of them but what C runs: 5,431 e-mails are grouped in 25 ms, else in 41.
    """
    long = [own for own in signatures if len(own) == NUM_HASHES]
    found: set[bytes] = set()
    for stretches in zip(*_CUT.iter_unpack(b"".join(long)), strict=True):
        several = {stretch for stretch, count in Counter(stretches).items() if count > 1}
        found.update(compress(long, map(several.__contains__, stretches)))
    return found


class LshIndex:
    """The signatures of the groups' firsts, found again by the stretches that they share with another."""

    def __init__(self) -> None:
        self._signatures: dict[int, bytes] = {}
        self._holder: list[dict[bytes, int]] = [{} for _ in BANDS]  # of each stretch: hardly any has two
        self._others: list[dict[bytes, list[int]]] = [{} for _ in BANDS]

    def like(self, own: bytes) -> int | None:
        """The first of those that are like this one."""
        near: set[int] = set()
        for holder, others, stretch in zip(self._holder, self._others, _CUT.unpack(own), strict=True):
            number = holder.get(stretch)
            if number is not None:
                near.add(number)
                near.update(others.get(stretch, ()))
        return next((number for number in sorted(near) if are_near_duplicates(own, self._signatures[number])), None)

    def add(self, number: int, own: bytes) -> None:
        """Take in another."""
        self._signatures[number] = own
        for holder, others, stretch in zip(self._holder, self._others, _CUT.unpack(own), strict=True):
            if holder.setdefault(stretch, number) != number:
                crowd = others.setdefault(stretch, [])
                if len(crowd) < MAX_BUCKET:
                    crowd.append(number)
