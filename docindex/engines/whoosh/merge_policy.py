"""Choose the segments that a commit merges into its new one."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence


class Sized(Protocol):
    """A segment, as far as its size matters."""

    @property
    def doc_count(self) -> int:
        """Its documents, deleted ones included."""

    @property
    def live_count(self) -> int:
        """Its documents that are not deleted."""


AnySegment = TypeVar("AnySegment", bound=Sized)


def select(segments: Sequence[AnySegment], added: int) -> tuple[list[AnySegment], list[AnySegment]]:
    """Return the segments to merge into a new one of so many documents, and those that stay.

    Keep a segment only if it is larger than all smaller ones together. That bounds the number of
    segments by log2(n) and the copies of a document likewise. A segment that is half deleted is
    merged too, an empty one dropped.
    """
    waiting = sorted((segment for segment in segments if segment.live_count), key=lambda segment: segment.live_count)
    *smaller, _ = accumulate((segment.live_count for segment in waiting), initial=added)
    light = [segment.live_count <= total for segment, total in zip(waiting, smaller, strict=True)]
    merge: list[AnySegment] = []
    stay: list[AnySegment] = []
    for number, segment in enumerate(waiting):
        worth = any(light[number:]) or 2 * segment.live_count <= segment.doc_count
        (merge if worth else stay).append(segment)
    return merge, stay
