"""Records that a watched list has shown: a text file beside the list, a line for each query and
record.

A record is known by a digest of its content, so that the file holds after a rebuild, after a move
of the record's file and on another machine. The lines are sorted JSON: git compares and merges
them. The file is replaced as a whole or not at all.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import DecodeError

from docindex.errors import OutputError, UsageError
from docindex.model.serialization import dumps, loads
from docindex.system import files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docindex.model.documents import Record

SUFFIX = ".docindex-seen"
"""Ending of the file's name behind that of the list. Walks of folders leave such files out."""
FORMAT_VERSION = 1
DIGEST_CHARACTERS = 32
MAX_FILE_BYTES = 2_000_000_000
_HEAD_START = b"# docindex watch "
_HEAD = _HEAD_START + f"{FORMAT_VERSION}: query, digest of the content, id when it was shown".encode()


def record_digest(record: Record) -> str:
    """Return the digest by which a record is known: of its text and, for a message, of its header.

    The path, the title and declared metadata take no part, because a move or an edit of the
    manifest makes no news. A record without text is known by its title.
    """
    parts = [record.body.strip() or record.title]
    date = record.metadata.date
    if date is not None and date.origin == "header":
        parts += [date.value, record.metadata.creator or "", record.title]
    content = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(content).hexdigest()[:DIGEST_CHARACTERS]


class SeenRecords:
    """The records that were shown for each query: their digests, each with an id."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._ids: dict[str, dict[str, str]] = {}
        self._stored: bytes | None = None  # the file as it was read

    def holds(self, query: str, digest: str) -> bool:
        """Return True if the record was shown for the query."""
        return digest in self._ids.get(query, ())

    def shown_ids(self, query: str) -> frozenset[str]:
        """Return the ids of the records that were shown for the query, as they were then."""
        return frozenset(self._ids.get(query, {}).values())

    def add(self, query: str, digest: str, record_id: str) -> None:
        """Take a record for shown. `save` makes it last."""
        self._ids.setdefault(query, {}).setdefault(digest, record_id)

    def load(self) -> None:
        """Read the file, if there is one. Raises UsageError with file and line."""
        hint = "the file as docindex watch wrote it; without it, everything is new"
        try:
            self._stored = files.read_file(self.path, MAX_FILE_BYTES)
        except FileNotFoundError:
            return
        except OSError as error:
            raise UsageError(f"{self.path}: cannot be read: {error.strerror}", hint) from error
        for number, line in enumerate(self._stored.split(b"\n"), start=1):
            if line.startswith(b"# docindex watch ") and not line.startswith(
                f"# docindex watch {FORMAT_VERSION}:".encode()
            ):
                raise UsageError(f"{self.path}:{number}: is of another version of docindex", hint)
            if line.strip() and not line.startswith(b"#"):
                try:
                    self.add(*loads(line, tuple[str, str, str]))
                except DecodeError as error:
                    raise UsageError(f"{self.path}:{number}: is no line of seen records: {error}", hint) from error

    def save(self) -> None:
        """Replace the file, if it would change. Raises OutputError; then the old file stands."""
        lines = sorted(
            dumps((query, digest, record_id)) for query, ids in self._ids.items() for digest, record_id in ids.items()
        )
        data = b"\n".join([_HEAD, *lines, b""])
        if data == self._stored:
            return
        partial = f"{self.path}.tmp"  # one name: the next run replaces what a killed one has left
        try:
            with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o666), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, self.path)
        except OSError as error:
            message = f"{self.path}: cannot be written: {error.strerror}"
            raise OutputError(message, "make room; what was shown now is shown again next time") from error


@contextmanager
def open_seen_records(list_path: str) -> Iterator[SeenRecords]:
    """Load the seen records of a list and keep other runs from the list meanwhile.

    Raises UsageError.
    """
    try:
        descriptor = files.open_file(list_path)
    except OSError as error:
        raise UsageError(f"{list_path}: cannot be read: {error.strerror}", "a file of names or queries") from error
    with open(descriptor, "rb") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the lock ends with the process, even a killed one
        except OSError as error:
            raise UsageError(f"{list_path}: is watched by another run now", "wait for its end") from error
        seen = SeenRecords(f"{list_path}{SUFFIX}")
        seen.load()
        yield seen
