"""Lengths of documents in one byte each: exact up to 10 words, then rounded up by at most 10 %.

The greatest stored length is 106,374 words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docindex.engines.whoosh.codec.mmap_file import MmapFile

TABLE_BYTES = 4 * 256


def encode_lengths(lengths: Iterable[int]) -> bytes:
    """Return the byte of each length."""
    from whoosh.util.numeric import length_to_byte  # here: a search finds the lengths of the bytes in the file

    return bytes(map(length_to_byte, lengths))


def length_table() -> bytes:
    """Return the length that each byte stands for, as 32-bit numbers."""
    from array import array

    from whoosh.util.numeric import byte_to_length

    return array("I", map(byte_to_length, range(256))).tobytes()


def read_norms(file: MmapFile, start: int, doc_count: int) -> tuple[memoryview, Sequence[float]]:
    """Return the byte of each document, and the length that each byte stands for."""
    table = file.view(start, TABLE_BYTES).cast("I")
    return file.view(start + TABLE_BYTES, doc_count), tuple(map(float, table))
