"""Question of a search to a running watcher: does this commit hold the files as they are now.

The watcher answers at a Unix socket in the index's folder. An index may be a stranger's, so only a
socket of this user's own process is believed; a link, another user's socket and one that nobody
listens at are ignored. Both sides read few bytes and wait for a short time.
"""

from __future__ import annotations

import os
import struct
from contextlib import contextmanager, suppress
from stat import S_ISSOCK
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

SOCKET_NAME = "watch.sock"
ASK_SECONDS = 0.5  # that a search waits for the watcher's answer
MAX_MESSAGE_BYTES = 64
IN_STEP = b"in step\n"
UNKNOWN = b"unknown\n"
_CREDENTIALS = struct.Struct("3i")  # process, user, group


def is_vouched_for(folder: Path, generation: int) -> bool:
    """Return True if a watcher says that a commit of the index holds its files as they are now."""
    try:
        if not S_ISSOCK(os.lstat(folder / SOCKET_NAME).st_mode):
            return False
    except OSError:
        return False
    import socket  # here: most indexes have no watcher, and it is slow to load

    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking, address(folder) as place:
            asking.settimeout(ASK_SECONDS)
            asking.connect(place)
            if peer_user(asking) != os.geteuid():
                return False
            asking.sendall(b"%d\n" % generation)
            return read_message(asking) == IN_STEP
    except (OSError, ValueError):
        return False


@contextmanager
def address(folder: Path) -> Iterator[str]:
    """Return the socket's address by way of the opened folder.

    The path of a folder can be longer than an address may be.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET_NAME}"
    finally:
        os.close(descriptor)


def peer_user(connection: socket.socket) -> int:
    """Return the user of the process at the other end of a connection."""
    import socket

    option: int = getattr(socket, "SO_PEERCRED")  # noqa: B009 - of Linux alone
    _, user, _ = _CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS.size))
    return int(user)


def read_message(connection: socket.socket) -> bytes:
    """Return a line, or what there is of it when the other end closes or sends too much."""
    message = b""
    while len(message) < MAX_MESSAGE_BYTES and not message.endswith(b"\n"):
        part = connection.recv(MAX_MESSAGE_BYTES - len(message))
        if not part:
            break
        message += part
    return message


def remove(folder: Path) -> None:
    """Remove the socket, also one that a killed watcher has left."""
    with suppress(FileNotFoundError):
        if S_ISSOCK(os.lstat(folder / SOCKET_NAME).st_mode):
            os.unlink(folder / SOCKET_NAME)
