"""OCR measured on pages of our own in three languages: errors a character and seconds a page.

    python tests/benchmarks/ocr_pages.py

Chromium prints the pages. They are measured as they come from a good scanner, and turned, blurred
and speckled; with their language declared and without.
"""

from __future__ import annotations

import random
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image, ImageFilter
from printed_pages import TEXTS, Print, print_by_chromium
from rapidfuzz.distance import Levenshtein

from docindex.model.documents import Metadata, Source
from docindex.readers import ocr, read

LANGUAGES = {"en": "serif", "fr": "serif", "ar": "'Noto Naskh Arabic'"}
DOTS_PER_INCH = 200
TURN_DEGREES, BLUR_DOTS, SPECKLES = 0.4, 0.7, 3_000


def main() -> None:
    settings = ocr.settings()
    uncached = ocr.OcrSettings(settings.program, settings.packs)
    print(f"tesseract {settings.program.version}, at {DOTS_PER_INCH} dots an inch, one thread")
    print("language  page   declared  errors a character  seconds a page")
    with tempfile.TemporaryDirectory() as folder:
        for language, font in LANGUAGES.items():
            printed = Print("chromium", language, "scan", f"font-family: {font}")
            print_by_chromium(printed, Path(folder))
            pages = list(_drawn(Path(folder) / f"{printed.name}.pdf"))
            wanted = _letters("\n".join(TEXTS[language] * 4))
            for kind, shown in (("clean", pages), ("noisy", [_worn(page) for page in pages])):
                for declared in (language, None):
                    began = time.perf_counter()
                    (record,) = read.read(Source("a.tif", Metadata(language=declared)), _fax(shown), ocr=uncached)
                    seconds = (time.perf_counter() - began) / len(shown)
                    errors = Levenshtein.distance(wanted, _letters(record.body)) / len(wanted)
                    print(f"{language:<9} {kind:<6} {declared or '-':<9} {errors:<19.4f} {seconds:.2f}")


def _drawn(path: Path) -> Iterator[Image.Image]:
    """Yield the pages of a PDF as pictures."""
    with closing(pdfium.PdfDocument(path)) as document:
        for page in document:
            yield page.render(scale=DOTS_PER_INCH / 72, grayscale=True).to_pil()


def _worn(page: Image.Image) -> Image.Image:
    """Return a page turned a little, blurred and speckled."""
    worn = page.rotate(TURN_DEGREES, fillcolor=255).filter(ImageFilter.GaussianBlur(BLUR_DOTS))
    chance = random.Random(1)  # noqa: S311
    for _ in range(SPECKLES):
        worn.putpixel((chance.randrange(worn.width), chance.randrange(worn.height)), chance.randrange(256))
    return worn


def _fax(pages: list[Image.Image]) -> bytes:
    """Return pages as one TIFF."""
    file = BytesIO()
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:], compression="tiff_lzw")
    return file.getvalue()


def _letters(text: str) -> str:
    """Return a text with single blanks, and without the Arabic name that a Latin page holds."""
    return " ".join(re.sub(r"-\n", "", text).split())


if __name__ == "__main__":
    main()
