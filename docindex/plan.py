"""What is wanted against what is indexed -> what is to be done. Pure: it is told what the disk says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docindex.model import Indexed


class Seen(Struct, frozen=True, gc=False):
    """What can be told of a source without reading it."""

    recipe: str
    size: int
    mtime_ns: int


class Plan(Struct, frozen=True):
    """What a build is to do: paths of sources, each in one list, in the order they were wanted."""

    added: tuple[str, ...]
    changed: tuple[str, ...]  # for all that can be told without reading; their content may prove to be the same
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]


def plan(wanted: Mapping[str, Seen], indexed: Mapping[str, Indexed]) -> Plan:
    """Compare sources by path. One of which nothing could be read counts as changed, so that it is tried again."""
    added, changed, unchanged = [], [], []
    for path, seen in wanted.items():
        known = indexed.get(path)
        if known is None:
            added.append(path)
        elif known.lost or seen != Seen(known.recipe, known.size, known.mtime_ns):
            changed.append(path)
        else:
            unchanged.append(path)
    removed = [path for path in indexed if path not in wanted]
    return Plan(tuple(added), tuple(changed), tuple(removed), tuple(unchanged))
