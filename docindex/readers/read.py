"""Reading of one file: its records and those of the files within it, complete with part names,
dates and languages.

A format is a module of this package that offers what `base.Reader` says, and a row in `formats`.
Readers unpack nothing to disk and fetch nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docindex.metadata import dates
from docindex.model.documents import Record, Source
from docindex.readers.base import Format, PartFailure
from docindex.readers.containers import DEFAULTS, ContainerLimits, ContainerReader

if TYPE_CHECKING:
    from docindex.readers.ocr import OcrSettings


def read(
    source: Source,
    data: bytes,
    unread: Callable[[PartFailure], None] = lambda _: None,
    form: Format | None = None,
    limits: ContainerLimits = DEFAULTS,
    ocr: OcrSettings | None = None,
) -> list[Record]:
    """Return the records of a file that holds `data`: at least one, each with a language and an id
    of its own.

    `unread` is called for each part that cannot be read. `form` is the file's format if the caller
    has detected it. With `ocr`, pictures are read. Raises ReaderError if the file cannot be read or
    holds nothing. The message does not name the file; the caller knows it.
    """
    container = ContainerReader(limits, ocr)
    records = [fill_defaults(record) for record in unique_parts(container.records(source, data, form=form))]
    for part in container.failed:
        unread(part)
    if records and (others := container.left_out()):
        unread(others)
    if not records:
        raise container.reason()
    return records


def unique_parts(records: Iterable[Record]) -> Iterator[Record]:
    """Yield the records with distinct part names: the second `name` becomes `name-2`, the third
    `name-3`.
    """
    used: set[str | None] = set()
    times: Counter[str | None] = Counter()
    for record in records:
        part = record.part
        while part in used:
            times[record.part] += 1
            part = f"{record.part}-{times[record.part] + 1}"
        used.add(part)
        yield record if part == record.part else replace(record, part=part)


def fill_defaults(record: Record) -> Record:
    """Return the record with a missing date taken from the file's name and a missing language
    from the text.
    """
    metadata = record.metadata
    date, code = metadata.date, metadata.language
    if date is None:
        date = dates.from_name(PurePosixPath(record.path).name)
    if code is None:
        from docindex.analysis import language_detection  # here: its model is slow to load

        code = language_detection.detect(f"{metadata.title or ''}\n\n{record.body}")
    return replace(record, metadata=replace(metadata, date=date, language=code))
