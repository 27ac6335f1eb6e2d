"""Reading of one file by itself, within the bounds of a build: a draft, or a cited source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from msgspec.structs import replace

from docindex.errors import ReaderError
from docindex.indexing import extraction, worker_pool
from docindex.indexing.extraction import Limits
from docindex.model.documents import Record, Source
from docindex.system.limits import OutOfTime, memory_limit, time_limit


def read_records(path: str, root: str | None = None, limits: Limits = extraction.DEFAULTS) -> list[Record]:
    """Return the records of a file, as a build reads it: what native code reads has a process of
    its own.

    With a root, the path is relative to it and stays inside. Raises ReaderError.
    """
    task = extraction.Task(Source(path), str(Path(root, path)) if root else path, root=root)
    with worker_pool.WorkerPool(replace(limits, jobs=1)) as pool:
        (batch,) = pool.batches([task], lambda: as_they_are)
    ((_, result),) = batch.outcomes
    if result.failure and not result.records:
        raise ReaderError(*result.failure)
    return list(batch.prepared)


def as_they_are(records: Iterable[Record]) -> list[Record]:
    """Return a batch's records to the process that asked for them."""
    return list(records)


def within_limits(
    reader: Callable[[], Iterable[Record]], size: int, limits: Limits = extraction.DEFAULTS
) -> list[Record]:
    """Return what a reader in Python yields, read here with bounds on its time and memory.

    Raises ReaderError.
    """
    memory = min(limits.memory_bytes, extraction.MIN_MEMORY_BYTES + extraction.MEMORY_PER_BYTE * size)
    try:
        with time_limit(limits.source_seconds), memory_limit(memory):
            return list(reader())
    except OutOfTime:
        raise ReaderError(*extraction.late_failure(limits)) from None
    except MemoryError:
        raise ReaderError(*extraction.memory_failure()) from None
