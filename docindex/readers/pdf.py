"""PDF (ISO 32000) to records: the text of each page. Opens no file; only here: pypdfium2.

PDFium (BSD and Apache licences) was chosen because on books in French, English and Japanese it loses
no word and reads 200 pages a second. pypdf is 15 times slower and joins half the words of two French
books; pdfminer.six is 25 times slower. PDFium is native code and may crash or hang. The worker
process contains that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from docindex.errors import ReaderError
from docindex.model import Metadata, Record, Source
from docindex.readers import document_builder
from docindex.readers.base import record

MAX_PAGES = 50_000
MAX_CHARACTERS = 200_000_000
_MAX_HEADER_BYTES = 1024  # before the end of `%PDF-` (Annex H of PDF 1.7)
_DAMAGED = "open it in a viewer and save it anew, or take it off the list"


def read(source: Source, data: bytes) -> Iterator[Record]:
    """Yield one record, without its title if that is the first line. Raises ReaderError.

    Lines are numbered by page, because a reader finds them there.
    """
    if b"%PDF-" not in data[:_MAX_HEADER_BYTES]:
        raise ReaderError("is no PDF", "give it the suffix of what it is")
    with closing(_opened(data)) as document:
        pages = [_shown(text) for text in _texts(document)]
        found = _metadata(document)
    if not any(pages):
        raise ReaderError("has no text layer: its pages are pictures", "add one by OCR, for example with ocrmypdf")
    lines = [number for page in pages for number in range(1, page.count("\n") + 2)]
    text = "\n\f".join(pages)
    title, _, below = text.partition("\n")
    if title == (source.declared.title or found.title) and below.strip():
        text = below.lstrip("\n")
    yield record(source, found=found, body=text, lines=lines[-text.count("\n") - 1 :], page=1)


def _opened(data: bytes) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium_c.FPDF_ERR_PASSWORD:
            raise ReaderError("is encrypted: it asks for a password", "save it without one") from error
        raise ReaderError("is damaged, or no PDF", _DAMAGED) from error
    if not 0 < len(document) <= MAX_PAGES:
        pages = len(document)
        document.close()
        raise ReaderError(f"says that it has {pages:,} pages", _DAMAGED)
    return document


def _texts(document: pdfium.PdfDocument) -> Iterator[str]:
    """Yield the text of each page, "" for a damaged one. Raises ReaderError if all are damaged."""
    damaged = characters = 0
    for number in range(len(document)):
        try:
            with closing(document[number]) as page, closing(page.get_textpage()) as text:
                found = text.get_text_range()
        except pdfium.PdfiumError:
            damaged += 1
            found = ""
        characters += len(found)
        if characters > MAX_CHARACTERS:
            raise ReaderError(f"holds more than {MAX_CHARACTERS:,} characters", "split it into several files")
        yield found
    if damaged == len(document):
        raise ReaderError("is damaged: no page of it can be read", _DAMAGED)


_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\uffff]")
_BROKEN = "\ufffe"  # PDFium's sign for a hyphen and line break


def _shown(text: str) -> str:
    """Return a page's text without blank lines at its ends and without invisible characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace(_BROKEN, "-\n")
    return "\n".join(map(str.rstrip, _UNSEEN.sub(" ", text).split("\n"))).strip()


def _metadata(document: pdfium.PdfDocument) -> Metadata:
    values = document.get_metadata_dict()
    return document_builder.properties(
        title=values["Title"],
        creator=values["Author"],
        date=_date(values["CreationDate"]),
        subject=f"{values['Subject']};{values['Keywords']}",
    )


_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(?:(\d\d)(\d\d))?")


def _date(written: str) -> str:
    """Return `D:20160320231500+01'00'` (ISO 32000, 7.9.4) as ISO 8601, and anything else as written."""
    match = _DATE.match(written)
    if not match:
        return written
    year, month, day, hour, minute = match.groups()
    return "-".join(filter(None, (year, month, day))) + (f"T{hour}:{minute}" if day and hour else "")
