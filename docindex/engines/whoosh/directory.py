"""The folder of an index: its files, opened without following links, and the lock of the one
writer.

All files are opened relative to the folder's descriptor and must be regular files. A link, a named
pipe or a device in the place of one is damage: it is neither followed nor waited for.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from stat import S_ISREG
from typing import TYPE_CHECKING, BinaryIO

from docindex.engines.whoosh.codec.mmap_file import REBUILD_COMMAND, ChecksumWriter, MmapFile
from docindex.errors import EngineError, IndexBusy, IndexDamaged

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from docindex.engines.whoosh.codec.mmap_file import FileStamp

COMMIT_NAME = re.compile(r"commit-([0-9]{1,18})\.json")
FORMER_COMMIT_NAME = re.compile(r"state-([0-9]{1,18})\.json|_MAIN_([0-9]{1,18})\.toc")
SEGMENT_NAME = re.compile(r"segment-[0-9a-f]{16}\.[a-z]+")
COMMITTED_NAME = re.compile(rf"{SEGMENT_NAME.pattern}|sources-[0-9]{{1,18}}\.jsonl|families-[0-9]{{1,18}}\.bin")
SOURCES_UNFINISHED, FAMILIES_UNFINISHED, COMMIT_UNFINISHED = UNFINISHED = "sources.tmp", "families.tmp", "commit.tmp"
INDEX_FILES = re.compile(
    rf"{COMMIT_NAME.pattern}|{COMMITTED_NAME.pattern}|(sources|families|commit|lengths|words)\.tmp|lock"
    r"|_MAIN_[0-9]+\.toc(\..+)?|MAIN_[a-z0-9]{16}\..+|state-[0-9]+\.json"
)
"""Names of the files of an index, of an unfinished build, and of former formats.

No other file is ever touched.
"""
_LOCK = "lock"
_IGNORE = ".gitignore"
_MAX_LOCK_BYTES = 200
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Directory:
    """The folder that an index is kept in."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def _opened(self) -> Iterator[int]:
        descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def names(self) -> list[str]:
        """Return the names in the folder; none if there is no folder."""
        try:
            return os.listdir(self.path)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise EngineError(f"{self.path}: cannot be read: {error.strerror}", "check its permissions") from error

    @contextmanager
    def _read(self, name: str) -> Iterator[int]:
        """Open a regular file."""
        path = str(self.path / name)
        with self._opened() as folder:
            try:
                descriptor = os.open(name, _READ, dir_fd=folder)
            except OSError as error:
                if isinstance(error, FileNotFoundError | PermissionError):
                    raise type(error)(error.errno, error.strerror, path) from error
                raise IndexDamaged(f"{path}: is no regular file ({error.strerror})", REBUILD_COMMAND) from error
        try:
            if not S_ISREG(os.fstat(descriptor).st_mode):
                raise IndexDamaged(f"{path}: is no regular file", REBUILD_COMMAND)
            yield descriptor
        finally:
            os.close(descriptor)

    def open_mapped(self, name: str, stamp: FileStamp) -> MmapFile:
        """Open a file for reading in a map."""
        with self._read(name) as descriptor:
            return MmapFile(descriptor, str(self.path / name), stamp)

    def read_small(self, name: str, max_bytes: int) -> bytes:
        """Return the content of a file of limited size."""
        with self._read(name) as descriptor:
            size = os.fstat(descriptor).st_size
            if size > max_bytes:
                raise IndexDamaged(f"{self.path / name}: is too large", REBUILD_COMMAND)
            with open(descriptor, "rb", closefd=False) as file:
                return file.read(max_bytes)

    def create(self, name: str) -> BinaryIO:
        """Create a file for writing in place of what has its name."""
        with self._opened() as folder:
            try:
                descriptor = os.open(name, _CREATE, 0o666, dir_fd=folder)
            except FileExistsError:
                os.unlink(name, dir_fd=folder)
                descriptor = os.open(name, _CREATE, 0o666, dir_fd=folder)
        return open(descriptor, "wb")

    def create_checked(self, name: str) -> ChecksumWriter:
        """Create a file with checksums."""
        return ChecksumWriter(self.create(name))

    def rename(self, old: str, new: str) -> None:
        """Give a finished file its name."""
        with self._opened() as folder:
            os.rename(old, new, src_dir_fd=folder, dst_dir_fd=folder)

    def remove(self, name: str) -> None:
        """Delete a file, if it is there."""
        with self._opened() as folder, suppress(FileNotFoundError):
            os.unlink(name, dir_fd=folder)

    def sync(self) -> None:
        """Bring the folder's names to the disk."""
        with self._opened() as folder:
            os.fsync(folder)

    def delete_unreferenced(self, kept: Collection[str]) -> None:
        """Delete the files of earlier commits, of unfinished builds and of former formats."""
        with self._opened() as folder:
            for name in os.listdir(folder):
                if name not in kept and name != _LOCK and INDEX_FILES.fullmatch(name):
                    with suppress(FileNotFoundError, IsADirectoryError):
                        os.unlink(name, dir_fd=folder)

    @contextmanager
    def locked(self, timeout: float, on_lock_wait: Callable[[str], None] | None) -> Iterator[None]:
        """Lock the index for the one writer, or raise IndexBusy after `timeout` seconds.

        `on_lock_wait` is told who has the lock. The lock ends with its process, however that ends.
        """
        try:
            self._check_folder()
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write_ignore_file()
            descriptor = self._open_lock()
        except OSError as error:
            raise EngineError(f"{self.path}: cannot be written: {error.strerror}", "check its permissions") from error
        try:
            self._acquire(descriptor, timeout, on_lock_wait)
            now = datetime.now(UTC).strftime("%H:%M:%S")
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"process {os.getpid()} since {now} UTC".encode("ascii"), 0)
            yield
        finally:
            os.close(descriptor)

    def _check_folder(self) -> None:
        """Raise EngineError for a folder of other things: it may be named by mistake."""
        names = self.names() if self.path.is_dir() or not self.path.exists() else os.listdir(self.path)
        others = [name for name in sorted(names) if not (name.startswith(".") or INDEX_FILES.fullmatch(name))]
        if others and not any(COMMIT_NAME.fullmatch(name) or FORMER_COMMIT_NAME.fullmatch(name) for name in names):
            what = f"{self.path}: is no index, and holds other files ({others[0]})"
            raise EngineError(what, "name a folder of its own, such as --index .docindex")

    def _write_ignore_file(self) -> None:
        with self._opened() as folder, suppress(FileExistsError):
            descriptor = os.open(_IGNORE, _CREATE, 0o666, dir_fd=folder)
            with open(descriptor, "wb") as file:
                file.write(b"*\n")

    def _open_lock(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        with self._opened() as folder:
            descriptor = os.open(_LOCK, flags, 0o666, dir_fd=folder)
        if not S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise EngineError(f"{self.path / _LOCK}: is no regular file", "delete it")
        return descriptor

    def _acquire(self, descriptor: int, timeout: float, on_lock_wait: Callable[[str], None] | None) -> None:
        import fcntl  # here: a search takes no lock

        last = time.monotonic() + timeout
        told = False
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = os.pread(descriptor, _MAX_LOCK_BYTES, 0).decode("ascii", "replace") or "another process"
                if time.monotonic() >= last:
                    raise IndexBusy(
                        f"{self.path}: another build is changing this index ({holder})", "wait until it has ended"
                    ) from None
                if on_lock_wait and not told:
                    on_lock_wait(holder)
                    told = True
                time.sleep(0.05)
            else:
                return
