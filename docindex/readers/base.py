"""What a format is, and what all readers share: text to lines, findings to a record. Opens no file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from docindex.model import Metadata, Record, Source


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file. Its name is also its module's, which is imported only when a file needs it."""

    name: str
    suffixes: tuple[str, ...]  # lower-case, with the dot; "" for a name that has none
    version: int  # raised whenever the same file would give other records


class Reader(Protocol):
    """What the module of a format offers."""

    def read(self, source: Source, data: bytes) -> Iterator[Record]:
        """The records of a file that holds `data`; none if it holds nothing but white space. Raises ReaderError."""
        ...


NOTHING = Metadata()
"""What is said where nothing is said."""


def record(
    source: Source,
    *,
    part: str | None = None,
    own: Metadata = NOTHING,
    found: Metadata = NOTHING,
    body: str,
    lines: Sequence[int],
    page: int | None = None,
) -> Record:
    """A record of `source`. What a part says of itself (`own`: its headline, its date) wins over what the manifest
    declares, for that is said of the whole file; and what is declared wins over what was `found` in the file.
    """
    metadata = _first_known(own, _first_known(source.declared, found))
    return Record(source.path, part, metadata, source.collection, body, lines, page)


def _first_known(first: Metadata, second: Metadata) -> Metadata:
    return Metadata(
        title=first.title or second.title,
        creator=first.creator or second.creator,
        publisher=first.publisher or second.publisher,
        date=first.date or second.date,
        language=first.language or second.language,
        subject=first.subject or second.subject,
    )


BREAK = re.compile("[\x85\u2028\u2029]")
"""Line breaks of Unicode that editors do not count as lines (UAX 14: NEL, LS, PS)."""


def numbered(text: str) -> tuple[list[str], Sequence[int]]:
    """The lines of a text, and for each the number (from 1) that an editor gives it."""
    rows = text.split("\n")
    if not BREAK.search(text):
        return rows, range(1, len(rows) + 1)
    pieces = [(piece, number) for number, row in enumerate(rows, 1) for piece in BREAK.split(row)]
    return [piece for piece, _ in pieces], [number for _, number in pieces]
