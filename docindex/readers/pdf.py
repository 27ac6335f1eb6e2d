"""PDF (ISO 32000) to records: the text of each page. Opens no file. pypdfium2 is only here,
and in the other files named after the format.

PDFium (BSD and Apache licences) was chosen because on books in French, English and Japanese it
loses no word and reads 200 pages a second. pypdf is 15 times slower and joins half the words of two
French books; pdfminer.six is 25 times slower. PDFium is native code and may crash or hang. The
worker process contains that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from docindex.errors import NothingToIndex, ReaderError
from docindex.model.documents import Metadata, OcrPage, Record, Source
from docindex.readers import detection, document_builder, pdf_text, scanned_pages
from docindex.readers.base import EMPTY, EmbeddedFile, PartFailure, Recognize, record

Found = Record | EmbeddedFile | PartFailure

MAX_PAGES = 50_000
MAX_ATTACHMENTS = 1_000
MAX_STAMP = 400  # characters of a scanned page, blanks and digits included
MIN_PATHS = 100  # of a page whose letters may be drawn
MIN_LETTERS = 25  # of a page with text; a scanned page may hold a stamp or a page number
DOTS_PER_INCH = 300  # of a page that is drawn for OCR
MAX_PIXELS = 40_000_000  # of one
_MAX_HEADER_BYTES = 1024  # before the end of `%PDF-` (Annex H of PDF 1.7)


def read(source: Source, data: bytes, recognize: Recognize | None = None) -> Iterator[Found]:
    """Yield one record, without its title if that is the first line. Raises ReaderError.

    Lines are numbered by page, because a reader finds them there. `recognize` reads the pages that
    are pictures.
    """
    if b"%PDF-" not in data[:_MAX_HEADER_BYTES]:
        raise ReaderError("is no PDF", "give it the suffix of what it is")
    unread: list[PartFailure] = []
    with closing(_opened(data)) as document:
        pages, pictures = [], []
        for number, text in enumerate(pdf_text.pages(document), 1):
            pages.append(pdf_text.shown(text))
            if (
                len(text) < MAX_STAMP
                and sum(map(str.isalpha, text)) < MIN_LETTERS
                and _is_picture(document, number - 1)
            ):
                pictures.append(number)
        ocr: tuple[OcrPage, ...] = ()
        if recognize and pictures:
            ocr, unread = scanned_pages.recognize(pages, pictures, recognize, partial(_drawn, document))
        elif pictures:
            unread = [scanned_pages.unread(pictures)]
        found = _metadata(document)
        attached = list(_attachments(document))
    if not any(pages):
        if not attached:
            raise _without_text(unread, len(pictures), has_ocr=recognize is not None)
        yield from unread
        yield from attached
        return
    lines = [number for page in pages for number in range(1, page.count("\n") + 2)]
    text = "\n\f".join(pages)
    title, _, below = text.partition("\n")
    if title == (source.declared.title or found.title) and below.strip():
        text = below.lstrip("\n")
    yield record(source, found=found, body=text, lines=lines[-text.count("\n") - 1 :], page=1, ocr=ocr)
    yield from attached
    yield from unread


def _without_text(unread: Sequence[PartFailure], pictures: int, *, has_ocr: bool) -> ReaderError:
    """Return the error for a document without a word. It is a failure only if OCR has failed."""
    refused = next((part for part in unread if has_ocr and part.pages), None)
    if refused:
        return ReaderError(f"{refused.part}: {refused.reason}", refused.hint, pages=pictures)
    if has_ocr:
        return NothingToIndex("holds pictures in which OCR finds no text", kind=scanned_pages.KIND)
    what = "has no text layer: its pages are pictures"
    return NothingToIndex(what, detection.OCR_HINT, kind=scanned_pages.KIND, pages=pictures)


def _drawn(document: pdfium.PdfDocument, index: int) -> bytes:
    """Return a page as a grey picture (PGM). Raises ReaderError."""
    try:
        with closing(document[index]) as page:
            inches = page.get_width() * page.get_height() / 72**2
            scale = min(DOTS_PER_INCH, (MAX_PIXELS / max(inches, 1e-6)) ** 0.5) / 72
            with closing(page.render(scale=scale, grayscale=True)) as drawn:
                rows = memoryview(drawn.buffer).cast("B")
                row_bytes = (rows[at : at + drawn.width] for at in range(0, drawn.stride * drawn.height, drawn.stride))
                return b"P5 %d %d 255\n" % (drawn.width, drawn.height) + b"".join(row_bytes)
    except pdfium.PdfiumError as error:
        raise ReaderError("cannot be drawn", pdf_text.DAMAGED_HINT) from error


def _is_picture(document: pdfium.PdfDocument, index: int) -> bool:
    """Return True if an image covers a tenth of a page that has hardly a letter, or if so much is
    drawn on it that it may be letters.
    """
    kinds = [pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_PATH]
    paths = 0
    try:
        with closing(document[index]) as page:
            least = page.get_width() * page.get_height() / 10
            for drawn in page.get_objects(filter=kinds, max_depth=3):
                if drawn.type == pdfium_c.FPDF_PAGEOBJ_PATH:
                    paths += 1
                    if paths == MIN_PATHS:
                        return True
                    continue
                left, bottom, right, top = drawn.get_bounds()
                if (right - left) * (top - bottom) >= least:
                    return True
    except pdfium.PdfiumError:
        pass
    return False


def _attachments(document: pdfium.PdfDocument) -> Iterator[EmbeddedFile]:
    """Yield the files attached to a document. Those of a portfolio are all that it holds."""
    for index in range(min(document.count_attachments(), MAX_ATTACHMENTS)):
        try:
            attached = document.get_attachment(index)
            name = attached.get_name().replace("\\", "/").strip("/ ") or f"attachment-{index + 1}"
            data = bytes(attached.get_data())
        except pdfium.PdfiumError:
            continue
        yield EmbeddedFile(name, name, data, EMPTY)


def _opened(data: bytes) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium_c.FPDF_ERR_PASSWORD:
            raise ReaderError("is encrypted: it asks for a password", "save it without one") from error
        raise ReaderError("is damaged, or no PDF", pdf_text.DAMAGED_HINT) from error
    if not 0 < len(document) <= MAX_PAGES:
        pages = len(document)
        document.close()
        raise ReaderError(f"says that it has {pages:,} pages", pdf_text.DAMAGED_HINT)
    return document


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
    """Return `D:20160320231500+01'00'` (ISO 32000, 7.9.4) as ISO 8601, and anything else as
    written.
    """
    match = _DATE.match(written)
    if not match:
        return written
    year, month, day, hour, minute = match.groups()
    return "-".join(filter(None, (year, month, day))) + (f"T{hour}:{minute}" if day and hour else "")
