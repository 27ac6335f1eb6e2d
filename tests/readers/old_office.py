"""Office files as written until 2007 for the tests, put together byte by byte (MS-CFB, MS-DOC,
MS-PPT, MS-XLS).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

_SECTOR, _LEAST = 512, 4096  # a shorter stream would lie in sectors of another size
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound_file(**streams: bytes) -> bytes:
    """Return a compound file with these streams. `_` in a name stands for a blank."""
    names = sorted(streams, key=lambda name: (len(name), name.upper()))
    contents = [
        streams[name] + bytes(max(_LEAST - len(streams[name]), -len(streams[name]) % _SECTOR)) for name in names
    ]
    directory = _entry("Root Entry", 5, _END, 0, child=1 if names else _FREE)
    chains, place = [_FAT], 1
    rows = -(-(len(names) + 1) // 4)
    chains += [*range(place + 1, place + rows), _END]
    place += rows
    for number, (name, content) in enumerate(zip(names, contents, strict=True), 1):
        after = number + 1 if number < len(names) else _FREE
        directory += _entry(name.replace("_", " "), 2, place, len(content), right=after)
        count = len(content) // _SECTOR
        chains += [*range(place + 1, place + count), _END]
        place += count
    directory += b"".join(_entry("", 0, 0, 0) for _ in range(4 * rows - len(names) - 1))
    assert place <= _SECTOR // 4
    fat = struct.pack(f"<{len(chains)}I", *chains) + b"\xff" * (_SECTOR - 4 * len(chains))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, _LEAST, _END, 0, _END, 0, 0)
    header += b"\xff" * (_SECTOR - len(header))
    return header + fat + directory + b"".join(contents)


def _entry(name: str, kind: int, start: int, size: int, *, child: int = _FREE, right: int = _FREE) -> bytes:
    written = name.encode("utf-16-le")
    length = len(written) + 2 if name else 0
    head = written + bytes(64 - len(written)) + struct.pack("<HBBIII", length, kind, 1, _FREE, right, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def doc(text: str, *behind: str, flags: int = 0x0200) -> bytes:
    """Return a Word document: its text, and what lies behind it (footnotes, page headers ...)."""
    parts = [text, *behind]
    pieces, ends, body, start = b"", [0], b"", 0x400
    for part in parts:
        is_narrow = part.isascii()
        place = start + len(body)
        body += part.encode("ascii" if is_narrow else "utf-16-le")
        body += bytes(len(body) % 2)
        pieces += struct.pack("<HIH", 0, 0x40000000 | 2 * place if is_narrow else place, 0)
        ends.append(ends[-1] + len(part))
    table = struct.pack(f"<{len(ends)}I", *ends) + pieces
    clx = b"\x01\x02\x00\xff\xff" + b"\x02" + struct.pack("<I", len(table)) + table
    header = bytearray(start)
    struct.pack_into("<HH", header, 0, 0xA5EC, 0xC1)
    struct.pack_into("<H", header, 0x0A, flags)
    struct.pack_into(f"<{len(parts)}I", header, 0x4C, *map(len, parts))
    struct.pack_into("<II", header, 0x1A2, 0, len(clx))
    return compound_file(**{"WordDocument": bytes(header) + body, "1Table": clx})


def doc_of_word_6(text: bytes, language: int = 0x0409) -> bytes:
    header = bytearray(0x300)
    struct.pack_into("<HHHH", header, 0, 0xA5EC, 101, 0, language)
    struct.pack_into("<I", header, 0x18, len(header))
    struct.pack_into("<I", header, 0x34, len(text))
    return compound_file(WordDocument=bytes(header) + text)


def atom(kind: int, content: bytes, *, variant: int = 0, holds: bool = False) -> bytes:
    return struct.pack("<HHI", variant << 4 | (0xF if holds else 0), kind, len(content)) + content


def ppt(slides: Sequence[tuple[Sequence[str], str, str]], *, token: int = 0xE391C05F) -> bytes:
    """Return slides, each with the texts of its outline, of a free box and of its notes."""
    parts: list[bytes] = []
    listed = notes = b""
    for number, (outline, box, note) in enumerate(slides, 1):
        place = struct.pack("<IIIII", 2 * number, 0, 0, 255 + number, 0)
        listed += atom(1011, place) + b"".join(atom(4000, text.encode("utf-16-le")) for text in outline)
        shown = b"".join(atom(3998, struct.pack("<I", at)) for at in range(len(outline)))
        parts.append(
            atom(
                1006,
                atom(1036, atom(0xF00D, shown + atom(4008, box.encode("latin-1")), holds=True), holds=True),
                holds=True,
            )
        )
        notes += atom(1011, struct.pack("<IIIII", 2 * number + 1, 0, 0, 600 + number, 0))
        about = atom(1009, struct.pack("<II", 255 + number, 0))
        parts.append(atom(1008, about + atom(0xF00D, atom(4000, note.encode("utf-16-le")), holds=True), holds=True))
    document = atom(1000, atom(4080, listed, holds=True) + atom(4080, notes, variant=2, holds=True), holds=True)
    stream, places = b"", []
    for part in (document, *parts):
        places.append(len(stream))
        stream += part
    directory = len(stream)
    stream += atom(6002, struct.pack(f"<{1 + len(places)}I", len(places) << 20 | 1, *places))
    edit = len(stream)
    stream += atom(4085, struct.pack("<IIIIIIHH", 0, 0, 0, directory, 1, len(places), 0, 0))
    user = atom(4086, struct.pack("<III", 20, token, edit) + bytes(12))
    return compound_file(PowerPoint_Document=stream, Current_User=user)


def xls(rows: Sequence[Sequence[str | float]], name: str = "Sheet") -> bytes:
    """Return a workbook of one sheet. Numbers are written as days."""
    texts = list(dict.fromkeys(cell for row in rows for cell in row if isinstance(cell, str)))
    packed = b"".join(struct.pack("<HB", len(text), 1) + text.encode("utf-16-le") for text in texts)
    sheet = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            at = struct.pack("<HHH", number, column, 0)
            if isinstance(cell, str):
                sheet += _record(0xFD, at + struct.pack("<I", texts.index(cell)))
            else:
                sheet += _record(0x203, at + struct.pack("<d", cell))
    sheet += _record(0x0A, b"")
    head = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)) + _record(0x42, struct.pack("<H", 1200))
    head += _record(0xE0, struct.pack("<HHHBBBBIIH", 0, 14, 0, 0, 0, 0, 0, 0, 0, 0))
    tail = _record(0xFC, struct.pack("<II", len(texts), len(texts)) + packed) + _record(0x0A, b"")
    title = struct.pack("<BB", len(name), 0) + name.encode("latin-1")
    start = len(head) + 4 + 6 + len(title) + len(tail)
    return compound_file(Workbook=head + _record(0x85, struct.pack("<IH", start, 0) + title) + tail + sheet)


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content
