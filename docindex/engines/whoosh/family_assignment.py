"""Families of near-duplicates over all segments of a commit, brought up to date by each build.

A build compares only new documents, those that may be alike, and the families that lost a
document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from docindex.engines.whoosh.codec.mmap_file import drop_cached_pages
from docindex.ranking.duplicate_families import Signatures, families, related

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from docindex.engines.whoosh.codec.segment import Segment

UNKNOWN = np.iinfo(np.int32).min
"""Family of a new document, before it is assigned."""


class Part(NamedTuple):
    """The documents of one segment, with the families that are known."""

    segment: Segment
    known: NDArray[np.int32]
    deleted: Collection[int]


def assign(parts: Sequence[Part], changed: Collection[int]) -> NDArray[np.int32]:
    """Return the family of each document of all parts.

    `changed` are numbers of families that lost a document.
    """
    found = np.concatenate([np.empty(0, np.int32), *(part.known for part in parts)])
    is_live = np.ones(len(found), np.bool_)
    start = 0
    for part in parts:
        is_live[[start + one for one in part.deleted]] = False
        start += len(part.known)
    found[~is_live] = 0
    is_new = found == UNKNOWN
    wanted = is_new | np.isin(np.abs(found), list(changed))
    if not wanted.any():
        return found
    signatures = None
    if is_new.any():
        signatures = _signatures(parts, is_live)
        if not is_new.all():
            near = related(signatures, is_new) & is_live
            known = np.unique(np.abs(found[near & ~is_new]))
            wanted |= near | np.isin(np.abs(found), known[known > 0])
    chosen = np.flatnonzero(wanted & is_live)
    own = signatures.take(chosen) if signatures else _signatures(parts, wanted & is_live).take(chosen)
    assigned = families(own)
    found[chosen] = 0
    base = int(np.abs(found).max(initial=0))
    found[chosen] = np.where(assigned, assigned + np.sign(assigned) * base, 0)
    return _renumbered(found)


def _signatures(parts: Sequence[Part], wanted: NDArray[np.bool_]) -> Signatures:
    """Return the signatures of the wanted documents, and empty ones of all others."""
    rows: list[Signatures] = []
    for part in parts:
        for values in part.segment.column("alike").blocks():
            rows.append(Signatures.of(values))
            drop_cached_pages()
    if not rows:
        return Signatures.of([])
    found = Signatures(*map(np.concatenate, zip(*rows, strict=True)))
    found.lengths[~wanted] = 0
    return found


def _renumbered(found: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return families with small numbers."""
    _, which = np.unique(np.append(np.abs(found), 0), return_inverse=True)
    return (which[:-1] * np.sign(found)).astype(np.int32)
