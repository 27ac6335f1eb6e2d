"""Opening of strangers' files and folders, whatever is exchanged for a link, a pipe or a device
meanwhile.

A file is opened first and looked at then, by its descriptor. Below a root each part of a path is
opened relative to the folder before it, and no link is followed. A link that stays inside is
resolved once, and its target is opened so.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress

COARSE_STEP_NS = 10_000_000
"""Step of the times of coarse file systems: 10 ms (exFAT) or a multiple of it (FAT: 2 s)."""
COARSE_WINDOW_NS = 2_000_000_000
FINE_WINDOW_NS = 50_000_000  # some ticks of a kernel's clock, by which it sets the other times

_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY  # a pipe is opened without waiting
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_PASSED_FOLDER = _FOLDER | getattr(os, "O_PATH", 0)  # it need not be readable
_LINK_ERRNOS = (errno.ELOOP, errno.ENOTDIR, errno.EMLINK)  # of O_NOFOLLOW, by system


class OutsideError(OSError):
    """A path leads out of its root."""

    def __init__(self, path: str) -> None:
        super().__init__(errno.EXDEV, "is a link that leads outside", path)


class IrregularFileError(OSError):
    """A file is a pipe, a device, a folder or the like."""

    def __init__(self, path: str) -> None:
        super().__init__(errno.EINVAL, "is not a regular file", path)


def open_file(path: str, root: str | None = None) -> int:
    """Open a regular file and return its descriptor. With a root, the path is relative to it and
    stays inside.

    Raises OSError, among them OutsideError and IrregularFileError.
    """
    descriptor = os.open(path, _FILE) if root is None else _open_inside(root, path, _FILE)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise IrregularFileError(path)
    return descriptor


def open_to_append(path: str) -> int:
    """Open a regular file to write at its end, or create it, and return its descriptor.

    Raises OSError, also for a link.
    """
    try:
        descriptor = os.open(path, _APPEND, 0o666)
    except OSError as error:
        if error.errno == errno.ENXIO:  # a pipe that nobody reads
            raise IrregularFileError(path) from error
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise IrregularFileError(path)
    return descriptor


def read_file(path: str, max_bytes: int, root: str | None = None) -> bytes:
    """Return a regular file's first bytes, at most `max_bytes` of them.

    Raises OSError as `open_file` does.
    """
    with open(open_file(path, root), "rb") as file:
        return file.read(max_bytes)


def replace_file(path: str, data: bytes) -> None:
    """Replace a regular file's content whole or not at all. Its permissions stay.

    A link is followed: the file that it leads to is replaced. Raises OSError.
    """
    target = os.path.realpath(path)
    mode = stat.S_IMODE(os.stat(target).st_mode)
    partial = f"{target}.{os.getpid()}.tmp"
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, mode)
    try:
        with open(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        os.replace(partial, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(partial)
        raise


def list_folder(path: str, root: str | None = None) -> list[os.DirEntry[str]]:
    """Return the entries of a folder, and none if it cannot be read or leads out of its root.

    The kind of each entry is known; what else it could say of itself needs the open folder.
    """
    return look_into(path, root)[0]


def look_into(
    path: str, root: str | None = None, *, with_stat: bool = False
) -> tuple[list[os.DirEntry[str]], os.stat_result | None]:
    """Return the entries of a folder, and the folder's own state before they were listed.

    A folder that cannot be read has neither. `with_stat` lets the entries of regular files know
    their stat, too.
    """
    try:
        descriptor = os.open(path, _FOLDER) if root is None else _open_inside(root, path, _FOLDER)
    except (OSError, ValueError):
        return [], None
    try:
        before = os.fstat(descriptor)
        with os.scandir(descriptor) as found:
            return [entry for entry in found if _is_known(entry, with_stat=with_stat)], before
    except OSError:
        return [], None
    finally:
        os.close(descriptor)


def _is_known(entry: os.DirEntry[str], *, with_stat: bool) -> bool:
    """Let an entry find out its kind, and its stat if it is a regular file.

    Return False if it is gone.
    """
    if not entry.is_dir(follow_symlinks=False) and with_stat and entry.is_file(follow_symlinks=False):
        try:
            entry.stat(follow_symlinks=False)
        except OSError:
            return False
    return True


def is_settled(mtime_ns: int, looked_ns: int) -> bool:
    """Return True if a change after a look at a file or folder must move its modification time.

    A time that was set just before the look can be set to the same value again, within the file
    system's step.
    """
    window = FINE_WINDOW_NS if mtime_ns % COARSE_STEP_NS else COARSE_WINDOW_NS
    return abs(looked_ns - mtime_ns) > window


def _open_inside(root: str, path: str, flags: int) -> int:
    try:
        return _open_without_links(root, path, flags)
    except OSError as error:
        if error.errno not in _LINK_ERRNOS:
            raise
    real = real_path(os.path.join(root, path))
    if real != root and not real.startswith(os.path.join(root, "")):
        raise OutsideError(path)
    try:
        return _open_without_links(root, os.path.relpath(real, root), flags)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OutsideError(path) from error
        raise


def _open_without_links(root: str, path: str, flags: int) -> int:
    *folders, name = path.split("/")
    if path.startswith("/") or ".." in (*folders, name):
        raise OutsideError(path)
    folder = os.open(root, _PASSED_FOLDER)
    try:
        for part in folders:
            inner = os.open(part or ".", _PASSED_FOLDER | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.open(name or ".", flags | os.O_NOFOLLOW, dir_fd=folder)
    finally:
        os.close(folder)


def real_path(path: str | os.PathLike[str]) -> str:
    """Return a path without links, and the path itself if it is exchanged meanwhile: opening it
    will tell.
    """
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return os.path.abspath(path)
