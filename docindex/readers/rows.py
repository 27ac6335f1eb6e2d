"""The rows of a sheet to records: one for each row below a header, else one for the sheet. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from docindex import dates
from docindex.errors import ReaderError
from docindex.manifest import languages, words
from docindex.model import Metadata, Record, Source
from docindex.readers import blocks
from docindex.readers.base import record

MAX_ROWS = 1_048_576  # of all sheets together: what Excel holds in one
MAX_COLUMNS = 16_384
MAX_CHARACTERS = 100_000_000
_MAX_NAME = 60  # characters of a column's name
_TOP = 10  # rows, among which a header is looked for

Row = tuple[int, Sequence[str]]  # its number in the sheet, from 1, and its cells


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    rows: list[Row] = field(default_factory=list)  # those that are not empty


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
            yield _record(source, replace(found, title=None), columns, row, name)


def _whole(source: Source, found: Metadata, rows: Sequence[Row], part: str | None) -> Record:
    text = [" · ".join(filter(None, cells)) for _, cells in rows]
    own = Metadata(title=part) if part else Metadata()
    return record(source, part=part, own=own, found=found, body="\n".join(text), lines=[number for number, _ in rows])


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


def _record(source: Source, found: Metadata, columns: Sequence[str], row: Row, sheet: str | None) -> Record:
    number, cells = row
    filled = [(column, cell) for column, cell in zip(columns, cells, strict=False) if cell]
    said = {words.key(column): cell for column, cell in reversed(filled)}
    own = _metadata(said)
    shown = [pair for pair in filled if pair[1] != own.title] or filled
    return record(
        source,
        part=f"{sheet}/{number}" if sheet else str(number),
        own=own if own.title else replace(own, title=filled[0][1]),
        found=found,
        body="\n".join(f"{column}: {' '.join(cell.split())}" for column, cell in shown),
        lines=[number] * len(shown),
    )


def _metadata(said: dict[str | None, str]) -> Metadata:
    date = said.get("date", "")
    return replace(
        blocks.properties(
            creator=said.get("creator", ""), publisher=said.get("publisher", ""), subject=said.get("subject", "")
        ),
        title=" ".join(said.get("title", "").split()) or None,
        date=dates.parse(date, origin="column") if date else None,
        language=languages.code(said["language"]) if "language" in said else None,
    )
