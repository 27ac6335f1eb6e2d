"""Server of a watcher's answers: a Unix socket in the index's folder, and the lock of the one
watcher.
"""

from __future__ import annotations

import fcntl
import os
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from docindex.errors import EngineError, IndexBusy
from docindex.indexing import watch_socket
from docindex.indexing.watch_socket import IN_STEP, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CLIENT_SECONDS = 0.3  # that a client may take to ask
_BACKLOG = 16


class WatchServer:
    """Answers searches in a thread of its own until it is closed.

    `is_in_step` is given the number of a commit. Raises IndexBusy if another watcher follows the
    index.
    """

    def __init__(self, folder: Path, is_in_step: Callable[[int], bool]) -> None:
        self._folder = folder
        self._is_in_step = is_in_step
        self._lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._bind()
        except BlockingIOError:
            self._close_files()
            raise IndexBusy(f"{folder}: another docindex build --watch follows this index", "end it first") from None
        except OSError as error:
            self._close_files()
            what = f"{folder / watch_socket.SOCKET_NAME}: cannot be made: {error.strerror}"
            raise EngineError(what, "delete it, or check the permissions of the folder") from error
        self._thread = threading.Thread(target=self._serve, name="watch-server", daemon=True)
        self._thread.start()

    def _bind(self) -> None:
        watch_socket.remove(self._folder)  # of a watcher that was killed: the lock is ours
        with watch_socket.address(self._folder) as place:
            self._socket.bind(place)
        os.chmod(self._folder / watch_socket.SOCKET_NAME, 0o600, follow_symlinks=False)
        self._socket.listen(_BACKLOG)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return  # closed
            with client, suppress(OSError, ValueError):
                client.settimeout(_CLIENT_SECONDS)
                if watch_socket.peer_user(client) == os.geteuid():
                    generation = int(watch_socket.read_message(client))
                    client.sendall(IN_STEP if self._is_in_step(generation) else UNKNOWN)

    def close(self) -> None:
        """End the thread and remove the socket."""
        watch_socket.remove(self._folder)
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=2)
        self._close_files()

    def _close_files(self) -> None:
        self._socket.close()
        os.close(self._lock)
