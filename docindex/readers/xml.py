"""XML to records: the text of its elements, one a line, with the lines of the file. Opens no file.

Elements stand within a line where text stands beside them. Of attributes, those with several words
are text. XML that is broken, unsafe or without text is read as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from docindex.errors import ReaderError
from docindex.model.documents import Metadata, Record, Source
from docindex.readers import text, xml_text
from docindex.readers.base import record

_SENTENCE = re.compile(r"\S+\s+\S+")
_MIN_ATTRIBUTE_LETTERS = 8


def read(source: Source, data: bytes) -> Iterator[Record]:
    """Yield one record, or those of its plain text."""
    elements = _Elements()
    try:
        xml_text.parse(data, elements)
    except ReaderError:
        elements.rows = []
    if not elements.rows:
        yield from text.read(source, data)
        return
    body, lines = zip(*elements.rows, strict=True)
    yield record(source, found=Metadata(title=elements.title), body="\n".join(body), lines=lines)


class _Elements(xml_text.Target):
    """Collector of the text of elements."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, int]] = []
        self.title: str | None = None
        self._pieces: list[str] = []
        self._first = 0  # line of the first word
        self._has_text = False  # since the last tag

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._tag()
        for name, value in attributes.items():
            if _SENTENCE.search(value) and sum(map(str.isalpha, value)) >= _MIN_ATTRIBUTE_LETTERS:
                self._end_row()
                self.rows.append((f"{xml_text.local(name)}: {' '.join(value.split())}", self.line()))

    def end(self, tag: str) -> None:
        if tag.lower() == "title" and self.title is None and self._has_text:
            self.title = " ".join("".join(self._pieces).split()) or None
        self._tag()

    def data(self, text: str) -> None:
        if text.strip():
            self._first = self._first or self.line()
            self._has_text = True
        self._pieces.append(text)

    def close(self) -> None:
        self._end_row()

    def _tag(self) -> None:
        """End the row unless text stands beside the tag."""
        if not self._has_text:
            self._end_row()
        self._has_text = False

    def _end_row(self) -> None:
        row = " ".join("".join(self._pieces).split())
        if row:
            self.rows.append((row, self._first))
        self._pieces, self._first = [], 0
