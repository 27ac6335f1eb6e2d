"""Pictures of pages for the tests of OCR, made when they are needed."""

from __future__ import annotations

import io
import shutil
from contextlib import closing

import pypdfium2 as pdfium
import pytest
from fpdf import FPDF
from PIL import Image

needs_tesseract = pytest.mark.skipif(not shutil.which("tesseract"), reason="OCR IS NOT TESTED: no tesseract here")


def drawn(text: str, *, turned: int = 0) -> Image.Image:
    """Return a page of A4 at 150 dots an inch with a text on it. PDFium's own letters draw it."""
    document = FPDF()
    document.set_font("helvetica", size=16)
    document.add_page()
    document.multi_cell(0, 9, text)
    with closing(pdfium.PdfDocument(bytes(document.output()))) as pages:
        picture: Image.Image = pages[0].render(scale=150 / 72, grayscale=True).to_pil()
    return picture.rotate(turned, expand=True)


def encoded(*pictures: Image.Image, form: str = "PNG") -> bytes:
    """Return a picture as a file, or several as a fax in TIFF."""
    file = io.BytesIO()
    if len(pictures) > 1:
        pictures[0].save(file, form, save_all=True, append_images=pictures[1:])
    else:
        pictures[0].save(file, form)
    return file.getvalue()


def scanned(*pages: str | Image.Image) -> bytes:
    """Return a PDF of pages with text, and of pages that are pictures."""
    document = FPDF()
    document.set_font("helvetica", size=12)
    for page in pages:
        document.add_page()
        if isinstance(page, str):
            document.multi_cell(0, 6, page)
        else:
            document.image(page, x=0, y=0, w=document.w)
    return bytes(document.output())
