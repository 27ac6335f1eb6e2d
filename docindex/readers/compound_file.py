"""Compound files (MS-CFB), as Office wrote until 2007: streams, kind, properties. Only here:
olefile.

olefile (BSD licence) reads them in Python; nothing is run and nothing is written to disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO

import olefile

from docindex.errors import ReaderError
from docindex.model.documents import Metadata
from docindex.readers import document_builder

KINDS = {
    "__properties_version1.0": "msg",
    "WordDocument": "doc",
    "PowerPoint Document": "ppt",
    "Workbook": "xls",
    "Book": "xls",
}
"""Format by the stream that holds a document's text."""
MAX_STREAM_BYTES = 200_000_000
_DAMAGED_HINT = "open it in an office program and save it anew, or take it off the list"
_UTF8, _DEFAULT_CODEPAGE = 65001, 1252


@contextmanager
def damage(what: str) -> Iterator[None]:
    """Translate every error about a damaged file into ReaderError."""
    try:
        yield
    except ReaderError:
        raise
    except Exception as error:  # olefile and struct raise errors of any kind on damaged files
        raise ReaderError(f"is damaged, or no {what}", _DAMAGED_HINT) from error


class CompoundFile:
    """An open compound file. `what` names its kind in messages: `Word document`."""

    def __init__(self, data: bytes, what: str) -> None:
        """Open the file. Raises ReaderError."""
        with damage(what):
            self._file = olefile.OleFileIO(BytesIO(data))
        self._what = what

    def stream(self, name: str) -> bytes:
        """Return a stream's bytes, and none if there is no such stream. Raises ReaderError."""
        with damage(self._what):
            if not self._file.exists(name) or self._file.get_type(name) != olefile.STGTY_STREAM:
                return b""
            if self._file.get_size(name) > MAX_STREAM_BYTES:
                raise ReaderError("holds a stream that is too large", _DAMAGED_HINT)
            content: bytes = self._file.openstream(name).read()
            return content

    def children(self, storage: str) -> set[str]:
        """Return the names of what lies in a storage: a path with slashes, or "" for the root."""
        above = storage.split("/") if storage else []
        depth = len(above)
        return {
            entry[depth]
            for entry in self._file.listdir(streams=True, storages=True)
            if entry[:depth] == above and entry[depth:]
        }

    def properties(self) -> Metadata:
        """Return what the document says of itself. Broken properties count as none."""
        try:
            found = self._file.get_metadata()
        except Exception:  # a damaged property set costs only the properties
            return Metadata()
        codepage = found.codepage if isinstance(found.codepage, int) else _DEFAULT_CODEPAGE
        date = found.create_time
        return document_builder.properties(
            title=_text(found.title, codepage),
            creator=_text(found.author, codepage),
            date=date.isoformat() if isinstance(date, datetime) else "",
            subject=";".join(_text(value, codepage) for value in (found.subject, found.keywords)),
        )


def kind(data: bytes) -> str | None:
    """Return the format of a compound file, or None if it is none of Office's."""
    try:
        found = olefile.OleFileIO(BytesIO(data))
        return next((form for name, form in KINDS.items() if found.exists(name)), None)
    except Exception:  # olefile raises errors of any kind on damaged files
        return None


def _text(value: object, codepage: int) -> str:
    """Return a property's text."""
    if not isinstance(value, bytes):
        return value if isinstance(value, str) else ""
    encoding = "utf-8" if codepage == _UTF8 else f"cp{codepage & 0xFFFF}"
    try:
        return value.rstrip(b"\0").decode(encoding, "replace")
    except LookupError:
        return value.rstrip(b"\0").decode("cp1252", "replace")
