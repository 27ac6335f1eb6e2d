"""Pool of worker processes that read sources and prepare them for the index.

Time, size and memory of each source are bounded. A reader that hangs, crashes or runs out of memory
costs only its source. Results come in the order of the sources, whatever the number of workers.
"""

from __future__ import annotations

import gc
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import TimeoutError as TooLate
from itertools import chain, count, islice
from multiprocessing import forkserver
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from docindex.errors import DocindexError
from docindex.indexing import batching
from docindex.indexing.batching import BatchLimits
from docindex.indexing.extraction import Limits, ReadResult, Task, extract, late_failure, memory_failure
from docindex.indexing.worker_process import WorkerContext
from docindex.model.documents import Record
from docindex.system.import_path import no_import_from_here
from docindex.system.interrupts import defer_sigint
from docindex.system.limits import can_interrupt, limit_process_memory

PRELOADED_MODULES = ("docindex.readers.text", "docindex.analysis.language_detection")
"""Modules that most workers need. The forkserver loads them once."""


class PoolSettings(Struct, frozen=True):
    """Settings of a pool: the size of batches, and when workers are replaced."""

    batches: BatchLimits = batching.DEFAULTS
    prefetch_batches: int = 2  # for each worker, sent before the first of them has been taken up
    recycle_after_sources: int = 10_000
    """Sources read after which `map` gets new workers.

    The old ones' caches would save 1 s but cost 20 MB each.
    """
    max_restarts: int = 3  # in a row, of workers that end before they have read anything
    poll_seconds: float = 1.0  # between two checks that an awaited result can still come
    max_stalled_polls: int = 3  # checks at which later jobs run and the awaited one does not


DEFAULTS = PoolSettings()
_GRACE_SECONDS = 0.5  # for a worker to report by itself that a source takes too long


class Batch(Struct, frozen=True):
    """Results of sources that were read together."""

    outcomes: Sequence[tuple[Task, ReadResult]]
    prepared: Sequence[Any]  # what `prepare` made of the records of all of them


Prepare = Callable[[Iterable[Record]], Sequence[Any]]
"""Function that a worker applies to a batch's records, such as an engine's `invert`."""


class WorkerPool:
    """Worker processes for one build. They start only if there is enough to do."""

    def __init__(self, limits: Limits, settings: PoolSettings = DEFAULTS) -> None:
        self._limits = limits
        self._settings = settings
        self._max_waiting = limits.jobs * settings.prefetch_batches
        self._pool: Any = None
        self._read_sources = 0  # by the present workers
        self._numbers = count()

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _start(self) -> None:
        from pebble import ProcessPool

        limits = self._limits
        self._read_sources = 0
        with no_import_from_here(), defer_sigint():  # an interrupt here would leave a half-started pool, which warns
            self._pool = ProcessPool(
                max_workers=limits.jobs,
                initializer=_init_worker,
                initargs=[limits.memory_bytes],
                context=WorkerContext(),
            )
            assert self._pool.active  # noqa: S101 - reading `active` starts the pool

    def _stop(self) -> None:
        if self._pool:
            self._pool.stop()
            self._pool.join()
            self._pool = None

    def batches(self, tasks: Iterable[Task], made_by: Callable[[], Prepare]) -> Iterator[Batch]:
        """Yield all tasks with their results, in order. Tasks are consumed only shortly before they
        are read.

        `made_by` returns the function that prepares records. It is not called if few sources are
        read and none has records, because loading an engine may take longer than finding that
        nothing has changed. Raises DocindexError if workers end before they read anything.
        """
        coming = (task if task.size >= 0 else replace(task, size=batching.file_size(task.file)) for task in tasks)
        taken: list[Task] = []
        if can_interrupt() and not self._limits.ocr and batching.fits_inline(coming, taken):
            examined = [extract(task, self._limits) for task in taken]
            records = [record for _, own in examined for record in own]
            outcomes = [(task, outcome) for task, (outcome, _) in zip(taken, examined, strict=True)]
            yield Batch(outcomes, made_by()(records) if records else ())
        else:
            yield from self._in_processes(chain(taken, coming), made_by())

    def map(self, function: Callable[[Any], Any], values: Iterable[Any]) -> Iterator[Any]:
        """Yield the function's result for each value, in order. The workers end with the last
        value.

        Values are processed here if no workers have been started, or if the worker of a value dies.
        """
        if self._pool is None:
            yield from map(function, values)
            return
        from concurrent.futures.process import BrokenProcessPool

        from pebble import ProcessExpired

        if self._read_sources > self._settings.recycle_after_sources:
            self._stop()
            self._start()
        coming = iter(values)
        waiting: deque[_Job] = deque()
        while True:
            waiting.extend(map(_Job, islice(coming, self._max_waiting - len(waiting))))
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
        coming = batching.batches(tasks, limits.jobs, self._settings.batches)
        waiting: deque[_Job] = deque()
        broken = 0
        while True:
            waiting.extend(map(_Job, islice(coming, max(0, self._max_waiting - len(waiting)))))
            if not waiting:
                break
            try:
                result = self._batch(waiting, prepare)
            except BrokenProcessPool as error:  # a worker ended before it took a batch, so no source is to blame
                broken += 1
                if broken > self._settings.max_restarts:
                    what = "the processes that read files end before they read any"
                    raise DocindexError(what, "see whether memory, or their number, is limited here") from error
                self._stop()
                self._start()
                waiting = deque(_Job(sent.value) for sent in waiting)
                continue
            broken = 0
            batch: list[Task] = waiting.popleft().value
            if result:
                self._read_sources += len(batch)
                yield result
            else:  # one source is to blame, or all together take too long, so each becomes a batch
                waiting.extendleft(_Job([task]) for task in reversed(batch))

    def _batch(self, waiting: Sequence[_Job], prepare: Prepare) -> Batch | None:
        """Return the results of the first waiting batch, or None if its sources must be read one
        by one.
        """
        from pebble import ProcessExpired

        batch = waiting[0].value
        try:
            outcomes, prepared = self._result(
                waiting, _extract_batch, prepare, self._limits, seconds=self._limits.kill_seconds + _GRACE_SECONDS
            )
        except (TooLate, ProcessExpired, MemoryError) as error:
            if len(batch) > 1:
                return None
            return Batch([(batch[0], ReadResult(failure=_failure_for(error, self._limits)))], prepare(()))
        return Batch(list(zip(batch, outcomes, strict=True)), prepared)

    def _result(
        self, waiting: Sequence[_Job], function: Callable[..., Any], *more: Any, seconds: float | None = None
    ) -> Any:
        """Send all waiting jobs to the workers and return the result of the first one.

        Raises BrokenProcessPool if that result can no longer come. pebble does not report this in
        two cases: to every job of a broken pool, and when a worker dies between taking a job and
        acknowledging it.
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
        stalled = 0
        while not wait([first.future], self._settings.poll_seconds).done:
            if not self._pool.active and not first.future.done():
                raise BrokenProcessPool
            later = (sent.future for sent in waiting if sent.number > first.number)
            is_behind = not first.future.running() and any(future.running() or future.done() for future in later)
            stalled = stalled + 1 if is_behind else 0  # workers take jobs in the order of sending
            if stalled == self._settings.max_stalled_polls:
                raise BrokenProcessPool
        return first.future.result()


class _Job:
    """A value on its way through a worker."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self.future: Any = None
        self.number = -1  # in the order of sending


def start_forkserver(prepare: Prepare) -> None:
    """Start the forkserver unless it runs, and return while it still loads the modules of the
    workers.

    Workers are forked from it because forking this process, which has threads, is not safe.
    """
    forkserver.set_forkserver_preload([__name__, *PRELOADED_MODULES, prepare.__module__])
    if threading.current_thread() is not threading.main_thread():
        with no_import_from_here():
            forkserver.ensure_running()
        return
    # Ctrl-C in a terminal reaches the forkserver too and would make it print a traceback. It
    # inherits SIG_IGN.
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with no_import_from_here():
            forkserver.ensure_running()
    finally:
        signal.signal(signal.SIGINT, usual)


def _extract_batch(tasks: list[Task], prepare: Prepare, limits: Limits) -> tuple[list[ReadResult], Sequence[Any]]:
    found = [extract(task, limits) for task in tasks]
    return [outcome for outcome, _ in found], prepare(record for _, records in found for record in records)


def _failure_for(error: Exception, limits: Limits) -> tuple[str, str]:
    """Return the reason and the hint of a source whose worker failed."""
    if isinstance(error, TooLate):
        return late_failure(limits)
    if isinstance(error, MemoryError):
        return memory_failure()
    return "made its reader crash", "take it off the list, or convert it to text"


def _init_worker(memory: int) -> None:
    """Limit this worker's memory to a number of bytes, so that one file cannot exhaust the
    machine's.
    """
    limit_process_memory(memory)
    # A batch has hundreds of thousands of values without cycles. Garbage-collector passes at the
    # usual threshold of 700 took 10 % of the time.
    gc.set_threshold(50_000, 20, 100)
