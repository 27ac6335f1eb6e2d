"""A look at files of the index: those that changed or went since they were indexed.

Size and modification time decide. Where the time cannot tell, the content does.
"""

from __future__ import annotations

import os
from operator import attrgetter
from typing import TYPE_CHECKING, cast

from docindex.model.documents import UNSETTLED
from docindex.system import files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docindex.engines.base import Searcher
    from docindex.model.documents import FileStamp, SourceState

MAX_COMPARED_BYTES = 8_000_000  # of the files whose content is compared
_SIZE_AND_TIME = attrgetter("st_size", "st_mtime_ns")


class FileLook:
    """Looks at the files of one index and keeps what it has found."""

    def __init__(self, index: Searcher) -> None:
        self._index = index
        self._root = os.path.join(index.state.root, "")
        self._bytes_left = MAX_COMPARED_BYTES
        self.changed: set[str] = set()
        self.gone: set[str] = set()
        self.unproven = 0  # sources whose content would have to be compared

    def look(self, sources: Sequence[tuple[str, SourceState]]) -> None:
        """Compare sources with their files."""
        for path, known, found in self._different(sources):
            if found is None:
                if known.size >= 0:
                    self.gone.add(path)
            elif found[0] != known.size or known.mtime_ns not in (found[1], UNSETTLED):
                self.changed.add(path)
            elif known.mtime_ns == UNSETTLED and not known.lost:
                self._compare(path, known)

    def _different(
        self, sources: Sequence[tuple[str, SourceState]]
    ) -> Iterator[tuple[str, SourceState, FileStamp | None]]:
        """Yield the sources whose size or time differs, with those of the file.

        They are None if the file is gone.
        """
        names = [path if path.startswith("/") else self._root + path for path, _ in sources]
        seen: list[FileStamp | None]
        try:
            seen = list(map(_SIZE_AND_TIME, map(os.stat, names)))
        except OSError:
            seen = list(map(_file_stamp, names))
        # Nearly always nothing has changed, and one comparison of lists takes a tenth of the time.
        if seen == [(known.size, known.mtime_ns) for _, known in sources]:
            return
        for found, (path, known) in zip(seen, sources, strict=True):
            if found != (known.size, known.mtime_ns):
                yield path, known, found

    def _compare(self, path: str, known: SourceState) -> None:
        """Compare the content of a file that was changed just before it was indexed."""
        content = known.content or getattr(self._index.source(path), "content", "")
        if not content or known.size > self._bytes_left:
            self.unproven += 1
            return
        self._bytes_left -= known.size
        import hashlib  # here: slow to load, and seldom needed

        try:
            place = (path, known.size + 1, None) if path.startswith("/") else (path, known.size + 1, self._root)
            data = files.read_file(*place)
        except OSError:
            self.unproven += 1
            return
        if hashlib.blake2b(data, digest_size=16).hexdigest() != content:
            self.changed.add(path)


def _file_stamp(name: str) -> FileStamp | None:
    """Return a file's size in bytes and mtime in ns, or None if it is gone."""
    try:
        return cast("FileStamp", _SIZE_AND_TIME(os.stat(name)))
    except (OSError, ValueError):
        return None
