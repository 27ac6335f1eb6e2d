"""The table of formats: which files can be read, and the records that they hold.

A format is a module of this package that offers what `base.Reader` says. To add one: write the module, add its row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import PurePosixPath
from typing import cast

from docindex import dates
from docindex.errors import ReaderError
from docindex.model import Record, Source
from docindex.readers.base import Format, Reader

FORMATS = (
    Format("text", suffixes=(".txt", ".text", ".log", ""), version=1),
    Format("markdown", suffixes=(".md", ".markdown"), version=1),
)
SUFFIXES = {suffix: row for row in FORMATS for suffix in row.suffixes}


def format_of(path: str) -> Format | None:
    """The format of a file by its name's suffix; None if there is no reader for it."""
    return SUFFIXES.get(PurePosixPath(path).suffix.lower())


def read(source: Source, data: bytes) -> list[Record]:
    """The records of a file that holds `data`, one at least, with ids that differ and a language each.

    Raises ReaderError (whose message does not name the file, which the caller knows) if it cannot be read or holds
    nothing.
    """
    found = format_of(source.path)
    if found is None:
        readable = " ".join(sorted(filter(None, SUFFIXES)))
        raise ReaderError(f"no reader for {PurePosixPath(source.path).suffix}", f"readable: {readable}")
    reader = cast(Reader, import_module(f"{__name__}.{found.name}"))
    records = [_completed(record) for record in _told_apart(reader.read(source, data))]
    if not records:
        raise ReaderError("empty", "fill it, or take it off the list")
    return records


def _told_apart(records: Iterable[Record]) -> Iterator[Record]:
    """Parts of the same name become `name`, `name-2`, `name-3`."""
    used: set[str | None] = set()
    times: Counter[str | None] = Counter()
    for record in records:
        part = record.part
        while part in used:
            times[record.part] += 1
            part = f"{record.part}-{times[record.part] + 1}"
        used.add(part)
        yield record if part == record.part else replace(record, part=part)


def _completed(record: Record) -> Record:
    """What neither the manifest nor the file says: the date from the file's name, the language from the text."""
    metadata = record.metadata
    if metadata.date is None:
        metadata = replace(metadata, date=dates.from_name(PurePosixPath(record.path).name))
    if metadata.language is None:
        from docindex import language  # here: its model is slow to load

        metadata = replace(metadata, language=language.detect(f"{metadata.title or ''}\n\n{record.body}"))
    return replace(record, metadata=metadata)
