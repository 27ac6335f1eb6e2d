"""Table rows -> records: columns by kind, and the header of a sheet. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from docindex.errors import ReaderError
from docindex.metadata import dates, keys, language_codes
from docindex.metadata.folding import fold
from docindex.model import Metadata, Record, Source
from docindex.readers import base
from docindex.readers.base import BREAK, EMPTY

MAX_ROWS = 1_048_576  # of all sheets together: what Excel holds in one
MAX_COLUMNS = 16_384
MAX_CHARACTERS = 100_000_000
_MAX_NAME = 60  # characters of a column's name
_TOP = 10  # rows, among which a header is looked for

Row = tuple[int, Sequence[str]]  # its number in the sheet, from 1, and its cells


class Sheet(Struct, frozen=True):
    name: str
    rows: list[Row] = []  # those that are not empty


class Workbook:
    """Gathers sheets, as many rows and cells as there may be. A few bytes can stand for very many of them."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self._rows = self._characters = 0

    def add_sheet(self, name: str) -> None:
        self.sheets.append(Sheet(name))

    def add_row(self, number: int, cells: Sequence[str], times: int = 1) -> None:
        """A row that is not empty, `times` times from `number` on. Raises ReaderError."""
        self._rows += times
        self._characters += times * sum(len(cell) + 1 for cell in cells)
        if self._rows > MAX_ROWS or self._characters > MAX_CHARACTERS:
            most = f"{MAX_ROWS:,} rows or {MAX_CHARACTERS:,} characters"
            raise ReaderError(f"holds more than {most}", "split it into several files")
        self.sheets[-1].rows.extend((number + at, cells) for at in range(times))


def records(source: Source, found: Metadata, sheets: Sequence[Sheet]) -> Iterator[Record]:
    """The records of all sheets. Parts: `Sheet/12`, the row's number, or `Sheet`; without the name of an only sheet.

    What the file says of itself (`found`) is said of the rows too, but for its title.
    """
    sheets = [sheet for sheet in sheets if sheet.rows]
    for sheet in sheets:
        name = sheet.name or "sheet" if len(sheets) > 1 else None
        top = _header(sheet.rows)
        if top is None:
            yield _whole(source, found, sheet.rows, name)
            continue
        if top:
            yield _whole(source, found, sheet.rows[:top], name or "top")
        columns = sheet.rows[top][1]
        for row in sheet.rows[top + 1 :]:
            part = f"{name}/row-{row[0]}" if name else f"row-{row[0]}"
            made = record(source, zip(columns, row[1], strict=False), part, row[0], replace(found, title=None))
            if made:
                yield made


def _whole(source: Source, found: Metadata, rows: Sequence[Row], part: str | None) -> Record:
    text = [" · ".join(filter(None, cells)) for _, cells in rows]
    own = Metadata(title=part) if part else Metadata()
    return base.record(
        source, part=part, own=own, found=found, body="\n".join(text), lines=[number for number, _ in rows]
    )


def _header(rows: Sequence[Row]) -> int | None:
    """Where the header is: the first row of two cells or more, if those are names, all different, of columns that
    hold the widest of the next rows, and if there is a row below.
    """
    for at, (_, cells) in enumerate(islice(rows, _TOP)):
        if len(cells) < 2:
            continue
        below = [row for _, row in rows[at + 1 : at + 1 + _TOP]]
        named = all(map(_is_name, cells)) and len(set(cells)) == len(cells)
        return at if named and below and max(map(len, below)) <= len(cells) else None
    return None


def _is_name(cell: str) -> bool:
    return 0 < len(cell) <= _MAX_NAME and any(map(str.isalpha, cell)) and dates.parse(cell) is None


# One row -------------------------------------------------------------------------------------------------------

_MAX_PART = 200  # characters
_MAX_TERM = 500  # characters; what is longer is a text


def is_text(name: str) -> bool:
    """Return True if a column of this name holds text that is shown without the name."""
    return keys.column(name) == "body"


def record(
    source: Source, cells: Iterable[tuple[str, str]], part: str | None, line: int, found: Metadata = EMPTY
) -> Record | None:
    """The record of a row: the names of its columns ("" for one without) and what stands there; None if that is
    nothing. It goes by its id, else by `part`; None for a row that is the whole file.

    Columns that are metadata, by their names or by what the manifest says of them, become so; the others are text.
    Without a title, it has its first cell's, if that is short.
    """
    kept = [(name.strip(), value.strip()) for name, value in cells if value.strip()]
    if not kept:
        return None
    kinds = _kinds([name for name, _ in kept], source.columns)
    own, rest = Metadata(), []
    for (name, value), kind in zip(kept, kinds, strict=True):
        said = _said(kind, value, own)
        own = said or own
        if said is None:
            rest.append((name if kind != "text" else "", value))
    text = "\n".join(f"{name}: {value}" if name else value for name, value in rest or kept)
    if part is not None:
        part = _own_part(part, next((value for (_, value), kind in zip(kept, kinds, strict=True) if kind == "id"), ""))
        first = " ".join(kept[0][1].split())
        if own.title is None and kinds[0] != "text" and len(first) <= _MAX_PART:
            own = replace(own, title=first)
    body = BREAK.sub("\n", text)
    return base.record(source, part=part, own=own, found=found, body=body, lines=[line] * (body.count("\n") + 1))


def _own_part(part: str, own_id: str) -> str:
    """Return the part with the row's own id, if it has one, in place of its number."""
    folder, slash, _ = part.rpartition("/")
    return f"{folder}{slash}{' '.join(own_id.split())[:_MAX_PART]}" if own_id else part


def _kinds(names: Sequence[str], said: Sequence[tuple[str, str]]) -> list[str | None]:
    """What each column is: a term of metadata, `id`, `text`; None if it is none of them.

    What the manifest says wins, and takes that kind from the columns that are of it by their names.
    """
    chosen = {fold(name): kind for name, kind in said}
    taken = {chosen[name] for name in map(fold, names) if name in chosen} if chosen else set()
    return [chosen.get(fold(name)) or _kind(name, taken) for name in names] if chosen else list(map(_kind, names))


def _kind(name: str, taken: Collection[str] = ()) -> str | None:
    kind = keys.column(name) or keys.key(name.removesuffix(".name"))
    kind = "text" if kind == "body" else kind
    return None if kind in taken else kind


def _said(kind: str | None, value: str, known: Metadata) -> Metadata | None:
    """What is known of a row with a cell's word for it; None if the cell says nothing of the kind, or nothing new."""
    if kind is None or getattr(known, kind, True):
        return None
    if kind == "date":
        date = dates.parse(value, origin="column")
        return replace(known, date=date) if date else None
    if kind == "language":
        code = language_codes.code(value)
        return replace(known, language=code) if code else None
    if kind == "subject":
        return replace(known, subject=tuple(filter(None, map(str.strip, re.split("[,;|،]", value)))))
    if len(value) > _MAX_TERM or "\n" in value:
        return None
    if kind == "title":
        return replace(known, title=value)
    return replace(known, creator=value) if kind == "creator" else replace(known, publisher=value)
