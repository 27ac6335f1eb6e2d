"""Imports of libraries that look at the network when they are imported."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_ipv6_probe() -> Iterator[None]:
    """Keep urllib3 from opening a socket while the block imports it.

    At its import urllib3 binds an IPv6 address, to learn if the system has any. It asks
    `socket.has_ipv6` first, a plain value of the standard library, so nothing of urllib3 is
    changed.
    """
    usual = socket.has_ipv6
    socket.has_ipv6 = False
    try:
        yield
    finally:
        socket.has_ipv6 = usual
