"""Comparison of the listed sources with the indexed ones: the plan of a build. Pure."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from docindex.model.documents import Source, SourceState


SourceStat = tuple[str, int, int]
"""State of a source that can be known without reading it: fingerprint, size and mtime_ns."""


class Plan(Struct, frozen=True):
    """Work of a build. Sources are given by their numbers in the manifest, in its order."""

    added: Sequence[int]
    changed: Mapping[int, SourceState]
    """Sources whose stat differs, with their stored state. Their content may still be the same."""
    removed: Sequence[str]  # paths of sources that are no longer listed, sorted
    unchanged: int
    partial: Mapping[int, SourceState]  # unchanged sources with a part that could not be read


def plan(
    wanted: Iterable[tuple[int, Source]],
    indexed: Iterable[tuple[str, SourceState]],
    look: Callable[[int, Source], SourceStat],
    *,
    has_ocr: bool = False,
    touched: AbstractSet[str] = frozenset(),
) -> Plan:
    """Merge the wanted and the indexed sources, both sorted by path, into a plan.

    A source that failed as a whole counts as changed, so every build tries it again, and so does a
    source with pages that OCR could read if `has_ocr`. `look` is called only for sources present on
    both sides. Unchanged sources are not kept in memory.
    """
    added = array("I")
    changed: dict[int, SourceState] = {}
    partial: dict[int, SourceState] = {}
    removed = []
    unchanged = 0
    coming = iter(wanted)
    one = next(coming, None)
    for path, known in indexed:
        while one and one[1].path < path:
            added.append(one[0])
            one = next(coming, None)
        if not one or one[1].path != path:
            removed.append(path)
            continue
        number, source = one
        if (
            (known.failure and known.lost)
            or (has_ocr and known.unread_pages)
            or (touched and not touched.isdisjoint(path.split("/")))
            or look(number, source) != (known.fingerprint, known.size, known.mtime_ns)
        ):
            changed[number] = known
        else:
            unchanged += 1
            if known.failure:
                partial[number] = known
        one = next(coming, None)
    if one:
        added.append(one[0])
        added.extend(number for number, _ in coming)
    return Plan(
        array("I", sorted(added)), dict(sorted(changed.items())), removed, unchanged, dict(sorted(partial.items()))
    )
