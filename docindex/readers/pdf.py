"""PDF (ISO 32000) to records: the text of each page. Opens no file; only here: pypdfium2.

PDFium (BSD and Apache licences) was chosen because on books in French, English and Japanese it
loses no word and reads 200 pages a second. pypdf is 15 times slower and joins half the words of two
French books; pdfminer.six is 25 times slower. PDFium is native code and may crash or hang. The
worker process contains that.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from docindex.errors import ReaderError
from docindex.model.documents import Metadata, OcrPage, Record, Source
from docindex.readers import detection, document_builder, pdf_bidi, scanned_pages
from docindex.readers.base import EMPTY, EmbeddedFile, PartFailure, Recognize, record

Found = Record | EmbeddedFile | PartFailure

MAX_PAGES = 50_000
MAX_CHARACTERS = 200_000_000
MAX_ATTACHMENTS = 1_000
MAX_NOTE_BYTES = 1_000_000  # of one note or form value
MAX_STAMP = 400  # characters of a scanned page, blanks and digits included
MIN_LETTERS = 25  # of a page with text; a scanned page may hold a stamp or a page number
_NO_TEXT = (pdfium_c.FPDF_ANNOT_LINK, pdfium_c.FPDF_ANNOT_POPUP)
_TEXT_FIELDS = (pdfium_c.FPDF_FORMFIELD_TEXTFIELD, pdfium_c.FPDF_FORMFIELD_COMBOBOX, pdfium_c.FPDF_FORMFIELD_LISTBOX)
_PASSWORD = 1 << 13  # flag of a field (ISO 32000, table 228)
DOTS_PER_INCH = 300  # of a page that is drawn for OCR
MAX_PIXELS = 40_000_000  # of one
_MAX_HEADER_BYTES = 1024  # before the end of `%PDF-` (Annex H of PDF 1.7)
_DAMAGED = "open it in a viewer and save it anew, or take it off the list"


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
        for number, text in enumerate(_texts(document), 1):
            pages.append(_shown(text))
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
            if recognize and unread:
                raise ReaderError(f"{unread[0].part}: {unread[0].reason}", unread[0].hint)
            raise ReaderError("has no text layer: its pages are pictures", detection.OCR_HINT, pages=len(pictures))
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
        raise ReaderError("cannot be drawn", _DAMAGED) from error


def _is_picture(document: pdfium.PdfDocument, index: int) -> bool:
    """Return True if an image covers a tenth of a page that has hardly a letter."""
    try:
        with closing(document[index]) as page:
            least = page.get_width() * page.get_height() / 10
            for image in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3):
                left, bottom, right, top = image.get_bounds()
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


def _annotations(document: pdfium.PdfDocument, page: pdfium.PdfPage) -> Iterator[str]:
    """Yield what readers typed into a page's form fields and wrote beside its text."""
    for index in range(pdfium_c.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            kind = pdfium_c.FPDFAnnot_GetSubtype(annotation)
            if pdfium_c.FPDFAnnot_GetFlags(annotation) & pdfium_c.FPDF_ANNOT_FLAG_HIDDEN or kind in _NO_TEXT:
                continue
            text = (
                _field(document, annotation)
                if kind == pdfium_c.FPDF_ANNOT_WIDGET
                else _string(pdfium_c.FPDFAnnot_GetStringValue, annotation, b"Contents")
            )
        finally:
            pdfium_c.FPDFPage_CloseAnnot(annotation)
        if text.strip():
            yield text


def _field(document: pdfium.PdfDocument, widget: pdfium_c.FPDF_ANNOTATION) -> str:
    """Return the text that a form field shows, and none for a button or a password."""
    if document.formenv is None:
        document.init_forms()
    if document.formenv is None:
        return ""
    form = document.formenv.raw
    if pdfium_c.FPDFAnnot_GetFormFieldType(form, widget) not in _TEXT_FIELDS:
        return ""
    if pdfium_c.FPDFAnnot_GetFormFieldFlags(form, widget) & _PASSWORD:
        return ""
    return _string(pdfium_c.FPDFAnnot_GetFormFieldValue, form, widget)


def _string(function: Callable[..., int], *arguments: object) -> str:
    """Return the UTF-16 text that a function of PDFium writes to a buffer."""
    size = function(*arguments, None, 0)
    if size <= 2 or size > MAX_NOTE_BYTES:
        return ""
    buffer = ctypes.create_string_buffer(size)
    function(*arguments, ctypes.cast(buffer, ctypes.POINTER(pdfium_c.FPDF_WCHAR)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")


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
                if pdf_bidi.is_right_to_left(found):
                    found = pdf_bidi.reading_order(list(_glyphs(text))) or found
                found = "\n".join([found, *_annotations(document, page)])
        except pdfium.PdfiumError:
            damaged += 1
            found = ""
        characters += len(found)
        if characters > MAX_CHARACTERS:
            raise ReaderError(f"holds more than {MAX_CHARACTERS:,} characters", "split it into several files")
        yield found
    if damaged == len(document):
        raise ReaderError("is damaged: no page of it can be read", _DAMAGED)


def _glyphs(text: pdfium.PdfTextPage) -> Iterator[pdf_bidi.Glyph]:
    """Yield the glyphs of a page. The characters of a ligature share one place."""
    x, y, matrix = ctypes.c_double(), ctypes.c_double(), pdfium_c.FS_MATRIX()
    last: pdf_bidi.Glyph | None = None
    place = (0.0, 0.0)
    for index in range(text.count_chars()):
        code = pdfium_c.FPDFText_GetUnicode(text, index)
        if code <= 32 or code in (0xAD, 0xFFFE, 0xFFFF) or 0xD800 <= code < 0xE000:
            continue
        pdfium_c.FPDFText_GetCharOrigin(text, index, x, y)
        if last and place == (x.value, y.value):
            last.text += chr(code)
            last.right = max(last.right, text.get_charbox(index, loose=True)[2])
            continue
        pdfium_c.FPDFText_GetMatrix(text, index, matrix)
        place = (x.value, y.value)
        boxes = text.get_charbox(index), text.get_charbox(index, loose=True)
        left, right = min(x.value, *(box[0] for box in boxes)), max(box[2] for box in boxes)
        size = pdfium_c.FPDFText_GetFontSize(text, index) * (abs(matrix.d) or 1)
        if last:
            yield last
        last = pdf_bidi.Glyph(chr(code), left, right, y.value, size)
    if last:
        yield last


_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\uffff]")
_UNSEEN_IN_WORD = re.compile(r"(?<=[^\W\d_])[\x00-\x08\x0e-\x1f\x7f\xad\u200b]+(?=[^\W\d_])")
_BROKEN = "\ufffe"  # PDFium's sign for a hyphen and line break


def _shown(text: str) -> str:
    """Return a page's text without blank lines at its ends and without invisible characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace(_BROKEN, "-\n")
    if _UNSEEN.search(text) or "\xad" in text or "\u200b" in text:  # one search is faster than two substitutions
        text = _UNSEEN.sub(" ", _UNSEEN_IN_WORD.sub("", text))
    return "\n".join(map(str.rstrip, text.split("\n"))).strip()


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
