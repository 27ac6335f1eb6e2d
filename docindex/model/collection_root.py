"""The root of a collection, kept relative to the folder that the index lies in.

So an index that is copied or moved with its collection is compared with its own files.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from pathlib import Path

    from docindex.model.documents import IndexState


def to_store(state: IndexState, index: Path) -> IndexState:
    """Return the state with the place of its root, if that lies in the folder with the index."""
    home = os.path.dirname(os.path.realpath(index))
    root = os.path.realpath(state.root)
    is_inside = root == home or root.startswith(os.path.join(home, ""))
    return replace(state, place=os.path.relpath(root, home) if is_inside else None)


def from_store(state: IndexState, index: Path) -> IndexState:
    """Return the state with its root where the index lies now.

    A place that leads out is ignored.
    """
    place = state.place
    if place is None or place.startswith("/") or "\0" in place or ".." in place.split("/"):
        return state
    root = os.path.normpath(os.path.join(os.path.dirname(os.path.realpath(index)), place))
    if root == state.root:
        return state
    manifest = os.path.join(root, os.path.basename(state.manifest)) if state.manifest else None
    return replace(state, root=root, manifest=manifest, built_from=state.root)
