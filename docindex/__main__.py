"""`python -m docindex` is `docindex`: a process that ends with the command line in it."""

from __future__ import annotations

import atexit
import gc
from typing import NoReturn


def run() -> NoReturn:
    """Run the command line, and end the process."""
    # Modules and what they define live until the end: going through them in search of cycles, now and then while they
    # are loaded and once more when all is over, took a fifth of a search.
    gc.set_threshold(50_000, 20, 100)
    atexit.register(gc.freeze)
    from docindex.cli import main

    main()


if __name__ == "__main__":
    run()
