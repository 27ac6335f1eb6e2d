"""Limits on the time and memory that work on strangers' content may take in this process.

A timer interrupts Python code, in the main thread only. Native code is interrupted when it returns.
Windows has neither such a timer nor such a bound on memory: there the limits are not kept.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if sys.platform != "win32":
    import resource

if TYPE_CHECKING:
    from collections.abc import Iterator

_REPEAT_SECONDS = 0.2  # between two attempts to interrupt code that swallowed the first
_SOON_SECONDS = 0.001
_MIN_WORKER_BYTES = 500_000_000


class OutOfTime(BaseException):
    """The time limit is reached."""


def can_interrupt() -> bool:
    """Return True if `time_limit` works in this thread."""
    return sys.platform != "win32" and threading.current_thread() is threading.main_thread()


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTime if the block takes longer. Limits may be nested; the shorter one counts."""
    if sys.platform == "win32" or not can_interrupt():
        yield
        return
    is_running = True

    def interrupt(*_: object) -> None:
        if is_running:
            raise OutOfTime

    began = time.monotonic()
    usual = signal.signal(signal.SIGALRM, interrupt)
    outer, _ = signal.getitimer(signal.ITIMER_REAL)
    try:
        signal.setitimer(signal.ITIMER_REAL, min(seconds, outer or seconds), _REPEAT_SECONDS)
        yield
    finally:
        is_running = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, usual)
        if outer:
            left = max(outer - (time.monotonic() - began), _SOON_SECONDS)
            signal.setitimer(signal.ITIMER_REAL, left, _REPEAT_SECONDS)


@contextmanager
def paused_time_limit() -> Iterator[None]:
    """Stop the clock of `time_limit` while the block waits for what has a limit of its own."""
    if sys.platform == "win32" or not can_interrupt():
        yield
        return
    left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        yield
    finally:
        if left:
            signal.setitimer(signal.ITIMER_REAL, left, _REPEAT_SECONDS)


@contextmanager
def memory_limit(max_bytes: int) -> Iterator[None]:
    """Let the process have no more than so many bytes of data while the block runs."""
    if sys.platform == "win32":
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    bounds = [max_bytes, *(bound for bound in (soft, hard) if bound != resource.RLIM_INFINITY)]
    resource.setrlimit(resource.RLIMIT_DATA, (min(bounds), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def limit_process_memory(max_bytes: int) -> None:
    """Let this process have no more than so many bytes of data until its end."""
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_DATA, (max_bytes, max_bytes))


def parse_seconds(size: int) -> float:
    """Return the seconds that parsing a text of so many characters may take."""
    return 2 + size * 20e-6


def memory_share(jobs: int) -> int:
    """Return the bytes that each of some workers may use, so that all together leave the machine
    a quarter.
    """
    if sys.platform == "win32":
        return _MIN_WORKER_BYTES
    available = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with suppress(OSError, ValueError, StopIteration):
        with open("/proc/meminfo", encoding="ascii") as lines:
            available = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
        with open("/sys/fs/cgroup/memory.max", encoding="ascii") as line:
            available = min(available, int(line.read()))
    return max(_MIN_WORKER_BYTES, available * 3 // 4 // jobs)
