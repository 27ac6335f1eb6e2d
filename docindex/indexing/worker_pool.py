"""Sources read and prepared for the index in processes of their own, so that no file can hold up or bring down a build.

Each source has a bounded time, size and memory. A reader that hangs, crashes or runs out of memory costs that source.
Batches of outcomes come in the order of the sources, whatever the number of processes.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import TimeoutError as TooLate
from contextlib import contextmanager
from itertools import chain, count, islice
from multiprocessing import forkserver
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from docindex.errors import DocindexError, ReaderError
from docindex.indexing.extraction import Limits, ReadResult, Task, extract, read_file
from docindex.model import Record
from docindex.readers import formats

INLINE_BYTES = 500_000  # bytes in all: so little is read right here, for less than the processes would cost to start
# What most processes will need: loaded once, before they are forked.
PRELOADED_MODULES = ("docindex.readers.text", "docindex.analysis.language_detection")
INLINE_FORMATS = frozenset({"text", "markdown"})  # formats that are read by our own code alone
PREFETCH_BATCHES = 2  # batches a process may be ahead of the index
MAX_BATCH_SOURCES = 256
"""Sources, at most, that are sent to a process at once: each sending takes longer than reading a short text, and of the
more of them the words are put together, the less is left to do for the one that writes."""
MAX_BATCH_BYTES = 1_000_000  # bytes of a batch's sources, at most, unless it has but one
MAX_POOL_RESTARTS = 3  # of the processes, when they end before they have read anything
POLL_SECONDS = 1.0  # seconds between two looks at whether something can still come of what is waited for
MAX_STALLED_POLLS = 3  # such looks at which what was sent later is in work and it is not
TAIL_SPLITS = 3  # into which what is left to read is parted for each process
RECYCLE_AFTER_SOURCES = 10_000
"""Sources, beyond which processes that have read them are replaced before they do anything else. What they know of
words would save a second, and what they hold has grown by 20 MB each."""
MIN_BATCH_SOURCES, MIN_BATCH_BYTES = MAX_BATCH_SOURCES // 8, MAX_BATCH_BYTES // 8
"""Fewer sources, or bytes, are not sent by themselves while there are more."""


class Batch(Struct, frozen=True):
    """Sources that were read together: what each came to, and the records of all, as `prepare` made them."""

    outcomes: Sequence[tuple[Task, ReadResult]]
    prepared: Sequence[Any]


Prepare = Callable[[Iterable[Record]], Sequence[Any]]


class WorkerPool:
    """Processes that read, and do what else can be done apart. They are started when there is enough to do."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._pool: Any = None
        self._read = 0  # sources, in processes
        self._numbers = count()

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _start(self) -> None:
        from pebble import ProcessPool

        limits = self._limits
        self._read = 0
        context = multiprocessing.get_context("forkserver")
        self._pool = ProcessPool(
            max_workers=limits.jobs, initializer=_init_worker, initargs=[limits.memory], context=context
        )
        with _defer_sigint():  # one that is begun and left alone would complain
            assert self._pool.active  # noqa: S101 - to be asked is what starts it

    def _stop(self) -> None:
        if self._pool:
            self._pool.stop()
            self._pool.join()
            self._pool = None

    def batches(self, tasks: Iterable[Task], made_by: Callable[[], Prepare]) -> Iterator[Batch]:
        """All tasks with their outcomes, in their order. A task is asked for when its turn comes near.

        `made_by` gives what prepares their records. It is not asked where a little is read and proves to have none:
        loading that may take longer than to see that nothing has changed.
        """
        coming = (task if task.size >= 0 else replace(task, size=file_size(task.file)) for task in tasks)
        taken: list[Task] = []
        if fits_inline(coming, taken):
            examined = [extract(task, self._limits) for task in taken]
            records = [record for _, own in examined for record in own]
            outcomes = [(task, outcome) for task, (outcome, _) in zip(taken, examined, strict=True)]
            yield Batch(outcomes, made_by()(records) if records else ())
        else:
            yield from self._in_processes(chain(taken, coming), made_by())

    def map(self, function: Callable[[Any], Any], values: Iterable[Any]) -> Iterator[Any]:
        """What the function makes of each value, in their order. It is done here if nothing was read in processes, or
        one does not live to tell.

        This is what comes last: the processes end with it.
        """
        if self._pool is None:
            yield from map(function, values)
            return
        from concurrent.futures.process import BrokenProcessPool

        from pebble import ProcessExpired

        if self._read > RECYCLE_AFTER_SOURCES:
            self._stop()
            self._start()
        coming = iter(values)
        waiting: deque[_Job] = deque()
        while True:
            waiting.extend(map(_Job, islice(coming, self._limits.jobs * PREFETCH_BATCHES - len(waiting))))
            if not waiting:
                break
            try:
                made = self._result(waiting, function)
            except (ProcessExpired, BrokenProcessPool, MemoryError):
                made = function(waiting[0].value)
            waiting.popleft()
            yield made
        self._stop()

    def _in_processes(self, tasks: Iterator[Task], prepare: Prepare) -> Iterator[Batch]:
        from concurrent.futures.process import BrokenProcessPool  # here: it is slow to import

        limits = self._limits
        start_forkserver(prepare)
        self._start()
        coming = batches(tasks, limits.jobs)
        waiting: deque[_Job] = deque()
        broken = 0
        while True:
            waiting.extend(map(_Job, islice(coming, max(0, limits.jobs * PREFETCH_BATCHES - len(waiting)))))
            if not waiting:
                break
            try:
                result = self._batch(waiting, prepare)
            except BrokenProcessPool as error:  # one ended that had nothing to do yet: none is to blame
                broken += 1
                if broken > MAX_POOL_RESTARTS:
                    what = "the processes that read files end before they read any"
                    raise DocindexError(what, "see whether memory, or their number, is limited here") from error
                self._stop()
                self._start()
                waiting = deque(_Job(sent.value) for sent in waiting)
                continue
            broken = 0
            batch: list[Task] = waiting.popleft().value
            if result:
                self._read += len(batch)
                yield result
            else:  # one of them is to blame, or all together take too long: each by itself
                waiting.extendleft(_Job([task]) for task in reversed(batch))

    def _batch(self, waiting: Sequence[_Job], prepare: Prepare) -> Batch | None:
        """What became of the first batch that waits; None if it must be taken apart to be told."""
        from pebble import ProcessExpired

        batch = waiting[0].value
        try:
            outcomes, prepared = self._result(
                waiting, _extract_batch, prepare, self._limits, seconds=self._limits.seconds
            )
        except (TooLate, ProcessExpired, MemoryError) as error:
            if len(batch) > 1:
                return None
            return Batch([(batch[0], ReadResult(failure=_failure_for(error, self._limits)))], prepare(()))
        return Batch(list(zip(batch, outcomes, strict=True)), prepared)

    def _result(
        self, waiting: Sequence[_Job], function: Callable[..., Any], *more: Any, seconds: float | None = None
    ) -> Any:
        """What a process makes of the first value that waits, after all that wait have been sent.

        Raises BrokenProcessPool where nothing will come of it: a pool that is broken does not tell all who wait for it,
        nor does any tell of a process that ends between taking something and saying so.
        """
        from concurrent.futures import wait
        from concurrent.futures.process import BrokenProcessPool

        for sent in waiting:
            if sent.future is None:
                try:
                    sent.future = self._pool.schedule(function, args=[sent.value, *more], timeout=seconds)
                except RuntimeError as error:
                    raise BrokenProcessPool from error
                sent.number = next(self._numbers)
        first = waiting[0]
        overtaken = 0
        while not wait([first.future], POLL_SECONDS).done:
            if not self._pool.active and not first.future.done():
                raise BrokenProcessPool
            later = (sent.future for sent in waiting if sent.number > first.number)
            is_behind = not first.future.running() and any(future.running() or future.done() for future in later)
            overtaken = overtaken + 1 if is_behind else 0  # they are taken in the order in which they are sent
            if overtaken == MAX_STALLED_POLLS:
                raise BrokenProcessPool
        return first.future.result()


class _Job:
    """Something that a process is to work on."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self.future: Any = None
        self.number = -1  # in the order of sending


def start_forkserver(prepare: Prepare) -> None:
    """Start what processes are forked from, if it is not there, and do not wait for it: it takes a while to load what
    all of them need. Forking this process, which has threads, would not be safe.
    """
    forkserver.set_forkserver_preload([__name__, *PRELOADED_MODULES, prepare.__module__])
    if threading.current_thread() is not threading.main_thread():
        forkserver.ensure_running()
        return
    # Ctrl-C in a terminal reaches it as well: while it loads it would end with a traceback. Ignored, it stays so there.
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        forkserver.ensure_running()
    finally:
        signal.signal(signal.SIGINT, usual)


@contextmanager
def _defer_sigint() -> Iterator[None]:
    """Ctrl-C waits until this is done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[int] = []
    usual = signal.signal(signal.SIGINT, lambda number, _: asked.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
        if asked:
            signal.raise_signal(signal.SIGINT)


def fits_inline(tasks: Iterable[Task], taken: list[Task]) -> bool:
    """Whether there is little to read, and all of it in plain formats: by its content too, for names can be wrong.

    What has been looked at to tell is put into `taken`.
    """
    total = 0
    for task in tasks:
        taken.append(task)
        form = formats.format_of(task.source.path)
        if form and form.name not in INLINE_FORMATS:
            return False
        total += task.size
        if total > INLINE_BYTES:
            return False
        try:
            form = formats.format_of(task.source.path, read_file(task.file, INLINE_BYTES)[0])
        except (OSError, ReaderError):
            continue
        if form and form.name not in INLINE_FORMATS:
            return False
    return True


def file_size(file: str) -> int:
    try:
        return os.stat(file).st_size
    except OSError:  # it will be told when it is read
        return 0


def batches(tasks: Iterator[Task], jobs: int) -> Iterator[list[Task]]:
    """The tasks in order, together as long as they are few and light: fewer of the last, so that all processes are done
    at about the same time. For that, so many are known ahead as would fill each share of each process.
    """
    shares = jobs * TAIL_SPLITS
    ahead: deque[Task] = deque()
    left = 0  # bytes of those ahead
    while True:
        for task in islice(tasks, shares * MAX_BATCH_SOURCES - len(ahead)):
            ahead.append(task)
            left += task.size
        if not ahead:
            break
        most = max(MIN_BATCH_SOURCES, min(MAX_BATCH_SOURCES, len(ahead) // shares))
        heavy = max(MIN_BATCH_BYTES, min(MAX_BATCH_BYTES, left // shares))
        batch = [ahead.popleft()]
        weight = batch[0].size
        while ahead and len(batch) < most and weight + ahead[0].size <= heavy:
            weight += ahead[0].size
            batch.append(ahead.popleft())
        left -= weight
        yield batch


def _extract_batch(tasks: list[Task], prepare: Prepare, limits: Limits) -> tuple[list[ReadResult], Sequence[Any]]:
    found = [extract(task, limits) for task in tasks]
    return [outcome for outcome, _ in found], prepare(record for _, records in found for record in records)


def _failure_for(error: Exception, limits: Limits) -> tuple[str, str]:
    """What is told of a source that its process did not survive."""
    if isinstance(error, TooLate):
        what = f"was not read within {limits.seconds:g} seconds"
        return what, "allow more with --timeout, or take it off the list"
    if isinstance(error, MemoryError):
        return "needs more memory than a reader may use", "split the file"
    return "made its reader crash", "take it off the list, or convert it to text"


def _init_worker(memory: int) -> None:
    """Bound this process's memory, so that one file cannot take the machine's."""
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    # A batch is made of hundreds of thousands of values that lead to nothing else: looking through them for cycles at
    # each seven hundredth took a tenth of the time.
    gc.set_threshold(50_000, 20, 100)
