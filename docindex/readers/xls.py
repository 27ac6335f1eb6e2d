"""Excel sheets of 5.0 to 2003 (.xls: MS-XLS) to records. Opens no file; only here: xlrd.

xlrd (BSD licence) reads only this format, in Python.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import xlrd

from docindex.errors import ReaderError
from docindex.model.documents import Record, Source
from docindex.readers import table_records
from docindex.readers.cells import cell_text, trimmed
from docindex.readers.compound_file import CompoundFile, damage

_WHAT = "Excel workbook"


def read(source: Source, data: bytes) -> Iterator[Record]:
    """Yield the records of all sheets, as `table_records.records` does. Raises ReaderError.

    A formula gives the value that was saved with it.
    """
    properties = CompoundFile(data, _WHAT).properties()
    with damage(_WHAT):
        sheets = _sheets(data)
    yield from table_records.records(source, properties, sheets)


def _sheets(data: bytes) -> list[table_records.Sheet]:
    try:
        book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO(), on_demand=True, ragged_rows=True)
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise ReaderError("is encrypted", "save it without a password") from error
        raise
    workbook = table_records.Workbook()
    for number, name in enumerate(book.sheet_names()):
        sheet = book.sheet_by_index(number)
        workbook.add_sheet(name)
        for row in range(sheet.nrows):
            if cells := trimmed([cell_text(_value(cell, book.datemode)) for cell in sheet.row(row)]):
                workbook.add_row(row + 1, cells)
        book.unload_sheet(number)
    return workbook.sheets


def _value(cell: xlrd.sheet.Cell, datemode: int) -> object:
    """Return a cell's value as Python knows it."""
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate.xldate_as_datetime(cell.value, datemode)
        except (ValueError, OverflowError):
            return cell.value
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "")
    return cell.value or None if cell.ctype == xlrd.XL_CELL_TEXT else cell.value
