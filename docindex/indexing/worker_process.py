"""Worker processes that do not run the caller's script again.

A process that multiprocessing starts runs the script of its parent once more, under another name. A
script that calls `docindex.build` outside of `if __name__ == "__main__"` would build within each
worker, and no work of docindex is defined in it.
"""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from multiprocessing.context import ForkServerContext, ForkServerProcess
from types import ModuleType
from typing import TYPE_CHECKING, Any

from docindex.system.import_path import no_import_from_here

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCK = threading.Lock()


@contextmanager
def _script_hidden() -> Iterator[None]:
    """Put an empty module in the place of the script, while a process is prepared."""
    with _LOCK:
        script = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = script


class WorkerProcess(ForkServerProcess):
    """A process, forked from the forkserver, that knows of no script."""

    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802 - the standard library's name
        with _script_hidden(), no_import_from_here():  # a forkserver that died is started again
            return ForkServerProcess._Popen(process_obj)


class WorkerContext(ForkServerContext):
    """Context of multiprocessing for such processes."""

    Process = WorkerProcess
