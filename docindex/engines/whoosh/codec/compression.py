"""Deflate, with a bound on what is made of a few bytes."""

from __future__ import annotations

import struct
import zlib

LEVEL = 2
_SIZE = struct.Struct("<I")


def compress(data: bytes | memoryview) -> bytes:
    """Return data with its size before it, deflated where that makes it smaller."""
    from isal import isal_zlib  # here: a search never compresses, and isal compresses in a third of zlib's time

    packed = isal_zlib.compress(data, LEVEL)
    size = _SIZE.pack(len(data))
    return size + (packed if len(packed) < len(data) else bytes(data))


def decompress(packed: memoryview) -> memoryview:
    """Return what `compress` was given. Raises zlib.error or ValueError."""
    (size,) = _SIZE.unpack(packed[: _SIZE.size])
    data = packed[_SIZE.size :]
    if len(data) == size:
        return data
    inflater = zlib.decompressobj()
    found = inflater.decompress(data, size) if size else b""
    if len(found) != size or not (inflater.eof or inflater.decompress(inflater.unconsumed_tail, 1) == b""):
        raise ValueError("a block has another size than it says")
    return memoryview(found)
