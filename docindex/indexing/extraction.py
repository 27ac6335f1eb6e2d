"""Extraction of one source in this process: its content at one moment, and its records or the
reason for none.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from docindex.errors import LibraryMissing, NothingToIndex, ReaderError
from docindex.model.documents import UNSETTLED, Record, Source
from docindex.readers import detection, formats, read
from docindex.readers.base import PartFailure
from docindex.system import files
from docindex.system.limits import OutOfTime, memory_limit, memory_share, time_limit

if TYPE_CHECKING:
    from docindex.readers.ocr import OcrSettings

MAX_MEMORY_BYTES = 4_000_000_000


class Limits(Struct, frozen=True):
    """Bounds on the cost of reading."""

    jobs: int = os.cpu_count() or 1  # processes
    source_seconds: float = 60.0  # for one source
    source_bytes: int = 100_000_000  # of one source
    memory_bytes: int = MAX_MEMORY_BYTES  # of one process
    ocr: OcrSettings | None = None  # None: pictures are not read

    @property
    def kill_seconds(self) -> float:
        """The seconds after which a process that reads one source is killed."""
        return self.source_seconds + (self.ocr.file_seconds if self.ocr else 0)


DEFAULTS = Limits(memory_bytes=min(MAX_MEMORY_BYTES, memory_share(os.cpu_count() or 1)))
MIN_MEMORY_BYTES = 1 << 30  # of the process, to read the smallest source
MEMORY_PER_BYTE = 40  # more bytes for each byte of a source


class Task(Struct, frozen=True, gc=False):
    """A source to read."""

    source: Source
    file: str  # path on disk
    known: str | None = None  # digest of the indexed content; equal content is not read again
    size: int = -1  # bytes; -1: unknown
    root: str | None = None  # the folder that the file may not lead out of; None: it may
    is_listed: bool = True  # a person named it, so that nothing to index in it is an error


class ReadResult(Struct, frozen=True):
    """Result of reading one source: the number of its records, or a failure."""

    content: str = ""  # digest of the file's bytes
    size: int = -1
    mtime_ns: int = UNSETTLED
    records: int | None = None  # how many; None: the content equals the task's `known`
    failure: tuple[str, str | None] | None = None  # reason and hint; with records: of the parts that failed
    missing_format: str | None = None  # the format whose libraries are not installed
    form: str | None = None  # name of its format
    left_out: str | None = None  # no error: the kind of files or parts left out that `failure` tells of
    pages: int = 0  # pages and pictures that OCR could read


def extract(task: Task, limits: Limits) -> tuple[ReadResult, Sequence[Record]]:
    """Read one source in this process and return its result and records.

    Errors in the file or in its reader become the result's failure. Only MemoryError is raised.
    """
    try:
        if not task.is_listed and formats.format_by_name(task.source.path) is None:
            detection.check_readable(task.source.path, _read_top(task), pictures=limits.ocr is not None)
        data, mtime_ns = read_file(task, limits.source_bytes)
        digest = hashlib.blake2b(data, digest_size=16).hexdigest()
        if digest == task.known:
            return ReadResult(digest, len(data), mtime_ns), ()
        unread: list[PartFailure] = []
        form = detection.format_of(task.source.path, data, pictures=limits.ocr is not None)
        memory = min(limits.memory_bytes, MIN_MEMORY_BYTES + MEMORY_PER_BYTE * len(data))
        with time_limit(limits.source_seconds), memory_limit(memory):
            records = read.read(task.source, data, unread.append, form, ocr=limits.ocr)
    except OutOfTime:
        return ReadResult(failure=late_failure(limits)), ()
    except LibraryMissing as error:
        return ReadResult(failure=(error.message, error.hint), missing_format=error.format), ()
    except NothingToIndex as error:
        left_out = None if task.is_listed else error.kind
        return ReadResult(failure=(error.message, error.hint), left_out=left_out, pages=error.pages), ()
    except ReaderError as error:
        return ReadResult(failure=(error.message, error.hint), pages=error.pages), ()
    except MemoryError:
        return ReadResult(failure=memory_failure()), ()
    except Exception as error:  # a bug in a reader or its library costs only this source
        what = f"makes its reader fail ({type(error).__name__}: {' '.join(str(error).split())[:200]})"
        return ReadResult(failure=(what, "take it off the list, or convert it to text; and report it")), ()
    outcome = ReadResult(digest, len(data), mtime_ns, len(records), form=form.name if form else None)
    if not unread:
        return outcome, records
    failed = [part for part in unread if not part.left_out]
    told = failed or unread
    left_out = None if failed else told[0].left_out
    pages = sum(part.pages for part in unread)
    return replace(
        outcome, failure=_failed_parts(told), missing_format=_missing_format(told), left_out=left_out, pages=pages
    ), records


def late_failure(limits: Limits) -> tuple[str, str]:
    """Return the reason and the hint of a source that takes too long."""
    return (
        f"was not read within {limits.source_seconds:g} seconds",
        "allow more with --timeout, or take it off the list",
    )


def memory_failure() -> tuple[str, str]:
    """Return the reason and the hint of a source that needs too much memory."""
    return "needs more memory than a reader may use", "split the file"


def _failed_parts(unread: list[PartFailure]) -> tuple[str, str | None]:
    """Return reason and hint for the parts of a source that cannot be read."""
    first = f"{unread[0].part}: {unread[0].reason}" if unread[0].part else unread[0].reason
    return first if len(unread) == 1 else f"{len(unread):,} parts cannot be read; the first: {first}", unread[0].hint


def _missing_format(unread: list[PartFailure]) -> str | None:
    lacked = {part.missing_format for part in unread}
    return lacked.pop() if len(lacked) == 1 else None


def _read_top(task: Task) -> bytes:
    """Return the first bytes of a source's file, and none if it cannot be read."""
    try:
        path = task.file if task.root is None else task.source.path
        return files.read_file(path, detection.SAMPLE_BYTES, task.root)
    except (OSError, ValueError):
        return b""  # reading the whole file tells why


def read_file(task: Task, largest: int) -> tuple[bytes, int]:
    """Return the bytes and the modification time of a source's file, both of one moment.

    The time is UNSETTLED where a later change might not move it. Raises ReaderError.
    """
    try:
        descriptor = files.open_file(task.file if task.root is None else task.source.path, task.root)
        with open(descriptor, "rb") as opened:
            for _ in range(2):
                began = time.time_ns()
                before = os.fstat(descriptor)
                if before.st_size > largest:
                    what = f"is larger ({before.st_size / 1e6:,.0f} MB) than the {largest / 1e6:,.0f} MB that are read"
                    raise ReaderError(what, "split it, or allow more with --max-size")
                opened.seek(0)
                data = opened.read(before.st_size + 1)  # one more shows that it grows; room for `largest` takes long
                after = os.fstat(descriptor)
                if (len(data), before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
                    return data, after.st_mtime_ns if files.is_settled(after.st_mtime_ns, began) else UNSETTLED
    except files.OutsideError as error:
        raise ReaderError("is a link that leads outside", "copy the file here, or use --allow-outside") from error
    except files.IrregularFileError as error:
        raise ReaderError("is not a regular file", "name a file with text in it") from error
    except OSError as error:
        raise ReaderError(f"cannot be read: {error.strerror}", "check that it exists and may be read") from error
    raise ReaderError("changes while it is read", "build again when it is complete")
