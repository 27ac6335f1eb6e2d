"""Tree of failures, each with the exit code of the command that it ends.

    DocindexError           2
      ManifestError         2
      ReaderError           2   a build counts it as a failed source instead
        NothingToIndex      2   in a folder, a build counts it as left out
        LibraryMissing      2
      QueryError            2
      UsageError            2
      ExtraMissing          2
      OutputError           2
      RecordError           1
      EngineError           2
        IndexUntrusted      2
        ReportError         1
        IndexMissing        3
        IndexOutdated       3
        IndexBusy          75
        IndexDamaged        2

A message says where and what; its hint says what to do next. Every failure that a user can cause or
repair is a `DocindexError`; anything else is a bug and shows itself.
"""

from __future__ import annotations

from typing import ClassVar


class DocindexError(Exception):
    """A failure with a message (`where: what`) and, if there is one, a hint (what to do)."""

    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ManifestError(DocindexError):
    """A line of the manifest, or the manifest itself, cannot be used.

    `path` is the manifest as messages name it. `lost` is True if the line's document cannot be
    searched. `kind` is "duplicate" for a file that is listed twice, else "entry". `target` is the
    unusable file that the line names.
    """

    def __init__(
        self,
        message: str,
        hint: str | None = None,
        *,
        path: str = "",
        line: int | None = None,
        lost: bool = True,
        kind: str = "entry",
        target: str | None = None,
    ) -> None:
        where = f"{path}:{line}: " if line is not None else f"{path}: " if path else ""
        super().__init__(where + message, hint)
        self.path = path
        self.line = line
        self.what = message
        self.lost = lost
        self.kind = kind
        self.target = target


class ReaderError(DocindexError):
    """A source cannot be read. It costs one line of the report, never the build.

    `pages` counts the pictures in it that OCR could read.
    """

    def __init__(self, message: str, hint: str | None = None, *, pages: int = 0) -> None:
        super().__init__(message, hint)
        self.pages = pages


class NothingToIndex(ReaderError):
    """A file holds no text that docindex could read: it is empty, a picture, a program.

    `kind` is the group in which reports count such files.
    """

    def __init__(self, message: str, hint: str | None = None, *, kind: str, pages: int = 0) -> None:
        super().__init__(message, hint, pages=pages)
        self.kind = kind


class LibraryMissing(ReaderError):
    """The libraries that read a source's format are not installed."""

    def __init__(self, format: str, hint: str) -> None:  # noqa: A002
        super().__init__("needs libraries that are not installed", hint)
        self.format = format


class QueryError(DocindexError):
    """A query is broken.

    `text` is the query as typed, `position` the character the caret goes under.
    """

    def __init__(self, message: str, hint: str | None = None, *, text: str = "", position: int = 0) -> None:
        super().__init__(message, hint)
        self.text = text
        self.position = position


class UsageError(DocindexError):
    """Flags or settings contradict each other or have an invalid value."""


class ExtraMissing(DocindexError):
    """A library that only some uses of docindex need is not installed."""


class OutputError(DocindexError):
    """The answer cannot be written."""


class RecordError(DocindexError):
    """A name means no record, or more than one."""

    exit_code = 1


class EngineError(DocindexError):
    """The index cannot be used."""


class IndexUntrusted(EngineError):
    """An index that was found, and not named, may be another user's work."""


class ReportError(EngineError):
    """The index is committed, and what was done cannot be reported."""

    exit_code = 1


BUILT_AND_INTERRUPTED = "the index is built, and the report was interrupted", "docindex status"
"""Message and hint about Ctrl-C after the commit."""


class IndexMissing(EngineError):
    """There is no index in the expected place."""

    exit_code = 3


class IndexOutdated(EngineError):
    """The index was written by another version of docindex or of its analysis."""

    exit_code = 3


class IndexBusy(EngineError):
    """Another build holds the lock."""

    exit_code = 75


class IndexDamaged(EngineError):
    """The index's files are missing or corrupt."""
