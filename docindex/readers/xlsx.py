"""Excel's sheets (.xlsx, .xlsm: ECMA-376) to records. Opens no file; only here: openpyxl.

openpyxl (MIT licence) reads row by row, so a sheet whose only cells are its first and its last takes no memory;
python-calamine is 10 times faster, but makes room for all the cells between them.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date, datetime, time
from io import BytesIO

import openpyxl

from docindex.errors import ReaderError
from docindex.model import Record, Source
from docindex.readers import table_records
from docindex.readers.ooxml import properties
from docindex.readers.zip_package import Package, check_size

_MAX_ROWS = 1_048_576  # of a sheet in Excel; a file may claim more, all of them empty
_HINT = "open it in a spreadsheet program and save it anew, or take it off the list"


def read(source: Source, data: bytes) -> Iterator[Record]:
    """Its rows, or sheets: see `rows`. Of a formula, the value it had when the file was saved."""
    package = Package(data, "Excel workbook")
    check_size(sum(info.file_size for info in package.members), len(data))
    found = properties(package)
    try:
        sheets = _sheets(data)
    except ReaderError:
        raise
    except Exception as error:  # openpyxl lets whatever a damaged file sets off go through
        raise ReaderError("is damaged, or no Excel workbook", _HINT) from error
    yield from table_records.records(source, found, sheets)


def _sheets(data: bytes) -> list[table_records.Sheet]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions that have no bearing on the text
        with closing(openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True)) as book:
            gathered = table_records.Workbook()
            for sheet in book.worksheets:
                gathered.add_sheet(sheet.title)
                sheet.reset_dimensions()  # what the file says of its size may be wrong
                for number, values in enumerate(sheet.iter_rows(max_row=_MAX_ROWS, values_only=True), 1):
                    if cells := _cells(values):
                        gathered.add_row(number, cells)
            return gathered.sheets


def _cells(values: Iterable[object]) -> list[str]:
    """The cells of a row as text, up to the last that holds any."""
    cells = [_text(value) for value in values]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return value.isoformat(" ", "minutes")
        case date() | time():
            return value.isoformat()
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case _:
            return " ".join(str(value).split())
