"""OpenDocument texts, slides and sheets (.odt, .odp, .ods: ISO 26300) to records. Opens no file."""

from __future__ import annotations

from collections.abc import Iterator

from docindex.errors import ReaderError
from docindex.model.documents import Metadata, Record, Source
from docindex.readers import document_builder, table_records, xml_text
from docindex.readers.xml_text import Markup, names
from docindex.readers.zip_package import Package

MARKUP = Markup(
    blocks=names("p h"),
    within=names("p h"),
    skipped=names("tracked-changes note-citation forms page-number settings"),
    asides=names("note annotation frame"),
    headings={"h": 1},
    spaces={"s": " ", "tab": "\t", "line-break": "\n"},
    rows=names("table-row"),
    cells=names("table-cell covered-table-cell"),
    kept=frozenset(),
)


def read(source: Source, data: bytes) -> Iterator[Record]:
    """Yield one record for a text or for slides, or the records of sheets. Raises ReaderError."""
    package = Package(data, "OpenDocument file")
    content = package.get("content.xml")
    if not content:
        raise ReaderError("is no OpenDocument file", "give it the suffix of what it is")
    kind = package.get("mimetype").decode("latin-1").strip().removesuffix("-template").rpartition(".")[2]
    found = _properties(package)
    if kind == "spreadsheet":
        sheets = _Sheets()
        xml_text.parse(content, sheets)
        yield from table_records.records(source, found, sheets.book.sheets)
    elif kind in ("presentation", "graphics"):
        yield from _slides(source, found, content)
    else:
        yield from document_builder.document(source, found, xml_text.blocks(content, MARKUP))


def _properties(package: Package) -> Metadata:
    values = {name: ";".join(texts) for name, texts in xml_text.values(package.get("meta.xml")).items()}
    return document_builder.properties(
        title=values.get("title", ""),
        creator=values.get("initial-creator", "") or values.get("creator", ""),
        date=values.get("creation-date", "") or values.get("date", ""),
        subject=";".join(filter(None, (values.get("subject"), values.get("keyword")))),
    )


class _Pages(xml_text.BlockTarget):
    def __init__(self) -> None:
        super().__init__(MARKUP)
        self.pages: list[list[document_builder.Block]] = []

    def end(self, tag: str) -> None:
        super().end(tag)
        if tag == "page":
            self.pages.append(self.writer.end())


def _slides(source: Source, found: Metadata, content: bytes) -> Iterator[Record]:
    slides = _Pages()
    xml_text.parse(content, slides)
    yield from document_builder.paged(source, found, slides.pages)


class _Sheets(xml_text.Target):
    """Collector of sheets: the text of each cell by row. Repeated empty cells are only counted."""

    def __init__(self) -> None:
        self.book = table_records.Workbook()
        self._row = self._rows_repeated = self._cell_repeated = self._skipped = self._within = 0
        self._cells: list[str] = []
        self._blank = 0  # cells seen since the last one that holds text
        self._text: list[str] = []
        self._date = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        values = {xml_text.local(name): value for name, value in attributes.items()}
        if self._skipped or tag in ("annotation", "shapes", "tracked-changes"):
            self._skipped += 1
        elif tag == "table":
            self.book.add_sheet(values.get("name", ""))
            self._row = 0
        elif tag == "table-row":
            self._rows_repeated = _count(values.get("number-rows-repeated"))
            self._cells, self._blank = [], 0
        elif tag in ("table-cell", "covered-table-cell"):
            self._cell_repeated = _count(values.get("number-columns-repeated"))
            self._text = []
            self._date = values.get("date-value", "")
        elif tag in ("p", "h"):
            self._within += 1
            if self._text:
                self._text.append(" ")
        elif tag in ("s", "tab", "line-break"):
            self._text.append(" ")

    def data(self, text: str) -> None:
        if self._within and not self._skipped:
            self._text.append(text)

    def end(self, tag: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif tag in ("p", "h"):
            self._within -= 1
        elif tag in ("table-cell", "covered-table-cell"):
            self._end_cell(" ".join("".join(self._text).split()))
        elif tag == "table-row":
            if self._cells and self.book.sheets:
                self.book.add_row(self._row + 1, self._cells, self._rows_repeated)
            self._row += self._rows_repeated

    def _end_cell(self, text: str) -> None:
        if not text:
            self._blank += self._cell_repeated
            return
        self._cells += [""] * min(self._blank, table_records.MAX_COLUMNS - len(self._cells))
        self._cells += [self._date or text] * min(self._cell_repeated, table_records.MAX_COLUMNS - len(self._cells))
        self._blank = 0


def _count(written: str | None) -> int:
    return int(written) if written and written.isascii() and written.isdigit() and len(written) < 9 else 1
