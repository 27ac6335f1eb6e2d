"""Near-duplicate detection by MinHash signatures and locality-sensitive hashing. Pure.

A signature keeps one byte of each of the smallest hashes of a record's terms (Broder, On the
Resemblance and Containment of Documents, 1997). The share of equal hashes in two signatures
estimates the Jaccard similarity of the two sets of terms.

The threshold was chosen on pairs of e-mails that were judged by hand: from 0.8 on most are the same
message, below 0.75 hardly any is. The remaining errors are replies that add a paragraph to a long
text which both quote.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from hashlib import blake2b
from itertools import compress
from struct import Struct
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import numpy as np
    from numpy.typing import NDArray

    from docindex.model.documents import Record

VERSION = 2
"""The format version of signatures. Raise it if a signature changes its meaning."""

NUM_HASHES = 128
"""Hashes in a signature."""
MIN_EQUAL_HASHES = 116
"""Equal hashes of near-duplicates: a similarity of 0.9, give or take 0.03."""
MIN_TERMS = 50
"""Different terms from which on a record has a MinHash signature.

Below it one term more or less says too much.
"""
HASH_SEED = 1
"""Seed of the hash functions."""
BAND_HASHES = 9
"""Hashes in a band."""
NUM_BANDS = NUM_HASHES - MIN_EQUAL_HASHES + 1
"""Bands of a signature: one more than near-duplicates can differ in, so that they share at least
one.
"""
MAX_BUCKET = 16
"""Groups compared with a record for each band that they share with an earlier group."""

_MIX = 0x85EBCA6B
_BANDS = Struct(f"{BAND_HASHES}s" * NUM_BANDS + f"{NUM_HASHES - NUM_BANDS * BAND_HASHES}x")


def signature(terms: Collection[str], text: str) -> bytes:
    """Return the signature of a record: of its different terms, or a digest of the text if it has
    few.

    An empty text has an empty signature and no duplicates.
    """
    return signature_of_hashes(term_hashes(terms), text)


def signature_of_hashes(hashes: NDArray[np.uint32], text: str) -> bytes:
    """Return the signature of a record whose different terms have these hashes."""
    if len(hashes) >= MIN_TERMS:
        return _minhash(hashes)
    normalized = " ".join(text.casefold().split())
    return blake2b(normalized.encode("utf-8", "surrogatepass"), digest_size=16).digest() if normalized else b""


def term_hashes(terms: Collection[str]) -> NDArray[np.uint32]:
    """Return a hash of each term: CRC-32, mixed as in MurmurHash3 (Appleby, 2008)."""
    import numpy as np  # a search makes no signature, and NumPy is slow to import

    hashes = np.fromiter((crc32(term.encode("utf-8", "surrogatepass")) for term in terms), np.uint32, len(terms))
    hashes ^= hashes >> np.uint32(16)
    hashes *= np.uint32(_MIX)
    hashes ^= hashes >> np.uint32(13)
    hashes *= np.uint32(0xC2B2AE35)
    hashes ^= hashes >> np.uint32(16)
    return hashes


def _minhash(hashes: NDArray[np.uint32]) -> bytes:
    """Return a byte of the smallest value that each hash function gives to any of the terms.

    The functions are linear (Dietzfelbinger, Universal Hashing via Integer Arithmetic Without
    Primes, 2018).
    """
    import numpy as np

    factors, addends = _hash_functions()
    values = np.multiply.outer(factors, hashes)
    values += addends[:, None]
    digest: bytes = ((values.min(1) * np.uint32(_MIX)) >> np.uint32(24)).astype(np.uint8).tobytes()
    return digest


@cache
def _hash_functions() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return the factors and addends of the hash functions, the same in every process."""
    from random import Random  # a search needs none, and it is slow to import

    import numpy as np

    chance = Random(HASH_SEED)  # noqa: S311 - the same functions each time, no secret
    factors = [chance.getrandbits(32) | 1 for _ in range(NUM_HASHES)]
    addends = [chance.getrandbits(32) for _ in range(NUM_HASHES)]
    return np.array(factors, np.uint32), np.array(addends, np.uint32)


def duplicate_text(record: Record) -> str:
    """Return the text that two short duplicates have in common: the declared title, if any, and
    the body.
    """
    return f"{record.metadata.title or ''}\n{record.body}" if record.body.strip() else ""


def are_near_duplicates(one: bytes, other: bytes) -> bool:
    """Return True if two signatures belong to near-duplicates."""
    if len(one) == len(other) == NUM_HASHES:
        return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(NUM_HASHES).count(0) >= MIN_EQUAL_HASHES
    return bool(one) and one == other


def group_documents(signatures: Iterable[tuple[int, bytes]], *, only: bool = False) -> list[list[int]]:
    """Return the documents in their order, grouped with their near-duplicates further down.

    All documents of a group are near-duplicates of its first, which stands for them. `only` leaves
    out groups of one.
    """
    documents = list(signatures)
    candidates = _sharing_a_band({own for _, own in documents})
    groups: list[list[int]] = []
    group_of: dict[bytes, int] = {}
    index = LshIndex()
    for document, own in documents:
        group = group_of.get(own)
        if group is None and own in candidates:
            group = index.find(own)
        if group is None:
            group = len(groups)
            groups.append([])
            if own in candidates:
                index.add(group, own)
        if own:
            group_of[own] = group
        groups[group].append(document)
    return [group for group in groups if len(group) > 1] if only else groups


def _sharing_a_band(signatures: Collection[bytes]) -> set[bytes]:
    """Return the signatures that share a band with another.

    Nearly all share none and need no comparison.
    """
    minhashes = [own for own in signatures if len(own) == NUM_HASHES]
    sharing: set[bytes] = set()
    for bands in zip(*_BANDS.iter_unpack(b"".join(minhashes)), strict=True):
        repeated = {band for band, count in Counter(bands).items() if count > 1}
        sharing.update(compress(minhashes, map(repeated.__contains__, bands)))
    return sharing


class LshIndex:
    """The signatures of the first document of each group, found by shared bands."""

    def __init__(self) -> None:
        self._signatures: dict[int, bytes] = {}
        # Hardly any band has two groups: a list for each would take most of the time.
        self._first_group: list[dict[bytes, int]] = [{} for _ in range(NUM_BANDS)]
        self._more_groups: list[dict[bytes, list[int]]] = [{} for _ in range(NUM_BANDS)]

    def find(self, own: bytes) -> int | None:
        """Return the first group whose signature belongs to a near-duplicate."""
        candidates: set[int] = set()
        for first, more, band in zip(self._first_group, self._more_groups, _BANDS.unpack(own), strict=True):
            group = first.get(band)
            if group is not None:
                candidates.add(group)
                candidates.update(more.get(band, ()))
        return next((group for group in sorted(candidates) if are_near_duplicates(own, self._signatures[group])), None)

    def add(self, group: int, own: bytes) -> None:
        """Add the signature of a group's first document."""
        self._signatures[group] = own
        for first, more, band in zip(self._first_group, self._more_groups, _BANDS.unpack(own), strict=True):
            if first.setdefault(band, group) != group:
                bucket = more.setdefault(band, [])
                if len(bucket) < MAX_BUCKET:
                    bucket.append(group)
