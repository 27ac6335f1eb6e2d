"""Following of a collection: its index is built again whenever files change."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from docindex.api.collection import Collection, load_collection
from docindex.engines import registry
from docindex.errors import UsageError
from docindex.indexing.follower import FollowedState, Follower, Timing
from docindex.readers.installation import install_hint

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet
    from typing import NoReturn

    from docindex.indexing.change_log import ChangeLog
    from docindex.indexing.inotify_events import InotifyEvents
    from docindex.manifest.load import Manifest
    from docindex.model.results import BuildReport

__all__ = ["FollowedState", "follow"]


def follow(
    collection: Collection,
    build: Callable[[Collection, AbstractSet[str]], BuildReport],
    tell: Callable[[FollowedState], None],
    source: str | os.PathLike[str] | None = None,
) -> NoReturn:
    """Build the index of a collection, and again whenever its files change, until an exception such
    as KeyboardInterrupt.

    `build` is called for each build with the collection as it is then, and with the names of what
    has changed. `source` is what the collection was loaded from, if it was named. Raises UsageError
    if the library that tells of changes is not installed, and the errors of the first build.
    """
    listed = source or collection.manifest.path or collection.manifest.root
    folder = collection.folder

    def load() -> Manifest:
        return load_collection(listed, folder, allow_outside=collection.allow_outside).manifest

    def build_listed(manifest: Manifest, touched: AbstractSet[str]) -> BuildReport:
        return build(Collection(manifest, folder, collection.allow_outside), touched)

    engine = registry.open_engine(folder)
    Follower(load, build_listed, engine, folder, tell, Timing(), _events()).follow()


def _events() -> Callable[[ChangeLog], InotifyEvents] | None:
    """Return the maker of events, or None if this system has none that tell all."""
    try:
        import watchdog  # noqa: F401
    except ImportError as error:
        raise UsageError("--watch needs a library that is not installed", install_hint(["watchdog"])) from error
    if sys.platform != "linux":
        return None
    from docindex.indexing.inotify_events import InotifyEvents  # of Linux alone

    return InotifyEvents
