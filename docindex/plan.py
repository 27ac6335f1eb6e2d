"""What is wanted against what is indexed -> what is to be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from docindex.model import Indexed


class Seen(Struct, frozen=True, gc=False):
    """What can be told of a source without reading it."""

    recipe: str
    size: int
    mtime_ns: int


class Plan(Struct, frozen=True):
    """What a build is to do: paths of sources in the order they were wanted; those that are not wanted, in theirs."""

    added: tuple[str, ...]
    changed: Mapping[str, Indexed]
    """With what is remembered of them. For all that can be told without reading: their content may be the same."""
    removed: tuple[str, ...]
    unchanged: int
    partial: Mapping[str, Indexed]  # of the unchanged, those of which some part could not be read


def plan(wanted: Collection[str], indexed: Iterable[tuple[str, Indexed]], look: Callable[[str], Seen]) -> Plan:
    """Compare sources by path. One of which nothing could be read counts as changed, so that it is tried again.

    Only sources of both are looked at. What is remembered of one that is as it was is not held.
    """
    added = dict.fromkeys(wanted)
    changed: dict[str, Indexed] = {}
    partial: dict[str, Indexed] = {}
    removed = []
    unchanged = 0
    for path, known in indexed:
        if path not in added:
            removed.append(path)
            continue
        del added[path]
        if known.lost or look(path) != Seen(known.recipe, known.size, known.mtime_ns):
            changed[path] = known
            continue
        unchanged += 1
        if known.failure:
            partial[path] = known
    if changed:
        changed = {path: changed[path] for path in wanted if path in changed}
    return Plan(tuple(added), changed, tuple(sorted(removed)), unchanged, partial)
