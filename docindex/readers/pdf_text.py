"""Text of a PDF's pages in reading order. Opens no file.

PDFium's order is that of the file, which is the order of reading where a page is upright and runs
from left to right. A turned page is turned upright first. Letters from right to left are put in
order by their places.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from contextlib import closing

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from docindex.errors import ReaderError
from docindex.readers import pdf_annotations, pdf_bidi
from docindex.readers.page_columns import Glyph

MAX_CHARACTERS = 200_000_000
DAMAGED_HINT = "open it in a viewer and save it anew, or take it off the list"
_SAMPLES = 5  # characters of a page that are asked for their direction


def pages(document: pdfium.PdfDocument) -> Iterator[str]:
    """Yield the text of each page, "" for a damaged one. Raises ReaderError if all are damaged."""
    damaged = characters = 0
    for number in range(len(document)):
        try:
            with closing(document[number]) as page:
                found = "\n".join([_upright_text(page), *pdf_annotations.annotation_texts(document, page)])
        except pdfium.PdfiumError:
            damaged += 1
            found = ""
        characters += len(found)
        if characters > MAX_CHARACTERS:
            raise ReaderError(f"holds more than {MAX_CHARACTERS:,} characters", "split it into several files")
        yield found
    if damaged == len(document):
        raise ReaderError("is damaged: no page of it can be read", DAMAGED_HINT)


def _upright_text(page: pdfium.PdfPage) -> str:
    """Return the text of a page as it reads when its letters stand upright."""
    with closing(page.get_textpage()) as text:
        angle = _angle(text)
        if (angle + page.get_rotation()) % 360 == 0:
            return _ordered_text(text, 0)
    page.set_rotation(-angle % 360)
    with closing(page.get_textpage()) as text:
        return _ordered_text(text, angle)


def _angle(text: pdfium.PdfTextPage) -> int:
    """Return the degrees, clockwise, by which the letters of a page are turned, if all are alike.

    It is the page's own rotation where they are not.
    """
    count = text.count_chars()
    samples = {number * (count - 1) // max(1, _SAMPLES - 1) for number in range(_SAMPLES)} if count else set()
    letters = [index for index in samples if pdfium_c.FPDFText_GetUnicode(text, index) > 32]
    angles = {round(math.degrees(pdfium_c.FPDFText_GetCharAngle(text, index))) % 360 for index in letters}
    angle = angles.pop() if len(angles) == 1 else -1
    return angle if angle in (90, 180, 270) else -text.page.get_rotation() % 360


def _ordered_text(text: pdfium.PdfTextPage, angle: int) -> str:
    found: str = text.get_text_range()
    if found.isascii() or not pdf_bidi.holds_right_to_left(found):
        return found
    if pdf_bidi.is_right_to_left(found):
        return pdf_bidi.reading_order(list(_glyphs(text, range(text.count_chars()), angle))) or found
    return "".join(_with_runs_in_order(text, angle))


def _with_runs_in_order(text: pdfium.PdfTextPage, angle: int) -> Iterator[str]:
    """Yield the text of a page that runs from left to right, with its other words in order."""
    codes = [pdfium_c.FPDFText_GetUnicode(text, index) for index in range(text.count_chars())]
    characters = "".join(chr(code) if code < 0x110000 else "\ufffd" for code in codes)
    done = 0
    for run in pdf_bidi.RUN.finditer(characters):
        yield characters[done : run.start()]
        glyphs = list(_glyphs(text, range(*run.span()), angle))
        is_one_line = glyphs and len({round(glyph.baseline) for glyph in glyphs}) == 1
        yield pdf_bidi.reading_order(glyphs) if is_one_line else run[0]
        done = run.end()
    yield characters[done:]


def _glyphs(text: pdfium.PdfTextPage, indexes: range, angle: int) -> Iterator[Glyph]:
    """Yield glyphs of a page, upright. The characters of a ligature share one place."""
    x, y, matrix = ctypes.c_double(), ctypes.c_double(), pdfium_c.FS_MATRIX()
    last: Glyph | None = None
    place = (0.0, 0.0)
    for index in indexes:
        code = pdfium_c.FPDFText_GetUnicode(text, index)
        if not _is_shown(code):
            continue
        pdfium_c.FPDFText_GetCharOrigin(text, index, x, y)
        if last and place == (x.value, y.value):
            last.text += chr(code)
            last.right = max(last.right, _extent(text.get_charbox(index, loose=True), angle)[1])
            continue
        if last:
            yield last
        place = (x.value, y.value)
        start, baseline = _turned(place, angle) if angle else place
        tight, loose = text.get_charbox(index), text.get_charbox(index, loose=True)
        (left, right), (loose_left, loose_right) = _extent(tight, angle), _extent(loose, angle)
        pdfium_c.FPDFText_GetMatrix(text, index, matrix)
        size = pdfium_c.FPDFText_GetFontSize(text, index) * (math.hypot(matrix.c, matrix.d) or 1)
        last = Glyph(chr(code), min(start, left, loose_left), max(right, loose_right), baseline, size)
    if last:
        yield last


def _extent(box: tuple[float, float, float, float], angle: int) -> tuple[float, float]:
    """Return the left and the right edge of a box, upright."""
    left, bottom, right, top = box
    if not angle:
        return left, right
    (one, _), (other, _) = _turned((left, bottom), angle), _turned((right, top), angle)
    return min(one, other), max(one, other)


def _is_shown(code: int) -> bool:
    """Return True for the code of a character that takes room on the page."""
    return code > 32 and code not in (0xAD, 0xFFFE, 0xFFFF) and not 0xD800 <= code < 0xE000 and code < 0x110000


def _turned(point: tuple[float, float], angle: int) -> tuple[float, float]:
    """Return a point of a page whose letters are turned clockwise by so many degrees, upright."""
    x, y = point
    return {90: (-y, x), 180: (-x, -y), 270: (y, -x)}.get(angle, (x, y))


_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\uffff]")
_UNSEEN_IN_WORD = re.compile(r"(?<=[^\W\d_])[\x00-\x08\x0e-\x1f\x7f\xad\u200b]+(?=[^\W\d_])")
_BROKEN = "\ufffe"  # PDFium's sign for a hyphen and line break


def shown(text: str) -> str:
    """Return a page's text without blank lines at its ends and without invisible characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace(_BROKEN, "-\n")
    if _UNSEEN.search(text) or "\xad" in text or "\u200b" in text:  # one search is faster than two substitutions
        text = _UNSEEN.sub(" ", _UNSEEN_IN_WORD.sub("", text))
    return "\n".join(map(str.rstrip, text.split("\n"))).strip()
