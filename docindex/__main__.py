"""Where docindex begins, as a command and as `python -m docindex`."""

from __future__ import annotations

import atexit
import gc
import os
import signal
from typing import NoReturn


def run() -> NoReturn:
    """Run the command line, and end the process. Ctrl-C ends it in silence from here on."""
    # Modules and what they define live until the end: going through them in search of cycles, now and then while they
    # are loaded and once more when all is over, took a fifth of a search.
    gc.set_threshold(50_000, 20, 100)
    atexit.register(gc.freeze)
    usual = signal.getsignal(signal.SIGINT)
    if usual is signal.default_int_handler:
        # While it is loaded nothing has begun that would have to be left in order.
        signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    from docindex.cli import main

    signal.signal(signal.SIGINT, usual)
    main()


if __name__ == "__main__":
    run()
