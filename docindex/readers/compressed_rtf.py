"""Compressed RTF, the form in which Outlook keeps formatted bodies (MS-OXRTFCP). Pure."""

from __future__ import annotations

import struct

_COMPRESSED, _UNCOMPRESSED = 0x75465A4C, 0x414C454D  # LZFu, MELA
_HEADER_BYTES = 16
_WINDOW_BYTES = 4096
_MAX_BYTES = 100_000_000
_MIN_RUN_BYTES = 2
_PRELOADED = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n"
    b"\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
"""Text that fills the window before the first byte."""


def decompressed(data: bytes) -> bytes:
    """Return the RTF of a compressed body, up to its first damaged place; b"" if it is none."""
    if len(data) < _HEADER_BYTES:
        return b""
    size, raw_size, kind, _ = struct.unpack_from("<IIII", data)
    content = data[_HEADER_BYTES : size + 4]
    if kind == _UNCOMPRESSED:
        return content[:raw_size]
    return _unpacked(content, min(raw_size, _MAX_BYTES)) if kind == _COMPRESSED else b""


def _unpacked(content: bytes, size: int) -> bytes:
    """Return the bytes that runs of literals and of references to a window of 4 KiB stand for."""
    window = bytearray(_PRELOADED + bytes(_WINDOW_BYTES - len(_PRELOADED)))
    place, at = len(_PRELOADED), 0
    made = bytearray()
    while at < len(content) and len(made) < size:
        control = content[at]
        at += 1
        for bit in range(8):
            if at >= len(content):
                break
            if not control >> bit & 1:
                run = content[at : at + 1]
                at += 1
            elif at + 1 < len(content):
                reference = content[at] << 8 | content[at + 1]
                at += 2
                start, length = reference >> 4, (reference & 15) + _MIN_RUN_BYTES
                if start == place:
                    return bytes(made[:size])  # the mark of the end
                run = _copied(window, start, place, length)
            else:
                return bytes(made[:size])
            for byte in run:
                window[place] = byte
                place = (place + 1) % _WINDOW_BYTES
            made += run
    return bytes(made[:size])


def _copied(window: bytearray, start: int, place: int, length: int) -> bytes:
    """Return a run of the window. A run that reaches its own beginning repeats itself."""
    distance = (place - start) % _WINDOW_BYTES
    run = bytearray()
    for offset in range(length):
        run.append(run[offset - distance] if offset >= distance else window[(start + offset) % _WINDOW_BYTES])
    return bytes(run)
