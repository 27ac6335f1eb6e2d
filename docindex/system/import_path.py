"""The folders from which Python programs import modules: never the current one, a stranger's."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_SAFE_PATH = "PYTHONSAFEPATH"
_LOCK = threading.RLock()


@contextmanager
def no_import_from_here() -> Iterator[None]:
    """Keep Python programs that the block starts from importing modules of the current folder.

    multiprocessing starts its helpers with `python -c`, which looks there before it looks in the
    standard library: a document named `socket.py` would run.
    """
    with _LOCK:
        usual = os.environ.get(_SAFE_PATH)
        os.environ[_SAFE_PATH] = "1"
        try:
            yield
        finally:
            if usual is None:
                del os.environ[_SAFE_PATH]
            else:
                os.environ[_SAFE_PATH] = usual
