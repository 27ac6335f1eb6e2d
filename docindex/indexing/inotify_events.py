"""Events of folders by Linux's inotify(7), through the library watchdog.

One watch per folder, and one queue for all: an event that is read proves that all changes before it
were counted. A search makes such an event and waits for it, so it cannot ask too early.

The system tells nothing of a change through a memory map before the file is closed, nor of one
under another name that a file got, outside these folders, since they were last listed.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
from itertools import count
from typing import TYPE_CHECKING

from msgspec import Struct
from watchdog.observers.inotify_c import CallbackId, InotifyConstants, InotifyFD, Mask, WatchDescriptor

from docindex.indexing import file_systems
from docindex.manifest.folder_stamps import IGNORE_FILES, INDEX_FOLDER

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from watchdog.observers.inotify_c import InotifyEvent

    from docindex.indexing.change_log import ChangeLog

_MASK = Mask(
    InotifyConstants.IN_MODIFY
    | InotifyConstants.IN_ATTRIB
    | InotifyConstants.IN_CLOSE_WRITE
    | InotifyConstants.IN_MOVE
    | InotifyConstants.IN_CREATE
    | InotifyConstants.IN_DELETE
    | InotifyConstants.IN_DELETE_SELF
    | InotifyConstants.IN_MOVE_SELF
    | InotifyConstants.IN_ONLYDIR
)
_KEPT_HIDDEN = {name.encode() for name in IGNORE_FILES}
_INDEX = INDEX_FOLDER.encode()

logging.getLogger("watchdog").addHandler(logging.NullHandler())  # it would write lost events to stderr


class _Watch(Struct, frozen=True):
    descriptor: WatchDescriptor  # below 0: the folder may not be read
    number: CallbackId
    identity: tuple[int, int]  # device and inode


class InotifyEvents:
    """Counts the events in some folders. Raises OSError if there are no more watches to be had."""

    def __init__(self, log: ChangeLog) -> None:
        self._log = log
        self._lock = threading.Lock()
        self._watches: dict[str, _Watch] = {}
        self._targets: frozenset[bytes] = frozenset()
        self._inotify = InotifyFD()
        self._cookies = tempfile.TemporaryDirectory(prefix="docindex-watch-")
        self._numbers = count()
        self._cookie = os.path.join(self._cookies.name, "0")
        self._passed = threading.Condition()
        self._read_cookie = b""
        open(self._cookie, "wb").close()
        self._cookie_watch = self._add(self._cookies.name)[0]
        self._inotify.start()

    @property
    def folder_count(self) -> int:
        """The number of folders that are watched."""
        return len(self._watches)

    def close(self) -> None:
        """Give back all watches."""
        self._inotify.stop()
        self._cookies.cleanup()

    def watch(self, folders: Iterable[str], targets: Collection[str]) -> tuple[bool, bool]:
        """Watch these folders and no others. `targets` are names of files behind links.

        Return True if any was not watched before, and True if no change in them can be missed.
        """
        self._targets = frozenset(map(os.fsencode, targets))
        wanted = {}
        is_whole = True
        for folder in folders:
            path, found = _nearest_folder(folder)
            wanted[path] = found.st_dev, found.st_ino
            is_whole = is_whole and os.path.realpath(path) == path
        with self._lock:
            known = dict(self._watches)
        for path, watch in list(known.items()):
            if wanted.get(path) != watch.identity:
                self._forget(path, watch)
                del known[path]
        missing = wanted.keys() - known.keys()
        for path in missing:
            try:
                descriptor, number = self._add(path)
            except (FileNotFoundError, NotADirectoryError):
                continue  # gone since: the next walk tells
            with self._lock:
                self._watches[path] = _Watch(descriptor, number, wanted[path])
        with self._lock:
            is_whole = is_whole and all(watch.descriptor >= 0 for watch in self._watches.values())
        devices = {identity[0]: path for path, identity in wanted.items()}
        return bool(missing), is_whole and all(map(file_systems.is_local, devices.values()))

    def _add(self, path: str) -> tuple[WatchDescriptor, CallbackId]:
        """Watch a folder.

        Two paths may lead to one folder while it is moved, so each has a number of its own.
        """
        number = CallbackId(next(self._numbers))
        return self._inotify.add_callback(os.fsencode(path), _MASK, self, number), number

    def _forget(self, path: str, watch: _Watch) -> None:
        with self._lock:
            self._watches.pop(path, None)
        self._inotify.remove_callbacks([(watch.descriptor, watch.number)])

    def catch_up(self, timeout: float) -> bool:
        """Wait until all changes before now are counted. Return False if that takes too long."""
        name = str(next(self._numbers) + 1)
        cookie = os.path.join(self._cookies.name, name)
        try:
            os.rename(self._cookie, cookie)
        except OSError:
            return False
        self._cookie = cookie
        wanted = os.fsencode(name)
        with self._passed:
            return self._passed.wait_for(lambda: self._read_cookie == wanted, timeout)

    def on_event(self, event: InotifyEvent) -> None:
        """Count an event that may matter. The library calls this in its own thread."""
        if event.wd == self._cookie_watch:
            if event.is_moved_to:
                with self._passed:
                    self._read_cookie = event.name
                    self._passed.notify_all()
            return
        name = event.name
        is_hidden = name.startswith(b".") and name not in _KEPT_HIDDEN and name not in self._targets
        if name != _INDEX and (not is_hidden or event.is_directory):
            self._log.add(os.fsdecode(name))

    def on_watch_deleted(self, wd: WatchDescriptor) -> None:
        """Count a folder that is gone."""
        with self._lock:
            for path in [path for path, watch in self._watches.items() if watch.descriptor == wd]:
                del self._watches[path]
        self._log.add()

    def on_queue_overflow(self) -> None:
        """Count changes that were lost."""
        self._log.add(is_overflow=True)


def _nearest_folder(path: str) -> tuple[str, os.stat_result]:
    """Return a folder, or the nearest one above that exists, with its state."""
    while True:
        try:
            found = os.stat(os.path.join(path, ""))
        except OSError:
            if path in ("/", ""):
                raise
            path = os.path.dirname(path)
        else:
            return path, found
