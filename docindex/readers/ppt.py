"""Slides of PowerPoint 97 to 2003 (.ppt: MS-PPT) to records: a slide with its notes is a page.

Opens no file. The file is a log of edits. The last one names where each slide lies now. Text stands
in the slide, or in the outline of the document, to which the slide then refers by number.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from msgspec import Struct

from docindex.errors import ReaderError
from docindex.model.documents import Record, Source
from docindex.readers import document_builder
from docindex.readers.compound_file import CompoundFile, damage

_WHAT = "PowerPoint presentation"
_ENCRYPTED_TOKEN = 0xF3D1C4DF
_NOTES_ATOM, _SLIDE_PLACE, _TEXT_REFERENCE = 1009, 1011, 3998
_CHARACTERS, _BYTES, _SLIDE_LIST, _EDIT, _DIRECTORY = 4000, 4008, 4080, 4085, 6002
_SLIDES, _NOTES = 0, 2  # kinds of lists of slides
_MAX_DEPTH = 20
_MAX_EDITS = 10_000


class _Atom(Struct, frozen=True):
    """A record of the stream: its kind, its variant, and its content."""

    kind: int
    variant: int
    content: bytes
    is_container: bool


_NO_ATOM = _Atom(0, 0, b"", False)


class _Slide(Struct):
    """A slide as the document lists it: the number of its place, and its outline's texts."""

    place: int
    outline: list[str]
    id: int


def read(source: Source, data: bytes) -> Iterator[Record]:
    """Yield one record with a page for each slide. Raises ReaderError."""
    file = CompoundFile(data, _WHAT)
    stream = file.stream("PowerPoint Document")
    user = file.stream("Current User")
    with damage(_WHAT):
        token, edit = struct.unpack_from("<II", user, 12)
        if token == _ENCRYPTED_TOKEN:
            raise ReaderError("is encrypted", "save it without a password")
        places, document = _places(stream, edit)
        pages = list(_pages(stream, places, places[document]))
    yield from document_builder.paged(source, file.properties(), pages)


def _places(stream: bytes, edit: int) -> tuple[dict[int, int], int]:
    """Return where each numbered part lies after the last edit, and the document's number."""
    places: dict[int, int] = {}
    document = None
    for _ in range(_MAX_EDITS):
        header = _atom(stream, edit)
        if header.kind != _EDIT:
            raise ReaderError(f"is damaged, or no {_WHAT}", "save it anew")
        before, directory, number = struct.unpack_from("<III", header.content, 8)
        document = number if document is None else document
        entries = _atom(stream, directory)
        if entries.kind == _DIRECTORY:
            for key, place in _directory(entries.content):
                places.setdefault(key, place)
        if not before:
            break
        edit = before
    return places, document or 0


def _directory(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield the numbers of parts with their places."""
    at = 0
    while at + 4 <= len(content):
        (packed,) = struct.unpack_from("<I", content, at)
        first, count = packed & 0xFFFFF, packed >> 20
        for number, place in enumerate(struct.unpack_from(f"<{count}I", content, at + 4)):
            yield first + number, place
        at += 4 + 4 * count


def _pages(stream: bytes, places: dict[int, int], document: int) -> Iterator[list[document_builder.Block]]:
    lists = {atom.variant: atom for atom in _atoms(_atom(stream, document).content) if atom.kind == _SLIDE_LIST}
    notes: dict[int, list[str]] = {}
    for listed in _slides(lists.get(_NOTES)):
        found = _atom(stream, places.get(listed.place, -1)).content
        about = next((atom.content for atom in _atoms(found) if atom.kind == _NOTES_ATOM), b"")
        if len(about) >= 4:
            notes[struct.unpack_from("<I", about)[0]] = list(_texts(found, []))
    for slide in _slides(lists.get(_SLIDES)):
        outline = list(slide.outline)
        found = _atom(stream, places.get(slide.place, -1)).content
        texts = [*_texts(found, outline), *filter(None, outline), *notes.get(slide.id, [])]
        yield [document_builder.Block(block) for text in texts for block in _paragraphs(text)]


def _slides(listed: _Atom | None) -> Iterator[_Slide]:
    """Yield the slides of a list, each with the texts behind it."""
    slide: _Slide | None = None
    for atom in _atoms(listed.content if listed else b""):
        if atom.kind == _SLIDE_PLACE:
            if slide:
                yield slide
            slide = _Slide(struct.unpack_from("<I", atom.content)[0], [], struct.unpack_from("<I", atom.content, 12)[0])
        elif slide and (text := _text(atom)) is not None:
            slide.outline.append(text)
    if slide:
        yield slide


def _texts(content: bytes, outline: list[str], depth: int = 0) -> Iterator[str]:
    """Yield the texts of a slide's shapes. Those of the outline are blanked when they are used."""
    for atom in _atoms(content):
        if atom.is_container and depth < _MAX_DEPTH:
            yield from _texts(atom.content, outline, depth + 1)
        elif atom.kind == _TEXT_REFERENCE and len(atom.content) >= 4:
            number = struct.unpack_from("<I", atom.content)[0]
            if number < len(outline):
                yield outline[number]
                outline[number] = ""
        elif (text := _text(atom)) is not None:
            yield text


def _text(atom: _Atom) -> str | None:
    """Return the text of a text atom, and None for another one."""
    if atom.kind == _CHARACTERS:
        return atom.content.decode("utf-16-le", "replace")
    return atom.content.decode("latin-1") if atom.kind == _BYTES else None


def _paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of a text without the signs in place of dates and slide numbers."""
    for paragraph in text.replace("\x0b", "\n").split("\r"):
        if paragraph.strip() not in ("", "*"):
            yield paragraph.strip()


def _atom(stream: bytes, place: int) -> _Atom:
    """Return the record at a place, and an empty one if none lies there."""
    head = stream[place : place + 8] if place >= 0 else b""
    length = int.from_bytes(head[4:], "little")
    return next(_atoms(stream[place : place + 8 + length]), _NO_ATOM) if len(head) == 8 else _NO_ATOM


def _atoms(content: bytes) -> Iterator[_Atom]:
    """Yield the records that follow one another."""
    at = 0
    while at + 8 <= len(content):
        head, kind, length = struct.unpack_from("<HHI", content, at)
        yield _Atom(kind, head >> 4, content[at + 8 : at + 8 + length], head & 0xF == 0xF)
        at += 8 + length
