"""Excel sheets (.xlsx, .xlsm: ECMA-376) to records. Opens no file; only here: openpyxl.

openpyxl (MIT licence) reads row by row, so a sheet with only its first and last cell takes little
memory. python-calamine is 10 times faster, but allocates all the cells between them.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO

import openpyxl

from docindex.errors import ReaderError
from docindex.model.documents import Record, Source
from docindex.readers import table_records
from docindex.readers.cells import cell_text, trimmed
from docindex.readers.ooxml import properties
from docindex.readers.zip_package import Package, check_size

_MAX_ROWS = 1_048_576  # of a sheet in Excel; a file may claim more, all of them empty
_HINT = "open it in a spreadsheet program and save it anew, or take it off the list"


def read(source: Source, data: bytes) -> Iterator[Record]:
    """Yield the records of all sheets, as `table_records.records` does. Raises ReaderError.

    A formula gives the value that was saved with it.
    """
    package = Package(data, "Excel workbook")
    check_size(sum(info.file_size for info in package.members), len(data))
    found = properties(package)
    try:
        sheets = _sheets(data)
    except ReaderError:
        raise
    except Exception as error:  # openpyxl raises errors of any kind on damaged files
        raise ReaderError("is damaged, or no Excel workbook", _HINT) from error
    yield from table_records.records(source, found, sheets)


def _sheets(data: bytes) -> list[table_records.Sheet]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions, which do not affect the text
        with closing(openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True)) as book:
            workbook = table_records.Workbook()
            for sheet in book.worksheets:
                workbook.add_sheet(sheet.title)
                sheet.reset_dimensions()  # the declared size may be wrong
                for number, values in enumerate(sheet.iter_rows(max_row=_MAX_ROWS, values_only=True), 1):
                    if cells := trimmed(list(map(cell_text, values))):
                        workbook.add_row(number, cells)
            return workbook.sheets
