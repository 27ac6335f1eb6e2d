"""Pictures to records: the text that OCR finds in them. Opens no file."""

from __future__ import annotations

from collections.abc import Iterator

from docindex.errors import NothingToIndex
from docindex.model.documents import OcrPage, Record, Source
from docindex.readers.base import Recognize, record
from docindex.readers.detection import OCR_HINT


def read(source: Source, data: bytes, recognize: Recognize | None = None) -> Iterator[Record]:
    """Yield one record. Each picture of a fax in TIFF is a page of it. Raises ReaderError."""
    if recognize is None:
        raise NothingToIndex("is no text, but a picture", OCR_HINT, kind="pictures", pages=1)
    texts = recognize(1, lambda: data)
    pages = [text.text for text in texts]
    if not any(pages):
        raise NothingToIndex("is a picture without text", "take it off the list", kind="pictures without text")
    lines = [number for page in pages for number in range(1, page.count("\n") + 2)]
    told = tuple(OcrPage(number, text.confidence) for number, text in enumerate(texts, 1) if text.text)
    yield record(source, body="\n\f".join(pages), lines=lines, page=1 if len(pages) > 1 else None, ocr=told)
