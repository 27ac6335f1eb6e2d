"""Batches of sources: how many a worker process reads at once, and whether workers are needed at
all.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec import Struct

from docindex.errors import ReaderError
from docindex.indexing.extraction import Task, read_file
from docindex.readers import detection, formats

INLINE_BYTES = 500_000
"""Total size of sources up to which reading in this process takes less time than starting
workers.
"""
INLINE_FORMATS = frozenset({"text", "markdown"})
"""Formats that no third-party library reads, so that a bad file cannot crash this process."""


class BatchLimits(Struct, frozen=True):
    """Bounds on one batch.

    A large batch saves messages between processes: one takes longer than reading a short text.
    Larger batches also leave less merging to the writer process.
    """

    max_sources: int = 256
    max_bytes: int = 1_000_000  # a larger source is a batch of its own
    min_sources: int = 32  # while more sources are left
    min_bytes: int = 125_000  # while more sources are left
    tail_splits: int = 3  # batches for each worker into which the last sources are divided


DEFAULTS = BatchLimits()


def fits_inline(tasks: Iterable[Task], taken: list[Task]) -> bool:
    """Return True if all tasks are few and in plain formats, by name and by content.

    The tasks consumed so far are appended to `taken`, also if the answer is False.
    """
    total_bytes = 0
    for task in tasks:
        taken.append(task)
        form = formats.format_by_name(task.source.path)
        if form and form.name not in INLINE_FORMATS:
            return False
        total_bytes += task.size
        if total_bytes > INLINE_BYTES:
            return False
        try:
            form = detection.format_of(task.source.path, read_file(task, INLINE_BYTES)[0])
        except (OSError, ReaderError):
            continue
        if form and form.name not in INLINE_FORMATS:
            return False
    return True


def file_size(file: str) -> int:
    """Return a file's size in bytes, or 0 if it cannot be looked at.

    Reading it will report the error.
    """
    try:
        return os.stat(file).st_size
    except OSError:
        return 0


def batches(tasks: Iterator[Task], workers: int, limits: BatchLimits = DEFAULTS) -> Iterator[list[Task]]:
    """Yield the tasks in order, in batches for this number of workers.

    The last batches are smaller, so that all workers end at about the same time. For that, it
    consumes up to `workers * tail_splits * max_sources` tasks ahead of the batch that it yields.
    """
    shares = workers * limits.tail_splits
    ahead: deque[Task] = deque()
    ahead_bytes = 0
    while True:
        for task in islice(tasks, shares * limits.max_sources - len(ahead)):
            ahead.append(task)
            ahead_bytes += task.size
        if not ahead:
            break
        most_sources = max(limits.min_sources, min(limits.max_sources, len(ahead) // shares))
        most_bytes = max(limits.min_bytes, min(limits.max_bytes, ahead_bytes // shares))
        batch = [ahead.popleft()]
        batch_bytes = batch[0].size
        while ahead and len(batch) < most_sources and batch_bytes + ahead[0].size <= most_bytes:
            batch_bytes += ahead[0].size
            batch.append(ahead.popleft())
        ahead_bytes -= batch_bytes
        yield batch
