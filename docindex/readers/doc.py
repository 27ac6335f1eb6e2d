"""Word documents of 6.0 to 2003 (.doc: MS-DOC) to records. Opens no file.

The text lies in pieces, in the order of a table: each is in UTF-16 or in one byte a character.
Behind the main text come footnotes, page headers, comments, endnotes and text boxes.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from itertools import accumulate, pairwise

from docindex.errors import ReaderError
from docindex.model.documents import Record, Source
from docindex.readers import document_builder
from docindex.readers.base import PartFailure
from docindex.readers.compound_file import CompoundFile, damage

_WHAT = "Word document"
_MAGIC, _WORD_97 = 0xA5EC, 193  # of the header, and its version from which text may be UTF-16
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200  # flags of the header
_LENGTHS, _PIECES = (0x4C, 8), 0x1A2  # where it tells the lengths of the parts, and of the table of pieces
_OLD_LENGTHS, _OLD_PIECES, _OLD_TEXT = (0x34, 8), 0x160, 0x18
_COMPRESSED = 0x40000000
_MAIN, _HEADERS, _MACROS = 0, 2, 3
_CODEPAGES = {0x0419: "cp1251", 0x0422: "cp1251", 0x0402: "cp1251", 0x0408: "cp1253", 0x041F: "cp1254",
              0x040D: "cp1255", 0x0401: "cp1256", 0x0415: "cp1250", 0x0405: "cp1250", 0x040E: "cp1250"}  # fmt: skip
"""Code page of an old document by the language that its header names; else it is cp1252."""


def read(source: Source, data: bytes) -> Iterator[Record | PartFailure]:
    """Yield one record: the text, then notes, comments, text boxes and page headers.

    Raises ReaderError.
    """
    file = CompoundFile(data, _WHAT)
    text = file.stream("WordDocument")
    with damage(_WHAT):
        parts = _parts(file, text)
    ordered = [part for number, part in enumerate(parts) if number not in (_HEADERS, _MACROS)]
    blocks = [block for part in (*ordered, parts[_HEADERS]) for block in _blocks(part)]
    yield from document_builder.document(source, file.properties(), blocks)
    if objects := file.children("ObjectPool"):
        what = f"{len(objects):,} object{'s' if len(objects) > 1 else ''} in it left out"
        yield PartFailure("", what, left_out="files in files")


def _parts(file: CompoundFile, text: bytes) -> list[str]:
    """Return the main text, and those behind it in their order."""
    magic, version = struct.unpack_from("<HH", text)
    (flags,) = struct.unpack_from("<H", text, 0x0A)
    if magic != _MAGIC:
        raise ReaderError(f"is no {_WHAT} of Word 6.0 to 2003", "save it as .docx")
    if flags & _ENCRYPTED:
        raise ReaderError("is encrypted", "save it without a password")
    is_old = version < _WORD_97
    place, count = _OLD_LENGTHS if is_old else _LENGTHS
    lengths = struct.unpack_from(f"<{count}I", text, place)
    table = text if is_old else file.stream("1Table" if flags & _TABLE_1 else "0Table")
    encoding = _CODEPAGES.get(struct.unpack_from("<H", text, 0x06)[0], "cp1252") if is_old else "cp1252"
    whole = _whole_text(text, table, encoding, is_old=is_old, length=sum(lengths))
    ends = accumulate(lengths, initial=0)
    return [whole[start:stop] for start, stop in pairwise(ends)]


def _whole_text(text: bytes, table: bytes, encoding: str, *, is_old: bool, length: int) -> str:
    start, size = struct.unpack_from("<II", text, _OLD_PIECES if is_old else _PIECES)
    if is_old and not size:
        (first,) = struct.unpack_from("<I", text, _OLD_TEXT)
        return text[first : first + length].decode(encoding, "replace")
    pieces = _piece_table(table[start : start + size])
    count = (len(pieces) - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", pieces)
    found = []
    for number, (first, stop) in enumerate(pairwise(ends)):
        (place,) = struct.unpack_from("<I", pieces, 4 * (count + 1) + 8 * number + 2)
        if is_old:
            found.append(text[place : place + stop - first].decode(encoding, "replace"))
        elif place & _COMPRESSED:
            place = (place & ~_COMPRESSED) // 2
            found.append(text[place : place + stop - first].decode("cp1252", "replace"))
        else:
            found.append(text[place : place + 2 * (stop - first)].decode("utf-16-le", "replace"))
    return "".join(found)


def _piece_table(data: bytes) -> bytes:
    """Return the table of pieces, which lies behind properties of no interest."""
    place = 0
    while data[place] == 1:
        place += 3 + struct.unpack_from("<H", data, place + 1)[0]
    (size,) = struct.unpack_from("<I", data, place + 1)
    return data[place + 5 : place + 5 + size]


_FIELD_MARK = re.compile("[\x13\x14\x15]")
_END = re.compile("([^\r\x07]*)([\r\x07]|\\Z)")
_CELL_END = "\x07"
_SIGNS = str.maketrans({"\x1e": "-", "\x1f": None, "\x0b": "\n", "\x0c": "\r", "\x0e": "\r"})


def _blocks(text: str) -> Iterator[document_builder.Block]:
    """Yield the paragraphs and table rows of a part.

    A cell that is blank right behind a cell's end is the end of its row. Paragraphs belong to a
    cell if one before it in the row has ended.
    """
    writer = document_builder.Writer()
    in_row = False
    for paragraph, end in _END.findall(_without_codes(text).translate(_SIGNS)):
        if end == _CELL_END and not in_row:
            writer.begin_row()
        elif end == _CELL_END and not paragraph:
            writer.end_row()
            in_row = False
            continue
        writer.text(paragraph)
        if end == _CELL_END:
            writer.end_cell()
            in_row = True
        else:
            writer.end_block()
    if in_row:
        writer.end_row()
    yield from writer.end()


def _without_codes(text: str) -> str:
    """Return a text with the results of its fields, such as a link's words, without their codes."""
    kept, done = [], 0
    shown: list[bool] = []  # of each open field: True once its result has begun
    for mark in _FIELD_MARK.finditer(text):
        if all(shown):
            kept.append(text[done : mark.start()])
        if mark[0] == "\x13":
            shown.append(False)
        elif shown and mark[0] == "\x14":
            shown[-1] = True
        elif shown:
            shown.pop()
        done = mark.end()
    return "".join(kept) + (text[done:] if all(shown) else "")
