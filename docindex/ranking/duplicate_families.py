"""Families of near-duplicates, found once for all documents by NumPy. Only builds load it.

Two documents are of one family if their signatures are near-duplicates, or if a chain of
near-duplicates leads from one to the other. Nearly all families are cliques: each two members are
near-duplicates. So a search compares signatures only within the few that are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from docindex.ranking.near_duplicates import BAND_HASHES, MAX_BUCKET, MIN_EQUAL_HASHES, NUM_BANDS, NUM_HASHES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

ALONE = 0
"""Family of a document without near-duplicates."""
MAX_CLIQUE = MAX_BUCKET + 1
"""Distinct signatures of the largest family that is looked at whole, and can be known as a
clique.
"""
COMPARED_PAIRS = 1 << 15
"""Pairs of signatures compared at once: 8 MB of bytes."""

_MIX = 0x9E3779B97F4A7C15


class Signatures(NamedTuple):
    """Signatures in rows, each filled up with zeros."""

    rows: NDArray[np.uint8]
    lengths: NDArray[np.intp]

    @classmethod
    def of(cls, signatures: Sequence[bytes]) -> Signatures:
        """Return signatures as rows."""
        joined = b"".join(one.ljust(NUM_HASHES, b"\0") for one in signatures)
        rows = np.frombuffer(joined, np.uint8).reshape(-1, NUM_HASHES)
        return cls(rows, np.fromiter(map(len, signatures), np.intp, len(signatures)))

    def take(self, some: NDArray[np.intp]) -> Signatures:
        """Return some of the signatures."""
        return Signatures(self.rows[some], self.lengths[some])

    def band_keys(self) -> Iterator[NDArray[np.uint64]]:
        """Yield a hash of each of the bands of all signatures, which are MinHashes.

        A collision costs a comparison and makes no family.
        """
        for start in range(0, NUM_BANDS * BAND_HASHES, BAND_HASHES):
            eight = np.ascontiguousarray(self.rows[:, start : start + 8]).view(np.uint64)[:, 0]
            yield eight ^ (self.rows[:, start + 8].astype(np.uint64) * np.uint64(_MIX))

    def keys(self) -> NDArray[np.uint64]:
        """Return a hash of each whole signature."""
        words = np.ascontiguousarray(self.rows).view(np.uint64)
        factors = np.uint64(_MIX) * (2 * np.arange(1, words.shape[1] + 1, dtype=np.uint64) + np.uint64(1))
        mixed = words * factors
        mixed ^= mixed >> np.uint64(29)
        keys: NDArray[np.uint64] = np.bitwise_xor.reduce(mixed * factors[::-1], axis=1)
        return keys ^ self.lengths.astype(np.uint64)


def families(signatures: Signatures) -> NDArray[np.int32]:
    """Return the family of each document: ALONE, or a number, which is negative if the family is no
    clique.
    """
    firsts, which = _distinct(signatures)
    distinct = signatures.take(firsts)
    labels, is_clique = _components(distinct)
    held = np.bincount(labels[which], minlength=len(firsts))
    own = labels[which]
    found = np.where(is_clique[own], own + 1, -own - 1)
    found[(held[own] < 2) | (signatures.lengths == 0)] = ALONE
    return found.astype(np.int32)


def related(signatures: Signatures, is_new: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return True for each document that may be a near-duplicate of a new one."""
    keys = signatures.keys()
    found: NDArray[np.bool_] = is_new | np.isin(keys, keys[is_new])
    hashed = np.flatnonzero(signatures.lengths == NUM_HASHES)
    for own in signatures.take(hashed).band_keys():
        found[hashed] |= np.isin(own, own[is_new[hashed]])
    return found


def _distinct(signatures: Signatures) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first document with each signature, and for all documents its place among
    these.
    """
    _, firsts, which = np.unique(signatures.keys(), return_index=True, return_inverse=True)
    same = signatures.lengths == signatures.lengths[firsts[which]]
    same &= (signatures.rows == signatures.rows[firsts[which]]).all(1)
    others = np.flatnonzero(~same)  # hashes that collide: each is taken as a signature of its own
    which[others] = len(firsts) + np.arange(len(others))
    return np.concatenate([firsts, others]), which


def _components(distinct: Signatures) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the first of the family of each signature, and True for families that are cliques."""
    labels = np.arange(len(distinct.lengths))
    is_clique = np.ones(len(labels), np.bool_)
    hashed = np.flatnonzero(distinct.lengths == NUM_HASHES)
    minhashes = distinct.take(hashed)
    count = len(hashed)
    own = np.arange(count)
    is_large = np.zeros(count, np.bool_)
    pairs = np.empty(0, np.intp)  # near-duplicates of families that may be cliques, as one number each
    for keys in minhashes.band_keys():
        found = _pairs(keys)
        ones, others = np.divmod(found, max(1, count))
        found = found[~(is_large[own[ones]] & (own[ones] == own[others]))]
        found = found[~np.isin(found, pairs)]
        ones, others = np.divmod(found, max(1, count))
        near = _are_near_duplicates(minhashes.rows, ones, others)
        own = _joined(own, ones[near], others[near])
        is_large = np.bincount(own, minlength=count) > MAX_CLIQUE
        pairs = np.concatenate([pairs, found[near]])
        pairs = pairs[~is_large[own[pairs // max(1, count)]]]
    sizes = np.bincount(own, minlength=count)
    edges = np.bincount(own[pairs // max(1, count)], minlength=count)
    labels[hashed] = hashed[own]
    is_clique[hashed] = ~is_large & (edges == sizes * (sizes - 1) // 2)
    return labels, is_clique


def _pairs(keys: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Return the pairs of rows with equal keys, the smaller times the count plus the larger.

    Of more rows with one key, each is paired with the MAX_BUCKET next ones.
    """
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    found = [np.empty(0, np.intp)]
    at = np.arange(len(keys))
    for step in range(1, MAX_BUCKET + 1):
        at = at[at + step < len(keys)]
        at = at[ordered[at] == ordered[at + step]]
        if not len(at):
            break
        found.append(order[at] * len(keys) + order[at + step])  # stable: the smaller comes first
    return np.concatenate(found)


def _are_near_duplicates(
    rows: NDArray[np.uint8], ones: NDArray[np.intp], others: NDArray[np.intp]
) -> NDArray[np.bool_]:
    found = np.zeros(len(ones), np.bool_)
    for start in range(0, len(ones), COMPARED_PAIRS):
        some = slice(start, start + COMPARED_PAIRS)
        found[some] = (rows[ones[some]] == rows[others[some]]).sum(1) >= MIN_EQUAL_HASHES
    return found


def _joined(labels: NDArray[np.intp], ones: NDArray[np.intp], others: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return labels that are equal for the rows of each pair: the least label of a component."""
    while len(ones):
        left, right = labels[ones], labels[others]
        differ = left != right
        if not differ.any():
            break
        ones, others, left, right = ones[differ], others[differ], left[differ], right[differ]
        least = np.minimum(left, right)
        joined = labels.copy()
        np.minimum.at(joined, left, least)
        np.minimum.at(joined, right, least)
        while not np.array_equal(joined[joined], joined):
            joined = joined[joined]
        labels = joined
    return labels
