"""Annotations of a PDF's page: values of form fields, notes, free text. Opens no file."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

MAX_NOTE_BYTES = 1_000_000  # of one note or form value
_NO_TEXT = (pdfium_c.FPDF_ANNOT_LINK, pdfium_c.FPDF_ANNOT_POPUP)
_TEXT_FIELDS = (pdfium_c.FPDF_FORMFIELD_TEXTFIELD, pdfium_c.FPDF_FORMFIELD_COMBOBOX, pdfium_c.FPDF_FORMFIELD_LISTBOX)
_PASSWORD = 1 << 13  # flag of a field (ISO 32000, table 228)


def annotation_texts(document: pdfium.PdfDocument, page: pdfium.PdfPage) -> Iterator[str]:
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
