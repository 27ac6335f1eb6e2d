"""What is wanted against what is indexed -> what is to be done."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from docindex.model import Source, SourceState


class SourceStat(Struct, frozen=True, gc=False):
    """What can be told of a source without reading it."""

    fingerprint: str
    size: int
    mtime_ns: int


class Plan(Struct, frozen=True):
    """What a build is to do: sources by their numbers, in the order in which they were wanted."""

    added: Sequence[int]
    changed: Mapping[int, SourceState]
    """With what is remembered of them. For all that can be told without reading: their content may be the same."""
    removed: Sequence[str]  # paths of sources that are not wanted, in order
    unchanged: int
    partial: Mapping[int, SourceState]  # of the unchanged, those of which some part could not be read


def plan(
    wanted: Iterable[tuple[int, Source]],
    indexed: Iterable[tuple[str, SourceState]],
    look: Callable[[Source], SourceStat],
) -> Plan:
    """Compare sources by path: both come in the order of their paths, those that are wanted with their numbers.

    One of which nothing could be read counts as changed, so that it is tried again. Only sources of both are looked at,
    and what is remembered of one that is as it was is not held.
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
        if known.lost or look(source) != SourceStat(known.fingerprint, known.size, known.mtime_ns):
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
