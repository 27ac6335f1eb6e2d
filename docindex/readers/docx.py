"""Word documents (.docx: ECMA-376, ISO 29500) to records: text, tables, notes, comments.

Opens no file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from docindex.errors import ReaderError
from docindex.model.documents import Record, Source
from docindex.readers import document_builder, xml_text
from docindex.readers.base import EmbeddedFile
from docindex.readers.ooxml import MARKUP, drawn_text, embedded_files, main, properties
from docindex.readers.zip_package import Package

_NOTES = re.compile(r"word/(?:footnotes|endnotes|comments|header\d*|footer\d*)\.xml")


def read_main_text(source: Source, data: bytes) -> Iterator[Record]:
    """Yield one record of the text alone, without notes, comments, headers and footers."""
    package = Package(data, "Word document")
    blocks = xml_text.blocks(_main_part(package), MARKUP)
    yield from document_builder.document(source, properties(package), list(blocks))


def read(source: Source, data: bytes) -> Iterator[Record | EmbeddedFile]:
    """Yield one record: the text, then notes, comments, page headers and footers, diagrams and
    charts.

    Yield the files embedded in the document too. Raises ReaderError.
    """
    package = Package(data, "Word document")
    parts = [
        _main_part(package),
        *(package.get(name) for name in sorted(filter(_NOTES.fullmatch, package.names()), key=_order)),
    ]
    found = properties(package)
    yield from document_builder.document(
        source, found, [block for part in parts for block in xml_text.blocks(part, MARKUP)] + drawn_text(package)
    )
    yield from embedded_files(package)


def _main_part(package: Package) -> bytes:
    text = package.get(main(package, "word/document.xml"))
    if not text:
        raise ReaderError("is no Word document", "give it the suffix of what it is")
    return text


def _order(name: str) -> tuple[int, str]:
    return ("footnotes endnotes comments header footer".split().index(name[5:-4].rstrip("0123456789")), name)
