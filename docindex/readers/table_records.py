"""Table rows to records: columns by kind, and the header of a sheet. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from docindex.errors import ReaderError
from docindex.metadata import dates, keys, language_codes, people
from docindex.metadata.folding import fold
from docindex.model.documents import RECIPIENT_FIELDS, Metadata, Record, Source
from docindex.readers import base, date_columns
from docindex.readers.base import BREAK, EMPTY

MAX_ROWS = 1_048_576  # of all sheets together; Excel's limit for one sheet
MAX_COLUMNS = 16_384
MAX_CHARACTERS = 100_000_000
_MAX_NAME_CHARS = 60  # of a column's name
_MAX_TOP_ROWS = 10  # among which the header is sought

Row = tuple[int, Sequence[str]]  # its number in the sheet, from 1, and its cells


class Sheet(Struct, frozen=True):
    name: str
    rows: list[Row] = []  # those that are not empty


class Workbook:
    """Collector of sheets with a limit on rows and characters, which a few bytes of a file can
    multiply.
    """

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self._rows = self._characters = 0

    def add_sheet(self, name: str) -> None:
        self.sheets.append(Sheet(name))

    def add_row(self, number: int, cells: Sequence[str], times: int = 1) -> None:
        """Add a row that is not empty, `times` times from `number` on. Raises ReaderError."""
        self._rows += times
        self._characters += times * sum(len(cell) + 1 for cell in cells)
        if self._rows > MAX_ROWS or self._characters > MAX_CHARACTERS:
            most = f"{MAX_ROWS:,} rows or {MAX_CHARACTERS:,} characters"
            raise ReaderError(f"holds more than {most}", "split it into several files")
        self.sheets[-1].rows.extend((number + at, cells) for at in range(times))


def records(source: Source, found: Metadata, sheets: Sequence[Sheet]) -> Iterator[Record]:
    """Yield the records of all sheets: of the rows below a header, or of a whole sheet.

    Parts are named `Sheet/row-12` or `Sheet`, without the name of a sole sheet. The file's own
    metadata (`found`) applies to the rows too, except its title.
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
        rows = sheet.rows[top + 1 :]
        month_first = date_columns.month_first(columns, (cells for _, cells in rows))
        for number, cells in rows:
            part = f"{name}/row-{number}" if name else f"row-{number}"
            named = zip(columns, cells, strict=False)
            made = record(source, named, part, number, replace(found, title=None), month_first)
            if made:
                yield made


def _whole(source: Source, found: Metadata, rows: Sequence[Row], part: str | None) -> Record:
    text = [" · ".join(filter(None, cells)) for _, cells in rows]
    own = Metadata(title=part) if part else Metadata()
    return base.record(
        source, part=part, own=own, found=found, body="\n".join(text), lines=[number for number, _ in rows]
    )


def _header(rows: Sequence[Row]) -> int | None:
    """Return the index of the header, or None.

    It is the first row of two cells or more, if its cells are different names, a row follows, and
    no row shortly below is wider.
    """
    for at, (_, cells) in enumerate(islice(rows, _MAX_TOP_ROWS)):
        if len(cells) < 2:
            continue
        below = [row for _, row in rows[at + 1 : at + 1 + _MAX_TOP_ROWS]]
        named = all(map(_is_name, cells)) and len(set(cells)) == len(cells)
        return at if named and below and max(map(len, below)) <= len(cells) else None
    return None


def _is_name(cell: str) -> bool:
    return 0 < len(cell) <= _MAX_NAME_CHARS and any(map(str.isalpha, cell)) and dates.parse(cell) is None


# One row ------------------------------------------------------------------------------------------

_MAX_PART_CHARS = 200
_MAX_TERM_CHARS = 500  # a longer value is text


def is_text(name: str) -> bool:
    """Return True if a column of this name holds text that is shown without the name."""
    return keys.column(name) == "body"


def record(
    source: Source,
    cells: Iterable[tuple[str, str]],
    part: str | None,
    line: int,
    found: Metadata = EMPTY,
    month_first: Collection[str] = (),
) -> Record | None:
    """Return the record of a row, given as pairs of column name ("" if unnamed) and value, or None
    if empty.

    Its part is its id, or else `part`. A `part` of None means that the row is the whole file.
    Columns of metadata, by their names or by the manifest, become metadata; the others become text.
    A short first cell replaces a missing title. In the columns of `month_first`, dates begin with
    the month.
    """
    kept = [(name.strip(), value.strip()) for name, value in cells if value.strip()]
    if not kept:
        return None
    kinds = _kinds([name for name, _ in kept], source.columns)
    own, rest = Metadata(), []
    for (name, value), kind in zip(kept, kinds, strict=True):
        updated = _with_value(kind, date_columns.day_first(value) if name in month_first else value, own)
        own = updated or own
        if updated is None:
            rest.append((name if kind != "text" else "", value))
    text = "\n".join(f"{name}: {value}" if name else value for name, value in rest or kept)
    if part is not None:
        part = _own_part(part, next((value for (_, value), kind in zip(kept, kinds, strict=True) if kind == "id"), ""))
        first = " ".join(kept[0][1].split())
        if own.title is None and kinds[0] != "text" and len(first) <= _MAX_PART_CHARS:
            own = replace(own, title=first)
    body = BREAK.sub("\n", text)
    return base.record(source, part=part, own=own, found=found, body=body, lines=[line] * (body.count("\n") + 1))


def _own_part(part: str, own_id: str) -> str:
    """Return the part with the row's own id, if it has one, in place of its number."""
    folder, slash, _ = part.rpartition("/")
    return f"{folder}{slash}{' '.join(own_id.split())[:_MAX_PART_CHARS]}" if own_id else part


def _kinds(names: Sequence[str], declared: Sequence[tuple[str, str]]) -> list[str | None]:
    """Return each column's kind: a metadata term, `id`, `text`, or None for another column.

    The manifest's declaration takes precedence. Other columns with a name of that kind lose it.
    """
    chosen = {fold(name): kind for name, kind in declared}
    taken = {chosen[name] for name in map(fold, names) if name in chosen} if chosen else set()
    return [chosen.get(fold(name)) or _kind(name, taken) for name in names] if chosen else list(map(_kind, names))


def _kind(name: str, taken: Collection[str] = ()) -> str | None:
    kind = keys.column(name) or keys.key(name.removesuffix(".name"))
    kind = "text" if kind == "body" else kind
    return None if kind in taken else kind


def _with_value(kind: str | None, value: str, known: Metadata) -> Metadata | None:
    """Return a row's metadata with a cell's value, or None if the value is invalid or the term
    is known.
    """
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
    if kind in RECIPIENT_FIELDS:
        return replace(known, **{kind: people.people(value)})
    if len(value) > _MAX_TERM_CHARS or "\n" in value:
        return None
    if kind == "title":
        return replace(known, title=value)
    return replace(known, creator=people.person(value)) if kind == "creator" else replace(known, publisher=value)
