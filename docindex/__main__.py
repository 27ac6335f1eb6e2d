"""Where docindex begins, as a command and as `python -m docindex`."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
from typing import NoReturn


def run() -> NoReturn:
    """Run the command line, and end the process. Ctrl-C ends it in silence from here on."""
    # Modules and what they define live until the end: going through them in search of cycles, now and then while they
    # are loaded and once more when all is over, took a fifth of a search.
    gc.set_threshold(200_000, 20, 100)
    atexit.register(gc.freeze)
    usual = signal.getsignal(signal.SIGINT)
    if usual is signal.default_int_handler:
        # While it is loaded nothing has begun that would have to be left in order.
        signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    _load_msgspec()
    from docindex.cli.main import main

    signal.signal(signal.SIGINT, usual)
    try:
        main()
    except SystemExit as end:
        _leave(end)
        raise


def _load_msgspec() -> None:
    """Load it without typing_extensions, which it takes, where that is installed, for what Python's own `typing` has
    since 3.11: loading that takes a twentieth of a search.
    """
    if "typing_extensions" not in sys.modules:
        sys.modules["typing_extensions"] = None  # type: ignore[assignment]
        try:
            import msgspec  # noqa: F401
        finally:
            del sys.modules["typing_extensions"]


def _leave(end: SystemExit) -> None:
    """End the process at once: to take all that is loaded apart takes longer than to rank a common word.

    Not where other processes were started, which are to be ended, nor under a profiler, nor where an answer cannot be
    written to its end: the interpreter tells of that.
    """
    if "multiprocessing" in sys.modules or sys.getprofile() or not isinstance(end.code, int):
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return
    os._exit(end.code)


if __name__ == "__main__":
    run()
