"""Programs that docindex calls: named by itself, limited in time, fed and read by pipes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from docindex.system.limits import paused_time_limit

if sys.platform != "win32":
    import resource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class ProgramError(Exception):
    """A program cannot be started, ends with an error, or takes too long."""


def run(
    command: Sequence[str], data: bytes = b"", *, seconds: float, environment: Mapping[str, str] | None = None
) -> bytes:
    """Return what a program prints when it is given `data`. Raises ProgramError.

    Its time does not count for the time limit of the caller. It inherits the caller's limit of
    memory, gets no terminal, and its own children end with it.
    """
    with paused_time_limit():
        try:
            process = subprocess.Popen(  # noqa: S603 - no shell, and the callers name the program
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                env={**os.environ, **(environment or {})},
            )
        except OSError as error:
            raise ProgramError(f"cannot be started: {error.strerror}") from error
        with process:
            try:
                _limit_cpu(process.pid, seconds)
                out, errors = process.communicate(data, timeout=seconds)
            except subprocess.TimeoutExpired as error:
                raise ProgramError(f"did not end within {seconds:g} seconds") from error
            finally:
                _end_group(process)
        if process.returncode:
            told = errors.decode("utf-8", "replace").strip().splitlines()
            raise ProgramError(f"ended with code {process.returncode}{f': {told[-1][:200]}' if told else ''}")
        return out


def _limit_cpu(process_id: int, seconds: float) -> None:
    """Limit a child's own time, so that it ends even if this process is killed (Linux only)."""
    if sys.platform == "linux":
        with suppress(OSError, ValueError):
            resource.prlimit(process_id, resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
            resource.prlimit(process_id, resource.RLIMIT_CORE, (0, 0))


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a program that still runs, and its children."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
        return
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
