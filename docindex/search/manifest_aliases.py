"""The aliases of a manifest that an index names: not used if the index is not believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from pathlib import Path

    from docindex.model.documents import IndexState
    from docindex.search.search import SearchOptions


def without_foreign_aliases(options: SearchOptions, state: IndexState, folder: Path) -> SearchOptions:
    """Return the options, without the manifest's aliases if the index in a folder names a manifest
    elsewhere.

    An index may be a stranger's, and its manifest any file of the user.
    """
    if state.manifest is None:
        return options
    from docindex.indexing import trust

    if trust.is_believed(state, folder):
        return options
    return replace(options, expansion=replace(options.expansion, no_aliases=True))
