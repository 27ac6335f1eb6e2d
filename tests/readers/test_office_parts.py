"""Word documents: what stands outside the text itself is read too, or told as left out."""

from __future__ import annotations

import io
import zipfile

import docx
import openpyxl

from docindex.model.documents import Source
from docindex.readers import read
from docindex.readers.base import PartFailure

DRAWING = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
CHART = f'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" {DRAWING}'


def with_parts(**parts: bytes) -> bytes:
    """Return a Word document with further parts, each named as its keyword with `__` for `/` and
    `_` for a dot.
    """
    document = docx.Document()
    document.add_paragraph("A text of its own.")
    saved = io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved, "a") as packed:
        for name, data in parts.items():
            packed.writestr("word/" + name.replace("__", "/").replace("_", "."), data)
    return saved.getvalue()


def test_diagrams_and_charts_are_part_of_the_text() -> None:
    diagram = f"<m {DRAWING}><a:p><a:r><a:t>A box</a:t></a:r></a:p></m>".encode()
    chart = f"<c:c {CHART}><a:p><a:r><a:t>A title</a:t></a:r></a:p><c:pt><c:v>Oran</c:v></c:pt></c:c>".encode()
    (record,) = read.read(Source("a.docx"), with_parts(diagrams__data1_xml=diagram, charts__chart1_xml=chart))
    assert record.body.split("\n\n") == ["A text of its own.", "A title", "Oran", "A box"]


def test_embedded_files_are_records_or_told() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["title", "place"])
    book.active.append(["One", "Algiers"])
    saved = io.BytesIO()
    book.save(saved)
    unread: list[PartFailure] = []
    data = with_parts(
        embeddings__sheet_xlsx=saved.getvalue(), afchunk1_htm=b"<html><body><p>A piece</p></body></html>",
        embeddings__object_bin=b"\xd0\xcf\x11\xe0\0\1",
    )  # fmt: skip
    records = read.read(Source("a.docx"), data, unread.append)
    assert {str(record.part).partition("/")[0] for record in records} == {"None", "sheet.xlsx", "afchunk1.htm"}
    assert [part.reason for part in unread] == ["1 file in it left out: .bin 1"]
